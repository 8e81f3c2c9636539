"""What the technician's app weighs at the first load, and how fast it opens again without signal on a slow phone.

    python -m benchmarks.phone_load [--runs 5] [--slowdown 4] [--most-bytes 150000] [--most-seconds 1.0]

A real server with a day of several visits and a real Chromium of a small phone. First load: everything that the browser
fetched until the day was drawn, as it went over the wire and as it is read (uncompressed), the worker and the answers
of the API apart. Then without network: the page is opened again and again, with the processor slowed down; a run's time
goes from the beginning of the navigation to the first frame in which the next stop of the day stands, by the browser's
own clock. Exits 1 when the app weighs more, or the median run takes longer, than is allowed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page
from sqlalchemy import select

import wsgi
from benchmarks.phone_world import World
from dispatch import phone_login
from technicians.people import Technician
from tests.browser import chromium, serving
from tests.phone_day import PIN

DRAWN = ".hero .time"
IS_CHECKED = """() => navigator.serviceWorker.ready.then(async () => {
  const missing = async () => {
    const names = await caches.keys();
    const kept = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).length));
    return kept.reduce((sum, each) => sum + each, 0);
  };
  for (let before = -1, now = await missing(); now !== before || now < 40;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    [before, now] = [now, await missing()];
  }
})"""
UNTIL_DRAWN = "() => window.drawn"
WATCH = """() => {
  window.drawn = new Promise((resolve) => {
    const told = () => resolve(performance.now());
    const look = () => requestAnimationFrame(document.querySelector(SELECTOR) ? told : look);
    look();
  });
}""".replace("SELECTOR", repr(DRAWN))


@dataclass
class Weight:
    """Bytes by address, as read and as sent, of every answer that the browser got; one from its memory counts once."""

    read: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    _address: dict[str, str] = field(default_factory=dict)

    def listen(self, devtools: CDPSession) -> None:
        devtools.on("Network.responseReceived", self._began)
        devtools.on("Network.dataReceived", self._more)
        devtools.on("Network.loadingFinished", self._ended)
        devtools.send("Network.enable")

    def app(self, kind: dict[str, int]) -> dict[str, int]:
        """Without what the API says."""
        return {address: size for address, size in kind.items() if "/mobile/" not in address}

    def _began(self, told: dict[str, Any]) -> None:
        address = self._address[told["requestId"]] = told["response"]["url"]
        self.read[address] = 0

    def _more(self, told: dict[str, Any]) -> None:
        address = self._address.get(told["requestId"], "")
        self.read[address] = self.read.get(address, 0) + told["dataLength"]

    def _ended(self, told: dict[str, Any]) -> None:
        address = self._address.get(told["requestId"], "")
        self.sent[address] = self.sent.get(address, 0) + int(told["encodedDataLength"])


def first_load(context: BrowserContext, address: str) -> tuple[Page, Weight]:
    """Log in on a phone that has never seen the app, until the day is drawn."""
    page = context.new_page()
    weight = Weight()
    weight.listen(context.new_cdp_session(page))
    page.goto(f"{address}/phone")
    page.fill("#code", "T1")
    page.fill("#pin", PIN)
    page.click("button.go")
    page.wait_for_selector(DRAWN)
    return page, weight


def reloads(context: BrowserContext, page: Page, address: str, runs: int, slowdown: float) -> list[float]:
    """Seconds of each opening without network, on a processor so many times slower."""
    page.evaluate(IS_CHECKED)
    page.close()
    context.set_offline(True)
    return [opening(context, address, slowdown) for _ in range(runs)]


def opening(context: BrowserContext, address: str, slowdown: float) -> float:
    page = context.new_page()
    page.add_init_script(f"({WATCH})()")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.goto(f"{address}/phone", wait_until="commit")
    seconds = float(page.evaluate(UNTIL_DRAWN)) / 1000
    page.close()
    return seconds


def town(home: Path) -> World:
    world = World(home, f"sqlite:///{home}/day.db")
    world.publish(0, Random(1))
    with world.system.transaction() as session:
        for technician in session.scalars(select(Technician)):
            phone_login.set_pin(session, technician, PIN, at=world.clock(), by="benchmark")
    return world


def tell(weight: Weight, worker: int) -> int:
    read, sent = weight.app(weight.read), weight.app(weight.sent)
    for address, size in sorted(read.items(), key=lambda each: -each[1]):
        print(f"{size:8d} {sent.get(address, 0):8d}  {address.split('/', 3)[-1]}")
    total = sum(read.values()) + worker
    print(f"{worker:8d} {'':8}  phone/worker.js")
    print(
        f"{total:8d} {sum(sent.values()):8d}  first load of {len(read) + 1} files: bytes read, bytes sent with headers"
    )
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slowdown", type=float, default=4.0)
    parser.add_argument("--most-bytes", type=int, default=150_000)
    parser.add_argument("--most-seconds", type=float, default=1.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, chromium() as browser:
        world = town(Path(home))
        with serving(wsgi.mount(world.system)) as address, browser.new_context(locale="zh-CN") as context:
            page, weight = first_load(context, address)
            worker = len(context.request.get(f"{address}/phone/worker.js").body())
            total = tell(weight, worker)
            seconds = reloads(context, page, address, asked.runs, asked.slowdown)
    print(f"opened without network, processor {asked.slowdown:g} times slower: median {median(seconds):.2f} s", end=" ")
    print(f"of {', '.join(f'{each:.2f}' for each in sorted(seconds))}")
    return int(total > asked.most_bytes or median(seconds) > asked.most_seconds)


if __name__ == "__main__":
    sys.exit(main())
