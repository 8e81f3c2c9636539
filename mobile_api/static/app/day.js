// The day: the next stop first, filling the screen, then the route; other days behind chips.

import { html, nothing } from "/static/vendor/lit-html.js";
import { changes, outline } from "./changes.js";
import { icon } from "./dom.js";
import { keepOfDay, ofDay, whyOf } from "./lasting.js";
import { warm } from "./later.js";
import { routeList } from "./list.js";
import { chooseDay, chosenDay, isOpen, nextStep, nextStop, note, pill, product, reach, street, visitsOf, windowText } from "./parts.js";
import { clock, dayName, distance, knows, spell, word } from "./words.js";

export function dayView(app) {
  const day = chosenDay(app);
  if (!day) return html`<main>${empty(app, "not_read")}</main>`;
  const next = day.is_today ? nextStop(day) : undefined;
  look(app, day);
  return html`<main class="day">
      ${changedNotice(app, day)}
      ${next ? hero(day, next) : nothing}
      ${dayChips(app, day)}
      ${next ? nothing : standing(app, day)}
      ${day.stops.length ? routeList(day) : nothing}
    </main>
    ${next ? html`<div class="thumb">${reach(next.visit, app)}${nextStep(app, next.visit)}</div>` : nothing}`;
}

/** What there is to say about a day without a next stop. */
function standing(app, day) {
  if (!app.status.synced_at && !day.published) return empty(app, "not_read");
  if (!day.published) return empty(app, "not_published");
  if (!visitsOf(day).length) return empty(app, "empty_day");
  return day.is_today ? empty(app, "all_done") : nothing;
}

const empty = (app, what) => html`<section class="empty">
  ${icon(what === "all_done" ? "check" : "calendar")}<h1>${word(what)}</h1><p>${word(`${what}_more`)}</p>
  ${what === "all_done" ? nothing : html`<button type="button" @click=${() => app.syncNow()}>${icon("undo")}${word("refresh")}</button>`}</section>`;

/** Opening a day for the first time counts as having seen it; a change afterwards must be tapped away. */
function look(app, day) {
  if (!day.published) return;
  if (visitsOf(day).length) whyOf(app, day);
  warm();
  const isSeen = day.seen_revision === null || day.seen_revision >= day.revision;
  if (!isSeen || ofDay(app, "seen", day)?.revision === day.revision) return;
  seen(app, day);
  if (day.seen_revision === null) app.see(day);
}

/** Remembered, so that the next change can say what has changed. */
const seen = (app, day) => keepOfDay(app, "seen", day, { revision: day.revision, lines: outline(day) });

const isUnseen = (day) => day.published && day.seen_revision !== null && day.seen_revision < day.revision;

function changedNotice(app, day) {
  if (!isUnseen(day)) return nothing;
  const before = ofDay(app, "seen", day);
  const accept = () => {
    seen(app, day);
    app.see(day);
  };
  return html`<section class="notice changed" aria-label=${word("route_changed")}>
    ${icon("warning")}<h2>${word("route_changed")}</h2>
    ${before ? changeList(changes(before.lines, outline(day)), day.time_zone) : nothing}
    <button type="button" @click=${accept}>${icon("check")}${word("seen")}</button></section>`;
}

const MOST = 4;

function changeList({ fresh, gone, moved }, zone) {
  const line = (kind, each, was = "") => html`<li class=${kind}><b>${word(`change_${kind}`)}</b>
    <span>${[span(each, zone), each.product, each.district, was].filter(Boolean).join(" · ")}</span></li>`;
  const lines = [
    ...fresh.map((each) => line("new", each)),
    ...gone.map((each) => line("gone", each)),
    ...moved.map((each) => line("moved", each, word("change_was", { time: span(each.was, zone) }))),
  ];
  const rest = lines.length - MOST;
  return html`<ul>${lines.slice(0, MOST)}${rest > 0 ? html`<li>${word("changed_more", { n: rest })}</li>` : nothing}</ul>`;
}

const span = (line, zone) => (line.to ? `${clock(line.from, zone)}–${clock(line.to, zone)}` : clock(line.from, zone));

export function dayChips(app, day) {
  const days = app.days();
  if (days.length < 2) return nothing;
  const today = days.find((each) => each.is_today);
  return html`<div class="chips" role="group" aria-label=${word("days")}>${days.map((each) => html`
    <button type="button" class="chip" aria-pressed=${each.on === day.on} @click=${() => chooseDay(app, each)}>
      ${relative(each, today)}${isUnseen(each) ? html`<b class="badge" role="img" aria-label=${word("unseen")}>!</b>` : nothing}</button>`)}</div>`;
}

/** "Today", "Tomorrow" … or the date itself. */
export function relative(day, today) {
  const apart = today ? Math.round((new Date(day.on) - new Date(today.on)) / 86_400_000) : NaN;
  return [-1, 0, 1, 2].includes(apart) ? word(`rel.${apart}`) : dayName(day.on);
}

function hero(day, stop) {
  const { visit } = stop;
  const zone = day.time_zone;
  const visits = visitsOf(day);
  const at = visits.indexOf(stop);
  return html`<section class="hero ${visit.state}" aria-label=${word("next_stop")}>
    <div class="hero-top"><span class="eyebrow">${[word("of", { n: at + 1, total: visits.length }), word("promised")].join(" · ")}</span>${pill(visit.state)}</div>
    <h1 class="time">${windowText(stop, zone)}</h1>
    <p class="plan"><span>${due(stop, zone)}</span>${stop.distance ? html`<span>${distance(stop.distance)}</span>` : nothing}${stop.travel ? html`<span>${word("drive", { time: spell(stop.travel) })}</span>` : nothing}</p>
    <a class="where" href="#/visit/${visit.id}">
      ${product(visit)}
      <p class="district">${visit.district}</p>
      <p class="address">${street(visit)}</p>
      <p class="quiet">${[visit.consumer_name, word("work", { time: spell(visit.service) })].join(" · ")}</p>
    </a>
    ${warnings(stop)}
    ${then(visits.slice(at + 1).find(isOpen), zone)}
  </section>`;
}

function due(stop, zone) {
  const time = clock(stop.scheduled_arrival, zone);
  const late = stop.visit.window ? (new Date(stop.scheduled_arrival) - new Date(stop.visit.window.ends_at)) / 1000 : 0;
  return late > 60 ? word("late_by", { time, late: spell(late) }) : word("planned_at", { time });
}

/** Why it was not done last time; the words for it come with the pages of a visit. */
const reason = ({ reason: code, note: said }) => (knows(`visit.reasons.${code}`) ? word(`visit.reasons.${code}`) : said || "…");

/** What to know before setting out, the most urgent first. */
function warnings({ visit, colleague }) {
  return [
    note("warning", visit.goods && !visit.goods.arrived && word("goods_waiting")),
    note("phone", visit.confirmed === false && word("unconfirmed")),
    note("warning", (!visit.place || visit.place.approximate) && word("approximate")),
    note("history", visit.before && word("before", { reason: reason(visit.before) })),
    note("people", colleague && word("together", { name: colleague })),
    note("info", visit.note),
  ];
}

const then = (stop, zone) => (stop ? html`<p class="then"><span>${word("then")}</span><strong>${windowText(stop, zone)}</strong>
  <span>${[stop.visit.product, stop.visit.district].join(" · ")}</span></p>` : nothing);
