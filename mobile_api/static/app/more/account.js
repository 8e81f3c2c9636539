// My last four weeks beside what is usual in my area: visits, hours, kilometres, in words and as small bars.

import "./more.js";
import { html, nothing, svg } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { accountOf } from "../lasting.js";
import { daysName, distance, spell, word } from "../words.js";

const SAME = 3;

export function accountView(app) {
  const kept = accountOf(app);
  return html`<main>
    <h1>${word("account")}</h1>
    ${kept ? weeks(kept.answer) : html`<section class="empty">${icon("chart")}<p>${word("account_none")}</p></section>`}
  </main>`;
}

function weeks({ weeks: all }) {
  const newest = [...all].sort((one, other) => other.from.localeCompare(one.from));
  const most = (key) => Math.max(1, ...all.map((week) => Math.max(week[key], week.median?.[key] ?? 0)));
  const longest = { work: most("work"), travel: most("travel"), distance: most("distance") };
  return html`${newest.map((week) => card(week, longest))}
    <p class="quiet">${word("account_hint")}</p>`;
}

const sixLater = (on) => new Date(Date.parse(on) + 6 * 86_400_000).toISOString().slice(0, 10);

function card(week, longest) {
  return html`<section class="card week">
    <div class="hero-top"><h2>${daysName(week.from, sixLater(week.from))}</h2><strong>${word("account_visits", { n: week.visits })}</strong></div>
    ${week.visits + week.work + week.travel ? measures(week, longest) : nothing}
  </section>`;
}

const measures = (week, longest) => html`${compared(week)}
    ${bar("work", spell(week.work), week, longest)}
    ${bar("travel", spell(week.travel), week, longest)}
    ${bar("distance", distance(week.distance), week, longest)}`;

function compared({ mine_of_median: share }) {
  if (!share) return nothing;
  const n = Math.round((share - 1) * 100);
  if (Math.abs(n) < SAME) return html`<p>${word("account_same")}</p>`;
  return html`<p>${word(n > 0 ? "account_more" : "account_less", { n: Math.abs(n) })}</p>`;
}

function bar(name, text, week, longest) {
  const part = (value) => (100 * value) / longest[name];
  const usual = week.median?.[name];
  return html`<div class="measure"><span>${word(`account_${name}`)}</span><strong>${text}</strong>
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${svg`<rect class="rail" width="100" height="8"/><rect class="mine" width=${part(week[name])} height="8"/>
      ${usual ? svg`<path d="M${part(usual)} 0V8"/>` : nothing}`}</svg></div>`;
}
