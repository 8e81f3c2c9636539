// The consumer's verification code: six digits, checked at once with signal and later without.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { word } from "../words.js";
import { choices } from "./choices.js";

const REASONS = ["no-message", "no-phone", "unwilling", "away"];
const SIX = /^\d{6}$/;

export function codeCard(app, visit, begun, set) {
  if (visit.accepted === "yes") return html`<p class="said-yes">${icon("check")}${word("visit.end.accepted")}</p>`;
  if (visit.accepted === "pending") return html`<p class="note">${icon("clock")}<span>${word(app.status.connected ? "visit.end.checking" : "visit.end.pending")}</span></p>`;
  if (begun.asking || begun.no_code) return without(begun, set);
  const check = async (event) => {
    event.preventDefault();
    const code = event.target.elements.code.value;
    if (!SIX.test(code)) return set({ short: true });
    for (const { id } of wrongOnes(app, visit)) await app.dismiss(id);
    await app.record("acceptance", { visit_id: visit.id, payload: { code } });
    return set({ code: "", short: false });
  };
  const wrong = sentence(app, visit, begun);
  return html`<p id="code-ask">${word("visit.end.code_ask")}</p>
    <form class="row" @submit=${check}>
      <input class="six grow" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="6" pattern="[0-9]*" placeholder="••••••" enterkeyhint="done"
        aria-label=${word("visit.end.code_label")} aria-describedby="code-ask" aria-invalid=${wrong ? "true" : "false"}
        .value=${begun.code} @input=${(event) => typed(event, set)}>
      <button type="submit">${word("visit.end.check")}</button>
    </form>
    ${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : nothing}
    <button class="plain" type="button" @click=${() => set({ asking: true })}>${word("visit.end.no_code")}</button>`;
}

/** What was wrong with the code, if anything was. */
function sentence(app, visit, { short, code }) {
  if (short) return word("visit.end.six");
  if (visit.accepted !== "wrong" || code) return "";
  return word(wrongOnes(app, visit).some((each) => each.reason === "too-many-codes") ? "visit.end.too_many" : "visit.end.wrong");
}

/** Codes of this visit that the server did not take and that nobody has put away. */
const wrongOnes = (app, visit) => app.held().filter((each) => each.visit_id === visit.id && each.what === "acceptance" && each.state === "refused");

function typed(event, set) {
  event.target.value = event.target.value.replace(/\D/g, "");
  set({ code: event.target.value, short: false });
}

function without(begun, set) {
  return html`${choices({
    name: "no-code", title: word("visit.end.no_code_title"), value: begun.no_code ?? "",
    options: REASONS.map((reason) => [reason, word(`visit.end.no_codes.${reason}`)]), choose: (no_code) => set({ no_code }), columns: "two",
  })}
  <button class="plain" type="button" @click=${() => set({ asking: false, no_code: "" })}>${word("visit.end.have_code")}</button>`;
}
