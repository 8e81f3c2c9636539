// What happened waits here until the server has named it in its receipt; repeats carry the same event id.

import { ask, NoConnection, Refusal } from "./api.js";
import { addItem, dropItem, items, putItem } from "./store.js";

const RECEIPT = "Shifu-Accepted";
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
const LATER = new Set([401, 408, 425, 429]);

export class Outbox extends EventTarget {
  /** `identity()` gives `{ token, language, technician }` of who is logged in now. */
  constructor(identity) {
    super();
    Object.assign(this, { identity, all: [], connected: navigator.onLine, busy: false, pause: FIRST_PAUSE });
    addEventListener("online", () => this.send());
    addEventListener("offline", () => this.#connection(false));
  }

  async load() {
    this.all = await items();
  }

  /** Written down before anything is sent: from here on it survives the page. */
  async add(item) {
    const whole = {
      ...item,
      event_id: crypto.randomUUID(),
      technician: this.identity().technician.code,
      state: "waiting",
    };
    whole.seq = await addItem(whole);
    this.all.push(whole);
    this.#changed();
    this.send();
  }

  async drop(item) {
    await dropItem(item.seq);
    this.all = this.all.filter((other) => other.seq !== item.seq);
    this.#changed();
  }

  mine() {
    return this.all.filter((item) => item.technician === this.identity().technician?.code);
  }

  waiting() {
    return this.mine().filter((item) => item.state === "waiting");
  }

  refused() {
    return this.mine().filter((item) => item.state === "refused");
  }

  /** Send what waits, oldest first, one tab at a time. */
  async send() {
    if (this.busy || !this.identity().token) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      await navigator.locks.request("shifu-outbox", () => this.#sendAll());
    } finally {
      this.busy = false;
    }
  }

  async #sendAll() {
    await this.load();
    for (let next = this.waiting()[0]; next; next = this.waiting()[0]) {
      if (!(await this.#sendOne(next))) return;
      this.pause = FIRST_PAUSE;
    }
  }

  async #sendOne(item) {
    try {
      const response = await post(item, this.identity());
      if (response.headers.get(RECEIPT) !== item.event_id) throw new NoConnection("no receipt");
      await this.drop(item);
      this.#connection(true);
      this.dispatchEvent(new CustomEvent("accepted", { detail: { item, answer: await response.json() } }));
      return true;
    } catch (error) {
      return this.#failed(item, error);
    }
  }

  async #failed(item, error) {
    if (error instanceof Refusal && !LATER.has(error.status)) {
      Object.assign(item, { state: "refused", problem: error.problem });
      await putItem(item);
      this.#connection(true);
      this.#changed();
      return true;
    }
    if (error instanceof Refusal && error.status === 401) this.dispatchEvent(new Event("logged-out"));
    else this.#connection(false);
    this.timer = setTimeout(() => this.send(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    return false;
  }

  #connection(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.#changed();
  }

  connection(connected) {
    this.#connection(connected);
  }

  #changed() {
    this.dispatchEvent(new Event("changed"));
  }
}

function post(item, { token, language }) {
  const path = `/mobile/v1/visits/${item.visit_id}/${item.what}`;
  const event = { event_id: item.event_id, occurred_at: item.occurred_at, sent_at: new Date().toISOString(), ...item.place };
  if (item.photo === undefined) return ask(path, { token, language, method: "POST", json: { ...event, ...item.more } });
  const query = new URLSearchParams({ ...event, shot: item.shot });
  return ask(`${path}?${query}`, { token, language, method: "POST", body: item.photo, type: "image/jpeg" });
}

/** The visit as it will be once everything on this phone has arrived. */
export function expected(visit, waiting) {
  const result = { ...visit, missing: [...visit.missing], pending: {} };
  for (const item of waiting.filter((each) => each.visit_id === visit.id)) {
    if (item.what === "photos") {
      (result.pending[item.shot] ??= []).push(item);
      result.missing = result.missing.filter((code) => code !== item.shot);
    } else {
      result.state = BECOMES[item.what];
    }
    if (item.what === "could-not-complete") result.failure_reason = item.more.reason;
  }
  return result;
}

const BECOMES = {
  "en-route": "en-route",
  arrival: "on-site",
  completion: "completed",
  "could-not-complete": "could-not-complete",
};
