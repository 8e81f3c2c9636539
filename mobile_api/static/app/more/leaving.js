// Logging out. With something unsent it is refused, unless this phone may go on sending afterwards.

import { html } from "/static/vendor/lit-html.js";
import { icon, sheet } from "../dom.js";
import { word } from "../words.js";

/** "3 reports, 12 photos"; what there is none of goes unsaid. */
export const amounts = ({ facts, pictures }) =>
  [facts && word("reports", { n: facts }), pictures && word("pictures", { n: pictures })].filter(Boolean).join(word("comma"));

export function leaving(app) {
  const { facts, pictures } = app.status;
  if (facts + pictures) unsent(app);
  else sure(app);
}

function sure(app) {
  sheet(word("log_out"), (close) => html`<p>${word("logout_sure")}</p>
    <button type="button" class="leave" @click=${() => { close(); app.logOut({ handOver: false }); }}>${icon("leave")}${word("log_out")}</button>
    <button type="button" class="go" @click=${close}>${word("logout_stay")}</button>`);
}

function unsent(app) {
  const handOver = (close) => () => { close(); app.logOut({ handOver: true }); };
  sheet(word("logout_unsent"), (close) => html`<p>${word("logout_wait", { amounts: amounts(app.status) })}</p>
    <button type="button" class="go" @click=${() => { close(); location.hash = "#/queue"; app.syncNow(); }}>${icon("upload")}${word("send_now")}</button>
    <button type="button" @click=${handOver(close)}>${icon("leave")}${word("logout_hand_over")}</button>
    <p class="quiet">${word("logout_hand_over_more")}</p>
    <button type="button" class="plain" @click=${close}>${word("logout_stay")}</button>`);
}
