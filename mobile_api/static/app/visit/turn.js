// The pages the consumer reads on the technician's phone, in large letters, and answers with their own finger.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { money, word } from "../words.js";
import { photoOf } from "./evidence.js";
import { openScreen } from "./screen.js";
import { drawn, FULL, isSigned, path, pointOf, thinned } from "./strokes.js";

/** What stands for the signature of somebody who cannot write: their name, and a cross. */
const CROSS = [[400, 200, 500, 300, 600, 400], [600, 200, 500, 300, 400, 400]];

/** What is charged on top, and the consumer's tap: true, false, or undefined when nobody answered. */
export async function agree(visit, changes) {
  const counts = Object.fromEntries(visit.agreed.map((each) => [each.code, each.count]));
  for (const { charge, count } of changes) counts[charge.code] = count;
  const charges = visit.surcharges.filter((charge) => counts[charge.code] || changes.some((change) => change.charge === charge));
  const total = charges.reduce((sum, charge) => sum + charge.amount * (counts[charge.code] ?? 0), 0);
  const show = (amount) => money(amount, visit.currency);
  const photos = await photosOf(visit, charges);
  const screen = openScreen(word("visit.turn.price_title"), () => html`${handed(() => screen.close())}
    <div class="turned"><h1>${word("visit.turn.price_title")}</h1>
      <dl class="sums large">${charges.map((charge) => chargeLine(charge, counts[charge.code] ?? 0, show, photos.get(charge)))}
        <div class="sum"><dt>${word("visit.turn.total")}</dt><dd>${show(total)}</dd></div></dl>
      ${visit.price ? html`<dl class="sums"><div><dt>${word("visit.turn.before")}</dt><dd>${show(visit.price.total)}</dd></div>
        <div class="sum"><dt>${word("visit.turn.whole")}</dt><dd>${show(visit.price.total + total)}</dd></div></dl>` : nothing}
      <p class="quiet">${word("visit.turn.price_more")}</p></div>
    <footer class="screen-foot"><button class="go" type="button" @click=${() => screen.close(true)}>${icon("check")}${total ? word("visit.turn.agree", { amount: show(total) }) : word("visit.turn.agree_none")}</button>
      <button class="plain" type="button" @click=${() => screen.close(false)}>${word("visit.turn.disagree")}</button></footer>`, { kind: "consumer" });
  return screen.closed;
}

const handed = (close) => html`<header class="screen-head"><p class="hand">${icon("people")}${word("visit.turn.hand")}</p>
  <button class="square" type="button" aria-label=${word("visit.close")} @click=${close}>${icon("close")}</button></header>`;

/** The address of each charge's photo. */
async function photosOf(visit, charges) {
  const shown = charges.map(async (charge) => [charge, await photoOf(visit, charge.code)?.url().catch(() => null)]);
  return new Map(await Promise.all(shown));
}

function chargeLine(charge, count, show, url) {
  return html`<div><dt>${charge.name}<span class="quiet">${count ? word("visit.turn.times", { amount: show(charge.amount), n: count }) : word("visit.turn.taken_back")}</span>
    ${url && count ? html`<img src=${url} alt="${word("visit.turn.photo")}: ${charge.name}">` : nothing}</dt><dd>${show(charge.amount * count)}</dd></div>`;
}

/** The signature pad: `{ name, strokes }` once signed, undefined when left. What was drawn stays in the draft. */
export function sign(app, visit, key) {
  let { name = "", strokes = [] } = app.drafts.get(key) ?? {};
  let wanting = false;
  const keep = () => app.drafts.set(key, { name, strokes });
  const change = (to) => {
    strokes = to;
    wanting = false;
    keep();
    screen.redraw();
  };
  const finish = () => {
    const fitting = thinned(strokes);
    if (isSigned(fitting)) return screen.close({ name: name.trim(), strokes: fitting });
    if (name.trim() && !strokes.length) return change(CROSS);
    wanting = true;
    return screen.redraw();
  };
  const pen = penOf(() => strokes, (to) => { strokes = to; }, change);
  const screen = openScreen(word("visit.turn.sign_title"), () => html`${handed(() => screen.close())}
    <div class="turned signing"><h1>${word("visit.turn.sign_title")}</h1><p>${visit.product} · ${word("visit.turn.sign_more")}</p>
      <label><span class="quiet">${word("visit.turn.name")}</span><input name="signer" autocomplete="off" maxlength="80" .value=${name} @input=${(event) => { name = event.target.value; keep(); }}></label>
      <div class="pad" @pointerdown=${pen.down} @pointermove=${pen.move} @pointerup=${pen.up} @pointercancel=${pen.up}>
        <svg viewBox="0 0 ${FULL} 600" preserveAspectRatio="xMinYMin meet" role="img" aria-label=${word("visit.turn.pad")}><path d=${strokes.map(path).join("")}></path></svg>
        ${strokes.length ? nothing : html`<span class="pad-word" aria-hidden="true">${word("visit.turn.here")}</span>`}
      </div>
      ${wanting ? html`<p class="still" role="alert">${icon("info")}<span>${word("visit.turn.more_needed")}</span></p>` : nothing}</div>
    <footer class="screen-foot sign-foot">
      <button type="button" ?disabled=${!strokes.length} @click=${() => change(strokes.slice(0, -1))}>${icon("undo")}${word("visit.turn.undo")}</button>
      <button type="button" ?disabled=${!strokes.length} @click=${() => change([])}>${word("visit.turn.clear")}</button>
      <button class="go" type="button" @click=${finish}>${icon("check")}${word("visit.turn.ready")}</button></footer>`, { kind: "consumer" });
  return screen.closed;
}

/** A finger on the pad: every point is drawn at once, every stroke is kept at its end. */
function penOf(now, draw, keep) {
  let pointer = null;
  const add = (event) => {
    const pad = event.currentTarget;
    draw(drawn(now(), pointOf(event, pad.getBoundingClientRect())));
    pad.querySelector("path").setAttribute("d", now().map(path).join(""));
  };
  return {
    down(event) {
      if (pointer !== null) return;
      pointer = event.pointerId;
      event.currentTarget.setPointerCapture(pointer);
      draw([...now(), []]);
      add(event);
    },
    move(event) {
      if (event.pointerId === pointer) add(event);
    },
    up(event) {
      if (event.pointerId !== pointer) return;
      pointer = null;
      keep(now());
    },
  };
}
