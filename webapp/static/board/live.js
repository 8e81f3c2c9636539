// What has just changed: the server says that something did, the board reads what it needs. A board that nobody looks at asks nothing.

import { get } from "../shell.js";

const AGAIN = 30000;
const BUSY = 1000;
const NEWS_MS = 2500;

export class Live {
  /** board: {area, date, day, map, isBusy, reload()}. */
  constructor(board) {
    this.board = board;
    this.source = null;
  }

  start() {
    document.addEventListener("visibilitychange", () => this.#look());
    this.#look();
    this.#people();
  }

  /** Follow the day while the page is in sight. A browser keeps few connections: a page out of sight gives its own back. */
  #look() {
    if (document.hidden) this.#close();
    else if (!this.source) this.#open();
  }

  #open() {
    const { area, date, day } = this.board;
    this.source = new EventSource(`/board/live?area=${area}&day=${date}&since=${encodeURIComponent(day?.mark ?? "")}`);
    this.source.addEventListener("changed", (event) => this.#changed(event.lastEventId, JSON.parse(event.data)));
    this.source.addEventListener("error", () => this.source?.readyState === EventSource.CLOSED && this.#refused());
  }

  #close() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.timer);
  }

  #refused() {
    this.#close();
    this.timer = setTimeout(() => this.#look(), AGAIN);
  }

  async #changed(mark, news) {
    if (news.positions) this.#people();
    if (!news.day || mark === this.board.day?.mark) return;
    if (this.board.isBusy) {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.#changed(mark, { ...news, positions: false }), BUSY);
      return;
    }
    await this.board.reload();
    for (const visit of news.visits) this.#light(visit);
  }

  /** Let the stops of a visit that a phone has just told about catch the eye. */
  #light(visit) {
    for (const stop of document.querySelectorAll(`.stop[data-visit="${visit}"]`)) {
      stop.classList.add("is-news");
      setTimeout(() => stop.classList.remove("is-news"), NEWS_MS);
    }
  }

  async #people() {
    const { area, date, map } = this.board;
    const known = await get(`/board/positions?area=${area}&day=${date}`).catch(() => null);
    if (known) map.setPeople(known.positions);
  }
}
