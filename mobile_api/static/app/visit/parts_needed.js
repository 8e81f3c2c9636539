// Parts that somebody must bring next time.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { word } from "../words.js";

const MOST = 10;

export function partsCard({ parts, part, count }, set) {
  const add = (event) => {
    event.preventDefault();
    const { part: name, count: pieces } = event.target.elements;
    const each = { text: name.value.trim(), count: Number(pieces.value) };
    if (each.text && each.count > 0) set({ parts: [...parts, each], part: "", count: 1 });
  };
  return html`<section class="card"><h2>${word("visit.fail.parts")}</h2>
    ${parts.length ? html`<ul class="chosen">${parts.map((each, at) => html`<li><span>${each.text} × ${each.count}</span>
      <button class="square" type="button" aria-label=${word("visit.fail.part_drop", { name: each.text })} @click=${() => set({ parts: parts.filter((_, other) => other !== at) })}>${icon("close")}</button></li>`)}</ul>` : nothing}
    ${parts.length < MOST ? html`<form class="row" @submit=${add}>
      <label class="grow"><span class="quiet">${word("visit.fail.part_name")}</span><input name="part" maxlength="200" autocomplete="off" .value=${part} @input=${(event) => set({ part: event.target.value })}></label>
      <label class="narrow"><span class="quiet">${word("visit.fail.part_count")}</span><input name="count" inputmode="numeric" maxlength="2" .value=${String(count || "")} @input=${(event) => set({ count: Number(event.target.value.replace(/\D/g, "")) })}></label>
      <button type="submit">${word("visit.fail.part_add")}</button></form>` : nothing}</section>`;
}
