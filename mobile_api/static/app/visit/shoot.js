// Taking the pictures: the live picture with the drawing over it, then what is wrong with it in a sentence, keep or retake.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon, say } from "../dom.js";
import { here, lastPlace } from "../place.js";
import { word } from "../words.js";
import { away } from "./away.js";
import { differenceHash, doubts } from "./checks.js";
import { canvasOf, closeLens, frameOf, jpegOf, light, openLens, smallGrey } from "./lens.js";
import { outline } from "./outlines.js";
import { openScreen } from "./screen.js";

const LOOKS = "looks";
const REMEMBERED = 120;

/** Take these shots (`{ code, name, hint, outline }`) one after the other; resolves to how many were kept. */
export async function shoot(app, visit, shots) {
  const state = { app, visit, shots: [...shots], kept: 0, camera: "starting", stream: null, taken: null, torch: false, hasTorch: false };
  here();
  const screen = openScreen(shots[0].name, () => body(state), { kind: "camera", leave: () => leave(state) });
  state.redraw = screen.redraw;
  state.close = screen.close;
  state.dialog = screen.dialog;
  await start(state);
  await screen.closed;
  return state.kept;
}

/** Before it plays, a video has no frame: a picture taken of it would be black. */
async function start(state) {
  try {
    Object.assign(state, await openLens(() => lose(state)));
    if (!state.dialog.isConnected) return closeLens(state.stream);
    const video = state.dialog.querySelector("video");
    video.srcObject = state.stream;
    await video.play();
    state.camera = "live";
    return state.redraw();
  } catch {
    return lose(state);
  }
}

/** There is no camera, it is not allowed, or somebody else has taken it: the phone's own app is left. */
function lose(state) {
  state.camera = "none";
  state.redraw();
}

function leave(state) {
  closeLens(state.stream);
  if (state.taken) URL.revokeObjectURL(state.taken.url);
  state.app.draw();
}

function body(state) {
  const [shot, next] = state.shots;
  return html`<header class="screen-head">
      <div><h2>${shot.name}</h2><p>${state.taken?.doubts.length === 0 ? word("visit.shot.clear") : shot.hint || (next ? word("visit.shot.then", { name: next.name }) : "")}</p></div>
      <button class="square" type="button" aria-label=${word("visit.close")} @click=${() => state.close()}>${icon("close")}</button>
    </header>
    <div class="finder">
      <video playsinline muted ?hidden=${state.taken || state.camera === "none"}></video>
      ${state.taken ? html`<img src=${state.taken.url} alt=${shot.name}>` : outline(shot.outline)}
      ${state.taken || state.camera === "live" ? nothing : html`<p class="finder-word">${word(state.camera === "none" ? "visit.shot.no_camera" : "visit.shot.starting")}</p>`}
    </div>
    ${state.taken ? review(state) : controls(state)}`;
}

function controls(state) {
  return html`<footer class="screen-foot shutter-row">
    <label class="button">${icon("camera")}<span>${word("visit.shot.album")}</span>${file(state)}</label>
    <button class="shutter" type="button" aria-label=${word("visit.shot.take")} ?disabled=${state.camera !== "live"} @click=${() => snap(state)}></button>
    ${state.hasTorch ? html`<button type="button" aria-pressed=${state.torch} @click=${() => toggle(state)}>${icon("sun")}<span>${word("visit.shot.torch")}</span></button>` : html`<span></span>`}
  </footer>`;
}

const file = (state) => html`<input type="file" accept="image/*" capture="environment" aria-label=${word("visit.shot.album")}
  @change=${(event) => event.target.files[0] && consider(state, canvasOf(event.target.files[0]))}>`;

async function toggle(state) {
  await light(state.stream, !state.torch).then(() => { state.torch = !state.torch; }, () => { state.hasTorch = false; });
  state.redraw();
}

function snap(state) {
  navigator.vibrate?.(30);
  return consider(state, Promise.resolve(frameOf(state.dialog.querySelector("video"))));
}

/** Show what was taken, with what may be wrong with it. */
async function consider(state, picture) {
  const [shot] = state.shots;
  const { visit, app } = state;
  try {
    const canvas = await picture;
    const grey = smallGrey(canvas);
    const place = lastPlace();
    const found = doubts(grey, { visit_id: visit.id, shot: shot.code, earlier: looks(app), place, address: visit.place });
    const blob = await jpegOf(canvas);
    const taken_at = new Date().toISOString();
    state.taken = { blob, url: URL.createObjectURL(blob), taken_at, place, doubts: found, hash: differenceHash(grey), width: canvas.width, height: canvas.height };
    state.redraw();
    state.dialog.querySelector("footer .go").focus();
  } catch {
    say(word("visit.shot.unreadable"));
  }
}

function review(state) {
  const { doubts: found } = state.taken;
  const again = html`<button class=${found.length ? "go" : ""} type="button" @click=${() => retake(state)}>${icon("history")}${word("visit.shot.retake")}</button>`;
  const keep = html`<button class=${found.length ? "" : "go"} type="button" @click=${() => accept(state)}>${icon("check")}${word(found.length ? "visit.shot.keep_anyway" : "visit.shot.keep")}</button>`;
  return html`<footer class="screen-foot">
    ${found.length ? html`<ul class="doubts" role="alert">${found.map((doubt) => html`<li>${icon("warning")}<span>${sentence(doubt)}</span></li>`)}</ul>` : nothing}
    <div class="choice">${found.length ? html`${keep}${again}` : html`${again}${keep}`}</div>
  </footer>`;
}

const sentence = ({ what, name, metres }) => word(`visit.shot.${what}`, { name, away: metres === undefined ? "" : away(metres) });

function retake(state) {
  URL.revokeObjectURL(state.taken.url);
  Object.assign(state, { taken: null, isKeeping: false });
  state.redraw();
}

async function accept(state) {
  const { app, visit, taken } = state;
  const [shot] = state.shots;
  if (state.isKeeping) return;
  state.isKeeping = true;
  const { blob, url, hash, doubts: found, ...facts } = taken;
  await app.addPicture(visit.id, shot.code, blob, { ...facts, checks: found.map((doubt) => doubt.what) });
  remember(app, { visit_id: visit.id, shot: shot.code, name: shot.name, hash });
  state.kept += 1;
  state.shots.shift();
  say(word("visit.shot.kept", { name: shot.name }));
  if (state.shots.length) retake(state);
  else state.close();
}

const looks = (app) => app.drafts.get(LOOKS) ?? [];

/** The last pictures' hashes stay, so that the same picture is noticed tomorrow, too. */
function remember(app, look) {
  if (look.hash) app.drafts.set(LOOKS, [...looks(app), look].slice(-REMEMBERED));
}
