// Two clocks: the phone's own, which anybody may set, and a counter that nobody can, but that stands still while the
// phone sleeps. Where they part, it slept or somebody set the clock; the server's clock tells which of the two it was.

export const BOOT = isSecureContext ? crypto.randomUUID() : "";
const NOTICED = 2_000;
const CLOSE = 15_000;
const OLDEST_WALL = Date.UTC(2021, 0, 1);
const AN_EMPTY_BATTERY = Date.UTC(2026, 0, 1);

const counter = () => Math.round(performance.now());

/** A phone whose clock began again in 1970 is put into this century, the same way every time: only differences count. */
const wall = () => (Date.now() < OLDEST_WALL ? Date.now() + AN_EMPTY_BATTERY : Date.now());

/** Where the clocks parted: `{ ahead }` milliseconds by which the wall clock went on alone. */
export const partings = [];
let apart = wall() - counter();
let anchor = null;

/** Notice a parting; also called by a timer, so that each is seen by itself. */
export function compare() {
  const now = wall() - counter();
  if (Math.abs(now - apart) > NOTICED) partings.push({ ahead: now - apart });
  apart = now;
}

/** Now, as protocol 1 wants it, `{ wall: ISO text, counter: milliseconds, boot }`, and how many partings were before. */
export function reading() {
  compare();
  return { wall: new Date(wall()).toISOString(), counter: counter(), boot: BOOT, epoch: partings.length };
}

/** The same for sending events of one epoch: the counter put forward by what the phone has slept since. */
export function readingSince(epoch) {
  const now = reading();
  const slept = partings.slice(epoch).reduce((sum, each) => sum + (each.slept ?? Math.max(each.ahead, 0)), 0);
  return { ...now, counter: now.counter + Math.round(slept) };
}

/** The server's clock (milliseconds since 1970) said this now: what was sleep between two such moments comes out. */
export function anchored(server) {
  compare();
  const [at, from] = [counter(), anchor];
  anchor = { server, at, epoch: partings.length };
  if (from) tellApart(partings.slice(from.epoch), server - from.server - (at - from.at));
}

/** Of the partings since, those that add up to what the counter missed were sleep, the largest first. Pure but for them. */
export function tellApart(since, missed) {
  let left = missed;
  for (const each of [...since].sort((one, other) => other.ahead - one.ahead)) {
    const isSleep = each.ahead > 0 && each.ahead <= left + CLOSE;
    each.slept = isSleep ? each.ahead : 0;
    left -= each.slept;
  }
}

export { wall };
