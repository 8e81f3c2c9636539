// Why a visit is on my route, in sentences: who could have gone, how near I am, who was nearer and could not.

import "./more.js";
import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { whyOf } from "../lasting.js";
import { clock, spell, word } from "../words.js";

const STEPS = ["area", "covering", "skilled", "at_work", "able"];

export function whyView(app, id) {
  const stop = app.visit(id);
  const kept = stop?.day && whyOf(app, stop.day);
  const why = kept?.answer.visits.find((each) => each.visit_id === id);
  return html`<main>
    <h1>${word("why")}</h1>
    ${stop ? html`<p class="quiet">${[stop.visit.product, stop.visit.district].join(" · ")}</p>` : nothing}
    ${why ? told(stop, why, kept.at) : html`<section class="empty">${icon("info")}<p>${word("why_none")}</p></section>`}
  </main>`;
}

function told(stop, why, at) {
  const counts = { area: why.technicians, covering: why.covering, skilled: why.skilled, at_work: why.at_work, able: why.able };
  const { product, district } = stop.visit;
  return html`<section class="card verdict">${icon("check")}<h2>${verdict(why)}</h2>
      <p>${word("why_drive", { time: spell(why.minutes * 60) })}</p></section>
    <section class="card"><ol class="funnel">${STEPS.map((step) => html`<li class=${step}>${word(`why_${step}`, { n: counts[step], district, product })}</li>`)}</ol></section>
    ${why.others.length ? html`<section class="card"><h2>${word("why_others")}</h2><ul class="others">${why.others.map((other) => html`
      <li><strong>${other.name}</strong><span>${[word(`others.${other.reason}`), other.minutes === null ? "" : spell(other.minutes * 60)].filter(Boolean).join(" · ")}</span></li>`)}</ul></section>` : nothing}
    <p class="quiet">${word("why_fair")} ${word("why_asked", { time: clock(at, stop.day.time_zone) })}</p>`;
}

function verdict({ able, rank }) {
  if (able === 1) return word("why_only");
  return rank === 1 ? word("why_best") : word("why_rank", { able, rank });
}
