// Niceties only: change the day without a reload, say what will be booked, send once, look again on the way.

const form = document.querySelector("form.times");
const button = document.querySelector("[data-submit]");

function open(day) {
  for (const chip of document.querySelectorAll("a.day")) {
    if (chip.dataset.day === day) chip.setAttribute("aria-current", "date");
    else chip.removeAttribute("aria-current");
  }
  for (const set of form.querySelectorAll("fieldset")) set.hidden = set.disabled = set.dataset.windows !== day;
  for (const chosen of form.querySelectorAll("input:checked")) chosen.checked = false;
  button.textContent = button.dataset.submit;
}

function sayWhat() {
  const chosen = form.querySelector("fieldset:enabled input:checked");
  if (chosen) button.textContent = form.dataset.choose.replace("{time}", chosen.dataset.label);
}

if (form) {
  for (const chip of document.querySelectorAll("a.day")) {
    chip.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(chip.dataset.day);
    });
  }
  form.addEventListener("change", sayWhat);
  sayWhat();
}

for (const sent of document.querySelectorAll("form")) {
  sent.addEventListener("submit", (event) => {
    if (sent.dataset.sent) event.preventDefault();
    sent.dataset.sent = "yes";
    button?.setAttribute("aria-busy", "true");
  });
}
addEventListener("pageshow", () => {
  for (const sent of document.querySelectorAll("form")) delete sent.dataset.sent;
  button?.removeAttribute("aria-busy");
});

const stage = document.querySelector("[data-stage]")?.dataset.stage;
if (stage === "on-the-way" || stage === "on-site") {
  setInterval(() => document.visibilityState === "visible" && location.reload(), 60_000);
}
