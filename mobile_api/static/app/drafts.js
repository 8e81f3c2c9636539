// What somebody has begun to write or to choose: kept at every touch, so that a killed page goes on where it was.

import { get, got, transact } from "./store.js";

const others = new BroadcastChannel("shifu-drafts");
let owner = null;
let known = {};

others.onmessage = ({ data: { technician, key, value } }) => technician === owner && apply(key, value);

function apply(key, value) {
  if (value === undefined || value === null) delete known[key];
  else known[key] = value;
}

/** Read a technician's drafts; null forgets whose they were. */
export async function readDrafts(technician) {
  if (technician === owner) return;
  const kept = technician ? await get("kept", `drafts:${technician}`) : null;
  [owner, known] = [technician, kept ?? {}];
}

export const drafts = {
  /** At once, from memory; undefined when there is none. */
  get: (key) => known[key],

  /** In memory at once, and on the disk when the promise resolves; null or undefined forgets it. */
  async set(key, value) {
    apply(key, value);
    const [technician, name] = [owner, `drafts:${owner}`];
    await transact(["kept"], async ({ kept }) => {
      const all = { ...(await got(kept.get(name))), [key]: value };
      if (value === undefined || value === null) delete all[key];
      kept.put(all, name);
    });
    others.postMessage({ technician, key, value });
  },
};
