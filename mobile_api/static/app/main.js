// The page: what views may know and do (`app`), and when things are drawn and sent.

import { render } from "/static/vendor/lit-html.js";
import { ask, NoConnection, Refusal } from "./api.js";
import { dateIn, reading } from "./clock.js";
import { say } from "./dom.js";
import { write } from "./events.js";
import { counted, held } from "./held.js";
import { isWaiting, memory, remember } from "./memory.js";
import { dropPicture, keepPicture, urlOf } from "./pictures.js";
import { install, update } from "./install.js";
import { here } from "./place.js";
import { projectedDays, projectedVisit } from "./project.js";
import { current, keepLanguage, leaving, logIn, logOut, lost } from "./session.js";
import { get, got, transact } from "./store.js";
import { exchange, handOver } from "./sync.js";
import { progress } from "./uploads.js";
import { viewOf } from "./views.js";
import { language, speak, word } from "./words.js";

const EVERY = 60_000;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
const root = document.getElementById("app");
const others = new BroadcastChannel("shifu-phone");

let session = null;
let frame = 0;
let failures = 0;
let timer = 0;
let running = null;
let waitingRun = null;
const line = { connected: navigator.onLine, sending: false, update: false };

export const app = {
  locating: null,

  get me() {
    return session;
  },

  get language() {
    return language();
  },

  get status() {
    return { ...line, ...counted(), storage: { usage: 0, quota: 0, low: false, full: false } };
  },

  draw() {
    frame ||= requestAnimationFrame(drawNow);
  },

  days() {
    return memory.word ? projectedDays(memory.word, memory.events, today(), projected) : [];
  },

  today() {
    return app.days().find((day) => day.is_today) ?? null;
  },

  visit(id) {
    const shown = memory.word?.visits[id];
    if (!shown) return undefined;
    const day = app.days().find((each) => each.on === shown.on) ?? null;
    const stop = day?.stops.find((each) => each.visit?.id === id);
    return { kind: "visit", distance: 0, colleague: null, ...shown, ...stop, day, visit: stop?.visit ?? projected(shown.visit) };
  },

  async record(type, details = {}) {
    const product = memory.word?.visits[details.visit_id]?.visit.product ?? "";
    const event = await write(session.technician.code, type, { ...details, product });
    await changed();
    app.syncNow();
    return event;
  },

  async addPicture(visit_id, shot, blob, details = {}) {
    const product = memory.word?.visits[visit_id]?.visit.product ?? "";
    const picture = await keepPicture(session.technician.code, visit_id, shot, blob, { ...details, product });
    await changed();
    app.syncNow();
    return picture;
  },

  async dropPicture(visit_id, id) {
    const isGone = await dropPicture(session.technician.code, id);
    await changed();
    return isGone;
  },

  async see(day) {
    await app.record("route-seen", { payload: { on: day.on, revision: day.revision } });
  },

  async setOut(id) {
    await app.record("en-route", { visit_id: id });
    say(word("on_way"));
  },

  async arrive(id) {
    const at = reading();
    app.locating = id;
    app.draw();
    const { place, unknown } = await here();
    app.locating = null;
    await app.record("check-in", { visit_id: id, place, at });
    say(word({ refused: "arrived_no_place", "no-fix": "arrived_no_fix" }[unknown] ?? "arrived"));
    location.hash = `#/visit/${id}`;
  },

  syncNow() {
    failures = 0;
    return run();
  },

  held: () => held(line.sending),

  async dismiss(id) {
    await dropPicture(session.technician.code, id, { evenPromised: true });
    await transact(["told"], ({ told }) => void told.delete(id));
    await changed();
  },

  receipt() {
    const { facts, pictures } = counted();
    return { empty: !facts && !pictures, at: null, facts: 0, pictures: 0, ...memory.receipt };
  },

  requests() {
    return memory.word?.requests ?? [];
  },

  drafts: {
    get: (key) => memory.drafts[key],
    async set(key, value) {
      const name = `drafts:${session.technician.code}`;
      if (value === undefined || value === null) delete memory.drafts[key];
      else memory.drafts[key] = value;
      await transact(["kept"], async ({ kept }) => {
        const all = { ...(await got(kept.get(name))), [key]: value };
        if (value === undefined || value === null) delete all[key];
        kept.put(all, name);
      });
    },
  },

  async fetchJson(path, options = {}) {
    try {
      return (await ask(path, { token: session?.token, language: language(), ...options })).json;
    } catch (error) {
      await failed(error);
      throw error;
    }
  },

  async fetchBlob(path) {
    return (await ask(path, { token: session?.token, language: language(), as: "blob" })).blob;
  },

  async logIn(code, pin) {
    session = await logIn(code, pin, language());
    location.hash = "";
    speak(session.technician.language);
    await keepLanguage(language());
    await changed();
    await app.syncNow();
  },

  async logOut({ handOver: isHandedOver = false } = {}) {
    const { facts, pictures } = counted();
    if ((facts || pictures) && !isHandedOver) return false;
    const leaver = session;
    session = null;
    location.hash = "";
    await logOut(leaver, { handOver: facts + pictures > 0 });
    await changed();
    run();
    return true;
  },

  update,

  async speak(wanted) {
    speak(wanted);
    await keepLanguage(language());
    app.draw();
    if (session) await app.syncNow();
  },
};

