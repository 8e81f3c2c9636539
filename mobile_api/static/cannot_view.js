// Why a visit could not be completed: one coded reason, a few words if wanted.

import { h, icon, say } from "./dom.js";
import { word } from "./words.js";

const REASONS = [
  "nobody-home", "consumer-refused", "goods-missing", "goods-damaged", "parts-missing",
  "site-not-ready", "wrong-address", "no-access", "out-of-time", "other",
];

export function cannotView(app, visit) {
  const button = h("button", { class: "go", type: "submit", disabled: true }, word("send_cannot"));
  const submit = async (event) => {
    event.preventDefault();
    const chosen = new FormData(event.target);
    location.hash = "#/";
    const more = { reason: chosen.get("reason"), note: chosen.get("note").trim() };
    await app.report(visit.id, "could-not-complete", { more });
    say(word("recorded"));
  };
  return [
    h("main", { class: "visit" },
      h("form", { class: "card", id: "cannot", onsubmit: submit, onchange: () => { button.disabled = false; } },
        h("fieldset", {},
          h("legend", {}, h("h1", {}, word("why_cannot"))),
          h("p", { class: "quiet" }, `${visit.product} · ${visit.consumer_name}`),
          h("div", { class: "reasons" }, REASONS.map((reason) =>
            h("label", {}, h("input", { type: "radio", name: "reason", value: reason, required: true }), h("span", {}, word(`reasons.${reason}`)))))),
        h("label", { for: "note" }, word("add_note")),
        h("textarea", { id: "note", name: "note", rows: 2, maxlength: 500 }),
        h("p", { class: "quiet" }, icon("info"), word("cannot_hint")),
        h("div", { class: "thumb" }, button))),
  ];
}
