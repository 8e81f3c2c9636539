// Opens the app without signal: one version, whole, answered from the phone. The server puts in front of this
// `SHELL`: { version, page, digits, base, files: { address: SHA-256 }, later: { address: SHA-256 } }; digests are cut
// to `digits`, and addresses without a slash in front go on from `base`.

const CACHE = `shifu-app-${SHELL.version}`;
const [FILES, LATER] = [whole(SHELL.files), whole(SHELL.later)];
const KNOWN = { ...FILES, ...LATER };
const AT_ONCE = 6;
/** Milliseconds for which files that come later may keep a newer version from taking over. */
const LONGEST = 10_000;

const after = (time) => new Promise((resolve) => setTimeout(resolve, time));

function whole(files) {
  return Object.fromEntries(Object.entries(files).map(([name, digest]) => [name.startsWith("/") ? name : SHELL.base + name, digest]));
}

self.addEventListener("install", (event) => {
  event.waitUntil(install());
  event.waitUntil(straight(event).catch(() => undefined));
});

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(self.skipWaiting());
  if (event.data === "later") event.waitUntil(Promise.race([keep(LATER).catch(() => undefined), after(LONGEST)]));
});

self.addEventListener("sync", (event) => event.waitUntil(tell("send")));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = addressOf(request);
  if (address) event.respondWith(answer(request, address));
});

/** The name of what is asked for among our files; null for everything that the network has to answer. */
function addressOf(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return null;
  if (request.mode === "navigate") return url.pathname === SHELL.page ? SHELL.page : null;
  return url.pathname in KNOWN ? url.pathname : null;
}

async function answer(request, address) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(address, { ignoreVary: true });
  if (kept) return kept;
  if (!(address in LATER)) return fetch(request);
  return (await fetchOne(cache, address)).clone();
}

/** The first time what the page needs; a version that takes another's place comes whole. */
async function install() {
  const hadOne = (await caches.keys()).some((name) => name.startsWith("shifu-app-") && name !== CACHE);
  await keep(FILES);
  if (hadOne) await keep(LATER);
}

/** Where a browser can, it takes these files out of the cache without waking this worker; the day is there sooner. */
async function straight(event) {
  const files = Object.keys(FILES).filter((address) => address !== SHELL.page);
  const condition = { or: files.map((pathname) => ({ urlPattern: { pathname } })) };
  await event.addRoutes?.([{ condition, source: { cacheName: CACHE } }]);
}

/** Fetch what is not here yet; all of it or the promise rejects, and this version is tried again another time. */
async function keep(files) {
  const cache = await caches.open(CACHE);
  const waiting = Object.keys(files).reverse();
  const one = async () => {
    for (let address = waiting.pop(); address; address = waiting.pop()) await keepOne(cache, address);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function keepOne(cache, address) {
  if (await cache.match(address, { ignoreVary: true })) return;
  const known = await caches.match(address, { ignoreVary: true });
  if (known && (await digest(known.clone())) === KNOWN[address]) await cache.put(address, known);
  else await fetchOne(cache, address);
}

/** From the network, and only what it should be: neither a hotel's page nor half a file nor one of another version. */
async function fetchOne(cache, address) {
  const response = await fetch(address, { cache: "no-cache", redirect: "error" });
  const isOurs = response.ok && response.headers.get("X-Content-Type-Options") === "nosniff";
  if (!isOurs || (await digest(response.clone())) !== KNOWN[address]) throw new Error(`not this version: ${address}`);
  await cache.put(address, response.clone());
  return response;
}

async function digest(response) {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
  return Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, SHELL.digits);
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shifu-") && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function tell(what) {
  for (const client of await self.clients.matchAll()) client.postMessage(what);
}
