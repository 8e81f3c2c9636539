// One visit: who, where and when, what went wrong before, what it asks for, and the one next step at the thumb.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { note, OPEN, pill, product, reach, street, windowText } from "../parts.js";
import { clock, dayName, money, word } from "../words.js";
import { away } from "./away.js";
import { goneView } from "./gone.js";
import { missingShots, shotList } from "./shots.js";
import "./learn.js";
import { shoot } from "./shoot.js";

export function visitView(app, id) {
  const stop = app.visit(id);
  if (!stop) return goneView();
  const { visit } = stop;
  const isThere = visit.state === "on-site";
  return html`<main class="visit">
    ${visit.is_gone ? note("warning", `${word("visit.gone")} · ${word("visit.gone_more")}`, "warn") : nothing}
    ${isThere ? shotList(app, visit) : nothing}
    ${who(app, stop)} ${before(stop)} ${price(visit)}
    ${isThere ? nothing : shotList(app, visit)}
  </main>
  ${OPEN.has(visit.state) && !visit.is_gone ? html`<div class="thumb">${thumb(app, visit)}</div>` : after(visit)}`;
}

function who(app, stop) {
  const { visit, day } = stop;
  return html`<section class="card">
    <div class="hero-top"><h1>${windowText(stop, day.time_zone)}</h1>${pill(visit.state)}</div>
    ${product(visit)}
    <p class="address">${visit.district} ${street(visit)}</p>
    <p class="quiet">${[visit.consumer_name, word("visit.order", { number: visit.order_number }), visit.merchant].join(" · ")}</p>
    ${arrival(visit, day.time_zone)}
    ${visit.failure_reason ? note("warning", word(`visit.reasons.${visit.failure_reason}`)) : nothing}
    ${stop.colleague ? note("people", word("visit.together", { name: stop.colleague })) : nothing}
    ${note("info", visit.note)}
    ${visit.place?.approximate && visit.state !== "on-site" ? note("warning", word("visit.approximate"), "warn") : nothing}
    ${["waiting", "en-route"].includes(visit.state) ? standing(visit) : nothing}
    ${OPEN.has(visit.state) ? reach(visit, app) : nothing}
    ${OPEN.has(visit.state) && !visit.is_gone ? html`<a class="plain" href="#/why/${visit.id}">${word("why_mine")}</a>` : nothing}
  </section>`;
}

function arrival(visit, zone) {
  if (!visit.arrived_at) return nothing;
  const said = [word("visit.arrived_at", { time: clock(visit.arrived_at, zone) })];
  if (visit.arrival_distance !== null) said.push(word("visit.from_address", { away: away(visit.arrival_distance) }));
  if (visit.left_at) said.push(word("visit.done_at", { time: clock(visit.left_at, zone) }));
  return html`<p class="quiet">${icon("pin")} ${said.join(" · ")}</p>`;
}

/** Before the door: are the goods there, does the consumer expect us? */
function standing(visit) {
  const line = (good, yes, no) => html`<li class=${good ? "good" : "open"}>${icon(good ? "check" : "clock")}<span>${word(good ? yes : no)}</span></li>`;
  return html`<ul class="standing">
    ${visit.goods ? line(visit.goods.arrived, "visit.goods_here", "visit.goods_not") : nothing}
    ${visit.confirmed === undefined ? nothing : line(visit.confirmed, "visit.confirmed", "visit.unconfirmed")}
  </ul>`;
}

function before({ visit, day }) {
  if (!visit.before) return nothing;
  const { reason, note: words, left_at } = visit.before;
  const on = left_at ? dayName(new Intl.DateTimeFormat("sv", { timeZone: day.time_zone }).format(new Date(left_at))) : "";
  return html`<section class="card warn-card"><h2>${icon("history")} ${word("visit.before")}</h2>
    <p><strong>${[on, reason ? word(`visit.reasons.${reason}`) : ""].filter(Boolean).join(" · ")}</strong></p>
    ${words ? html`<p>${words}</p>` : nothing}</section>`;
}

function price({ price: agreed, currency, surcharges }) {
  if (!agreed) return nothing;
  const unit = agreed.currency ?? currency;
  return html`<section class="card"><h2>${word("visit.price")}</h2>
    <dl class="sums">
      ${agreed.lines.map((line) => html`<div><dt>${line.name}</dt><dd>${money(line.amount, unit)}</dd></div>`)}
      <div class="sum"><dt>${word("visit.total")}</dt><dd>${agreed.total ? money(agreed.total, unit) : word("visit.price_nothing")}</dd></div>
    </dl>
    ${surcharges?.length ? html`<p class="quiet">${word("visit.price_more")}</p>` : nothing}</section>`;
}

function thumb(app, visit) {
  const cannot = html`<a class="plain" href="#/visit/${visit.id}/cannot">${word("visit.cannot")}</a>`;
  const missing = missingShots(visit);
  if (visit.state === "waiting") return html`<a class="button go" href="#/visit/${visit.id}/ready">${icon("check")}${word("visit.get_ready")}</a>${cannot}`;
  if (visit.state === "en-route") return html`${arrive(app, visit)}${cannot}`;
  const finish = html`<a class="button ${missing.length ? "" : "go"}" href="#/visit/${visit.id}/finish">${icon("check")}${word("visit.finish")}</a>`;
  if (!missing.length) return html`${finish}${cannot}`;
  return html`<button class="go" type="button" @click=${() => shoot(app, visit, missing)}>${icon("camera")}${word("visit.next_photo", { name: missing[0].name })}</button>
    <div class="pair"><a class="plain" href="#/visit/${visit.id}/cannot">${word("visit.cannot")}</a><a class="plain" href="#/visit/${visit.id}/finish">${word("visit.finish")}</a></div>`;
}

function arrive(app, visit) {
  if (app.locating === visit.id) return html`<button class="go" type="button" disabled>${word("visit.locating")}</button>`;
  return html`<button class="go" type="button" @click=${() => app.arrive(visit.id)}>${icon("pin")}${word("visit.arrive")}</button>`;
}

function after(visit) {
  if (visit.state !== "could-not-complete") return nothing;
  return html`<div class="thumb"><a class="button go" href="#/visit/${visit.id}/next">${icon("calendar")}${word("visit.second_booked")}</a></div>`;
}
