// The consumer's signature, if the product asks for one.

import { html } from "/static/vendor/lit-html.js";
import { icon, say } from "../dom.js";
import { word } from "../words.js";
import { forget } from "./draft.js";
import { sign as signed } from "./turn.js";

export function signatureCard(app, visit) {
  const key = `signature-${visit.id}`;
  const sign = async () => {
    const payload = await signed(app, visit, key);
    if (!payload) return;
    await app.record("signature", { visit_id: visit.id, payload });
    forget(app, key);
    say(word("visit.turn.thanks"));
  };
  if (visit.told.signed) return html`<button type="button" @click=${sign}>${icon("pencil")}${word("visit.end.sign_again")}</button>`;
  return html`<button type="button" @click=${sign}>${icon("pencil")}${word("visit.end.sign")}</button>`;
}
