// From the app before this one: its unsent items become events and photos here, its login goes on, nothing is lost.
// It has a database of its own, so that a window in which it is still open keeps nobody waiting.

import { next } from "./events.js";
import { digestOf } from "./ids.js";
import { got, transact } from "./store.js";

const OLD = "shifu-phone";
const TYPES = { "en-route": "en-route", arrival: "check-in", completion: "completion", "could-not-complete": "could-not-complete" };

/** Take over what is there. Safe to repeat: the same items become the same events, which count once. */
export async function carryOver() {
  const old = await opened();
  if (!old) return;
  try {
    await navigator.locks.request("shifu-outbox", () => carryAll(old));
  } finally {
    old.close();
  }
}

/** The old database, or null where there never was one. */
function opened() {
  return new Promise((resolve) => {
    const request = indexedDB.open(OLD);
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });
}

const read = (old, store) => old.transaction(store).objectStore(store);

async function carryAll(old) {
  const kept = read(old, "kept");
  const [me, device, language] = await Promise.all(["me", "device_id", "language"].map((key) => got(kept.get(key))));
  const items = await got(read(old, "outbox").getAll());
  const photos = await Promise.all(items.filter((item) => item.what === "photos").map(asPicture));
  await transact(["kept", "numbers", "events", "told", "pictures", "bytes"], async (stores) => {
    await carryLogin(stores.kept, me, device, language);
    for (const photo of photos) await carryPhoto(stores, photo);
    for (const item of items) if (item.what !== "photos") await carryFact(stores, item, photos);
  });
  await emptied(old, items);
}

async function carryLogin(kept, me, device, language) {
  if (device && !(await got(kept.get("device_id")))) kept.put(device, "device_id");
  if (language && !(await got(kept.get("language")))) kept.put(language, "language");
  if (me?.token && !(await got(kept.get("session")))) kept.put({ technician: me.technician, token: me.token }, "session");
}

async function asPicture(item) {
  const content = await item.photo.arrayBuffer();
  const picture = {
    id: item.event_id, event_id: item.event_id, technician: item.technician, visit_id: item.visit_id, shot: item.shot,
    sha256: await digestOf(content), size: content.byteLength, product: "", taken_at: item.occurred_at,
    place: item.place?.lng === undefined ? null : item.place, checks: null, width: null, height: null, retake: [], promised: false,
    ...(item.state === "refused" ? { state: "refused", words: item.problem?.detail ?? "", reason: "" } : { state: "here" }),
  };
  return { picture, content };
}

async function carryPhoto({ pictures, bytes }, { picture, content }) {
  if (await got(pictures.get(picture.id))) return;
  pictures.put(picture);
  bytes.put(content, picture.id);
}

async function carryFact({ numbers, events, told }, item, photos) {
  if (await got(events.get(item.event_id))) return;
  const { lng, lat, accuracy = null } = item.place ?? {};
  const { reason, note } = item.more ?? {};
  const event = {
    event_id: item.event_id, technician: item.technician, type: TYPES[item.what], visit_id: item.visit_id, product: "",
    payload: Object.fromEntries(Object.entries({ reason, note }).filter(([, value]) => value !== undefined)),
    device_time: item.occurred_at, monotonic_ms: null, boot: null, epoch: null, state: "waiting",
    ...(lng === undefined ? {} : { lng, lat, accuracy }),
    attachments: item.what === "completion" ? promises(item, photos) : [],
  };
  if (item.state === "refused") told.put({ ...event, outcome: "rejected", reason: "", words: item.problem?.detail ?? "" });
  else events.put({ ...event, seq: await next(numbers, item.technician) });
}

/** What the completion of a visit promises: the photos that wait beside it. */
function promises(item, photos) {
  return photos
    .filter(({ picture }) => picture.technician === item.technician && picture.visit_id === item.visit_id && picture.state === "here")
    .map(({ picture: { sha256, size, shot } }) => ({ sha256, size, kind: "photo", shot }));
}

function emptied(old, items) {
  return new Promise((resolve, reject) => {
    const transaction = old.transaction(["outbox", "kept"], "readwrite", { durability: "strict" });
    for (const item of items) transaction.objectStore("outbox").delete(item.seq);
    transaction.objectStore("kept").delete("me");
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}
