// What is still on this phone, what nobody could use and why, and the receipt when nothing is left.

import "./more.js";
import { html, nothing, svg } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { amounts, leaving } from "./leaving.js";
import { bytes, clock, knows, word } from "../words.js";

const BY_HAND = new Set(["photos-missing", "unknown-reason", "unknown-code", "wrong-price", "too-many", "wrong-code", "not-a-picture", "too-large"]);

export function queueView(app) {
  const rows = app.held();
  const problems = rows.filter((row) => ["refused", "conflict"].includes(row.state));
  const waiting = rows.filter((row) => !problems.includes(row));
  return html`<main>
    <h1>${word("on_phone")}</h1>
    ${problems.length ? html`<section class="card"><h2>${word("to_look_at")}</h2><ul class="held">${problems.map((row) => problem(app, row))}</ul></section>` : nothing}
    ${waiting.length ? onPhone(app, waiting) : receipt(app)}
    ${app.status.others ? html`<p class="note">${icon("people")}<span>${word("others_here", { n: app.status.others })}</span></p>` : nothing}
    ${storage(app.status.storage)}
    <button type="button" class="leave" @click=${() => leaving(app)}>${icon("leave")}${word("log_out")}</button>
  </main>`;
}

function onPhone(app, waiting) {
  const size = app.status.bytes ? ` · ${bytes(app.status.bytes)}` : "";
  return html`<section class="card">
      <h2>${amounts(app.status)}${size}</h2>
      <p class="quiet">${word(app.status.portal ? "queue_portal" : app.status.sending && app.status.connected ? "queue_sending" : "queue_calm")}</p>
      <button type="button" class="go" ?disabled=${app.status.sending} @click=${() => app.syncNow()}>${icon("upload")}${word(app.status.sending ? "sending_now" : "send_now")}</button>
    </section>
    ${[...Map.groupBy(waiting, (row) => row.visit_id ?? 0)].map(([, group]) => html`<section class="card">
      <h2>${group[0].visit_id ? heading(app, group[0]) : word("general")}</h2>
      <ul class="held">${group.map((row) => item(app, row))}</ul></section>`)}`;
}

function heading(app, row) {
  const district = app.visit(row.visit_id)?.visit.district;
  return html`<a class="to-visit" href="#/visit/${row.visit_id}">${[row.product, district].filter(Boolean).join(" · ")}${icon("right")}</a>`;
}

const item = (app, row) => html`<li class=${row.state}>
  ${icon(row.kind === "picture" ? "camera" : "pencil")}
  <span class="held-text"><strong>${named(app, row)}</strong><span class="quiet">${state(row)}</span>${row.size && row.sent ? progress(row) : nothing}</span>
  <span class="at">${clock(row.at, app.today()?.time_zone)}</span></li>`;

const state = ({ state: name, kind, size, sent }) => [word(`held_states.${name}`), kind === "picture" ? (sent ? `${bytes(sent)} / ${bytes(size)}` : bytes(size)) : ""].filter(Boolean).join(" · ");

function progress({ sent, size }) {
  return html`<svg class="progress" viewBox="0 0 100 6" preserveAspectRatio="none" role="progressbar" aria-valuemin="0" aria-valuemax=${size} aria-valuenow=${sent} aria-label=${word("held_states.sending")}>
    ${svg`<rect width="100" height="6" rx="3"/><rect class="sent" width=${(100 * sent) / size} height="6" rx="3"/>`}</svg>`;
}

/** "Check-in", or the name of the photo. */
function named(app, { kind, what, visit_id }) {
  if (kind === "fact") return word(knows(`whats.${what}`) ? `whats.${what}` : "general");
  const visit = app.visit(visit_id)?.visit;
  const surcharge = what.startsWith("surcharge:") && visit?.surcharges?.find((each) => `surcharge:${each.code}` === what);
  const name = surcharge ? surcharge.name : visit?.shots.find((shot) => shot.code === what)?.name;
  return [word("picture"), name].filter(Boolean).join(" · ");
}

function problem(app, row) {
  const reason = row.reason.split(":")[0];
  const verdict = knows(`verdicts.${reason}`) ? word(`verdicts.${reason}`) : row.words || word("verdict_other", { reason: row.reason });
  return html`<li class=${row.state}>${icon("warning")}
    <div class="held-text"><strong>${[named(app, row), row.product, clock(row.at, app.today()?.time_zone)].filter(Boolean).join(" · ")}</strong><p>${verdict}</p>
    ${BY_HAND.has(reason) && row.visit_id ? html`<a class="button" href="#/visit/${row.visit_id}">${icon("right")}${word("open_this")}</a>` : nothing}
    <button type="button" @click=${() => app.dismiss(row.id)}>${icon("check")}${word("put_away")}</button></div></li>`;
}

/** Everything has arrived: so many, at that time. */
function receipt(app) {
  const done = app.receipt();
  const zone = app.today()?.time_zone;
  const sent = done.facts + done.pictures > 0;
  return html`<section class="card receipt">${icon("check")}
    <h2>${word("nothing_left")}</h2>
    <p>${sent ? word("receipt", { amounts: amounts(done), time: clock(done.at, zone) }) : word("receipt_none")}</p>
    ${app.status.synced_at ? html`<p class="quiet">${word("last_sent", { time: clock(app.status.synced_at, zone) })}</p>` : nothing}
    <button type="button" ?disabled=${app.status.sending} @click=${() => app.syncNow()}>${icon("undo")}${word("refresh")}</button></section>`;
}

function storage({ usage, quota } = {}) {
  if (!usage) return nothing;
  const words = quota ? word("storage_used", { used: bytes(usage), quota: bytes(quota) }) : word("storage_used_only", { used: bytes(usage) });
  return html`<p class="quiet storage">${icon("box")}<span>${word("storage")}: ${words}</span></p>`;
}
