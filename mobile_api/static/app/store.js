// The phone's own database. What is written here survives the page, the browser's end and an empty battery.

const NAME = "shifu";
const VERSION = 1;

/** The phone has no room for it. Nothing of what was to be written is there. */
export class QuotaFull extends Error {
  name = "QuotaFull";
}

/**
 * Stores, by key:
 * kept      one value a name: session, leaving, device_id, language, drafts
 * words     by technician: what the server said last, with its cursor
 * numbers   by technician: the next number of an event
 * events    by event_id: what happened and is not settled
 * told      by event_id: what the server could not use, until somebody has read it
 * pictures  by id: everything about a photo but its bytes
 * bytes     by id of the picture: the bytes to be sent
 * small     by id of the picture: a thumbnail
 */
const STORES = { kept: null, words: "technician", numbers: "technician", events: "event_id", told: "event_id", pictures: "id", bytes: null, small: null };

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => make(request.result);
    request.onsuccess = () => resolve(watched(request.result));
    request.onerror = () => {
      opened = null;
      reject(request.error);
    };
  });
  return opened;
}

function make(database) {
  for (const [name, keyPath] of Object.entries(STORES)) {
    if (!database.objectStoreNames.contains(name)) database.createObjectStore(name, keyPath ? { keyPath } : {});
  }
}

/** A newer page in another window must not wait for this one; a browser that closes the database is asked again. */
function watched(database) {
  database.onversionchange = () => {
    database.close();
    opened = null;
  };
  database.onclose = () => {
    opened = null;
  };
  return database;
}

const isFull = (error) => error?.name === "QuotaExceededError";

/**
 * Run `work(stores)` in one transaction over the stores named; resolves to what it returned once all is on the disk.
 *
 * `work` may be async as long as it awaits nothing but `got(request)`. Raises QuotaFull, with nothing written.
 */
export async function transact(names, work, mode = "readwrite") {
  const database = await open();
  const transaction = database.transaction(names, mode, { durability: "strict" });
  const done = ended(transaction);
  let result;
  try {
    result = await work(Object.fromEntries([names].flat().map((name) => [name, transaction.objectStore(name)])));
  } catch (error) {
    done.catch(() => undefined);
    abort(transaction);
    throw isFull(error) ? new QuotaFull() : error;
  }
  await done;
  return result;
}

function ended(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => {
      const error = transaction.error ?? new DOMException("aborted", "AbortError");
      reject(isFull(error) ? new QuotaFull() : error);
    };
  });
}

function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It ended by itself.
  }
}

/** The result of one request. */
export const got = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export const get = (store, key) => transact([store], (stores) => got(stores[store].get(key)), "readonly");
export const all = (store) => transact([store], (stores) => got(stores[store].getAll()), "readonly");
export const put = (store, value, key) => transact([store], (stores) => void stores[store].put(value, key));
export const remove = (store, key) => transact([store], (stores) => void stores[store].delete(key));
