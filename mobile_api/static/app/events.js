// What happened, written down: the event, its number and the promise of its photos in one transaction.

import { reading } from "./clock.js";
import { uuid7 } from "./ids.js";
import { makeRoom, ranOut } from "./room.js";
import { got, QuotaFull, transact } from "./store.js";

const MOST_ATTACHMENTS = 40;

/** Write one event of a technician down; resolves to it once it is on the disk. Raises QuotaFull, with nothing written. */
export async function write(technician, type, details) {
  const event = made(technician, type, details);
  try {
    return await written(event, details.shots ?? null);
  } catch (error) {
    if (!(error instanceof QuotaFull)) throw error;
    ranOut();
    await makeRoom(Infinity);
    return written(event, details.shots ?? null);
  }
}

function made(technician, type, { visit_id = null, payload = {}, place = null, product = "", at = reading() }) {
  return {
    event_id: uuid7(), technician, type, visit_id, payload, product,
    device_time: at.wall, monotonic_ms: at.counter, boot: at.boot, epoch: at.epoch, ...placed(place), state: "waiting",
  };
}

function written(event, shots) {
  return transact(["numbers", "events", "pictures"], async ({ numbers, events, pictures }) => {
    const promised = attached(await got(pictures.getAll()), event, shots);
    event.attachments = promised.map(attachment);
    event.seq = await next(numbers, event.technician);
    events.put(event);
    for (const picture of promised) pictures.put({ ...picture, promised: true });
    return event;
  });
}

const placed = (place) => (place ? { lng: place.lng, lat: place.lat, accuracy: place.accuracy ?? null } : {});

const attachment = ({ sha256, size, shot }) => ({ sha256, size, kind: "photo", shot });

/** The photos an event promises: those of the shots named; of the whole visit for a completion. */
function attached(pictures, event, shots) {
  if (event.visit_id === null || (!shots && event.type !== "completion")) return [];
  return pictures
    .filter((picture) => picture.technician === event.technician && picture.visit_id === event.visit_id)
    .filter((picture) => picture.state !== "refused" && (!shots || shots.includes(picture.shot)))
    .slice(-MOST_ATTACHMENTS);
}

/** The next number of a technician on this phone. */
export async function next(numbers, technician) {
  const known = await got(numbers.get(technician));
  const seq = known?.next ?? 1;
  numbers.put({ technician, next: seq + 1 });
  return seq;
}

/** An event as it goes over the wire. */
export function wired(event) {
  const { event_id, seq, type, visit_id, device_time, monotonic_ms, boot, lng, lat, accuracy, payload, attachments } = event;
  return { event_id, seq, type, visit_id, device_time, monotonic_ms, boot, lng, lat, accuracy, payload, attachments };
}
