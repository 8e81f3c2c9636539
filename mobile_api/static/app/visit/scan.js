// Reading a barcode with the camera: the browser's own reader where there is one, else ours in a worker.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { word } from "../words.js";
import { closeLens, light, openLens } from "./lens.js";
import { openScreen } from "./screen.js";

const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "code_93", "itf", "codabar", "qr_code", "data_matrix"];
const PAUSE = 120;
const WIDE = 1280;

/** Resolves to `{ number, format }`, undefined when it was left. */
export async function scan() {
  const state = { step: "starting", stream: null, reader: null, torch: false, hasTorch: false };
  const screen = openScreen(word("visit.end.scan"), (self) => body(state, self), { kind: "camera", leave: () => leave(state) });
  begin(state, screen);
  return screen.closed;
}

async function begin(state, screen) {
  try {
    const { stream, hasTorch } = await openLens(() => lose(state, screen));
    if (!screen.dialog.isConnected) return closeLens(stream);
    Object.assign(state, { stream, hasTorch, step: "decoder" });
    screen.redraw();
    const video = screen.dialog.querySelector("video");
    video.srcObject = stream;
    await video.play();
    state.reader = await readerOf();
    state.step = "looking";
    screen.redraw();
    await look(state, screen, video);
  } catch {
    lose(state, screen);
  }
  return undefined;
}

function lose(state, screen) {
  state.step = "none";
  screen.redraw();
}

/** Frame after frame until the same number was read twice: one reading may be wrong. */
async function look(state, screen, video) {
  let before = "";
  while (screen.dialog.isConnected && state.step === "looking") {
    const found = await state.reader.read(video);
    if (found && found.number === before) {
      navigator.vibrate?.(60);
      return screen.close(found);
    }
    before = found?.number ?? before;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return undefined;
}

function leave(state) {
  closeLens(state.stream);
  state.reader?.close();
}

function body(state, screen) {
  const said = { starting: "visit.shot.starting", decoder: "visit.end.decoder", looking: "visit.end.looking", none: "visit.end.no_decoder" };
  return html`<header class="screen-head"><div><h2>${word("visit.end.scan")}</h2><p>${word("visit.end.aim")}</p></div>
      <button class="square" type="button" aria-label=${word("visit.close")} @click=${() => screen.close()}>${icon("close")}</button></header>
    <div class="finder"><video playsinline muted ?hidden=${state.step === "starting" || state.step === "none"}></video><div class="aim"></div>
      <p class="finder-word" role="status">${word(said[state.step])}</p></div>
    <footer class="screen-foot shutter-row">
      <button type="button" @click=${() => screen.close()}>${icon("pencil")}<span>${word("visit.end.by_hand")}</span></button>
      ${state.hasTorch ? html`<button type="button" aria-pressed=${state.torch} @click=${() => toggle(state, screen)}>${icon("sun")}<span>${word("visit.shot.torch")}</span></button>` : nothing}
    </footer>`;
}

async function toggle(state, screen) {
  await light(state.stream, !state.torch).then(() => { state.torch = !state.torch; }, () => { state.hasTorch = false; });
  screen.redraw();
}

/** `{ read(video) -> { number, format } | null, close() }`. */
async function readerOf() {
  const able = await globalThis.BarcodeDetector?.getSupportedFormats?.().catch(() => []);
  return able?.includes("ean_13") ? ownReader(able) : workerReader();
}

function ownReader(able) {
  const detector = new BarcodeDetector({ formats: FORMATS.filter((format) => able.includes(format)) });
  const read = async (video) => {
    const [found] = await detector.detect(video);
    return found ? { number: found.rawValue.trim(), format: plain(found.format) } : null;
  };
  return { read, close: () => undefined };
}

/** "ean_13", "EAN13" and "EAN-13" are one format; "qr_code" is "qr". */
export const plain = (format) =>
  format.toLowerCase().replace(/_|(?<=[a-z])(?=\d)/g, "-").replace(/-+/g, "-").replace(/^qr-?code.*/, "qr").replace(/^data-?matrix$/, "data-matrix");

async function workerReader() {
  const worker = new Worker(new URL("decoder.js", import.meta.url));
  const answer = () => new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.failed ? reject(new Error(data.failed)) : resolve(data.found));
    worker.onerror = (event) => { event.preventDefault(); reject(new Error("no decoder")); };
  });
  const ready = answer();
  worker.postMessage({});
  await ready.catch((reason) => { worker.terminate(); throw reason; });
  const canvas = document.createElement("canvas");
  const read = async (video) => {
    const scale = Math.min(1, WIDE / video.videoWidth);
    [canvas.width, canvas.height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    const drawing = canvas.getContext("2d", { willReadFrequently: true });
    drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
    const image = drawing.getImageData(0, 0, canvas.width, canvas.height);
    const found = answer();
    worker.postMessage({ image }, [image.data.buffer]);
    const [first] = await found;
    return first ? { number: first.text.trim(), format: plain(first.format) } : null;
  };
  return { read, close: () => worker.terminate() };
}
