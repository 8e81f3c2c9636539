// The side panel: one visit, one technician's list, what is unassigned, what publishing would change or discarding would lose.

import { icon, make, post, Refused, toast } from "../shell.js";
import { look, risk } from "./day.js";
import { morph } from "./morph.js";
import { verdict } from "./moves.js";
import { letAsk } from "./why.js";

async function fragment(address) {
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" } });
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!answer.ok) throw new Refused(answer.status, { detail: page.querySelector("h1")?.textContent ?? answer.statusText });
  return [...page.body.childNodes];
}

export class Side {
  /** board: {day, moves, select(visitId|null), highlight(person|null), reload(), settle(verb, planId), grab(...)}. */
  constructor(panel, board, words) {
    this.panel = panel;
    this.body = panel.querySelector(".side-body");
    this.title = panel.querySelector("h2");
    this.board = board;
    this.words = words;
    this.kind = null;
    panel.querySelector(".side-close").addEventListener("click", () => this.close());
    addEventListener("keydown", (event) => event.key === "Escape" && !this.panel.hidden && !document.querySelector("dialog[open]") && this.close());
    this.body.addEventListener("submit", (event) => this.#submit(event));
    this.body.addEventListener("click", (event) => this.#click(event));
  }

  #show(kind, title, ...content) {
    if (this.panel.hidden) this.opener = document.activeElement;
    this.kind = kind;
    this.panel.hidden = false;
    this.panel.classList.toggle("is-tray", kind.startsWith("unassigned"));
    this.title.textContent = title;
    this.body.replaceChildren(...content);
    this.body.scrollTop = 0;
    document.getElementById("board").classList.add("has-side");
  }

  close() {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.kind = null;
    document.getElementById("board").classList.remove("has-side");
    this.board.select(null);
    this.board.highlight(null);
    if (this.opener?.isConnected) this.opener.focus({ preventScroll: true });
  }

  /** Draw again what is open, after the day changed. */
  refresh() {
    if (!this.kind) return;
    const [kind, id] = this.kind.split(":");
    if (kind === "visit") this.#again(Number(id));
    if (kind === "technician") this.technician(this.board.day.people.get(Number(id)));
    if (kind === "unassigned") this.unassigned();
  }

  async #load(kind, title, address) {
    const isSame = this.kind === kind;
    if (!isSame) this.#show(kind, title, make("div", { class: "skeleton side-skeleton" }), make("div", { class: "skeleton side-skeleton" }));
    let content;
    try {
      content = await fragment(address);
    } catch (refused) {
      content = [make("p", { class: "notice is-trouble" }, refused.message)];
    }
    if (this.kind !== kind) return false;
    this.title.textContent = title;
    if (isSame) morph(this.body, content);
    else this.#show(kind, title, ...content);
    return true;
  }

  /** The same visit with what is new of it, under the reader's eyes: nothing jumps, nothing that was typed is lost. */
  async #again(visitId) {
    const content = await fragment(this.#address(visitId)).catch(() => null);
    if (!content || this.kind !== `visit:${visitId}`) return;
    morph(this.body, content);
    const { day } = this.board;
    const form = this.body.querySelector("form[data-move]");
    if (form?.hidden) this.#fillForm(day.stopOf(visitId), day.visits.get(visitId));
    letAsk(this.body, day, this.words);
  }

