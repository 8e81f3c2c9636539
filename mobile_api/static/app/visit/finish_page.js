// Finishing a visit: everything the product asks for, one card each, and at the thumb always the next one that is needed.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon, say } from "../dom.js";
import { word } from "../words.js";
import { checklistCard } from "./checklist.js";
import { codeCard } from "./code.js";
import { draft, forget, note } from "./draft.js";
import { serialCard } from "./serial.js";
import { missingShots } from "./shots.js";
import { signatureCard } from "./signature.js";
import { surchargesCard } from "./surcharges.js";
import { nextStep, steps } from "./todo.js";
import { visitView } from "./visit_page.js";
import { goneView } from "./gone.js";
import "./learn.js";

const CARDS = { photos: photosCard, checklist: checklistCard, serial: serialCard, surcharges: surchargesCard, signature: signatureCard, code: codeCard };

export const finishKey = (visit) => `finish-${visit.id}`;

export function finishView(app, id) {
  const stop = app.visit(id);
  if (!stop) return goneView();
  if (stop.visit.state !== "on-site") return visitView(app, id);
  const { visit } = stop;
  const begun = draft(app, finishKey(visit), { note: "", counts: {}, number: "", code: "" });
  const set = (changes) => note(app, finishKey(visit), changes);
  return html`<main class="visit">
    <header class="page-head"><h1>${word("visit.end.title")}</h1><p class="quiet">${visit.product} · ${visit.consumer_name}</p></header>
    ${steps(visit, begun).map((step) => card(step, CARDS[step.key](app, visit, begun, set)))}
    <section class="card"><label for="note"><h2>${word("visit.end.note")}</h2></label>
      <textarea id="note" rows="2" maxlength="400" aria-describedby="note-hint" .value=${begun.note} @input=${(event) => set({ note: event.target.value })}></textarea>
      <p class="quiet" id="note-hint">${word("visit.end.note_hint")}</p></section>
  </main>
  <div class="thumb">${thumb(app, visit, begun)}</div>`;
}

function card({ key, needed, done }, content) {
  const mark = done && (needed || key !== "surcharges") ? html`<span class="pill done-pill">${icon("check")}${word("visit.end.done")}</span>`
    : needed ? nothing : html`<span class="quiet">${word("visit.end.optional")}</span>`;
  return html`<section class="card" id="step-${key}" tabindex="-1"><div class="hero-top"><h2>${word(`visit.end.${key}`)}</h2>${mark}</div>${content}</section>`;
}

function photosCard(app, visit) {
  const names = missingShots(visit).map((shot) => shot.name);
  if (!names.length) return html`<p class="quiet">${word("visit.end.all_photos")}</p>`;
  return html`<p>${word("visit.missing", { names: names.join(word("visit.comma")) })}</p>
    <a class="button" href="#/visit/${visit.id}">${icon("camera")}${word("visit.shot.take")}</a>`;
}

function thumb(app, visit, begun) {
  const next = nextStep(visit, begun);
  if (!next) return html`<button class="go" type="button" @click=${() => complete(app, visit, begun)}>${icon("check")}${word("visit.end.complete")}</button>`;
  return html`<button class="go" type="button" @click=${() => show(next.key)}>${icon("down")}${word("visit.end.next", { name: word(`visit.end.${next.key}`) })}</button>`;
}

/** Bring a step into sight and put the focus on what is to be done there. */
function show(key) {
  const place = document.getElementById(`step-${key}`);
  place.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  (place.querySelector("input, button, a, textarea") ?? place).focus({ preventScroll: true });
}

async function complete(app, visit, begun) {
  const why = begun.no_code && word("visit.end.no_code_said", { why: word(`visit.end.no_codes.${begun.no_code}`) });
  await app.record("completion", { visit_id: visit.id, payload: { note: [why, begun.note.trim()].filter(Boolean).join("\n") } });
  forget(app, finishKey(visit));
  say(word("visit.end.completed"));
  location.hash = "#/";
}