const today = () => dateIn(Date.now() - (memory.word.skew ?? 0), memory.word.time_zone ?? "Asia/Shanghai");

function projected(shown) {
  const pictures = memory.pictures.map((picture) => ({
    ...picture, state: picture.state === "here" && progress.has(picture.id) ? "sending" : picture.state, url: () => urlOf(picture.id),
  }));
  return projectedVisit(shown, memory.events, pictures, memory.told);
}

let shownPlace;

function drawNow() {
  frame = 0;
  const place = session ? location.hash : "login";
  render(viewOf(app, location.hash), root);
  if (place !== shownPlace) scrollTo(0, 0);
  shownPlace = place;
}

/** Something in the database is different: read it again, here and in other windows. */
async function changed() {
  await reread();
  others.postMessage("changed");
}

async function reread() {
  session = await current();
  await remember(session?.technician.code ?? null);
  app.draw();
}

/** Send and read once, one window of this phone at a time; who asks meanwhile is served by one more round. */
function run() {
  if (!running) return begin();
  waitingRun ??= running.then(() => {
    waitingRun = null;
    return running ?? begin();
  });
  return waitingRun;
}

function begin() {
  running = navigator.locks.request("shifu-sync", exchangeAll).finally(() => {
    running = null;
    again();
  });
  return running;
}

async function exchangeAll() {
  clearTimeout(timer);
  line.sending = true;
  for (const each of await leaving()) await attempt(each, () => handOver(each, language(), changed));
  const mine = await current();
  if (mine) await attempt(mine, () => exchange(mine, language(), changed));
  line.sending = false;
  await changed();
}

async function attempt(each, work) {
  try {
    await work();
    line.connected = true;
    failures = 0;
  } catch (error) {
    await failed(error, each);
  }
}

async function failed(error, each = session) {
  if (error instanceof Refusal && error.status === 401 && each) {
    await lost(each);
    await changed();
  } else if (error instanceof NoConnection) {
    line.connected = false;
    failures += 1;
  } else if (!(error instanceof Refusal)) {
    throw error;
  }
}

/** Try again by and by while something waits; each failure doubles the pause, and chance spreads the phones. */
function again() {
  clearTimeout(timer);
  if (!failures && !memory.events.some(isWaiting)) return;
  const pause = Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE);
  timer = setTimeout(run, pause * (0.5 + Math.random() / 2));
}

function listen() {
  others.onmessage = reread;
  addEventListener("hashchange", app.draw);
  addEventListener("online", () => app.syncNow());
  addEventListener("offline", () => {
    line.connected = false;
    app.draw();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && app.syncNow());
  setInterval(() => document.visibilityState === "visible" && run(), EVERY);
}

async function start() {
  speak((await get("kept", "language")) ?? (navigator.language.startsWith("en") ? "en" : "zh"));
  root.ariaBusy = "true";
  await reread();
  listen();
  install(heard);
  await run();
  root.ariaBusy = "false";
}

/** What the worker has to say. */
function heard(what) {
  if (what === "send") run();
  if (what === "update") {
    line.update = true;
    app.draw();
  }
}

if (isSecureContext) start();
else {
  speak(navigator.language.startsWith("en") ? "en" : "zh");
  addEventListener("hashchange", app.draw);
  app.draw();
}
