// The shot list: every picture that is asked for, with its drawing until it is taken and the picture afterwards.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { word } from "../words.js";
import { outline } from "./outlines.js";
import { shoot } from "./shoot.js";

const shown = new Map();

/** The required shots that have no picture yet, in the order of the list. */
export const missingShots = (visit) => visit.shots.filter((shot) => visit.missing.includes(shot.code));

/** The newest picture of a shot on this phone that was not refused. */
export const pictureOf = (visit, code) => visit.pictures?.[code]?.filter((picture) => picture.state !== "refused").at(-1);

export const isTaken = (visit, shot) => Boolean(pictureOf(visit, shot.code)) || shot.photo_ids?.length > 0;

export function shotList(app, visit) {
  if (!visit.shots.length) return nothing;
  const done = visit.shots.filter((shot) => isTaken(visit, shot)).length;
  return html`<section class="card"><div class="hero-top"><h2>${word("visit.shot.title")}</h2>
    <span class="quiet">${word("visit.shot.count", { done, all: visit.shots.length })}</span></div>
    <ul class="shot-list">${visit.shots.map((shot) => html`<li>${tile(app, visit, shot)}</li>`)}</ul></section>`;
}

function tile(app, visit, shot) {
  const taken = isTaken(visit, shot);
  const inside = html`<span class="shot-picture">${picture(app, visit, shot, taken)}</span>
    <strong>${shot.name}</strong><span class="quiet">${standing(visit, shot, taken)}</span>`;
  if (visit.state !== "on-site") return html`<div class="shot ${taken ? "taken" : ""}">${inside}</div>`;
  const after = taken ? [] : missingShots(visit).filter((other) => other.code !== shot.code);
  return html`<button class="shot ${taken ? "taken" : ""}" type="button" aria-label="${word(taken ? "visit.shot.retake" : "visit.shot.take")}: ${shot.name}"
    @click=${() => shoot(app, visit, [shot, ...after])}>${inside}</button>`;
}

function standing(visit, shot, taken) {
  const doubt = pictureOf(visit, shot.code)?.retake?.[0];
  if (doubt) return word(`visit.shot.looks.${doubt}`);
  if (taken) return word("visit.shot.retake");
  return word(shot.required ? "visit.shot.required" : "visit.shot.optional");
}

function picture(app, visit, shot, taken) {
  if (!taken) return outline(shot.outline);
  const own = pictureOf(visit, shot.code);
  const url = own && addressOf(app, own);
  const isThere = !own || own.state === "checked";
  return html`${url ? html`<img src=${url} alt="">` : outline(shot.outline)}
    <span class="tick ${own?.retake?.length ? "doubt" : ""}">${icon(own?.retake?.length ? "warning" : isThere ? "check" : "clock")}</span>`;
}

/** The address of a picture on this phone, once it has been read; draws again then. */
export function addressOf(app, picture) {
  const known = shown.get(picture.id);
  if (known !== undefined) return known;
  shown.set(picture.id, "");
  picture.url().then((url) => {
    shown.set(picture.id, url);
    app.draw();
  }, () => shown.delete(picture.id));
  return "";
}
