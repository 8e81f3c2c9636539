// Small answers that stay on this phone: shown at once, asked for anew when there is signal.

const AGAIN = 30_000;
const asked = new Map();

/** `{ at, answer }` of this address as it was told last, or undefined; asks again unless `isCurrent(last)`. */
export function lasting(app, path, isCurrent = ({ at }) => Date.now() - at < 10 * AGAIN) {
  const last = app.drafts.get(path);
  const isDue = Date.now() - (asked.get(path) ?? -Infinity) > AGAIN;
  if (isDue && app.status.connected && !(last && isCurrent(last))) ask(app, path);
  return last;
}

/** Why the visits of a day are mine; asked for again when the route has changed. */
export const whyOf = (app, day) =>
  lasting(app, `/mobile/v1/why?on=${day.on}`, ({ answer }) => answer.revision >= day.revision);

async function ask(app, path) {
  asked.set(path, Date.now());
  try {
    await app.drafts.set(path, { at: Date.now(), answer: await app.fetchJson(path) });
    app.draw();
  } catch {
    // Without signal the last answer stays; what else is wrong the next sync will say.
  }
}
