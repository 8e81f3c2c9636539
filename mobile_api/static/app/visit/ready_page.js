// The readiness gate: goods, consumer, parts. Answered with three thumbs, it opens the way, or saves a wasted trip.

import { html, nothing } from "/static/vendor/lit-html.js";
import { icon } from "../dom.js";
import { note as line } from "../parts.js";
import { word } from "../words.js";
import { choices, telephone } from "./choices.js";
import { draft, forget, note } from "./draft.js";
import { goneView } from "./gone.js";
import "./learn.js";
import { visitView } from "./visit_page.js";

export function readyView(app, id) {
  const stop = app.visit(id);
  if (!stop) return goneView();
  if (stop.visit.state !== "waiting") return visitView(app, id);
  const { visit } = stop;
  const key = `ready-${visit.id}`;
  const said = visit.told?.readiness ?? {};
  const answers = draft(app, key, { goods: said.goods ?? "", consumer: said.consumer ?? (visit.confirmed ? "confirmed" : ""), parts: said.parts ?? [] });
  const set = (changes) => note(app, key, changes);
  return html`<main class="visit">
    <header class="page-head"><h1>${word("visit.ready.title")}</h1><p class="quiet">${visit.product} · ${visit.consumer_name}</p></header>
    <section class="card">${choices({
      name: "goods", title: word("visit.ready.goods"), hint: word("visit.ready.goods_hint"), value: answers.goods,
      options: ["whole", "damaged", "missing"].map((value) => [value, word(`visit.ready.${value}`)]), choose: (goods) => set({ goods }),
    })}</section>
    <section class="card">${choices({
      name: "consumer", title: word("visit.ready.consumer"), value: answers.consumer,
      options: [["confirmed", word("visit.ready.reached")], ["not-reached", word("visit.ready.not-reached")]], choose: (consumer) => set({ consumer }),
    })}
      ${telephone(visit)}
      ${answers.consumer === "not-reached" ? line("info", word("visit.ready.not_reached_more")) : nothing}</section>
    ${visit.parts?.length ? partsCard(visit, answers, set) : nothing}
  </main>
  <div class="thumb">${thumb(app, visit, answers, key)}</div>`;
}

function partsCard({ parts }, { parts: inVan }, set) {
  const toggle = (code, isIn) => set({ parts: isIn ? [...inVan, code] : inVan.filter((each) => each !== code) });
  const rest = parts.filter((part) => !inVan.includes(part.code));
  return html`<section class="card"><div class="hero-top"><h2>${word("visit.ready.parts")}</h2>
      ${rest.length > 1 ? html`<button class="small" type="button" @click=${() => set({ parts: parts.map((part) => part.code) })}>${word("visit.ready.all")}</button>` : nothing}</div>
    <ul class="ticks">${parts.map((part) => html`<li><label>
      <input type="checkbox" .checked=${inVan.includes(part.code)} @change=${(event) => toggle(part.code, event.target.checked)}>
      <span>${part.name}</span><span class="quiet">${word("visit.ready.parts_count", { n: part.count })}</span></label></li>`)}</ul>
    ${rest.length && rest.length < parts.length ? line("warning", word("visit.ready.parts_missing"), "warn") : nothing}</section>`;
}

function thumb(app, visit, answers, key) {
  const { goods, consumer } = answers;
  if (["damaged", "missing"].includes(goods)) {
    return html`<p class="still">${icon("info")}<span>${word("visit.ready.trouble_more")}</span></p>
      <button class="go" type="button" @click=${() => report(app, visit, answers, key)}>${word("visit.ready.stop")}</button>`;
  }
  const open = [goods ? "" : "goods_short", consumer ? "" : "consumer_short"].filter(Boolean).map((name) => word(`visit.ready.${name}`));
  return html`${open.length ? html`<p class="still" id="open">${icon("info")}<span>${word("visit.ready.still", { names: open.join(word("visit.comma")) })}</span></p>` : nothing}
    <button class="go" type="button" ?disabled=${open.length > 0} aria-describedby=${open.length ? "open" : nothing}
      @click=${() => leave(app, visit, answers, key)}>${icon("van")}${word("visit.ready.go")}</button>`;
}

async function leave(app, visit, answers, key) {
  await app.record("readiness", { visit_id: visit.id, payload: answers });
  await app.setOut(visit.id);
  forget(app, key);
  location.replace(`#/visit/${visit.id}`);
}

async function report(app, visit, answers, key) {
  await app.record("readiness", { visit_id: visit.id, payload: { ...answers, consumer: answers.consumer || "not-reached" } });
  const reason = answers.goods === "damaged" ? "goods-damaged" : "goods-missing";
  note(app, `cannot-${visit.id}`, { reason });
  forget(app, key);
  location.replace(`#/visit/${visit.id}/cannot`);
}
