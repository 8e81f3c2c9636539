// The checklist: what is ticked is recorded at once, always the whole list.

import { html, nothing } from "/static/vendor/lit-html.js";
import { word } from "../words.js";
import { ticked } from "./todo.js";

export function checklistCard(app, visit) {
  const done = ticked(visit);
  const toggle = (code, isDone) =>
    app.record("checklist", { visit_id: visit.id, payload: { done: isDone ? [...done, code] : done.filter((each) => each !== code) } });
  return html`<ul class="ticks">${visit.checklist.map((item) => html`<li><label>
    <input type="checkbox" .checked=${done.includes(item.code)} @change=${(event) => toggle(item.code, event.target.checked)}>
    <span>${item.name}</span>${item.required ? nothing : html`<span class="quiet">${word("visit.end.optional")}</span>`}</label></li>`)}</ul>`;
}
