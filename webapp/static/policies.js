// What a rule would mean for tomorrow, shown while it is being written.
const form = document.querySelector("form[data-look]");
let latest = 0;

async function look() {
  const mine = ++latest;
  const answer = await fetch(form.dataset.look, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } }).catch(() => null);
  if (answer === null || mine !== latest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("preview");
  if (found && mine === latest) document.getElementById("preview").replaceChildren(...found.childNodes);
}

form.addEventListener("change", look);
