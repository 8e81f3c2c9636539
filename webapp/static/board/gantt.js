// The Gantt: technicians × day. Only the rows in sight exist.

import { make } from "../shell.js";
import { listen } from "./hands.js";
import { drawRow } from "./row.js";

const ROW = 46;
const SPARE = 5;
const SHORTEST = 1800;
const STEPS = [300, 600, 900, 1800, 3600, 7200, 14400];

export class Gantt {
  /** host: the element to fill. on: {hover(stop|null), open(stop), row(person), grab(stop, event)}. */
  constructor(host, words, on) {
    this.words = words;
    this.on = on;
    this.day = null;
    this.people = [];
    this.shown = new Map();
    this.lit = null;
    this.chosen = null;
    this.current = -1;
    this.ghosts = new Map();
    this.hours = make("div", { class: "hours", "aria-hidden": "true" });
    this.head = make("div", { class: "gantt-head" }, make("div", { class: "corner" }, words.technicians), this.hours);
    this.rows = make("div", { class: "rows" });
    this.now = make("div", { class: "now-line", hidden: true, "aria-hidden": "true" });
    this.lane = make("div", { class: "lane-frame" }, this.now);
    this.scroller = make("div", { class: "gantt-scroller", tabindex: "0", role: "region", "aria-label": words.gantt }, this.rows, this.lane);
    host.replaceChildren(this.head, this.scroller);
    listen(this);
    new ResizeObserver(() => this.redraw()).observe(host);
  }

  show(day, people) {
    const isOther = !this.day || this.day.raw.on_date !== day.raw.on_date || this.day.raw.area !== day.raw.area;
    this.day = day;
    if (isOther) [this.from, this.to] = day.span;
    this.filter(people);
  }

  filter(people) {
    this.people = people;
    this.current = Math.min(this.current, people.length - 1);
    this.rows.style.height = `${people.length * ROW}px`;
    this.redraw();
  }

  redraw() {
    if (!this.day) return;
    this.width = Math.max(120, this.hours.clientWidth);
    this.scale = this.width / (this.to - this.from);
    for (const row of this.shown.values()) row.remove();
    this.shown.clear();
    this.#hours();
    this.fill();
  }

  x(seconds) {
    return (seconds - this.from) * this.scale;
  }

  /** The second of the day under a horizontal position on the screen. */
  at(clientX) {
    return this.from + (clientX - this.hours.getBoundingClientRect().left) / this.scale;
  }

  /** The technician under a vertical position on the screen, or null. */
  personAt(clientY) {
    const box = this.scroller.getBoundingClientRect();
    if (clientY < box.top || clientY > box.bottom) return null;
    return this.people[Math.floor((clientY - box.top + this.scroller.scrollTop) / ROW)] ?? null;
  }

  zoom(factor, around = (this.from + this.to) / 2) {
    const span = Math.min(this.day.ends * 1.25, Math.max(SHORTEST, (this.to - this.from) * factor));
    const share = (around - this.from) / (this.to - this.from);
    this.from = around - share * span;
    this.to = this.from + span;
    this.#keepInside();
    this.#later();
  }

  fit() {
    [this.from, this.to] = this.day.span;
    this.redraw();
  }

  pan(pixels) {
    const seconds = pixels / this.scale;
    this.from += seconds;
    this.to += seconds;
    this.#keepInside();
    this.#later();
  }

