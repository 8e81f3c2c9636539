// Over plain HTTP a browser gives neither position nor offline work nor random ids: say so instead of failing.

import { html } from "/static/vendor/lit-html.js";
import { icon } from "./dom.js";
import { language, speak, word } from "./words.js";

export function insecureView(app) {
  const other = language() === "zh" ? "en" : "zh";
  const address = `https://${location.hostname}/phone`;
  const change = () => { speak(other); app.draw(); };
  return html`<main><section class="empty" role="alert">${icon("warning")}
    <h1>${word("insecure")}</h1><p>${word("insecure_more", { address })}</p>
    <a class="button go" href=${address}>${word("open_secure")}</a>
    <button type="button" lang=${other} @click=${change}>${word("language")}</button></section></main>`;
}
