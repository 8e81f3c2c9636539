// Photos on their way: promised, sent in pieces from wherever the server says, and kept here until it has checked them.

import { ask, NoConnection, Refusal } from "./api.js";
import { wall } from "./clock.js";
import { all, get, got, transact } from "./store.js";

const PIECE = 256 * 1024;
const MOST_STARTS = 3;
const LATER = new Set([401, 408, 425, 429]);
const OFFSET = "Upload-Offset";

/** Bytes of each picture that are at the server, as far as this page knows. */
export const progress = new Map();

/**
 * Send what waits, oldest first; true if anything was settled. Stops when `interrupted()` says that facts wait.
 *
 * One that our server cannot take today stays here and keeps none of the others.
 */
export async function sendPictures(session, moved, interrupted) {
  let [settled, trouble] = [false, null];
  for (const picture of await waiting(session.technician.code)) {
    if (await interrupted()) return settled;
    try {
      settled = (await sendOne(session, picture, moved)) || settled;
    } catch (error) {
      if (!(error instanceof NoConnection && error.broken)) throw error;
      trouble = error;
    }
    moved();
  }
  if (trouble) throw trouble;
  return settled;
}

async function waiting(technician) {
  const mine = (await all("pictures")).filter((picture) => picture.technician === technician && picture.state === "here");
  return mine.sort((one, other) => one.taken_at.localeCompare(other.taken_at));
}

async function sendOne(session, picture, moved) {
  try {
    const photo = await arrived(session, picture, moved);
    await settle(picture, { state: "checked", retake: photo.retake ?? [], photo_id: photo.id ?? null }, true);
  } catch (error) {
    if (!(error instanceof Refusal) || LATER.has(error.status)) throw error;
    await settle(picture, { state: "refused", reason: error.problem.code ?? "", words: error.message }, false);
  } finally {
    progress.delete(picture.id);
  }
  return true;
}

/** All of it, checked by the server: what it became. Begins again when the digest was wrong. */
async function arrived(session, picture, moved) {
  const bytes = await get("bytes", picture.id);
  for (let start = 0; start < MOST_STARTS; start += 1) {
    const upload = await promise(session, picture);
    if (upload.state === "refused") throw new Refusal(422, { code: upload.refused });
    if (upload.state === "checked") return { id: upload.photo_id, retake: [] };
    if (!bytes) throw new Refusal(422, { code: "photo-unreadable" });
    try {
      await sendPieces(session, picture, bytes, upload, moved);
      return await finish(session, upload);
    } catch (error) {
      if (!(error instanceof Refusal && error.problem.code === "wrong-digest")) throw error;
    }
  }
  throw new Refusal(422, { code: "wrong-digest" });
}

async function promise(session, { event_id, taken_at, place, visit_id, shot, sha256, size }) {
  const { lng, lat, accuracy } = place ?? {};
  const json = { event_id, occurred_at: taken_at, sent_at: new Date(wall()).toISOString(), lng, lat, accuracy, visit_id, shot, sha256, size };
  const upload = (await ask("/mobile/v1/uploads", { token: session.token, method: "POST", json })).json;
  if (!upload?.id) throw new NoConnection("no upload in the answer");
  return upload;
}

async function sendPieces(session, picture, bytes, upload, moved) {
  let offset = upload.offset;
  while (offset < picture.size) {
    progress.set(picture.id, offset);
    moved();
    offset = await sendPiece(session, upload, bytes.slice(offset, offset + (upload.largest_piece ?? PIECE)), offset);
  }
}

/** Where to go on. */
async function sendPiece(session, upload, body, offset) {
  const headers = { [OFFSET]: String(offset), "Content-Type": "application/octet-stream" };
  const path = `/mobile/v1/uploads/${upload.id}`;
  try {
    return (await ask(path, { token: session.token, method: "PATCH", headers, body, patience: 90_000 })).json.offset;
  } catch (error) {
    return offsetOf(error);
  }
}

/** Of a refusal that says where to go on; anything else is raised again. */
function offsetOf(error) {
  const told = error instanceof Refusal && error.status === 409 ? error.headers.get(OFFSET) : null;
  if (told === null || !/^\d+$/.test(told)) throw error;
  return Number(told);
}

async function finish(session, upload) {
  try {
    return (await ask(`/mobile/v1/uploads/${upload.id}/finish`, { token: session.token, method: "POST", patience: 90_000 })).json;
  } catch (error) {
    if (error instanceof Refusal && error.status === 409) throw new NoConnection("bytes are missing");
    throw error;
  }
}

/** The bytes leave the phone only here, and only when the photo was checked. */
function settle(picture, change, isThere) {
  return transact(["pictures", "bytes", "kept"], async ({ pictures, bytes, kept }) => {
    const known = await got(pictures.get(picture.id));
    if (!known) return;
    pictures.put({ ...known, ...change });
    if (!isThere) return;
    bytes.delete(picture.id);
    const key = `receipt:${picture.technician}`;
    const receipt = (await got(kept.get(key))) ?? { facts: 0, pictures: 0 };
    kept.put({ ...receipt, pictures: receipt.pictures + 1, at: new Date(wall()).toISOString() }, key);
  });
}
