"""How fast the board is at 500 technicians and 3,000 stops: python -m benchmarks.board [--technicians N] [--visits N].

Prints the server's time for a day (model, JSON, compression) and for the other pages, the browser's first paint and
complete Gantt, and the time from a pointer movement to the ghost under it and to the verdict beside it. The browser
is that of a machine without a graphics card: processor and software draw page and map. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from dispatch import accounts, counties, demo, plan_day, schema
from dispatch import system as systems
from dispatch.account import Role
from dispatch.system import System
from routing.limits import Limits
from seed_regions.demo import region
from webapp.app import create_app

AREA, ON_DATE = "310100", date(2026, 5, 12)
HERE = f"?area={AREA}&day={ON_DATE}"
PAGES = (
    f"/orders?area={AREA}", "/orders/7", f"/roster{HERE}", "/roster/7", f"/coverage{HERE}", f"/orders/worklist{HERE}",
    "/board/panels/visits/7?plan=1", "/board/panels/publish/1",
)  # fmt: skip
LOGIN, PASSWORD = "bench", "bench-bench"
CHROMIUM = [
    "--no-sandbox", "--disable-gpu-compositing", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


def build(home: Path, technicians: int, visits: int, seconds: float) -> System:
    """A planned day of a demonstration region in a new SQLite database."""
    system = systems.build({"SHIFU_HOME": str(home)})
    schema.upgrade(system.engine)
    drawn = region(AREA, ON_DATE, technicians, visits, seed=1)
    with system.transaction() as session:
        counties.load(session, system.places.registry)
        demo.people(session, drawn, system.now())
        demo.demand(session, drawn, drawn.orders, ON_DATE)
        accounts.create(
            session, login=LOGIN, name="Bench", password=PASSWORD, role=Role.DISPATCHER, at=system.now(), by="bench"
        )
    plan_day.run(system, AREA, ON_DATE, Limits(seconds=seconds), by="bench")
    return system


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Only figures are printed."""


@contextmanager
def served(system: System) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(system), threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def milliseconds(action: Callable[[], object], times: int = 9) -> tuple[float, float]:
    """Medians of the time and of the processor's share of it, after one run to warm up; a busy machine stretches
    only the first."""
    action()
    spent, worked = [], []
    for _ in range(times):
        began, began_work = time.perf_counter(), time.thread_time()
        action()
        spent.append((time.perf_counter() - began) * 1000)
        worked.append((time.thread_time() - began_work) * 1000)
    return statistics.median(spent), statistics.median(worked)


def server_time(system: System) -> None:
    client = create_app(system).test_client()
    client.get("/login")
    with client.session_transaction() as session:
        session["csrf"] = "bench"
    client.post("/login", data={"login": LOGIN, "password": PASSWORD, "csrf": "bench"})
    day = f"/board/day?area={AREA}&day={ON_DATE}"
    body = client.get(day, headers={"Accept-Encoding": "gzip"})
    print(f"  a day's JSON: {len(body.data) / 1000:.0f} kB compressed, {len(client.get(day).data) / 1000:.0f} kB plain")
    for path in (f"/{HERE}", day, f"/board/counties/{AREA}", *PAGES):
        spent, worked = milliseconds(partial(client.get, path, headers={"Accept-Encoding": "gzip"}))
        status = client.get(path).status_code
        name = path.partition("?")[0]
        print(f"  server, {name:<24} {spent:7.0f} ms, {worked:4.0f} of them processor   (aim: 150; {status})")


def first_paint(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=login]", LOGIN)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    for kept in ("cold", "warm"):
        began = time.perf_counter()
        page.goto(f"{address}/?area={AREA}&day={ON_DATE}", wait_until="commit")
        page.wait_for_selector(".stop")
        complete = (time.perf_counter() - began) * 1000
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1")
        print(f"  browser, {kept}: first paint {paint:5.0f} ms, all rows in sight {complete:5.0f} ms   (aim: 1500)")


FRAME = """async () => {
  const frames = [];
  const stop = document.querySelector('.stop');
  const box = stop.getBoundingClientRect();
  const send = (kind, x, y) => (kind === 'pointerdown' ? stop : window).dispatchEvent(new PointerEvent(kind,
    { clientX: x, clientY: y, button: 0, bubbles: true, pointerType: 'mouse' }));
  send('pointerdown', box.left + 6, box.top + 6);
  for (let step = 1; step <= 40; step++) {
    const began = performance.now();
    send('pointermove', box.left + 6 + step * 3, box.top + 6 + step * 9);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    frames.push(performance.now() - began);
  }
  const began = performance.now();
  send('pointermove', box.left + 60, box.top + 60);
  const isAnswered = () => document.querySelector('.ghost') || performance.now() - began > 5000;
  while (!isAnswered()) await new Promise((done) => setTimeout(done, 2));
  const verdict = performance.now() - began;
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
  send('pointerup', box.left, box.top);
  frames.sort((a, b) => a - b);
  return { median: frames[20], worst: frames.at(-1), verdict };
}"""

SCROLL = """async () => {
  const scroller = document.querySelector('.gantt-scroller');
  const frames = [];
  for (let step = 0; step < 60; step++) {
    const began = performance.now();
    scroller.scrollTop = step * 360;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    frames.push(performance.now() - began);
  }
  frames.sort((a, b) => a - b);
  return { median: frames[30], worst: frames.at(-1) };
}"""


def drag(page: Page) -> None:
    scrolled = page.evaluate(SCROLL)
    page.evaluate("document.querySelector('.gantt-scroller').scrollTop = 0")
    page.wait_for_timeout(300)
    felt = page.evaluate(FRAME)
    print(f"  scroll: {scrolled['median']:.0f} ms a frame, worst {scrolled['worst']:.0f} ms")
    print(f"  drag: ghost follows in {felt['median']:.0f} ms, worst {felt['worst']:.0f} ms   (aim: 100)")
    print(f"  drag: what it breaks and costs after {felt['verdict']:.0f} ms")


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--technicians", type=int, default=500)
    wanted.add_argument("--visits", type=int, default=3000)
    wanted.add_argument("--seconds", type=float, default=20, help="planning time")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as home:
        system = build(Path(home), given.technicians, given.visits, given.seconds)
        print(f"{given.technicians} technicians, {given.visits} visits")
        server_time(system)
        with served(system) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            first_paint(page, address)
            page.wait_for_selector("#map[data-ready]", state="attached")
            page.wait_for_timeout(3000)
            drag(page)
            browser.close()


if __name__ == "__main__":
    main()
