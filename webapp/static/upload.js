// Checking a file without leaving the page, so that the chosen file stays chosen for the import.
const form = document.querySelector("form[data-check]");
const buttonAfterCheck = form.querySelector("[data-after-check]");
if (buttonAfterCheck) buttonAfterCheck.disabled = true;

form.addEventListener("change", () => {
  if (buttonAfterCheck) buttonAfterCheck.disabled = true;
});

form.addEventListener("submit", async (event) => {
  if (event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  const preview = document.getElementById("preview");
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("preview") ?? page.querySelector("main");
    preview.replaceChildren(...found.childNodes);
    if (buttonAfterCheck) buttonAfterCheck.disabled = !answer.ok;
  } catch {
    form.submit();
  } finally {
    form.removeAttribute("aria-busy");
  }
});
