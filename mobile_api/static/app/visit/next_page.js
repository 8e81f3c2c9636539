// The second visit, booked on the spot: the windows that will be kept, one tap for one of them.

import { html, nothing } from "/static/vendor/lit-html.js";
import { NoConnection } from "../api.js";
import { icon } from "../dom.js";
import { uuid7 } from "../ids.js";
import { clock, dateIn, dayName, word } from "../words.js";
import { draft, note } from "./draft.js";
import { goneView } from "./gone.js";
import "./learn.js";

const PARTS = { morning: [0, 12], afternoon: [12, 18], evening: [18, 24], any: [0, 24] };
const found = new Map();

export function nextView(app, id) {
  const stop = app.visit(id);
  if (!stop) return goneView();
  const zone = stop.day?.time_zone;
  const key = `next-${id}`;
  const kept = draft(app, key, { wishes: [], asked: {}, booked: null });
  const look = known(app, id) ?? begin(app, id);
  return html`<main class="visit">${kept.booked ? booked(kept.booked, zone) : html`
    <header class="page-head"><h1>${word("visit.next.title")}</h1><p class="quiet">${stop.visit.product} · ${stop.visit.consumer_name}</p></header>
    ${body(app, id, look, kept, key, zone)}`}</main>
  <div class="thumb"><a class="button ${kept.booked ? "go" : ""}" href="#/">${word(kept.booked ? "visit.next.done" : "visit.next.later")}</a></div>`;
}

function booked({ starts_at, ends_at }, zone) {
  return html`<div class="empty booked" role="status">${icon("check")}<h1>${word("visit.next.booked")}</h1>
    <p class="when">${dayName(dateIn(Date.parse(starts_at), zone))}<strong>${clock(starts_at, zone)}–${clock(ends_at, zone)}</strong></p>
    <p>${word("visit.next.booked_more")}</p></div>`;
}

function body(app, id, look, kept, key, zone) {
  const again = html`<button type="button" @click=${() => begin(app, id)}>${icon("undo")}${word("visit.next.again")}</button>`;
  const said = (picture, title, more, button = again) => html`<section class="card said-card">${icon(picture)}<h2>${title}</h2>${more ? html`<p class="quiet">${more}</p>` : nothing}${button}</section>`;
  if (look.step === "looking") return said("clock", word(look.isSending ? "visit.next.sending" : "visit.next.looking"), "", nothing);
  if (look.step === "offline") return said("clock", word("visit.next.offline"), word("visit.next.offline_more"));
  if (look.step === "refused") return said("warning", look.sentence, word("visit.next.nothing_more"));
  if (!look.offers.length && look.appointment) return booked(look.appointment, zone);
  if (!look.offers.length) return said("info", word("visit.next.nothing"), word("visit.next.nothing_more"));
  return html`<p>${word("visit.next.ask")}</p>
    ${look.sentence ? html`<p class="wrong" role="alert">${look.sentence}</p>` : nothing}
    ${[...byDay(look.offers, zone)].map(([on, offers]) => html`<section class="card"><h2>${dayName(on)}</h2>
      <ul class="windows">${offers.map((offer) => html`<li><button type="button" ?disabled=${Boolean(look.booking)} aria-busy=${look.booking === offer.starts_at} @click=${() => book(app, id, offer, key)}>
        <strong>${clock(offer.starts_at, zone)}–${clock(offer.ends_at, zone)}</strong>
        <span>${isWished(offer, kept.wishes, zone) ? html`<span class="pill wish-pill">${word("visit.next.wished")}</span>` : nothing}
          ${offer.best ? html`<span class="pill done-pill">${word("visit.next.best")}</span>` : nothing}</span></button></li>`)}</ul></section>`)}`;
}

function byDay(offers, zone) {
  const days = new Map();
  for (const offer of offers) {
    const on = dateIn(Date.parse(offer.starts_at), zone);
    days.set(on, [...(days.get(on) ?? []), offer]);
  }
  return days;
}

function isWished(offer, wishes, zone) {
  const on = dateIn(Date.parse(offer.starts_at), zone);
  const hour = Number(clock(offer.starts_at, zone).slice(0, 2));
  return wishes.some((wish) => wish.on === on && PARTS[wish.part][0] <= hour && hour < PARTS[wish.part][1]);
}

/** What was found; nothing after a hole in the signal that is over. */
function known(app, id) {
  const look = found.get(id);
  const isOver = look?.step === "offline" && app.status.connected && !isWaiting(app, id);
  return isOver ? undefined : look;
}

/** Ask for the windows, once what was recorded has arrived; returns what is known meanwhile. */
function begin(app, id) {
  const look = { step: "looking", isSending: isWaiting(app, id), offers: [] };
  found.set(id, look);
  load(app, id, look).catch((error) => {
    Object.assign(look, error instanceof NoConnection ? { step: "offline" } : { step: "refused", sentence: error.message });
  }).finally(app.draw);
  return look;
}

async function load(app, id, look) {
  if (look.isSending) await app.syncNow();
  if (isWaiting(app, id)) throw new NoConnection("not sent");
  look.isSending = false;
  app.draw();
  const answer = await app.fetchJson(`/mobile/v1/visits/${id}/windows`);
  Object.assign(look, { step: "found", offers: answer.offers, appointment: answer.appointment });
}

const isWaiting = (app, id) => app.held().some((item) => item.kind === "fact" && item.visit_id === id && ["waiting", "sending"].includes(item.state));

async function book(app, id, offer, key) {
  const look = found.get(id);
  Object.assign(look, { booking: offer.starts_at, sentence: "" });
  const { asked = {} } = draft(app, key);
  const event_id = asked[offer.starts_at] ?? uuid7();
  note(app, key, { asked: { ...asked, [offer.starts_at]: event_id } });
  try {
    const made = await app.fetchJson(`/mobile/v1/visits/${id}/appointment`, { method: "POST", json: { event_id, starts_at: offer.starts_at } });
    note(app, key, { booked: { starts_at: made.starts_at, ends_at: made.ends_at } });
    found.delete(id);
  } catch (error) {
    if (error instanceof NoConnection) Object.assign(look, { step: "offline" });
    else if (error.status === 409) {
      const renewed = begin(app, id);
      renewed.sentence = word("visit.next.taken");
    } else look.sentence = error.message;
  }
  look.booking = null;
  app.draw();
}
