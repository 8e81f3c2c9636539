// What one technician has on this phone, as it lies in the database, read again whenever something has changed.

import { got, transact } from "./store.js";

const EMPTY = { technician: null, word: null, events: [], pictures: [], told: [], receipt: null, others: 0 };

export let memory = EMPTY;
let turns = 0;
let latest = 0;

/** Read everything of a technician's anew; of others only how much is left. `technician` null: nobody's. */
export async function remember(technician) {
  turns += 1;
  const turn = turns;
  const [word, events, pictures, told, receipt] = await read(technician ?? "");
  if (turn < latest) return memory;
  latest = turn;
  const mine = (each) => each.technician === technician;
  memory = {
    technician,
    word: word ?? null,
    events: events.filter(mine).sort((one, other) => one.seq - other.seq),
    pictures: pictures.filter(mine).sort((one, other) => one.taken_at.localeCompare(other.taken_at)),
    told: told.filter(mine),
    receipt: receipt ?? null,
    others: events.filter((each) => !mine(each) && isWaiting(each)).length
      + pictures.filter((each) => !mine(each) && each.state === "here").length,
  };
  return memory;
}

/** All at one moment. */
function read(technician) {
  return transact(["words", "events", "pictures", "told", "kept"], ({ words, events, pictures, told, kept }) => Promise.all([
    got(words.get(technician)), got(events.getAll()), got(pictures.getAll()), got(told.getAll()), got(kept.get(`receipt:${technician}`)),
  ]), "readonly");
}

export const isWaiting = (event) => event.state !== "settled";
