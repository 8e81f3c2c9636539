// Why a visit is on my route, in sentences: who could have gone, how near I am, who was nearer and could not.

import "./more.js";
import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { whyOf } from "../lasting.js";
import { visitsOf, windowText } from "../parts.js";
import { clock, spell, word } from "../words.js";

const STEPS = ["area", "covering", "skilled", "at_work", "able"];

export function whyView(app, id) {
  const stop = app.visit(id);
  const kept = stop?.day && whyOf(app, stop.day);
  const why = kept?.answer.visits.find((each) => each.visit_id === id);
  return html`<main>
    <h1>${word("why")}</h1>
    ${stop?.day ? stops(stop.day, id) : nothing}
    ${stop ? html`<h2>${[windowText(stop, stop.day?.time_zone), stop.visit.product, stop.visit.district].join(" · ")}</h2>` : nothing}
    ${why ? told(stop, why, kept.at) : html`<section class="empty">${icon("info")}<p>${word("why_none")}</p></section>`}
  </main>`;
}

const stops = (day, id) => html`<div class="chips" role="group" aria-label=${word("day")}>${visitsOf(day).map(({ visit }, at) => html`
  <a class="button chip short" href="#/why/${visit.id}" aria-current=${visit.id === id ? "page" : nothing} aria-label=${word("stop_n", { n: at + 1 })}>${at + 1}</a>`)}</div>`;

function told(stop, why, at) {
  const counts = { area: why.technicians, covering: why.covering, skilled: why.skilled, at_work: why.at_work, able: why.able };
  const { product, district } = stop.visit;
  return html`<section class="card verdict">${icon("check")}<h2>${verdict(why)}</h2>
      <p>${word("why_drive", { time: spell(why.minutes * 60) })}</p></section>
    <section class="card"><ol class="funnel">${STEPS.map((step) => html`<li class=${step}>${word(`why_${step}`, { n: counts[step], district, product })}</li>`)}</ol></section>
    ${why.others.length ? html`<section class="card"><h2>${word("why_others")}</h2><ul class="others">${why.others.map((other) => html`
      <li><strong>${other.name}</strong><span>${[word(`others.${other.reason}`), other.minutes === null ? "" : spell(other.minutes * 60)].filter(Boolean).join(" · ")}</span></li>`)}</ul></section>` : nothing}
    <p class="quiet">${word("why_asked", { time: clock(at, stop.day.time_zone) })} · ${word("why_fair")}</p>
    <a class="button" href="#/requests">${icon("people")}${word("request_kinds.swap")}</a>`;
}

function verdict({ able, rank }) {
  if (able === 1) return word("why_only");
  return rank === 1 ? word("why_best") : word("why_rank", { able, rank });
}
