// What must survive the page: IndexedDB with two stores, small kept values and the outbox.

const NAME = "shifu-phone";

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("kept");
    request.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function ask(store, mode, question) {
  const database = await opened;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const request = question(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const keep = (key, value) => ask("kept", "readwrite", (store) => store.put(value, key));
export const kept = (key) => ask("kept", "readonly", (store) => store.get(key));
export const forget = (key) => ask("kept", "readwrite", (store) => store.delete(key));

export const addItem = (item) => ask("outbox", "readwrite", (store) => store.add(item));
export const putItem = (item) => ask("outbox", "readwrite", (store) => store.put(item));
export const dropItem = (seq) => ask("outbox", "readwrite", (store) => store.delete(seq));
export const items = () => ask("outbox", "readonly", (store) => store.getAll());
