// The board: fetches a day, draws it twice (Gantt and map) and keeps both in step.

import { get, onKey, post, toast, words } from "../shell.js";
import { Day, risk } from "./day.js";
import { Gantt } from "./gantt.js";
import { Live } from "./live.js";
import { BoardMap } from "./map.js";
import { Moves } from "./moves.js";
import { Planning } from "./planning.js";
import { Side } from "./side.js";

const REFRESH = 30000;
const room = document.getElementById("board");
const say = words("board-words");

class Board {
  constructor() {
    this.area = room.dataset.area;
    this.date = room.dataset.day;
    this.day = null;
    this.filters = { text: "", chip: "" };
    this.gantt = new Gantt(document.getElementById("gantt"), say, {
      hover: (stop) => this.hover(stop?.visit?.visit ?? null),
      open: (stop) => this.side.visit(stop.visit.visit, true),
      row: (person) => {
        this.side.technician(person);
        this.map.follow(person, document.getElementById("side").offsetWidth);
      },
      grab: (stop, event) => this.#grabStop(stop, event),
    });
    this.map = new BoardMap(document.getElementById("map"), say, { hover: (id) => this.hover(id), open: (id) => this.side.visit(id) }, room.dataset.tiles);
    this.moves = new Moves(this, say);
    this.side = new Side(document.getElementById("side"), this, say);
    this.planning = new Planning(document.getElementById("progress"), this, say);
    this.live = new Live(this);
  }

  async start() {
    this.#listen();
    await this.reload();
    const asked = Number(new URLSearchParams(location.search).get("visit"));
    if (asked && this.day) this.side.visit(asked);
    this.planning.look().catch(() => {});
    requestAnimationFrame(() => setTimeout(() => this.#startMap()));
    setInterval(() => document.visibilityState === "visible" && !this.isBusy && this.reload(), REFRESH);
    this.live.start();
  }

  /** Whether somebody is in the middle of something that a reload would disturb. */
  get isBusy() {
    return Boolean(this.moves.drag) || this.planning.isGoing;
  }

  async #startMap() {
    get(`/board/counties/${this.area}`).then((counties) => this.map.setCounties(counties)).catch((refused) => console.warn(refused.message));
    await this.map.start();
  }

  async reload() {
    let raw;
    try {
      raw = await get(`/board/day?area=${this.area}&day=${this.date}`);
    } catch (refused) {
      toast(refused.message, "trouble");
      return;
    }
    if (this.moves.drag) return;
    const planBefore = this.day?.plan?.id;
    this.day = new Day(raw, say.language);
    if (planBefore !== this.day.plan?.id) this.moves.forget();
    this.gantt.show(this.day, this.#people());
    this.map.show(this.day);
    this.#draw();
    this.side.refresh();
    room.dataset.loaded = "true";
  }

  /** Put changed routes in place at once; the whole day follows. */
  changed(routes) {
    this.day.take(routes);
    this.gantt.refresh(new Set(routes.map((route) => route.technician_id)));
    this.map.show(this.day);
  }

  #people() {
    const text = this.filters.text.trim().toLowerCase();
    const has = { late: (s) => risk(s) === "late", tight: (s) => risk(s) === "tight", pinned: (s) => s.visit && (s.visit.pinned_technician !== null || s.visit.pinned_start !== null), "": null }[this.filters.chip];
    return this.day.technicians.filter((person) => (!has || person.stops.some(has)) && (!text || this.#matches(person, text)));
  }

  #matches(person, text) {
    if (`${person.name} ${person.code}`.toLowerCase().includes(text)) return true;
    return person.stops.some(({ visit }) => visit && `${visit.number} ${this.day.product(visit)} ${this.day.county(visit)}`.toLowerCase().includes(text));
  }

  #draw() {
    const { figures, plan } = this.day;
    const set = (name, value) => { document.querySelector(`[data-figure="${name}"]`).textContent = value; };
    const whole = (number) => Math.round(number).toLocaleString("en");
    set("visits", whole(figures.visits));
    set("planned", whole(figures.planned));
    set("unassigned", whole(figures.unassigned));
    set("technicians", `${whole(figures.technicians)} / ${whole(figures.working)}`);
    set("travel", `${whole(figures.travel / 3600)} h`);
    set("distance", `${whole(figures.distance / 1000)} km`);
    set("utilisation", figures.utilisation === null ? "–" : `${Math.round(figures.utilisation * 100)} %`);
    document.getElementById("unassigned-button").classList.toggle("has-some", figures.unassigned > 0);
    document.getElementById("unassigned-count").textContent = figures.unassigned;
    for (const badge of document.querySelectorAll("[data-plan]")) badge.hidden = badge.dataset.plan !== (plan?.state ?? "none");
    document.getElementById("plan-version").textContent = plan ? say.version.replace("%n", plan.version) : "";
    document.getElementById("publish-button").disabled = plan?.state !== "draft";
    document.getElementById("discard-button").hidden = !this.#canDiscard;
    document.getElementById("undo-button").disabled = !this.moves.canUndo;
    const stops = this.day.technicians.flatMap((person) => person.stops);
    const count = { late: stops.filter((s) => risk(s) === "late").length, tight: stops.filter((s) => risk(s) === "tight").length, pinned: stops.filter((s) => s.visit && (s.visit.pinned_technician !== null || s.visit.pinned_start !== null)).length };
    for (const chip of document.querySelectorAll("[data-chip]")) {
      chip.querySelector(".count").textContent = count[chip.dataset.chip];
      chip.hidden = count[chip.dataset.chip] === 0 && this.filters.chip !== chip.dataset.chip;
    }
    document.getElementById("no-technicians").hidden = this.gantt.people.length > 0;
  }

  hover(visitId) {
    if (this.moves.drag || this.lit === visitId) return;
    this.lit = visitId;
    this.gantt.light(visitId);
    const shown = visitId ?? this.chosen ?? null;
    const stop = shown === null ? null : this.day.stopOf(shown);
    const person = stop ? this.day.people.get(stop.technician) : shown === null ? this.followed : null;
    this.map.light(person ?? null, shown);
  }

  /** Mark the visit that the side panel shows. */
  select(visitId) {
    this.chosen = visitId;
    this.lit = undefined;
    this.gantt.choose(visitId);
    this.hover(null);
    const stop = visitId === null ? null : this.day.stopOf(visitId);
    const visit = stop?.visit ?? this.day?.visits.get(visitId);
    if (stop) this.gantt.reveal(stop.technician, stop.start);
    if (visit) this.map.reveal(visit.lng, visit.lat, document.getElementById("side").offsetWidth);
  }

  highlight(person) {
    this.followed = person;
    this.lit = undefined;
    this.chosen = person ? null : this.chosen;
    this.hover(null);
  }

  #grabStop(stop, event) {
    this.moves.grab(stop.visit, stop, event, () => this.side.visit(stop.visit.visit));
  }

