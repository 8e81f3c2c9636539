// What every view needs of the page itself: icons, sheets from below, and a sentence said aloud.

import { html, nothing, render } from "/static/vendor/lit-html.js";
import { word } from "./words.js";

/** An icon of the family's sprite; always beside a word. */
export const icon = (name) => html`<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#${name}"></use></svg>`;

/** A sentence for three seconds, read aloud by screen readers. */
export function say(sentence) {
  const place = document.getElementById("said");
  render(html`<p>${sentence}</p>`, place);
  clearTimeout(say.timer);
  say.timer = setTimeout(() => render(nothing, place), 3000);
}

/** A sheet from below with a heading; `body(close)` makes its content anew. Returns `{ close, redraw }`. */
export function sheet(title, body, more = "") {
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  dialog.ariaLabel = title;
  const close = () => dialog.close();
  const redraw = () => render(sheetBody(title, more, close, body(close)), dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  redraw();
  document.body.append(dialog);
  dialog.showModal();
  return { close, redraw };
}

function sheetBody(title, more, close, content) {
  return html`<div class="sheet-body">
    <div class="sheet-head">
      <div><h2>${title}</h2>${more ? html`<p>${more}</p>` : nothing}</div>
      <button class="square" type="button" aria-label=${word("close")} @click=${close}>${icon("close")}</button>
    </div>
    ${content}
  </div>`;
}
