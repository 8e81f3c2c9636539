// Everything that is not looked at every hour.

import "./more.js";
import { html } from "/static/vendor/lit-html.js";
import { icon, sheet } from "../dom.js";
import { chooseMap } from "../parts.js";
import { language, word } from "../words.js";
import { leaving } from "./leaving.js";

export function openMenu(app) {
  const { technician } = app.me;
  const other = language() === "zh" ? "en" : "zh";
  sheet(technician.name, (close) => {
    const then = (does) => () => { close(); does(); };
    return html`
      <a class="button row" href="#/requests" @click=${close}>${icon("calendar")}${word("requests")}</a>
      <a class="button row" href="#/account" @click=${close}>${icon("chart")}${word("account")}</a>
      <button type="button" class="row" @click=${then(() => chooseMap(null, app))}>${icon("publish")}${word("change_map")}</button>
      <button type="button" class="row" @click=${then(() => app.syncNow())}>${icon("undo")}${word("refresh")}</button>
      <button type="button" class="row" lang=${other} @click=${then(() => app.speak(other))}>${icon("language")}${word("language")}</button>
      <button type="button" class="row leave" @click=${then(() => leaving(app))}>${icon("leave")}${word("log_out")}</button>`;
  }, word("technician", { code: technician.code }));
}