  #keepInside() {
    const span = this.to - this.from;
    const [least, most] = [-3600, this.day.ends + 6 * 3600];
    if (this.from < least) [this.from, this.to] = [least, least + span];
    if (this.to > most) [this.from, this.to] = [Math.max(least, most - span), most];
  }

  #later() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.redraw();
    });
  }

  #hours() {
    const step = STEPS.find((s) => s * this.scale >= 54) ?? STEPS.at(-1);
    const marks = [];
    for (let at = Math.ceil(this.from / step) * step; at < this.to; at += step) {
      const mark = make("span", {}, this.day.clock(at));
      mark.style.left = `${this.x(at)}px`;
      marks.push(mark);
    }
    this.hours.replaceChildren(...marks);
    this.rows.style.setProperty("--grid", `${step * this.scale}px`);
    this.rows.style.setProperty("--grid-from", `${this.x(Math.ceil(this.from / step) * step)}px`);
    this.nowLine();
  }

  nowLine() {
    const x = this.x(this.day.now);
    this.now.hidden = x < 0 || x > this.width;
    this.now.style.left = `${x}px`;
  }

  /** Make the rows that came into sight, drop those that left it. */
  fill() {
    const top = this.scroller.scrollTop;
    const first = Math.max(0, Math.floor(top / ROW) - SPARE);
    const last = Math.min(this.people.length, Math.ceil((top + this.scroller.clientHeight) / ROW) + SPARE);
    for (const [at, row] of this.shown) {
      if (at < first || at >= last) {
        row.remove();
        this.shown.delete(at);
      }
    }
    const fresh = [];
    for (let at = first; at < last; at++) {
      if (this.shown.has(at)) continue;
      const row = this.#row(at);
      this.shown.set(at, row);
      fresh.push(row);
    }
    this.rows.append(...fresh);
  }

  #row(at) {
    const person = this.people[at];
    const row = drawRow(this, person, at === this.current, this.ghosts.get(person.id) ?? []);
    row.style.top = `${at * ROW}px`;
    return row;
  }

  /** Show where the stops of some routes would go; null takes the ghosts away. */
  ghost(routes) {
    const before = [...this.ghosts.keys()];
    this.ghosts = new Map((routes ?? []).map((route) => [route.technician_id, this.day.stopsOf(route)]));
    this.refresh(new Set([...before, ...this.ghosts.keys()]));
  }

  /** Draw the rows of some technicians anew. */
  refresh(ids) {
    for (const [at, row] of this.shown) {
      if (!ids.has(this.people[at].id)) continue;
      const fresh = this.#row(at);
      row.replaceWith(fresh);
      this.shown.set(at, fresh);
    }
  }

  target(person) {
    for (const [at, row] of this.shown) row.classList.toggle("is-target", this.people[at] === person);
  }

  /** Light one visit. */
  light(visitId) {
    if (this.lit === visitId) return;
    for (const kind of ["visit", "window"]) {
      if (this.lit !== null) this.rows.querySelector(`[data-${kind}="${this.lit}"]`)?.classList.remove("is-lit");
      if (visitId !== null) this.rows.querySelector(`[data-${kind}="${visitId}"]`)?.classList.add("is-lit");
    }
    this.lit = visitId;
  }

  choose(visitId) {
    this.rows.querySelector(".is-chosen")?.classList.remove("is-chosen");
    this.chosen = visitId;
    if (visitId !== null) this.rows.querySelector(`[data-visit="${visitId}"]`)?.classList.add("is-chosen");
  }

  /** Bring a technician's row (and a second of the day) into sight. */
  reveal(personId, seconds = null) {
    const at = this.people.findIndex((person) => person.id === personId);
    if (at < 0) return;
    const top = at * ROW;
    if (top < this.scroller.scrollTop || top + ROW > this.scroller.scrollTop + this.scroller.clientHeight) {
      this.scroller.scrollTop = Math.max(0, top - this.scroller.clientHeight / 2);
    }
    if (seconds !== null && (seconds < this.from || seconds > this.to)) {
      const span = this.to - this.from;
      this.from = seconds - span / 2;
      this.to = this.from + span;
      this.redraw();
    }
  }

  /** Walk the rows by keyboard. */
  walk(step) {
    if (!this.people.length) return;
    this.current = Math.min(this.people.length - 1, Math.max(0, this.current + step));
    this.reveal(this.people[this.current].id);
    for (const [at, row] of this.shown) row.classList.toggle("is-here", at === this.current);
    this.fill();
    this.shown.get(this.current)?.querySelector(".row-head").focus({ preventScroll: true });
  }

  /** Walk the stops of the row. */
  walkStops(step) {
    const row = this.shown.get(this.current);
    if (!row) return;
    const stops = [...row.querySelectorAll(".stop")];
    const here = stops.indexOf(document.activeElement);
    stops[Math.min(stops.length - 1, Math.max(0, here + step))]?.focus({ preventScroll: true });
  }
}
