// Why a visit is in no route: who is stopped by what, and what would place it; asked for when the part is opened.

import { get, make } from "../shell.js";

/** Let the panel's part be opened; without a plan there is nothing to ask. */
export function letAsk(body, day, words) {
  const part = body.querySelector("details[data-why]");
  if (!part || !day.plan) return;
  part.hidden = false;
  part.addEventListener("toggle", () => part.open && !part.dataset.asked && ask(part, day, words));
}

async function ask(part, day, words) {
  part.dataset.asked = "true";
  const out = part.querySelector("[aria-live]");
  out.replaceChildren(make("p", { class: "skeleton why-skeleton" }));
  try {
    out.replaceChildren(...told(await get(`/board/why?plan=${day.plan.id}&visit=${part.dataset.why}`), words));
  } catch (refused) {
    delete part.dataset.asked;
    out.replaceChildren(make("p", { class: "is-trouble-text" }, refused.message));
  }
}

function told(why, words) {
  const rules = make("dl", { class: "facts" }, ...why.rules.flatMap((rule) => [make("dt", {}, rule.word), make("dd", { class: "number" }, words.why_many.replace("%n", rule.many))]));
  const remedies = why.remedies.map((remedy) => make("li", { class: "remedy" },
    make("b", {}, remedy.says.join(" + ")), make("span", { class: "small muted" }, `${remedy.then} · ${remedy.costs}`)));
  const parts = why.rules.length ? [rules] : [];
  if (why.room) parts.push(make("p", {}, why.room));
  else if (remedies.length) parts.push(make("h4", {}, words.why_help), make("ul", { class: "stop-list" }, ...remedies));
  else parts.push(make("p", { class: "muted" }, words.why_nothing));
  return parts;
}