  /** Drag a visit out of the list of what is unassigned. */
  grab(visit, event) {
    this.moves.grab(visit, null, event, () => {});
  }

  isOverTray(x, y) {
    const over = document.elementFromPoint(x, y);
    return Boolean(over?.closest("#side.is-tray, #unassigned-button"));
  }

  working(isGoing) {
    document.getElementById("plan-button").disabled = isGoing;
    document.querySelector("[data-plan-going]").hidden = !isGoing;
  }

  get #canDiscard() {
    const plan = this.day?.plan;
    return plan?.state === "draft" && plan.published_version !== null;
  }

  /** Make a draft the plan, or give it up: what the side panel asked about. */
  async settle(verb, planId) {
    try {
      await post(`/board/${verb}`, { plan: planId });
      toast(verb === "publish" ? say.published : say.discarded, "done");
      this.side.close();
    } catch (refused) {
      toast(refused.message, "trouble");
    }
    await this.reload();
  }

  #listen() {
    const click = (id, action) => document.getElementById(id).addEventListener("click", action);
    const undo = () => this.moves.undo();
    const publish = () => this.day?.plan?.state === "draft" && this.side.ask("publish", this.day.plan.id);
    click("plan-button", () => this.planning.ask());
    click("publish-button", publish);
    click("discard-button", () => this.#canDiscard && this.side.ask("discard", this.day.plan.id));
    click("undo-button", undo);
    click("unassigned-button", () => (this.side.kind === "unassigned" ? this.side.close() : this.side.unassigned()));
    click("zoom-in", () => this.gantt.zoom(0.7));
    click("zoom-out", () => this.gantt.zoom(1.4));
    click("zoom-fit", () => this.gantt.fit());
    click("choropleth", (event) => {
      const button = event.currentTarget;
      const isOn = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(isOn));
      this.map.choropleth(isOn);
    });
    onKey("p", () => this.planning.ask());
    onKey("u", () => this.side.unassigned());
    onKey("z", undo);
    onKey("j", () => this.gantt.walk(1));
    onKey("k", () => this.gantt.walk(-1));
    this.#filters();
    this.#divider();
    this.#tabs();
  }

  #filters() {
    const search = document.getElementById("search");
    const again = () => {
      if (!this.day) return;
      this.gantt.filter(this.#people());
      this.#draw();
    };
    search.addEventListener("input", () => {
      this.filters.text = search.value;
      again();
    });
    for (const chip of document.querySelectorAll("[data-chip]")) {
      chip.addEventListener("click", () => {
        const isOn = this.filters.chip !== chip.dataset.chip;
        this.filters.chip = isOn ? chip.dataset.chip : "";
        for (const other of document.querySelectorAll("[data-chip]")) other.setAttribute("aria-pressed", String(isOn && other === chip));
        again();
      });
    }
  }

  /** The divider between Gantt and map: dragged, or moved with the arrow keys; its place is remembered. */
  #divider() {
    const divider = document.getElementById("divider");
    const set = (share) => {
      const kept = Math.min(80, Math.max(25, share));
      room.style.setProperty("--split", `${kept}%`);
      divider.setAttribute("aria-valuenow", Math.round(kept));
      localStorage.setItem("board-split", String(kept));
      this.map.resize();
    };
    const kept = Number(localStorage.getItem("board-split"));
    if (kept) set(kept);
    divider.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -3, ArrowRight: 3 }[event.key];
      if (step) set(Number(divider.getAttribute("aria-valuenow")) + step);
    });
    divider.addEventListener("pointerdown", (event) => {
      divider.setPointerCapture(event.pointerId);
      const box = document.getElementById("split").getBoundingClientRect();
      const move = (next) => set(((next.clientX - box.left) / box.width) * 100);
      divider.addEventListener("pointermove", move);
      divider.addEventListener("pointerup", () => divider.removeEventListener("pointermove", move), { once: true });
    });
  }

  /** On a phone Gantt and map take turns. */
  #tabs() {
    for (const tab of document.querySelectorAll("[data-show]")) {
      tab.addEventListener("click", () => {
        room.dataset.showing = tab.dataset.show;
        for (const other of document.querySelectorAll("[data-show]")) other.setAttribute("aria-pressed", String(other === tab));
        this.map.resize();
        this.gantt.redraw();
        if (this.map.isReady) this.map.frame();
      });
    }
  }
}

if (room) new Board().start();
