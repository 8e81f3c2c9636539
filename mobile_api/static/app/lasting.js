// Small answers that stay on this phone: shown at once, asked for anew when there is signal.

const AGAIN = 30_000;
const FRESH = 300_000;
const asked = new Map();

/** `{ at, answer }` of my account as it was told last, or undefined. */
export function accountOf(app) {
  const last = app.drafts.get("account");
  if (!last || Date.now() - last.at > FRESH) ask(app, "/mobile/v1/account", (kept) => app.drafts.set("account", kept));
  return last;
}

/** Why the visits of a day are mine, likewise; asked for again when the route has changed. */
export function whyOf(app, day) {
  const last = ofDay(app, "why", day);
  if (!last || last.answer.revision < day.revision) ask(app, `/mobile/v1/why?on=${day.on}`, (kept) => keepOfDay(app, "why", day, kept));
  return last;
}

/** What is kept of one day under `key`. */
export const ofDay = (app, key, day) => app.drafts.get(key)?.[day.on];

/** Keep it, and let go of days that are past. */
export function keepOfDay(app, key, day, value) {
  const known = app.drafts.get(key) ?? {};
  const days = app.days().filter(({ on }) => on in known).map(({ on }) => [on, known[on]]);
  return app.drafts.set(key, { ...Object.fromEntries(days), [day.on]: value });
}

/** At most twice a minute, and only with signal. */
async function ask(app, path, keep) {
  if (!app.status.connected || Date.now() - (asked.get(path) ?? -Infinity) < AGAIN) return;
  asked.set(path, Date.now());
  try {
    await keep({ at: Date.now(), answer: await app.fetchJson(path) });
    app.draw();
  } catch {
    // Without signal the last answer stays; what else is wrong the next sync will say.
  }
}
