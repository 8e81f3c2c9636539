// Changing the plan by hand: tried while it is dragged, kept when it is dropped, undone for ten steps.

import { make, post, toast } from "../shell.js";

const MOST_UNDONE = 10;
const SNAP = 300;
const NUDGE = 5;

/** Sentences for a preview: what it costs and what it breaks. */
export function verdict(preview, words) {
  const minutes = Math.round(preview.cost / 60);
  const cost = minutes === 0 ? words.same_travel : (minutes > 0 ? words.more_travel : words.less_travel).replace("%n", Math.abs(minutes));
  return { cost, broken: preview.violations.map((v) => (v.detail ? `${v.word}: ${v.detail}` : v.word)) };
}

export class Moves {
  /** board: {day, gantt, reload(), changed(routes), isOverTray(x, y)}. */
  constructor(board, words) {
    this.board = board;
    this.words = words;
    this.undone = [];
    this.drag = null;
    this.bubble = make("div", { class: "bubble", hidden: true, role: "status" });
    document.body.append(this.bubble);
    addEventListener("keydown", (event) => event.key === "Escape" && this.#end());
  }

  get canUndo() {
    return this.undone.length > 0;
  }

  /** Start dragging a visit (from the Gantt or the list); a press without a drag is a click. */
  grab(visit, from, event, clicked) {
    this.wasDropped = false;
    const isMovable = visit.state === "waiting";
    const startX = event.clientX;
    const startY = event.clientY;
    const box = event.target.closest("[data-visit]").getBoundingClientRect();
    const offset = from ? startX - box.left : 10;
    const move = (next) => {
      if (!this.drag && Math.hypot(next.clientX - startX, next.clientY - startY) < NUDGE) return;
      if (!isMovable) return;
      if (!this.drag) this.#begin(visit, from, box, offset);
      this.#follow(next);
    };
    const stop = (next) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", stop);
      removeEventListener("pointercancel", cancel);
      if (this.drag) this.#drop(next);
      else if (!this.wasDropped) clicked();
      this.wasDropped = false;
    };
    const cancel = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", stop);
      removeEventListener("pointercancel", cancel);
      this.#end();
    };
    if (event.pointerType === "mouse") event.preventDefault();
    addEventListener("pointermove", move);
    addEventListener("pointerup", stop);
    addEventListener("pointercancel", cancel);
  }

  #begin(visit, from, box, offset) {
    const width = Math.max(30, (visit.service ?? 1800) * this.board.gantt.scale);
    const ghost = make("div", { class: "carried" }, this.board.day.product(visit));
    ghost.style.width = `${width}px`;
    document.body.append(ghost);
    document.body.classList.add("is-carrying");
    this.drag = { visit, from, ghost, offset: Math.min(offset, width), asked: "", answer: null, key: "" };
  }

  /** Where the pointer would put the visit: {technician, start} or {technician: null} or nothing. */
  #aim(event) {
    if (this.board.isOverTray(event.clientX, event.clientY)) return { technician: null, start: null };
    const person = this.board.gantt.personAt(event.clientY);
    const left = event.clientX - this.drag.offset;
    const frame = this.board.gantt.scroller.getBoundingClientRect();
    if (!person || event.clientX > frame.right || event.clientX < frame.left) return null;
    return { technician: person.id, person, start: Math.round(this.board.gantt.at(left) / SNAP) * SNAP };
  }

  #follow(event) {
    const { drag } = this;
    drag.ghost.style.transform = `translate(${event.clientX - drag.offset}px, ${event.clientY - 15}px)`;
    drag.pointer = event;
    const aim = this.#aim(event);
    this.board.gantt.target(aim?.person ?? null);
    const key = aim ? `${aim.technician}@${aim.start}` : "";
    if (key !== drag.key) {
      Object.assign(drag, { key, aim, answer: null });
      this.board.gantt.ghost(null);
      if (aim) this.#ask();
    }
    this.#say();
  }

  async #ask() {
    const { drag } = this;
    if (drag.isAsking) return;
    drag.isAsking = true;
    while (this.drag === drag && drag.aim && drag.asked !== drag.key) {
      const { aim, key } = drag;
      drag.asked = key;
      try {
        const answer = await post("/board/try", this.#body(drag.visit.visit, aim, drag.from));
        if (this.drag === drag && drag.key === key) this.#answered(answer);
      } catch (refused) {
        if (this.drag === drag && drag.key === key) this.#answered({ refused: refused.message });
      }
    }
    drag.isAsking = false;
  }

  #answered(answer) {
    this.drag.answer = answer;
    if (answer.routes) this.board.gantt.ghost(answer.routes);
    this.#say();
  }

  /** stop: where the visit is taken from, if anywhere. */
  #body(visitId, { technician, start }, stop) {
    const { day } = this.board;
    return { plan: day.plan.id, visit: visitId, technician, start_at: start === null ? null : day.instant(start), source: stop?.technician ?? null };
  }

  #say() {
    const { aim, answer, pointer } = this.drag;
    const { day } = this.board;
    const parts = [];
    if (!aim) parts.push(make("strong", {}, this.words.drop_somewhere));
    else parts.push(make("strong", {}, aim.person ? `${aim.person.name} · ${day.clock(aim.start)}` : this.words.take_out));
    if (aim && !answer) parts.push(make("span", { class: "muted" }, this.words.trying));
    if (answer?.refused) parts.push(make("span", { class: "is-trouble" }, answer.refused));
    if (answer?.routes) {
      const { cost, broken } = verdict(answer, this.words);
      parts.push(make("span", {}, cost));
      if (!broken.length) parts.push(make("span", { class: "is-done" }, this.words.nothing_broken));
      for (const line of broken.slice(0, 3)) parts.push(make("span", { class: "is-trouble" }, line));
      if (broken.length > 3) parts.push(make("span", { class: "muted" }, `+${broken.length - 3}`));
    }
    this.bubble.replaceChildren(...parts);
    this.bubble.hidden = false;
    const isRight = pointer.clientX > innerWidth - 320;
    this.bubble.style.transform = `translate(${isRight ? pointer.clientX - 300 : pointer.clientX + 18}px, ${Math.min(pointer.clientY + 22, innerHeight - 130)}px)`;
  }

  #end() {
    if (!this.drag) return null;
    const { drag } = this;
    this.drag = null;
    drag.ghost.remove();
    this.bubble.hidden = true;
    this.wasDropped = true;
    document.body.classList.remove("is-carrying");
    this.board.gantt.target(null);
    this.board.gantt.ghost(null);
    return drag;
  }

  async #drop(event) {
    const aim = this.#aim(event);
    const drag = this.#end();
    this.wasDropped = false;
    if (!drag || !aim || drag.answer?.refused) return;
    await this.keep(drag.visit.visit, aim, drag.from);
  }

  /** Keep a move: {technician, start}, from a stop (the first that holds the visit if not given). Returns whether it was kept. */
  async keep(visitId, to, from = null, isUndo = false) {
    const { day } = this.board;
    const stop = from ?? day.stopOf(visitId);
    const before = { technician: stop?.technician ?? null, start: stop?.start ?? null };
    const revisions = {};
    for (const id of [before.technician, to.technician]) if (id !== null) revisions[id] = day.people.get(id)?.revision ?? 0;
    let kept;
    try {
      kept = await post("/board/move", { ...this.#body(visitId, to, stop), revisions });
    } catch (refused) {
      toast(refused.message, "trouble");
      if (refused.status === 409) await this.board.reload();
      return false;
    }
    if (!isUndo) this.undone = [...this.undone, { visitId, before, holder: to.technician }].slice(-MOST_UNDONE);
    this.board.changed(kept.routes);
    this.#tell(kept, isUndo);
    await this.board.reload();
    return true;
  }

  #tell(kept, isUndo) {
    const { cost, broken } = verdict(kept, this.words);
    const head = isUndo ? this.words.undone : this.words.moved;
    const undo = isUndo ? null : { text: this.words.undo, run: () => this.undo() };
    toast([head, cost, ...broken.slice(0, 2)].join(" · "), broken.length ? "trouble" : "done", undo);
  }

  async undo() {
    const last = this.undone.pop();
    if (last) await this.keep(last.visitId, last.before, this.board.day.stopOf(last.visitId, last.holder), true);
  }

  forget() {
    this.undone = [];
  }
}
