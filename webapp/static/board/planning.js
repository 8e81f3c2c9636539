// Asking for a plan, watching it grow, cancelling it.

import { get, post, toast } from "../shell.js";

const EVERY = 1000;
const IS_GOING = new Set(["waiting", "running"]);

export class Planning {
  /** board: {area, day, reload()}. */
  constructor(strip, board, words) {
    this.strip = strip;
    this.bar = strip.querySelector("progress");
    this.sentence = strip.querySelector(".sentence");
    this.board = board;
    this.words = words;
    this.work = null;
    strip.querySelector("button").addEventListener("click", () => this.cancel());
  }

  get isGoing() {
    return this.work !== null && IS_GOING.has(this.work.state);
  }

  get #where() {
    return `area=${this.board.area}&day=${this.board.date}`;
  }

  /** Look whether a planning is under way already. */
  async look() {
    const work = await get(`/board/work?${this.#where}`);
    if (IS_GOING.has(work.state)) this.#follow(work);
  }

  async ask() {
    if (this.isGoing) return;
    try {
      this.#follow(await post("/board/plan", { area: this.board.area, day: this.board.date }));
    } catch (refused) {
      toast(refused.message, "trouble");
    }
  }

  async cancel() {
    try {
      this.#ended(await post("/board/cancel", { work: this.work.id }));
    } catch (refused) {
      toast(refused.message, "trouble");
    }
  }

  #follow(work) {
    this.#draw(work);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#poll(), EVERY);
  }

  async #poll() {
    try {
      const work = await get(`/board/work?${this.#where}`);
      if (IS_GOING.has(work.state)) this.#follow(work);
      else this.#ended(work);
    } catch {
      this.#follow(this.work);
    }
  }

  #draw(work) {
    this.work = work;
    this.strip.hidden = false;
    this.bar.value = work.percent;
    const { placed, visits, cost } = work;
    this.sentence.textContent = work.state === "waiting" ? this.words.plan_waiting : !visits ? this.words.plan_starting
      : this.words.plan_running.replace("%percent", work.percent).replace("%placed", placed).replace("%visits", visits ?? "?").replace("%cost", (cost ?? 0).toLocaleString());
    this.board.working(true);
  }

  async #ended(work) {
    clearTimeout(this.timer);
    this.work = work;
    this.strip.hidden = true;
    this.board.working(false);
    await this.board.reload();
    if (work.state === "done") toast(this.words.plan_done.replace("%planned", this.board.day.figures.planned).replace("%visits", this.board.day.figures.visits), "done");
    else if (work.state === "cancelled") toast(this.words.plan_cancelled);
    else if (work.state === "failed") toast(this.words.plan_failed.replace("%n", work.id), "trouble");
  }
}
