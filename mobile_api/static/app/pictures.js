// Photos on this phone: taken, looked at, put away. Their bytes lie apart, so that lists of them stay light.

import { wall } from "./clock.js";
import { digestOf, uuid7 } from "./ids.js";
import { fitted, makeRoom, ranOut, room } from "./room.js";
import { get, got, QuotaFull, transact } from "./store.js";

const SMALL_SIDE = 320;
const TIGHT_SIDE = 1600;
const TIGHT_QUALITY = 0.7;
const urls = new Map();

/**
 * Keep a photo of a technician's visit; resolves once it is on the disk. The same again is the same photo.
 *
 * Where room is short it is made smaller, and thumbnails of sent photos go. Raises QuotaFull, with nothing written.
 */
export async function keepPicture(technician, visit_id, shot, blob, details = {}) {
  const smaller = async () => (await scaled(blob, TIGHT_SIDE, TIGHT_QUALITY).catch(() => null)) ?? blob;
  const ways = [async () => (room.low ? smaller() : blob), async () => (await makeRoom(), smaller()), async () => (await makeRoom(Infinity), smaller())];
  for (const way of ways) {
    try {
      const picture = await kept(technician, visit_id, shot, await way(), details);
      fitted();
      return picture;
    } catch (error) {
      if (!(error instanceof QuotaFull)) throw error;
      ranOut();
    }
  }
  throw new QuotaFull();
}

async function kept(technician, visit_id, shot, blob, { taken_at, place = null, checks = null, width = null, height = null, product = "" }) {
  const content = await blob.arrayBuffer();
  const sha256 = await digestOf(content);
  const thumbnail = await small(blob);
  const picture = {
    id: uuid7(), event_id: uuid7(), technician, visit_id, shot, sha256, size: content.byteLength, product,
    taken_at: taken_at ?? new Date(wall()).toISOString(), place, checks, width, height, state: "here", retake: [], promised: false,
  };
  return transact(["pictures", "bytes", "small"], async ({ pictures, bytes, small: thumbnails }) => {
    const same = (await got(pictures.getAll())).find((each) => isSame(each, picture));
    if (same) return same;
    pictures.put(picture);
    bytes.put(content, picture.id);
    if (thumbnail) thumbnails.put(thumbnail, picture.id);
    return picture;
  });
}

const isSame = (one, other) =>
  ["technician", "visit_id", "shot", "sha256"].every((field) => one[field] === other[field]) && one.state !== "refused";

/** Put a photo away that nothing promises; whether it is gone. */
export function dropPicture(technician, id, { evenPromised = false } = {}) {
  return transact(["pictures", "bytes", "small"], async (stores) => {
    const picture = await got(stores.pictures.get(id));
    if (picture?.technician !== technician || (picture.promised && !evenPromised) || picture.state === "checked") return false;
    for (const store of Object.values(stores)) store.delete(id);
    forgetUrl(id);
    return true;
  });
}

/** An address for an <img>, of the photo itself while it is here, else of its thumbnail; null when neither is. */
export function urlOf(id) {
  if (!urls.has(id)) urls.set(id, made(id));
  return urls.get(id);
}

async function made(id) {
  const content = (await get("bytes", id)) ?? (await get("small", id));
  return content ? URL.createObjectURL(new Blob([content], { type: "image/jpeg" })) : null;
}

function forgetUrl(id) {
  urls.get(id)?.then((url) => url && URL.revokeObjectURL(url));
  urls.delete(id);
}

/** At most 320 pixels a side, as bytes; null of what cannot be read as a picture. */
async function small(blob) {
  try {
    return await (await scaled(blob, SMALL_SIDE, 0.7)).arrayBuffer();
  } catch {
    return null;
  }
}

/** A JPEG of at most `side` pixels a side, upright. */
export async function scaled(blob, side, quality) {
  const picture = await createImageBitmap(blob, { imageOrientation: "from-image" });
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no picture"))), "image/jpeg", quality);
  });
}