  #address(visitId) {
    const { plan } = this.board.day;
    return `/board/panels/visits/${visitId}${plan ? `?plan=${plan.id}` : ""}`;
  }

  async visit(visitId, wantsFocus = false) {
    const { day } = this.board;
    const stop = day.stopOf(visitId);
    const visit = day.visits.get(visitId);
    const title = visit ? `${stop ? `${stop.number} · ` : ""}${day.product(visit)}` : this.words.visit;
    this.board.select(visitId);
    if (!(await this.#load(`visit:${visitId}`, title, this.#address(visitId)))) return;
    this.#fillForm(stop, visit);
    letAsk(this.body, day, this.words);
    if (wantsFocus) this.panel.querySelector(".side-close").focus();
  }

  #fillForm(stop, visit) {
    const form = this.body.querySelector("form[data-move]");
    if (!form) return;
    const { day } = this.board;
    const options = day.technicians.map((person) => make("option", { value: person.id, selected: person.id === stop?.technician }, `${person.name} · ${person.code}`));
    form.elements.technician.replaceChildren(make("option", { value: "", selected: !stop }, this.words.nobody), ...options);
    form.elements.time.value = day.clock(stop?.start ?? visit.earliest ?? 9 * 3600);
    form.hidden = !day.plan;
  }

  /** Ask before a draft is published or discarded. */
  async ask(verb, planId) {
    await this.#load(`${verb}:${planId}`, this.words[verb], `/board/panels/${verb}/${planId}`);
    this.body.querySelector("[data-do]")?.focus();
  }

  technician(person) {
    const { day } = this.board;
    this.board.highlight(person);
    const stops = person.stops.filter((stop) => stop.visit);
    const facts = make("dl", { class: "facts" });
    const fact = (name, value) => facts.append(make("dt", {}, name), make("dd", { class: "number" }, value));
    if (person.works) fact(this.words.shift, `${day.clock(person.begins)}–${day.clock(person.soft_end)} / ${day.clock(person.hard_end)}`);
    else fact(this.words.shift, this.words.absent);
    fact(this.words.visits, String(stops.length));
    fact(this.words.travel, this.words.travelled.replace("%min", Math.round((person.travel ?? 0) / 60)).replace("%km", ((person.distance ?? 0) / 1000).toFixed(1)));
    const skills = make("p", { class: "chips" }, ...Object.entries(person.skills ?? {}).map(([code, level]) => make("span", { class: "badge" }, `${day.skill(code)} ${level}`)));
    const list = make("ol", { class: "stop-list" }, ...stops.map((stop) => make("li", {}, this.#card(stop.visit, stop))));
    this.#show(`technician:${person.id}`, `${person.name} · ${person.code}`, facts, skills, stops.length ? list : make("p", { class: "muted" }, this.words.no_stops));
  }

  unassigned() {
    const { day } = this.board;
    const groups = new Map();
    for (const left of day.unassigned) groups.set(left.rule, [...(groups.get(left.rule) ?? []), left]);
    const content = [...groups].sort((a, b) => b[1].length - a[1].length).map(([rule, lefts]) => this.#group(rule, lefts));
    if (!content.length) content.push(make("div", { class: "empty" }, icon("check"), make("h2", {}, this.words.all_planned), make("p", {}, this.words.all_planned_why)));
    else if (day.plan) content.unshift(make("p", { class: "muted small" }, this.words.drag_hint));
    this.#show("unassigned", `${this.words.unassigned} · ${day.unassigned.length}`, ...content);
  }

  #group(rule, lefts) {
    const title = make("h3", {}, `${this.words.rules[rule] ?? rule} · ${lefts.length}`);
    const list = make("ul", { class: "stop-list" }, ...lefts.slice(0, 200).map((left) => make("li", {}, this.#card(left.visit, null, left.detail))));
    return make("section", { class: "group" }, title, list);
  }

  /** A visit as a button of a list. */
  #card(visit, stop, detail = "") {
    const { day } = this.board;
    const when = stop ? `${day.clock(stop.start)}–${day.clock(stop.leave)}` : day.window(visit);
    const danger = stop ? risk(stop) : "";
    const lines = make("span", { class: "card-lines" },
      make("span", { class: "card-title" }, make("b", { class: "number" }, when), ` ${day.product(visit)}`),
      make("span", { class: "muted small" }, `${day.county(visit)} · ${visit.number}${stop ? ` · ${this.words.window} ${day.window(visit)}` : ""}`));
    if (danger) lines.append(make("span", { class: `small risk-${danger}` }, this.words.risk[danger]));
    if (detail) lines.append(make("span", { class: "small muted wrap" }, detail));
    const card = make("button", { class: `visit-card is-${look(visit)}`, type: "button", "data-visit": visit.visit }, stop ? make("b", { class: "dot number" }, String(stop.number)) : icon(day.icon(visit)), lines);
    card.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.pointerType === "mouse" && !stop && day.plan) this.board.grab(visit, event);
    });
    card.addEventListener("click", () => this.visit(visit.visit, true));
    card.addEventListener("pointerenter", () => this.board.hover(visit.visit));
    return card;
  }

  #wanted(form) {
    const { technician, time } = form.elements;
    const start = this.board.day.secondsOf(time.value);
    return { technician: technician.value ? Number(technician.value) : null, start: technician.value ? start : null };
  }

  async #submit(event) {
    const form = event.target.closest("form[data-move]");
    if (!form) return;
    event.preventDefault();
    const visitId = Number(form.dataset.move);
    if (event.submitter?.value === "try") {
      await this.#try(form, visitId);
      return;
    }
    if (await this.board.moves.keep(visitId, this.#wanted(form))) await this.visit(visitId);
  }

  async #try(form, visitId) {
    const { technician, start } = this.#wanted(form);
    const { day } = this.board;
    const out = form.querySelector("output");
    try {
      const preview = await post("/board/try", { plan: day.plan.id, visit: visitId, technician, start_at: start === null ? null : day.instant(start), source: day.stopOf(visitId)?.technician ?? null });
      const { cost, broken } = verdict(preview, this.words);
      out.replaceChildren(make("span", {}, cost), ...(broken.length ? broken.map((line) => make("span", { class: "is-trouble-text" }, line)) : [make("span", { class: "is-done-text" }, this.words.nothing_broken)]));
    } catch (refused) {
      out.replaceChildren(make("span", { class: "is-trouble-text" }, refused.message));
    }
  }

  async #click(event) {
    const button = event.target.closest("button[data-do]");
    if (!button) return;
    if (["publish", "discard"].includes(button.dataset.do)) await this.board.settle(button.dataset.do, Number(button.dataset.plan));
    if (button.dataset.do === "pin") await this.#pin(button);
    if (button.dataset.do === "fine") await this.#fine(button);
    if (button.dataset.do === "close") this.close();
  }

  /** Somebody has looked at a doubtful photo. The next one that wants a look gets the focus. */
  async #fine(button) {
    button.disabled = true;
    try {
      await post(`/board/photos/${button.dataset.photo}/fine`, {});
    } catch (refused) {
      toast(refused.message, "trouble");
    }
    await this.#again(Number(button.dataset.visit));
    if (!button.isConnected) (this.body.querySelector("[data-do=fine]") ?? this.panel.querySelector(".side-close")).focus({ preventScroll: true });
  }

  async #pin(button) {
    const visitId = Number(button.dataset.visit);
    const { day } = this.board;
    const stop = day.stopOf(visitId);
    const what = button.dataset.pin;
    const technician = what.includes("technician") ? stop?.technician ?? null : null;
    const start = what.includes("start") && stop ? day.instant(stop.start) : null;
    try {
      await post("/board/pin", { visit: visitId, technician, start_at: start });
    } catch (refused) {
      toast(refused.message, "trouble");
      return;
    }
    await this.board.reload();
    await this.visit(visitId);
  }
}
