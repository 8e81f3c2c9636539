// Requests: who could make a visit instead is looked for when that part is in sight, since it takes a moment.

import { make } from "./shell.js";

async function look(part) {
  const found = part.querySelector(".found");
  const link = [...found.childNodes];
  found.replaceChildren(make("p", { class: "skeleton moves-skeleton" }));
  const answer = await fetch(part.dataset.moves, { credentials: "same-origin", headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) {
    found.replaceChildren(...link);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  found.replaceChildren(...page.body.childNodes);
}

function lookOnce(part) {
  if (part.dataset.asked || !part.open || !part.closest("li > details")?.open) return;
  part.dataset.asked = "true";
  look(part);
}

const parts = [...document.querySelectorAll("details[data-moves]")];
document.addEventListener("toggle", () => parts.forEach(lookOnce), true);
parts.forEach(lookOnce);

document.addEventListener("submit", (event) => {
  const word = event.target.querySelector("[data-answer]");
  if (word) word.value = document.getElementById(word.dataset.answer)?.value ?? "";
});
