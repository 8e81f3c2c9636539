// Around every view: where we are, whether everything has been sent, and the ways to everything else.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "./dom.js";
import { chosenDay } from "./parts.js";
import { dayName, word } from "./words.js";

const TABS = [["day", "#/", "list"], ["map", "#/map", "map"], ["queue", "#/queue", "upload"]];
const CONDITIONS = { good: "check", busy: "upload", away: "clock", wrong: "warning" };

/** Top bar, notices, the view; `back` is the place one step up. Where a tab leads, the tabs are below instead. */
export function framed(app, content, back = null) {
  const isTop = !back || TABS.some(([, href]) => href === location.hash);
  return html`<header class="bar">
      ${!isTop ? html`<a class="square" href=${back} aria-label=${word("back")}>${icon("left")}</a>` : nothing}
      <div class="bar-title"><strong>${title(app)}</strong><span>${app.me.technician.name}</span></div>
      ${connection(app)}
    </header>
    ${notices(app)}
    ${content}
    ${isTop ? tabs(app) : nothing}`;
}

function title(app) {
  const day = chosenDay(app);
  return day ? dayName(day.on) : word("app");
}

/** `[kind, sentence]` of what the technician should know about sending. */
export function condition({ connected, facts, pictures, problems }) {
  const n = facts + pictures;
  if (problems) return ["wrong", word("to_fix", { n: problems })];
  if (!connected) return ["away", n ? word("kept_here", { n }) : word("offline")];
  return n ? ["busy", word("sending", { n })] : ["good", word("synced")];
}

function connection(app) {
  const [kind, state] = condition(app.status);
  return html`<a class="connection ${kind}" href="#/queue" aria-label=${word("connection", { state })}>
    ${icon(CONDITIONS[kind])}<span>${state}</span></a>`;
}

/** What stands in the way of the next photo, or waits to be put in place. */
export function notices({ status, update }) {
  return [
    status.storage?.full
      ? html`<div class="notice wide wrong-notice" role="alert">${icon("warning")}<p><strong>${word("storage_full")}</strong> ${word("storage_full_more")}</p></div>`
      : nothing,
    status.storage?.low && !status.storage.full
      ? html`<div class="notice wide">${icon("warning")}<p>${word("storage_low")}</p></div>` : nothing,
    status.update ? html`<div class="notice wide">${icon("download")}<p>${word("update")}</p>
      <button type="button" @click=${update}>${word("update_now")}</button></div>` : nothing,
  ];
}

function tabs(app) {
  const { facts, pictures } = app.status;
  const place = location.hash || "#/";
  const tab = ([name, href, picture]) => html`<a href=${href} aria-current=${place === href ? "page" : nothing}>
    ${icon(picture)}<span>${word(name)}</span>
    ${name === "queue" && facts + pictures ? html`<b class="badge" aria-hidden="true">${facts + pictures}</b>` : nothing}</a>`;
  return html`<nav class="tabs" aria-label=${word("tabs")}>${TABS.map(tab)}
    <button type="button" aria-haspopup="dialog" @click=${() => openMore(app)}>${icon("people")}<span>${word("more")}</span></button>
  </nav>`;
}

const openMore = async (app) => (await import("./more/menu.js")).openMenu(app);
