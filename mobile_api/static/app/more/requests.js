// What I ask of the office: time off, extra hours, somebody else for a visit; and what became of it.

import "./more.js";
import { html, nothing } from "/static/vendor/lit-html.js";
import { icon, say } from "../dom.js";
import { isWaiting, memory } from "../memory.js";
import { isOpen, visitsOf, windowText } from "../parts.js";
import { clock, dayName, instantIn, localIn, word } from "../words.js";

const KINDS = ["absence", "shift", "swap"];
const REASONS = ["ill", "leave", "training", "other"];
const form = { kind: null, wrong: "" };

export function requestsView(app) {
  const asked = [...app.requests(), ...unsent()].map(withdrawn).sort((one, other) => other.asked_at.localeCompare(one.asked_at));
  return html`<main>
    <h1>${word("requests")}</h1>
    <section class="card"><h2>${word("request_new")}</h2>
      <div class="chips" role="group" aria-label=${word("request_new")}>${KINDS.map((kind) => html`<button type="button" class="chip" aria-pressed=${form.kind === kind} @click=${() => open(app, kind)}>${word(`request_kinds.${kind}`)}</button>`)}</div>
      ${form.kind ? fields(app) : nothing}
    </section>
    ${asked.length ? html`<section class="card"><h2>${word("request_list")}</h2><ul class="asked">${asked.map((each) => request(app, each))}</ul></section>`
      : html`<section class="empty small">${icon("calendar")}<h2>${word("request_none")}</h2><p>${word("request_none_more")}</p></section>`}
  </main>`;
}

/** Requests that are still on this phone, in the words of the server. */
const unsent = () => memory.events.filter((event) => isWaiting(event) && KINDS.some((kind) => event.type === `${kind}-request`)).map((event) => ({
  event_id: event.event_id, kind: event.type.replace("-request", ""), visit_id: event.visit_id, ...event.payload, state: "pending", asked_at: event.device_time,
}));

const withdrawn = (each) => (memory.events.some((event) => event.type === "request-withdrawn" && event.payload.event_id === each.event_id) ? { ...each, state: "withdrawn" } : each);

function open(app, kind) {
  Object.assign(form, { kind: form.kind === kind ? null : kind, wrong: "" });
  app.draw();
}

function fields(app) {
  return html`<form id="request" @submit=${(event) => submit(app, event)}>
    ${form.kind === "swap" ? swapFields(app) : timeFields(app)}
    ${form.kind === "absence" ? choice("reason", word("request_reason"), REASONS.map((reason) => [reason, word(`absence_reasons.${reason}`)])) : nothing}
    <label for="note">${word("request_note")}</label><textarea id="note" name="note" rows="2" maxlength="500"></textarea>
    ${form.wrong ? html`<p class="wrong" role="alert">${form.wrong}</p>` : nothing}
    <button class="go" type="submit" ?disabled=${form.kind === "swap" && !swappable(app).length}>${icon("publish")}${word("request_send")}</button>
  </form>`;
}

function timeFields(app) {
  const today = app.today()?.on ?? "";
  const field = (name) => html`<label for=${name}>${word(`request_${name}`)}</label>
    <input id=${name} name=${name} type="datetime-local" required min="${today}T00:00" step="900">`;
  return html`${field("from")}${field("to")}`;
}

const swappable = (app) => app.days().filter((day) => day.on >= (app.today()?.on ?? "")).flatMap((day) =>
  visitsOf(day).filter((stop) => isOpen(stop) && stop.visit.state === "waiting").map((stop) => ({ ...stop, day })));

function swapFields(app) {
  const stops = swappable(app);
  if (!stops.length) return html`<p>${word("request_no_visits")}</p>`;
  const line = ({ day, ...stop }) => [dayName(day.on), windowText(stop, day.time_zone), stop.visit.product, stop.visit.district].join(" · ");
  return html`${choice("visit", word("request_visit"), stops.map((stop) => [stop.visit.id, line(stop)]))}<p class="quiet">${word("swap_hint")}</p>`;
}

const choice = (name, label, options) => html`<label for=${name}>${label}</label>
  <select id=${name} name=${name} required><option value="">${word("request_pick")}</option>${options.map(([value, text]) => html`<option value=${value}>${text}</option>`)}</select>`;

async function submit(app, event) {
  event.preventDefault();
  const said = Object.fromEntries(new FormData(event.target));
  const zone = app.today()?.time_zone;
  if (form.kind !== "swap" && said.from >= said.to) {
    form.wrong = word("request_order");
    return app.draw();
  }
  await app.record(`${form.kind}-request`, asEvent(form.kind, said, zone));
  form.kind = null;
  form.wrong = "";
  say(word("request_sent"));
  return app.draw();
}

function asEvent(kind, { from, to, reason, note, visit }, zone) {
  const text = note.trim();
  if (kind === "swap") return { visit_id: Number(visit), payload: { note: text } };
  const times = { starts_at: instantIn(from, zone), ends_at: instantIn(to, zone), note: text };
  return { payload: kind === "absence" ? { ...times, reason } : times };
}

function request(app, each) {
  const withdraw = async () => {
    await app.record("request-withdrawn", { payload: { event_id: each.event_id } });
    say(word("request_withdrawn"));
  };
  return html`<li>
    <div class="hero-top"><strong>${word(`request_kinds.${each.kind}`)}${each.reason ? ` · ${word(`absence_reasons.${each.reason}`)}` : ""}</strong>
      <span class="pill ${MOODS[each.state] ?? "waiting"}">${word(`request_states.${each.state}`)}</span></div>
    <p>${what(app, each)}</p>
    ${each.note ? html`<p class="quiet">${each.note}</p>` : nothing}
    ${each.answer ? html`<p>${word("request_answer", { answer: each.answer })}</p>` : nothing}
    ${["open", "pending"].includes(each.state) ? html`<button type="button" @click=${withdraw}>${icon("undo")}${word("request_withdraw")}</button>` : nothing}</li>`;
}

const MOODS = { granted: "completed", refused: "cancelled", open: "en-route" };

function what(app, { kind, visit_id, starts_at, ends_at }) {
  const stop = kind === "swap" && app.visit(visit_id);
  if (kind === "swap") return stop ? [stop.day ? dayName(stop.day.on) : "", stop.visit.product, stop.visit.district].filter(Boolean).join(" · ") : "";
  const zone = app.today()?.time_zone;
  const at = (instant) => `${dayName(localIn(instant, zone).slice(0, 10))} ${clock(instant, zone)}`;
  return `${at(starts_at)} – ${at(ends_at)}`;
}
