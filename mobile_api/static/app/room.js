// Room on the phone: asked for, watched, and made when it runs out: thumbnails of sent photos go first, facts never.

import { all, transact } from "./store.js";

const LOW = 60e6;
const FULL = 12e6;

export const room = { usage: 0, quota: 0, low: false, full: false };
let isRefused = false;

/** Ask the browser to keep our data when it tidies up. */
export const askToStay = () => navigator.storage?.persist?.().catch(() => false);

/** Measure again. Where a browser tells nothing, there is room until a write says otherwise. */
export async function measure() {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
  const free = quota ? quota - usage : Infinity;
  Object.assign(room, { usage, quota, low: isRefused || free < LOW, full: isRefused || free < FULL });
}

/** Whether the last photo found room; what browsers estimate is not always what they grant. */
export const fitted = () => { isRefused = false; };

/** A write found no room. */
export function ranOut() {
  isRefused = true;
  Object.assign(room, { low: true, full: true });
}

/** Forget the thumbnails of photos that have been sent, oldest first, `most` at a time; how many went. */
export async function makeRoom(most = 20) {
  const sent = (await all("pictures")).filter((picture) => picture.state === "checked" && !picture.bare);
  const oldest = sent.sort((one, other) => one.taken_at.localeCompare(other.taken_at)).slice(0, most);
  if (!oldest.length) return 0;
  await transact(["pictures", "small"], ({ pictures, small }) => {
    for (const picture of oldest) {
      small.delete(picture.id);
      pictures.put({ ...picture, bare: true });
    }
  });
  return oldest.length;
}
