// The page: what views may know and do (`app`), and when things are drawn and sent.

import { render } from "/static/vendor/lit-html.js";
import { ask, NoConnection, Refusal } from "./api.js";
import { compare, reading, wall } from "./clock.js";
import { say } from "./dom.js";
import { drafts, readDrafts } from "./drafts.js";
import { write } from "./events.js";
import { counted, held } from "./held.js";
import { memory, remember } from "./memory.js";
import { dropPicture, keepPicture, urlOf } from "./pictures.js";
import { install, update, wakeWhenConnected } from "./install.js";
import { here } from "./place.js";
import { projectedDays, projectedVisit } from "./project.js";
import { askToStay, measure, ranOut, room } from "./room.js";
import { current, keepLanguage, leaving, logIn, logOut, lost } from "./session.js";
import { get, QuotaFull, transact } from "./store.js";
import { exchange, handOver } from "./sync.js";
import { sendPosition, track } from "./track.js";
import { progress } from "./uploads.js";
import { dressVisits, viewOf } from "./views.js";
import { dateIn, language, speak, word } from "./words.js";

const EVERY = 60_000;
const OFTEN = 10_000;
const SOON = 1_500;
const ASLEEP = 120_000;
const LOCK = "shifu-sync";
const OLD_DATABASE = "shifu-phone";
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
const line = { connected: navigator.onLine, portal: false, sending: false, update: false };

export const app = {
  locating: null,

  get me() {
    return session;
  },

  get language() {
    return language();
  },

  get status() {
    return { ...line, ...counted(), storage: room };
  },

  draw() {
    frame ||= requestAnimationFrame(drawNow);
  },

  days() {
    return memory.word ? projectedDays(memory.word, memory.events, today(), shownVisit) : [];
  },

  today() {
    return app.days().find((day) => day.is_today) ?? null;
  },

  visit(id) {
    const shown = memory.word?.visits[id];
    if (!shown) return undefined;
    const day = app.days().find((each) => each.on === shown.on) ?? noDay();
    const stop = day.stops.find((each) => each.visit?.id === id);
    return { kind: "visit", distance: 0, colleague: null, ...shown, ...stop, day, visit: stop?.visit ?? shownVisit(shown) };
  },

  async record(type, details = {}) {
    const product = memory.word?.visits[details.visit_id]?.visit.product ?? "";
    return writtenDown(write(session.technician.code, type, { ...details, product }));
  },

  async addPicture(visit_id, shot, blob, details = {}) {
    const product = memory.word?.visits[visit_id]?.visit.product ?? "";
    return writtenDown(keepPicture(session.technician.code, visit_id, shot, blob, { ...details, product }));
  },

  async dropPicture(visit_id, id) {
    const isGone = await dropPicture(session.technician.code, id);
    await changed();
    return isGone;
  },

  async see(day) {
    const look = `${session.technician.code} ${day.on} ${day.revision}`;
    if (looks.has(look)) return;
    looks.add(look);
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

  drafts,

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
    await logOut(leaver);
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

const looks = new Set();

const today = () => dateIn(wall() - (memory.word.skew ?? 0), memory.word.time_zone ?? "Asia/Shanghai");

function projected(shown) {
  const pictures = memory.pictures.map((picture) => ({
    ...picture, state: picture.state === "here" && progress.has(picture.id) ? "sending" : picture.state, url: () => urlOf(picture.id),
  }));
  return projectedVisit(shown, memory.events, pictures, memory.told);
}

const noDay = () => ({ on: null, is_today: false, published: false, time_zone: memory.word.time_zone ?? "Asia/Shanghai", area: memory.word.area ?? "", stops: [] });

const shownVisit = ({ visit, is_gone }) => projected({ ...visit, is_gone });

let shownPlace;
let isDressed = false;

function drawNow() {
  cancelAnimationFrame(frame);
  frame = 0;
  const place = session ? location.hash : "login";
  render(viewOf(app, location.hash), root);
  if (memory.word && !isDressed) setTimeout(dressVisits, SOON);
  isDressed ||= Boolean(memory.word);
  if (place !== shownPlace) scrollTo(0, 0);
  shownPlace = place;
}

/** Something was written, or could not be: show it, and send it when there is a connection. */
async function writtenDown(writing) {
  try {
    return await writing;
  } finally {
    measure().then(app.draw);
    await changed();
    app.syncNow();
    wakeWhenConnected();
  }
}

/** Something in the database is different: read it again, here and in other windows. */
async function changed() {
  await reread();
  others.postMessage("changed");
}

async function reread() {
  session = await current();
  const technician = session?.technician.code ?? null;
  await Promise.all([readDrafts(technician), remember(technician)]);
  track(isOnTheWay(), (json) => sendPosition(session, language(), json));
  app.draw();
}

function isOnTheWay() {
  if (!session || !memory.word) return false;
  return Object.values(memory.word.visits).some((shown) => shownVisit(shown).state === "en-route");
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
  running = alone(exchangeAll).finally(() => {
    running = null;
    again();
  });
  return running;
}

/** One window at a time. A window that the system has put to sleep in the middle does not keep the others waiting. */
async function alone(work) {
  try {
    return await navigator.locks.request(LOCK, { signal: AbortSignal.timeout(ASLEEP) }, work);
  } catch (error) {
    if (!["AbortError", "TimeoutError"].includes(error.name)) throw error;
    return navigator.locks.request(LOCK, { steal: true }, work);
  }
}

async function exchangeAll() {
  clearTimeout(timer);
  line.sending = true;
  try {
    for (const each of await leaving()) await attempt(each, () => handOver(each, language(), changed));
    const mine = await current();
    if (mine) await attempt(mine, () => exchange(mine, language(), changed));
  } finally {
    line.sending = false;
    await changed();
  }
}

async function attempt(each, work) {
  try {
    await work();
    Object.assign(line, { connected: true, portal: false });
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
    Object.assign(line, { connected: false, portal: error.portal });
    failures += 1;
  } else if (error instanceof QuotaFull) {
    ranOut();
    app.draw();
  } else if (error instanceof Refusal) {
    failures += 1;
  } else {
    failures += 1;
    throw error;
  }
}

/** Try again by and by while something waits; each failure doubles the pause, and chance spreads the phones. */
function again() {
  clearTimeout(timer);
  const isFresh = memory.events.some((event) => event.state === "waiting") || memory.pictures.some((picture) => picture.state === "here");
  if (!failures && !isFresh) return;
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
  setInterval(compare, OFTEN);
}

async function start() {
  root.ariaBusy = "true";
  const [spoken] = await Promise.all([get("kept", "language"), reread()]);
  speak(spoken ?? (navigator.language.startsWith("en") ? "en" : "zh"));
  if (session) drawNow();
  listen();
  await fromTheOldApp().then(changed, () => undefined);
  askToStay();
  measure().then(app.draw);
  install(heard);
  await run();
  root.ariaBusy = "false";
}

/** The app before this one left a database on phones that had it. */
async function fromTheOldApp() {
  const known = await indexedDB.databases?.();
  if (!known || known.some(({ name }) => name === OLD_DATABASE)) await (await import("./carry.js")).carryOver();
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
