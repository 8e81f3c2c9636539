// Between this phone and the server: what happened goes out, facts first; what has changed comes in.

import { ask, NoConnection, Refusal } from "./api.js";
import { anchored, BOOT, readingSince, wall } from "./clock.js";
import { wired } from "./events.js";
import { left, rotated } from "./session.js";
import { all, get, got, transact } from "./store.js";
import { sendPictures } from "./uploads.js";

const LIMITS = { events: 100, body_bytes: 64 * 1024 };
const ENVELOPE = 400;

/** Everything once for who is logged in. `moved()` is called whenever something here has changed. */
export async function exchange(session, language, moved) {
  const { holder, limits, skew } = await greet(session, language);
  const trouble = await send(holder, limits, moved);
  await pull(holder, language, skew, moved);
  const sent = await sendPictures(holder, moved, () => !trouble && hasFacts(holder.technician.code));
  if (sent) await pull(holder, language, skew, moved);
  if (trouble) throw trouble;
}

/** What somebody who is leaving has left here; ends their token when that is nothing. */
export async function handOver(session, language, moved) {
  const { holder, limits } = await greet(session, language);
  const trouble = await send(holder, limits, moved);
  await sendPictures(holder, moved, () => false);
  if (trouble) throw trouble;
  if (!(await isLeft(holder.technician.code))) await left(holder);
}

/** Whether anything of a technician's still has to go out. */
async function isLeft(technician) {
  const [events, pictures] = await Promise.all([all("events"), all("pictures")]);
  return events.some((event) => event.technician === technician && event.state !== "settled")
    || pictures.some((picture) => picture.technician === technician && picture.state === "here");
}

async function hasFacts(technician) {
  return (await all("events")).some((event) => event.technician === technician && event.state === "waiting");
}

async function greet(session, language) {
  const asked = wall();
  const { json } = await ask("/mobile/v1/hello", { token: session.token, language });
  if (!json?.limits) throw new NoConnection("no greeting in the answer");
  anchored(Date.parse(json.server_time));
  const skew = (asked + wall()) / 2 - Date.parse(json.server_time);
  await catchUp(session.technician.code, json.next_seq);
  const holder = json.rotate_token ? await rotated(session) : session;
  return { holder, limits: { ...LIMITS, ...json.limits }, skew };
}

/** Numbers never run behind what the server has seen of this phone. */
function catchUp(technician, next) {
  return transact(["numbers"], async ({ numbers }) => {
    const known = await got(numbers.get(technician));
    if ((known?.next ?? 1) < next) numbers.put({ technician, next });
  });
}

/** Ids of events that our server refuses to read at all: they stay here, and nothing waits for them. */
const stuck = new Set();

/**
 * All events of a technician that wait, each once, in batches; the last error of one that could not be taken, or null.
 *
 * A batch that the server cannot take is halved until the one at fault is alone: it stays here, the others go on.
 */
async function send(session, limits, moved) {
  const asked = new Set();
  let [most, trouble] = [limits.events, null];
  for (;;) {
    const here = await unsettled(session.technician.code);
    const batch = cut(here.filter((event) => !asked.has(event.event_id)), { ...limits, events: most });
    if (!batch.length) break;
    try {
      await settle(session.technician.code, batch, await told(session, batch, (here.find((event) => !stuck.has(event.event_id)) ?? here.at(-1)).seq));
    } catch (error) {
      if (!isOfTheBatch(error)) throw error;
      trouble = error;
      most = Math.max(1, Math.floor(batch.length / 2));
      if (batch.length > 1) continue;
      if (error instanceof Refusal) stuck.add(batch[0].event_id);
    }
    for (const event of batch) asked.add(event.event_id);
    moved();
  }
  return trouble;
}

const LATER = new Set([401, 408, 409, 425, 429]);

/** Whether our server has read these events and could not take them, so that fewer may be taken. */
const isOfTheBatch = (error) => (error instanceof NoConnection && error.broken) || (error instanceof Refusal && !LATER.has(error.status));

async function unsettled(technician) {
  const mine = (await all("events")).filter((event) => event.technician === technician && event.state !== "settled");
  return mine.sort((one, other) => one.seq - other.seq);
}

/** Events of one stretch between two sleeps share a counter; those of an earlier start of the app go by the wall clock. */
const era = ({ boot, epoch }) => (boot === BOOT ? epoch : null);

