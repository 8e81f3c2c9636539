"""The app before this one as phones still have it: its page, its worker, its database with what was never sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.mobile_api.phone_browser import PAGE, there

OLD_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
  <meta charset="utf-8">
  <link rel="stylesheet" href="/static/tokens.css">
  <script type="module" src="/phone/static/main.js"></script>
</head>
<body><div id="app"></div><div id="said" role="status" aria-live="polite"></div></body>
</html>
"""
OLD_START = """
await navigator.serviceWorker.register("/phone/worker.js", { scope: "/phone" });
document.getElementById("app").append(document.createElement("main"));
"""
# Word for word: it is on phones, and only a new worker puts an end to it.
OLD_WORKER = r"""
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
"""
OLD_HEADERS = (
    ("Cache-Control", "no-cache"),
    ("Service-Worker-Allowed", PAGE),
    ("X-Content-Type-Options", "nosniff"),
)
OLD_FILES = {
    PAGE: ("text/html", OLD_PAGE),
    f"{PAGE}/worker.js": ("text/javascript", OLD_WORKER),
    f"{PAGE}/static/main.js": ("text/javascript", OLD_START),
}
OLD_WORK = """async ([token, id]) => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open("shifu-phone", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("kept");
      request.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
    };
    request.onsuccess = () => resolve(request.result);
  });
  const picture = async (colour) => {
    const canvas = new OffscreenCanvas(300, 200);
    const paint = canvas.getContext("2d");
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 300, 200);
    return canvas.convertToBlob({ type: "image/jpeg" });
  };
  const photos = { before: await picture("teal"), after: await picture("olive") };
  const transaction = database.transaction(["kept", "outbox"], "readwrite");
  const technician = { code: "T1", name: "王", language: "zh" };
  transaction.objectStore("kept").put({ token, technician }, "me");
  transaction.objectStore("kept").put("phone-of-T1-1", "device_id");
  const add = (what, more) => transaction.objectStore("outbox").add({
    what, visit_id: id, technician: "T1", state: "waiting", event_id: crypto.randomUUID(),
    occurred_at: new Date().toISOString(), place: {}, ...more,
  });
  add("en-route", {});
  add("arrival", { place: { lng: 121.47, lat: 31.23, accuracy: 12 } });
  add("photos", { shot: "before", photo: photos.before, place: {} });
  add("photos", { shot: "after", photo: photos.after, place: {} });
  add("completion", { more: {} });
  await new Promise((resolve) => { transaction.oncomplete = resolve; });
  database.close();
}"""
STILL_THERE = """() => new Promise((resolve) => {
  const request = indexedDB.open("shifu-phone");
  request.onsuccess = () => {
    const count = request.result.transaction("outbox").objectStore("outbox").count();
    count.onsuccess = () => resolve(count.result);
  };
})"""
CONTROLLED = "() => navigator.serviceWorker.controller?.state === 'activated'"
KEPT = """async () => {
  const cache = await caches.open("shifu-phone");
  while ((await cache.keys()).length < 2) await new Promise(requestAnimationFrame);
}"""


@dataclass
class OldHouse:
    """The server as it was when its page was the old one; everything else goes on to the house behind it."""

    house: Any

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] not in OLD_FILES:
            answer: Iterable[bytes] = self.house(environ, start_response)
            return answer
        kind, text = OLD_FILES[environ["PATH_INFO"]]
        start_response("200 OK", [("Content-Type", f"{kind}; charset=utf-8"), *OLD_HEADERS])
        return [text.encode()]


def work_with_the_old_app(page: Page, address: str, token: str, visit_id: int) -> None:
    """Whoever has this token does a whole visit of which nothing is sent; the old worker answers for the page."""
    page.goto(f"{address}{PAGE}")
    page.wait_for_function(CONTROLLED)
    page.reload()
    there(page, "main")
    page.evaluate(KEPT)
    page.evaluate(OLD_WORK, [token, visit_id])


def left_behind(page: Page) -> int:
    """Items in the old outbox."""
    found: int = page.evaluate(STILL_THERE)
    return found
