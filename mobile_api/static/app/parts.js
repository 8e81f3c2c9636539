// Pieces that more than one view shows.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon, sheet } from "./dom.js";
import { clock, word } from "./words.js";

const MAPS = ["amap", "baidu", "apple", "google"];
const MAP = "navigate-with";

export const OPEN = new Set(["waiting", "en-route", "on-site"]);
export const isOpen = (stop) => Boolean(stop.visit) && OPEN.has(stop.visit.state) && !stop.visit.is_gone;

export const pill = (state) => html`<span class="pill ${state}">${word(`states.${state}`)}</span>`;

/** A line with an icon in front: `note("warning", "…")`. */
export const note = (picture, text, kind = "") =>
  text ? html`<p class="note ${kind}">${icon(picture)}<span>${text}</span></p>` : nothing;

/** What is promised to the consumer, else when we are due. */
export function windowText(stop, zone) {
  const window = stop.visit?.window;
  if (!window) return clock(stop.scheduled_arrival ?? stop.scheduled_start, zone);
  return `${clock(window.starts_at, zone)}–${clock(window.ends_at, zone)}`;
}

export const product = (visit) => html`<p class="product">${icon(visit.icon)}<span>${visit.product}</span>
  ${visit.cause === "second-visit" ? html`<span class="tag">${word("second_visit")}</span>` : nothing}</p>`;

/** The address without what the district has already said. */
export function street({ address, district }) {
  const at = district ? address.indexOf(district) : -1;
  return at < 0 ? address : address.slice(at + district.length).trim() || address;
}

/** The visits of a day in the order of the route, breaks left out. */
export const visitsOf = (day) => day.stops.filter((stop) => stop.visit);

/** The stop that counts now: where I am, where I am going, or the first that waits. */
export function nextStop(day) {
  const open = visitsOf(day).filter(isOpen);
  return ["on-site", "en-route", "waiting"].map((state) => open.find((stop) => stop.visit.state === state)).find(Boolean);
}

/** The two big buttons: navigate and call. */
export const reach = (visit, app) => html`<div class="reach">
  ${navigate(visit, app)}
  <a class="button" href="tel:${visit.consumer_phone.replace(/[^+\d]/g, "")}">${icon("phone")}${word("call")}</a>
</div>`;

/** Opens the map app chosen last; asks which one when none has been chosen. */
export function navigate(visit, app) {
  const links = visit.navigation ?? {};
  const chosen = remembered();
  const label = html`${icon("publish")}${word("navigate")}`;
  if (!Object.keys(links).length) return html`<button type="button" disabled>${label}</button>`;
  if (!links[chosen]) return html`<button type="button" @click=${() => chooseMap(visit, app)}>${label}</button>`;
  return html`<a class="button" href=${links[chosen]} target="_blank" rel="noreferrer noopener">${label}</a>`;
}

const remembered = () => localStorage.getItem(MAP);

/** Which map app to use from now on; `visit` null only sets it. */
export function chooseMap(visit, app) {
  const choose = (name, close) => {
    localStorage.setItem(MAP, name);
    close();
    app?.draw();
  };
  sheet(word("navigate_with"), (close) => MAPS.filter((name) => !visit || visit.navigation[name]).map((name) => visit
    ? html`<a class="button" href=${visit.navigation[name]} target="_blank" rel="noreferrer noopener"
        @click=${() => choose(name, close)}>${word(name)}</a>`
    : html`<button type="button" aria-pressed=${name === remembered()} @click=${() => choose(name, close)}>${word(name)}</button>`),
  visit ? visit.address : word("navigate_hint"));
}

/** The one next step, at the thumb. `ready` is false while the readiness gate has not been answered. */
export function nextStep(app, visit) {
  const go = (press, picture, text) => html`<button class="go" type="button" @click=${press}>${icon(picture)}${text}</button>`;
  if (app.locating === visit.id) return html`<button class="go" type="button" disabled>${word("locating")}</button>`;
  if (visit.state === "waiting") return html`<a class="button go" href="#/visit/${visit.id}/ready">${icon("van")}${word("set_out")}</a>`;
  if (visit.state === "en-route") return go(() => app.arrive(visit.id), "pin", word("arrive"));
  if (visit.state === "on-site") return html`<a class="button go" href="#/visit/${visit.id}">${icon("camera")}${word("open_visit")}</a>`;
  return nothing;
}

let chosen = null;

/** The day that is looked at: today, until a chip says otherwise. */
export const chosenDay = (app) => app.days().find((day) => day.on === chosen) ?? app.today();

export function chooseDay(app, day) {
  chosen = day.is_today ? null : day.on;
  app.draw();
}
