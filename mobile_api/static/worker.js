// Opens the page without signal: the newest files when there is a network, the last ones seen when there is none.

const CACHE = "shifu-phone";
const SHELL = /^\/(phone($|\/)|static\/(tokens\.css|icons\.svg)$)/;
const PATIENCE = 3_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const isShell = event.request.method === "GET" && url.origin === location.origin && SHELL.test(url.pathname);
  if (isShell) event.respondWith(newest(event.request));
});

async function newest(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  const asked = fetch(request).then((response) => {
    if (isOurs(response)) cache.put(request, response.clone());
    return response;
  });
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([asked.catch(() => kept), late]);
}

/** A captive portal answers too, but not with our header. */
function isOurs(response) {
  return response.ok && !response.redirected && response.headers.get("X-Content-Type-Options") === "nosniff";
}