/** As many of the first as one request may hold and one counter can tell the age of; at least one. */
export function cut(events, { events: most, body_bytes }) {
  const batch = [];
  let size = ENVELOPE;
  for (const event of events.slice(0, most)) {
    size += new TextEncoder().encode(JSON.stringify(wired(event))).length + 1;
    if (batch.length && (size > body_bytes || era(event) !== era(batch[0]))) break;
    batch.push(event);
  }
  return batch;
}

async function told(session, batch, oldest_seq) {
  const now = readingSince(era(batch[0]) ?? Infinity);
  const json = { protocol: 1, sent_at: now.wall, monotonic_ms: now.counter, boot: now.boot, oldest_seq, events: batch.map(wired) };
  const answer = (await ask("/mobile/v1/events", { token: session.token, method: "POST", json })).json;
  if (!Array.isArray(answer?.answers)) throw new NoConnection("no answers in the answer");
  return new Map(answer.answers.map((each) => [each.event_id, each]));
}

/** What the server made of a batch, in one transaction. An event that it does not name stays as it is. */
function settle(technician, batch, answers) {
  return transact(["events", "told", "kept"], async (stores) => {
    const receipt = (await got(stores.kept.get(`receipt:${technician}`))) ?? { facts: 0, pictures: 0 };
    for (const event of batch) {
      const answer = answers.get(event.event_id);
      if (answer && settleOne(stores, event, answer)) receipt.facts += 1;
    }
    stores.kept.put({ ...receipt, at: new Date(wall()).toISOString() }, `receipt:${technician}`);
  });
}

const KEPT = new Set(["applied", "duplicate"]);

/** Whether it is final. What counts stays until the server's word has been read again, so that nothing flickers. */
function settleOne({ events, told }, event, { outcome, reason, counts }) {
  if (outcome === "held") {
    events.put({ ...event, state: "held", reason });
    return false;
  }
  if (!KEPT.has(outcome)) told.put({ ...event, outcome, reason, counts, told_at: new Date(wall()).toISOString() });
  if (KEPT.has(outcome) || counts) events.put({ ...event, state: "settled" });
  else events.delete(event.event_id);
  return true;
}

/** What has changed, kept together with its cursor if nobody was faster. */
export async function pull(session, language, skew, moved) {
  const technician = session.technician.code;
  const before = await get("words", technician);
  const settled = (await all("events")).filter((event) => event.technician === technician && event.state === "settled");
  const cursor = before?.language === language ? before.cursor : null;
  const path = cursor ? `/mobile/v1/changes?cursor=${encodeURIComponent(cursor)}` : "/mobile/v1/changes";
  const { json } = await ask(path, { token: session.token, language });
  if (typeof json?.cursor !== "string" || !Array.isArray(json.visits)) throw new NoConnection("no changes in the answer");
  await transact(["words", "events", "pictures", "small"], async (stores) => {
    const now = await got(stores.words.get(technician));
    if (now?.cursor !== before?.cursor || now?.language !== before?.language) return;
    for (const event of settled) stores.events.delete(event.event_id);
    const [events, pictures] = [await mine(stores.events, technician), await mine(stores.pictures, technician)];
    const busy = new Set([...events, ...pictures.filter((picture) => picture.state !== "checked")].map((each) => each.visit_id));
    const word = merged(before, json, { isWhole: !cursor, busy });
    stores.words.put({ ...word, technician, language, skew, synced_at: new Date(wall()).toISOString() });
    for (const picture of pictures) if (!(picture.visit_id in word.visits)) forget(stores, picture);
  });
  moved();
}

const mine = async (store, technician) => (await got(store.getAll())).filter((each) => each.technician === technician);

/** A photo that was checked need not be looked at once its visit is no more. */
function forget({ pictures, small }, picture) {
  if (picture.state !== "checked") return;
  pictures.delete(picture.id);
  small.delete(picture.id);
}

/** The server's word after some changes. What is gone stays to be seen while something `busy` of it is on this phone. */
export function merged(before, { cursor, full, visits, gone, routes, ...more }, { isWhole, busy }) {
  const old = before?.visits ?? {};
  const known = full || isWhole ? {} : { ...old };
  for (const id of gone ?? []) delete known[id];
  for (const each of visits) known[each.visit.id] = each;
  for (const [id, each] of Object.entries(old)) if (!(id in known) && busy.has(Number(id))) known[id] = { ...each, is_gone: true };
  for (const [id, each] of Object.entries(known)) if (each.is_gone && !busy.has(Number(id))) delete known[id];
  return { ...more, cursor, visits: known, routes: routes ?? [] };
}

export { NoConnection, Refusal };
