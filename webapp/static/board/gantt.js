// The Gantt: technicians × day. Only the rows in sight exist; everything is placed by style properties.

import { icon, make } from "../shell.js";
import { colour, look, risk } from "./day.js";

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
    this.#listen();
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
    this.#fill();
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
    this.#nowLine();
  }

  #nowLine() {
    const x = this.x(this.day.now);
    this.now.hidden = x < 0 || x > this.width;
    this.now.style.left = `${x}px`;
  }

  #fill() {
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
      const row = this.#row(this.people[at], at);
      this.shown.set(at, row);
      fresh.push(row);
    }
    this.rows.append(...fresh);
  }

  #row(person, at) {
    const visits = person.stops.filter((stop) => stop.visit).length;
    const swatch = make("i", { class: "swatch" });
    swatch.style.background = colour(person.index, matchesDark());
    const head = make("button", { class: "row-head", type: "button", tabindex: "-1", "aria-label": `${person.name}, ${this.words.visits_of.replace("%n", visits)}` },
      swatch, make("span", { class: "row-name" }, person.name), make("span", { class: "row-code" }, person.code), make("span", { class: "row-count number" }, String(visits)));
    const lane = make("div", { class: "lane" });
    lane.append(...this.#ground(person), ...person.stops.flatMap((stop) => this.#stop(stop)));
    for (const stop of this.ghosts.get(person.id) ?? []) lane.append(this.#ghost(stop));
    const row = make("div", { class: `row ${at === this.current ? "is-here" : ""}`, role: "group", "aria-label": person.name, "data-technician": person.id }, head, lane);
    row.style.top = `${at * ROW}px`;
    return row;
  }

  #place(element, from, to) {
    element.style.left = `${this.x(from)}px`;
    element.style.width = `${Math.max(1, (to - from) * this.scale)}px`;
    return element;
  }

  /** What lies under the stops: time off, overtime, absences. */
  #ground(person) {
    const off = (from, to, kind = "off") => this.#place(make("div", { class: kind }), from, to);
    if (!person.works) return [off(this.from, this.to, "off absent")];
    const parts = [off(this.from, person.begins), off(person.hard_end, this.to)];
    if (person.hard_end > person.soft_end) parts.push(off(person.soft_end, person.hard_end, "overtime"));
    for (const [from, to] of person.absences) parts.push(off(from, to, "off absent"));
    return parts;
  }

  #isInSight(from, to) {
    return to > this.from && from < this.to;
  }

  #stop(stop) {
    if (!this.#isInSight(stop.arrive - stop.travel, stop.leave)) return [];
    const travel = stop.travel > 0 ? [this.#place(make("div", { class: "travel" }), stop.arrive - stop.travel, stop.arrive)] : [];
    if (!stop.visit) return [...travel, this.#place(make("div", { class: "rest", title: this.words.rest }), stop.start, stop.leave)];
    return [...travel, ...this.#window(stop), ...this.#waiting(stop), this.#block(stop)];
  }

  #window(stop) {
    const { visit } = stop;
    if (visit.earliest === null) return [];
    return [this.#place(make("div", { class: "window", "data-window": visit.visit }), visit.earliest, Math.max(visit.latest, visit.earliest + 60))];
  }

  #waiting(stop) {
    return stop.start - stop.arrive > 300 ? [this.#place(make("div", { class: "waiting" }), stop.arrive, stop.start)] : [];
  }

  #block(stop) {
    const { visit } = stop;
    const width = (stop.leave - stop.start) * this.scale;
    const danger = risk(stop);
    const label = `${stop.number}. ${this.day.product(visit)}, ${this.day.county(visit)}, ${this.day.clock(stop.start)}–${this.day.clock(stop.leave)}. ${this.words.window} ${this.day.window(visit)}. ${this.words.state[visit.state] ?? ""} ${danger ? this.words.risk[danger] : ""}`;
    const block = make("div", { class: `stop is-${look(visit)} ${danger} ${width < 26 ? "slim" : ""}`, role: "button", tabindex: "-1", "data-visit": visit.visit, "aria-label": label },
      make("b", { class: "number" }, String(stop.number)));
    if (width > 34) block.append(icon(this.day.icon(visit)));
    if (visit.pinned_technician !== null || visit.pinned_start !== null) block.append(icon("tack", "tack"));
    if (width > 66) block.append(make("span", { class: "stop-county" }, this.day.county(visit)));
    if (this.lit === visit.visit) block.classList.add("is-lit");
    if (this.chosen === visit.visit) block.classList.add("is-chosen");
    return this.#place(block, stop.start, stop.leave);
  }

  #ghost(stop) {
    return this.#place(make("div", { class: `ghost ${stop.visit ? "" : "ghost-rest"} ${risk(stop)}` }), stop.start, stop.leave);
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
      const fresh = this.#row(this.people[at], at);
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
    this.#fill();
    this.shown.get(this.current)?.querySelector(".row-head").focus({ preventScroll: true });
  }

  #walkStops(step) {
    const row = this.shown.get(this.current);
    if (!row) return;
    const stops = [...row.querySelectorAll(".stop")];
    const here = stops.indexOf(document.activeElement);
    stops[Math.min(stops.length - 1, Math.max(0, here + step))]?.focus({ preventScroll: true });
  }

  #find(event) {
    const block = event.target.closest?.(".stop");
    return block ? this.day.stopOf(Number(block.dataset.visit)) : null;
  }

  #listen() {
    this.scroller.addEventListener("scroll", () => this.#fill(), { passive: true });
    this.scroller.addEventListener("pointerover", (event) => this.on.hover(this.#find(event)));
    this.scroller.addEventListener("pointerleave", () => this.on.hover(null));
    this.scroller.addEventListener("focusin", (event) => this.on.hover(this.#find(event)));
    this.scroller.addEventListener("keydown", (event) => this.#key(event));
    this.scroller.addEventListener("pointerdown", (event) => this.#press(event));
    this.scroller.addEventListener("click", (event) => {
      const head = event.target.closest(".row-head");
      if (head) this.on.row(this.day.people.get(Number(head.parentElement.dataset.technician)));
    });
    const wheel = (event) => {
      const isZoom = event.ctrlKey || this.head.contains(event.target);
      if (!isZoom && !event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
      event.preventDefault();
      if (isZoom) this.zoom(Math.exp(event.deltaY * 0.0015), this.at(event.clientX));
      else this.pan(event.deltaX || event.deltaY);
    };
    this.scroller.addEventListener("wheel", wheel, { passive: false });
    this.head.addEventListener("wheel", wheel, { passive: false });
    this.head.addEventListener("pointerdown", (event) => this.#drag(event));
    setInterval(() => this.day && this.#nowLine(), 20000);
  }

  #key(event) {
    const moves = { ArrowDown: () => this.walk(1), ArrowUp: () => this.walk(-1), ArrowRight: () => this.#walkStops(1), ArrowLeft: () => this.#walkStops(-1), "+": () => this.zoom(0.7), "-": () => this.zoom(1.4) };
    const stop = this.#find(event);
    if (event.key === "Enter" && stop) {
      event.preventDefault();
      this.on.open(stop);
    } else if (moves[event.key]) {
      event.preventDefault();
      moves[event.key]();
    }
  }

  #press(event) {
    if (event.button !== 0 || event.target.closest(".row-head")) return;
    const stop = this.#find(event);
    if (stop) this.on.grab(stop, event);
    else if (event.pointerType === "mouse") this.#drag(event);
  }

  /** Pan by drag: time sideways, rows up and down. */
  #drag(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.scroller.focus({ preventScroll: true });
    let [x, y] = [event.clientX, event.clientY];
    const move = (next) => {
      this.pan(x - next.clientX);
      this.scroller.scrollTop += y - next.clientY;
      [x, y] = [next.clientX, next.clientY];
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      document.body.classList.remove("is-panning");
    };
    document.body.classList.add("is-panning");
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
  }
}

/** Whether the page is shown dark. */
export function matchesDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
