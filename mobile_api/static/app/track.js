// While somebody is on the way, the office and the consumer may see where: the last place, told now and then.

import { ask } from "./api.js";
import { wall } from "./clock.js";
import { watch } from "./place.js";

const FIRST_WAIT = 15;
let stop = null;
let newest = null;
let due = 0;

/** Watch while `isOnTheWay`; `send` gets the body of a request at most as often as the server wants it. */
export function track(isOnTheWay, send) {
  if (isOnTheWay && !stop) stop = watch((place) => tell(place, send));
  if (!isOnTheWay && stop) {
    stop();
    [stop, newest] = [null, null];
  }
}

async function tell(place, send) {
  newest = { ...place, occurred_at: new Date(wall()).toISOString() };
  if (performance.now() < due) return;
  due = performance.now() + FIRST_WAIT * 1000;
  const next = await send({ sent_at: new Date(wall()).toISOString(), positions: [newest] }).catch(() => null);
  if (next) due = performance.now() + next * 1000;
}

/** Tell the server; seconds until it wants to hear again. */
export async function sendPosition(session, language, json) {
  return (await ask("/mobile/v1/positions", { method: "POST", token: session.token, language, json })).json?.next_in ?? FIRST_WAIT;
}
