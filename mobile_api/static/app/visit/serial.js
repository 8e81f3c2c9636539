// The serial number: read by the camera, or typed.

import { html } from "/static/vendor/lit-html.js";
import { icon, say } from "../dom.js";
import { word } from "../words.js";
import { scan as read } from "./scan.js";

const PRINTABLE = /^[^\p{C}]{1,80}$/u;

export function serialCard(app, visit, begun, set) {
  const { serial } = visit.told;
  if (serial && !begun.reread) {
    return html`<p class="read"><strong class="number-read">${serial.number}</strong><span class="quiet">${word(`visit.end.read_by.${serial.read}`)}</span></p>
      <button type="button" @click=${() => set({ reread: true, number: serial.number })}>${icon("pencil")}${word("visit.end.change")}</button>`;
  }
  const keep = async (number, read, format) => {
    if (!PRINTABLE.test(number)) return say(word("visit.end.serial_wrong"));
    await app.record("serial", { visit_id: visit.id, payload: { number, read, format } });
    set({ reread: false, number: "" });
    return undefined;
  };
  const scan = async () => {
    const found = await read();
    if (found) await keep(found.number, "camera", found.format);
  };
  const typed = (event) => {
    event.preventDefault();
    const number = event.target.elements.serial.value.trim();
    if (number) keep(number, "hand", "");
  };
  return html`<p class="quiet">${word("visit.end.serial_hint")}</p>
    <button type="button" @click=${scan}>${icon("camera")}${word("visit.end.scan")}</button>
    <form class="row" @submit=${typed}>
      <label class="grow"><span class="quiet">${word("visit.end.by_hand")}</span>
        <input name="serial" autocapitalize="characters" autocomplete="off" autocorrect="off" spellcheck="false" maxlength="80" enterkeyhint="done"
          .value=${begun.number} @input=${(event) => set({ number: event.target.value })}></label>
      <button type="submit">${word("visit.end.save")}</button>
    </form>`;
}
