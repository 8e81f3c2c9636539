// When a visit cannot be done: why, what was tried, and what the consumer would like instead.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon, say } from "../dom.js";
import { OPEN } from "../parts.js";
import { clock, dateIn, word } from "../words.js";
import { choices, telephone } from "./choices.js";
import { draft, forget, note } from "./draft.js";
import { partsCard } from "./parts_needed.js";
import { goneView } from "./gone.js";
import "./learn.js";
import { shoot } from "./shoot.js";
import { visitView } from "./visit_page.js";
import { wishesCard } from "./wishes.js";

const REASONS = [
  "nobody-home", "consumer-refused", "goods-missing", "goods-damaged", "parts-missing",
  "site-not-ready", "wrong-address", "no-access", "out-of-time", "other",
];
const NEEDS_PARTS = new Set(["parts-missing", "goods-damaged", "site-not-ready", "other"]);
const FIVE_MINUTES = 5;
const LONGEST = 240;
const LONGEST_TEXT = 200;
const EMPTY = { reason: "", note: "", outcome: "", called_at: null, waited: null, wishes: [], parts: [], part: "", count: 1 };

export function cannotView(app, id) {
  const stop = app.visit(id);
  if (!stop) return goneView();
  if (!OPEN.has(stop.visit.state)) return visitView(app, id);
  const { visit, day } = stop;
  const zone = day?.time_zone ?? "Asia/Shanghai";
  const key = `cannot-${visit.id}`;
  const begun = draft(app, key, EMPTY);
  const set = (changes) => note(app, key, changes);
  const damage = visit.shots?.find((shot) => shot.code === "damage");
  return html`<main class="visit">
    <header class="page-head"><h1>${word("visit.fail.title")}</h1><p class="quiet">${visit.product} · ${visit.consumer_name}</p><p class="quiet">${word("visit.fail.hint")}</p></header>
    <section class="card"><fieldset><legend class="unseen">${word("visit.fail.title")}</legend><div class="choices two">${REASONS.map((reason) => html`<label>
      <input type="radio" name="reason" value=${reason} .checked=${reason === begun.reason} @change=${() => set({ reason })}><span>${word(`visit.reasons.${reason}`)}</span></label>`)}</div></fieldset></section>
    ${begun.reason ? html`${calledCard(visit, zone, begun, set)} ${wishesCard(app.today()?.on ?? dateIn(Date.now(), zone), zone, begun, set)}
      ${NEEDS_PARTS.has(begun.reason) ? partsCard(begun, set) : nothing}
      <section class="card"><label for="note"><h2>${word("visit.fail.note")}</h2></label>
        <textarea id="note" rows="2" maxlength="500" .value=${begun.note} @input=${(event) => set({ note: event.target.value })}></textarea>
        ${damage && visit.state === "on-site" ? photo(app, visit, damage) : nothing}</section>` : nothing}
  </main>
  <div class="thumb">${begun.reason ? nothing : html`<p class="still" id="open">${icon("info")}<span>${word("visit.fail.choose")}</span></p>`}
    <button class="go" type="button" ?disabled=${!begun.reason} aria-describedby=${begun.reason ? nothing : "open"} @click=${() => send(app, visit, begun, key)}>${word("visit.fail.send")}</button></div>`;
}

function calledCard(visit, zone, begun, set) {
  const now = () => new Date().toISOString();
  const choose = (outcome) => set({ outcome, called_at: outcome === "not-called" ? null : begun.called_at ?? now() });
  return html`<section class="card">${choices({
    name: "called", title: word("visit.fail.called"), value: begun.outcome, choose,
    options: ["reached", "no-answer", "not-called"].map((value) => [value, word(`visit.fail.${value}`)]),
  })}
    ${telephone(visit, () => set({ called_at: now() }))}
    ${begun.called_at ? html`<p class="quiet">${icon("clock")} ${word("visit.fail.called_at", { time: clock(begun.called_at, zone) })}</p>` : nothing}
    ${visit.arrived_at ? waiting(waited(visit, begun), set) : nothing}</section>`;
}

/** Minutes: what was said, else since the check-in, unless a wrong clock makes nonsense of it. */
function waited(visit, begun) {
  const since = Math.round((Date.now() - new Date(visit.arrived_at)) / 60_000);
  return begun.waited ?? (since >= 0 && since <= LONGEST ? since : 0);
}

function waiting(minutes, set) {
  const change = (by) => set({ waited: Math.max(0, Math.min(LONGEST, minutes + by)) });
  return html`<div class="counter"><h2>${word("visit.fail.waited")}</h2><div class="stepper">
    <button class="round" type="button" aria-label=${word("visit.fail.shorter")} @click=${() => change(-FIVE_MINUTES)}>−</button>
    <output aria-live="polite">${word("visit.fail.minutes", { n: minutes })}</output>
    <button class="round" type="button" aria-label=${word("visit.fail.longer")} @click=${() => change(FIVE_MINUTES)}>+</button></div></div>`;
}

function photo(app, visit, shot) {
  const taken = visit.pictures.damage?.length ?? 0;
  const take = async () => {
    await shoot(app, visit, [shot]);
  };
  return html`<button type="button" @click=${take}>${icon(taken ? "check" : "camera")}${taken ? word("visit.fail.pictures", { n: taken }) : word("visit.fail.photo")}</button>`;
}

/** Of what is needed the last that was said counts, so all of it is said at once. */
function together(parts) {
  if (parts.length === 1) return parts[0];
  const text = parts.map((part) => `${part.text} × ${part.count}`).join(word("visit.comma"));
  return { text: text.slice(0, LONGEST_TEXT), count: parts.reduce((sum, part) => sum + part.count, 0) };
}

async function send(app, visit, begun, key) {
  const { reason, wishes, outcome, called_at } = begun;
  const parts = NEEDS_PARTS.has(reason) ? begun.parts : [];
  if (parts.length) await app.record("parts-needed", { visit_id: visit.id, payload: together(parts) });
  const payload = {
    reason, wishes, note: begun.note.trim(), called: { at: called_at, outcome: outcome || "not-called" },
    waited: visit.arrived_at ? 60 * waited(visit, begun) : 0,
  };
  await app.record("could-not-complete", { visit_id: visit.id, payload, shots: ["damage"] });
  note(app, `next-${visit.id}`, { wishes });
  forget(app, key);
  say(word("visit.fail.recorded"));
  location.replace(`#/visit/${visit.id}/next`);
}
