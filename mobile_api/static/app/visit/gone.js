// Instead of any page of a visit that this phone knows nothing of, or where there is nothing more to do.

import { html } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { word } from "../words.js";

export const goneView = () => html`<main class="visit"><div class="empty">${icon("info")}<h1>${word("visit.gone")}</h1>
  <p>${word("visit.gone_more")}</p><a class="button" href="#/">${word("visit.to_day")}</a></div></main>`;
