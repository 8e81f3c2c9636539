// The route as a list: when it begins, every stop with its window and its drive, the breaks, the end.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "./dom.js";
import { isOpen, nextStop, pill, street, visitsOf, windowText } from "./parts.js";
import { clock, distance, spell, word } from "./words.js";

export function routeList(day) {
  const visits = visitsOf(day);
  const done = visits.filter((stop) => !isOpen(stop)).length;
  return html`<section class="route" aria-label=${word("day")}>
    <div class="route-head">
      <h2>${day.starts_at ? word("hours_of", { from: clock(day.starts_at, day.time_zone), to: clock(day.ends_at, day.time_zone) }) : word("day")}</h2>
      <span>${word("done_count", { done, total: visits.length })}</span>
    </div>
    <p class="quiet">${[distance(day.distance), word("drive", { time: spell(day.travel) })].join(" · ")}</p>
    ${visits.length ? html`<a class="button" href="#/why/${(nextStop(day) ?? visits[0]).visit.id}">${icon("info")}${word("why_mine")}</a>` : nothing}
    <ol class="stops">${day.stops.map((stop) => (stop.visit ? row(day, stop, visits) : rest(stop, day.time_zone)))}</ol>
  </section>`;
}

const rest = (stop, zone) => html`<li class="rest">${icon("clock")}<span class="at">${clock(stop.scheduled_start, zone)}</span>
  <span>${word("rest", { time: spell((new Date(stop.scheduled_leave) - new Date(stop.scheduled_start)) / 1000) })}</span></li>`;

function row(day, stop, visits) {
  const { visit } = stop;
  return html`<li>
    ${stop.travel ? html`<p class="leg">${icon("van")}<span>${word("drive_to", { time: spell(stop.travel), km: distance(stop.distance) })}</span></p>` : nothing}
    <a href="#/visit/${visit.id}" class=${visit.is_gone ? "cancelled" : visit.state}>
      <span class="number">${number(stop, visits)}</span>
      <span class="row-text">
        <strong>${windowText(stop, day.time_zone)}</strong>
        <span>${visit.product}</span>
      </span>
      ${visit.state === "waiting" && stop.scheduled_arrival
        ? html`<span class="due"><span>${word("due")}</span><strong>${clock(stop.scheduled_arrival, day.time_zone)}</strong></span>` : pill(visit.state)}
      <span class="row-place quiet">${visit.district} ${street(visit)}</span>
      ${visit.is_gone ? html`<span class="row-place">${word("gone")}</span>` : nothing}
    </a></li>`;
}

const number = (stop, visits) =>
  isOpen(stop) ? visits.indexOf(stop) + 1 : icon(stop.visit.state === "completed" ? "check" : "close");
