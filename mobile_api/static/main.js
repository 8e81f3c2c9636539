// The page: who is logged in, which day is shown, what happens next. Views draw; this decides when.

import { ask, NoConnection, Refusal } from "./api.js";
import { cannotView } from "./cannot_view.js";
import { dayView } from "./day_view.js";
import { say } from "./dom.js";
import { framed } from "./frame.js";
import { insecureView } from "./insecure_view.js";
import { loginView } from "./login_view.js";
import { expected, Outbox } from "./outbox.js";
import { here } from "./place.js";
import { forget, keep, kept } from "./store.js";
import { visitView } from "./visit_view.js";
import { language, speak, word } from "./words.js";

const EVERY = 60_000;
const root = document.getElementById("app");

const app = {
  me: null,
  day: null,
  locating: null,
  outbox: new Outbox(() => ({ token: app.me?.token, technician: app.me?.technician, language: language() })),

  /** The day's stops as they will be once everything on this phone has arrived. */
  stops() {
    const waiting = app.outbox.waiting();
    return app.day.stops.map((stop) => (stop.visit ? { ...stop, visit: expected(stop.visit, waiting) } : stop));
  },

  stop(visitId) {
    return app.stops().find((stop) => stop.visit?.id === visitId);
  },

  async logIn(code, pin) {
    const answer = await app.ask("/mobile/v1/login", {
      method: "POST",
      json: { code, pin, device_id: await deviceId() },
    });
    app.me = await answer.json();
    await keep("me", app.me);
    app.day = null;
    await app.speak(app.me.technician.language);
    location.hash = "";
    await start();
  },

  async logOut() {
    const token = app.me.token;
    app.me = app.day = null;
    await Promise.all([forget("me"), forget("day")]);
    location.hash = "";
    draw();
    await ask("/mobile/v1/logout", { method: "POST", token, language: language() }).catch(() => undefined);
  },

  async speak(wanted) {
    speak(wanted);
    await keep("language", language());
    draw();
    if (app.me) await app.read();
  },

  ask(path, options = {}) {
    return ask(path, { token: app.me?.token, language: language(), ...options });
  },

  /** Read the day again; without connection the kept one stays. */
  async read() {
    try {
      app.day = await (await app.ask("/mobile/v1/day")).json();
      app.outbox.connection(true);
      await keep("day", app.day);
      if (app.day.published && app.day.seen_revision === null) await app.see();
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return loggedOut();
      if (error instanceof NoConnection) app.outbox.connection(false);
      else throw error;
    }
    draw();
  },

  async see() {
    const { on, revision } = app.day;
    await app.ask("/mobile/v1/day/seen", { method: "POST", json: { on, revision } });
    app.day.seen_revision = revision;
    draw();
  },

  /** Something happened now: written down first, sent when it can be. */
  async report(visitId, what, { place = {}, ...rest } = {}) {
    await app.outbox.add({ visit_id: visitId, what, occurred_at: new Date().toISOString(), place, ...rest });
  },

  async setOut(visitId) {
    const occurred_at = new Date().toISOString();
    await app.report(visitId, "en-route", { occurred_at });
    say(word("on_way"));
  },

  async arrive(visitId) {
    const occurred_at = new Date().toISOString();
    app.locating = visitId;
    draw();
    const { place, unknown } = await here();
    app.locating = null;
    await app.report(visitId, "arrival", { occurred_at, place });
    say(word({ refused: "arrived_no_place", "no-fix": "arrived_no_fix" }[unknown] ?? "arrived"));
    location.hash = `#/visit/${visitId}`;
  },
};

async function deviceId() {
  const known = await kept("device_id");
  if (known) return known;
  const made = crypto.randomUUID();
  await keep("device_id", made);
  return made;
}

async function loggedOut() {
  app.me = null;
  await forget("me");
  draw();
}

function view() {
  if (!isSecureContext) return insecureView(app);
  if (!app.me) return loginView(app);
  const [, place, id, step] = location.hash.split("/");
  const stop = place === "visit" && app.day ? app.stop(Number(id)) : undefined;
  if (stop && step === "cannot") return framed(app, cannotView(app, stop.visit), `#/visit/${id}`);
  if (stop) return framed(app, visitView(app, stop), "#/");
  return framed(app, dayView(app), null);
}

let shownPlace;

/** Draw everything again, unless somebody is writing; the scroll position stays within one place. */
function draw() {
  const place = app.me ? location.hash : "login";
  if (place === shownPlace && root.querySelector("form, dialog[open]")) return;
  const scrolled = place === shownPlace ? scrollY : 0;
  shownPlace = place;
  root.replaceChildren(...view());
  scrollTo(0, scrolled);
}

async function start() {
  root.ariaBusy = "true";
  await app.outbox.load();
  draw();
  if (app.me) await app.read();
  root.ariaBusy = "false";
  if (app.me) app.outbox.send();
}

function accepted({ detail: { item, answer } }) {
  const stop = app.day?.stops.find((each) => each.visit?.id === item.visit_id);
  if (!stop) return;
  if (item.what === "photos") {
    stop.visit.missing = answer.missing;
    stop.visit.shots.find((shot) => shot.code === item.shot)?.photo_ids.push(answer.id);
  } else {
    stop.visit = answer;
  }
  keep("day", app.day);
  draw();
}

app.outbox.addEventListener("changed", draw);
app.outbox.addEventListener("accepted", accepted);
app.outbox.addEventListener("logged-out", loggedOut);
addEventListener("hashchange", draw);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && app.me) app.read().then(() => app.outbox.send());
});
setInterval(() => app.me && document.visibilityState === "visible" && app.read(), EVERY);

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/phone/worker.js", { scope: "/phone" });
speak((await kept("language")) ?? (navigator.language.startsWith("en") ? "en" : "zh"));
if (isSecureContext) {
  app.me = (await kept("me")) ?? null;
  app.day = (await kept("day")) ?? null;
  await start();
} else {
  draw();
}
