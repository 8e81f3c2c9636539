// When the consumer would like us to come instead: days and parts of days, three taps at most.

import { html } from "/static/vendor/lit-html.js";
import { dayName, word } from "../words.js";

export const MOST_WISHES = 3;
const DAYS = 7;
const DAY = 86_400_000;
const ENDS = { morning: 12, afternoon: 18, evening: 21 };

export function wishesCard(today, zone, { wishes }, set) {
  const days = Array.from({ length: DAYS }, (_, later) => new Date(Date.parse(today) + later * DAY).toISOString().slice(0, 10));
  return html`<section class="card"><h2>${word("visit.fail.wishes")}</h2>
    <p class="quiet">${wishes.length < MOST_WISHES ? word("visit.fail.wishes_hint", { n: MOST_WISHES }) : word("visit.fail.wish_full")}</p>
    <div class="wishes">${days.map((on) => html`<div><span class="wish-day">${dayName(on).replace("周", " 周")}</span>
      ${Object.keys(ENDS).map((part) => cell(on, part, wishes, set, on === days[0] && ENDS[part] <= hourIn(zone)))}</div>`)}</div></section>`;
}

function cell(on, part, wishes, set, isOver) {
  const isWished = wishes.some((wish) => wish.on === on && wish.part === part);
  const others = wishes.filter((wish) => wish.on !== on || wish.part !== part);
  return html`<button type="button" aria-pressed=${isWished} ?disabled=${isOver || (!isWished && wishes.length >= MOST_WISHES)}
    aria-label="${dayName(on)} ${word(`visit.fail.parts_of_day.${part}`)}"
    @click=${() => set({ wishes: isWished ? others : [...others, { on, part }] })}>${word(`visit.fail.parts_short.${part}`)}</button>`;
}

const hourIn = (timeZone) => Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", timeZone }).format(Date.now()));
