// Questions with a few answers, as large buttons; one of them at a time.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { word } from "../words.js";

/** A question with radio buttons: `options` are `[value, label]`. */
export function choices({ name, title, hint = "", value, options, choose, columns = "" }) {
  return html`<fieldset><legend><h2>${title}</h2></legend>
    ${hint ? html`<p class="quiet">${hint}</p>` : nothing}
    <div class="choices ${columns}">${options.map(([option, label]) => html`<label>
      <input type="radio" name=${name} value=${option} .checked=${option === value} @change=${() => choose(option)}><span>${label}</span></label>`)}</div>
  </fieldset>`;
}

/** Calls the consumer; `called` hears of it. */
export const telephone = (visit, called = () => undefined) => html`<a class="button" href="tel:${visit.consumer_phone.replace(/[^+\d]/g, "")}"
  @click=${called}>${icon("phone")}${word("visit.call")} · ${visit.consumer_name}</a>`;
