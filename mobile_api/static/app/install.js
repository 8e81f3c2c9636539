// The worker that opens the app without signal, and how a new version of the app takes over: whole, and between uses.

const WORKER = "/phone/worker.js";
const SCOPE = "/phone";
const EVERY = 3_600_000;
const PATIENCE = 2_000;
/** Of the worker before this one, under which this page is new already: it gives way at once and without a word. */
const OLD_CACHE = "shifu-phone";

let isTouched = false;
let isAsked = false;

/**
 * Register the worker. `told("update")` when a new version waits, `told("send")` when the browser found a connection.
 *
 * A version that was waiting when the page began takes over at once, unless somebody has already begun to work.
 */
export async function install(told) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { isTouched = true; }, { once: true, capture: true });
  const hadOne = Boolean(workers.controller);
  const isOurs = hadOne && !(await caches.has(OLD_CACHE));
  workers.addEventListener("controllerchange", () => isOurs && replaced(told));
  workers.addEventListener("message", ({ data }) => told(data));
  const registration = await workers.register(WORKER, { scope: SCOPE, updateViaCache: "none" });
  if (registration.waiting && hadOne && !isTouched) takeOver(registration);
  else if (registration.waiting && hadOne) told("update");
  if (registration.installing) watch(registration, told);
  registration.addEventListener("updatefound", () => watch(registration, told));
  setInterval(() => registration.update().catch(() => undefined), EVERY);
  whenIdle(() => workers.ready.then(({ active }) => active.postMessage("later")));
}

function watch(registration, told) {
  const coming = registration.installing;
  coming.addEventListener("statechange", async () => {
    if (coming.state !== "installed" || !navigator.serviceWorker.controller) return;
    if (await caches.has(OLD_CACHE)) coming.postMessage("take-over");
    else told("update");
  });
}

function takeOver(registration) {
  isAsked = true;
  registration.waiting.postMessage("take-over");
}

/** Another version answers from now on: begin again with it, but never under somebody's hands. */
function replaced(told) {
  if (isAsked || document.visibilityState === "hidden") location.reload();
  else told("update");
}

/** Put the waiting version in place and begin again, at the latest when PATIENCE ends: a start is when browsers like to do it. */
export async function update() {
  const registration = await navigator.serviceWorker?.getRegistration(SCOPE);
  if (registration?.waiting) takeOver(registration);
  setTimeout(() => location.reload(), registration?.waiting ? PATIENCE : 0);
}

/** Ask the browser to wake us when there is a connection, where it can. */
export async function wakeWhenConnected() {
  const registration = await navigator.serviceWorker?.getRegistration(SCOPE);
  await registration?.sync?.register("send").catch(() => undefined);
}

function whenIdle(work) {
  const later = globalThis.requestIdleCallback ?? ((each) => setTimeout(each, 5_000));
  setTimeout(() => later(work), 3_000);
}
