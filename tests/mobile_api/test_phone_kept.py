"""What the phone keeps: through a killed browser, without network, and while a new version of the app comes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from apiflask import APIFlask
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

import mobile_api.app
import wsgi
from dispatch.work_order import VisitState
from mobile_api import shell
from tests.browser import ARGUMENTS, CHROMIUM, serving
from tests.fault_proxy import PORTAL, FaultProxy, nothing
from tests.mobile_api.test_phone_core import WHOLE_VISIT, WORKED, in_app, visit_of
from tests.phone_day import PIN, Tuesday

pytestmark = pytest.mark.browser
IS_KEPT = """
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("later");
  for (;;) {
    if (await caches.match("/static/vendor/zxing-reader.wasm")) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def line(tuesday: Tuesday) -> FaultProxy:
    return FaultProxy(wsgi.mount(tuesday.town.system))


@pytest.fixture
def address(line: FaultProxy) -> Iterator[str]:
    with serving(line) as url:
        yield url


@contextmanager
def mortal(playwright: Playwright, home: Path) -> Iterator[BrowserContext]:
    """A browser on a profile of its own, killed at the end as by an empty battery."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), playwright.chromium.executable_path)
    program = [path, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={home}", *ARGUMENTS]
    running = subprocess.Popen(program, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert running.stderr is not None
    try:
        listening = next(text for text in running.stderr if "DevTools listening on" in text)
        browser = playwright.chromium.connect_over_cdp(listening.split()[-1])
        yield browser.contexts[0]
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        running.stderr.close()


@pytest.fixture
def phone(playwright: Playwright) -> Iterator[BrowserContext]:
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
    with browser.new_context(locale="zh-CN") as context:
        yield context
    browser.close()


def logged_in(phone: BrowserContext, address: str) -> Page:
    page = phone.new_page()
    page.goto(f"{address}/phone")
    in_app(page, "await app.logIn(...given); await settled()", ["T1", PIN])
    return page


def test_a_browser_that_is_killed_right_after_each_step_has_lost_nothing(
    tuesday: Tuesday, line: FaultProxy, address: str, playwright: Playwright, tmp_path: Path
) -> None:
    with mortal(playwright, tmp_path) as first:
        logged_in(first, address)
    line.choose = lambda method, path: PORTAL if path.startswith("/mobile/") else None
    *steps, last = WHOLE_VISIT.replace(
        "await app.arrive(given);", "await app.record('check-in', { visit_id: given });"
    ).split("\n  await ")[1:]
    for step in [*steps, last]:
        with mortal(playwright, tmp_path) as phone:
            page = phone.new_page()
            page.goto(f"{address}/phone")
            in_app(page, AWAKE + "await " + step.replace("{ place }", "{}"), tuesday.first)
    line.choose = nothing
    with mortal(playwright, tmp_path) as phone:
        page = phone.new_page()
        page.goto(f"{address}/phone")
        held = in_app(page, AWAKE + "const held = app.held().map((each) => each.what); await settled(); return held")
        assert [what for what in held if what in WORKED] == WORKED
    assert visit_of(tuesday).state == VisitState.COMPLETED


AWAKE = "while (!app.me || !app.today()) await new Promise((resolve) => setTimeout(resolve, 20));"


def test_without_network_the_app_opens_with_all_its_pages(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = logged_in(phone, address)
    in_app(page, IS_KEPT)
    phone.set_offline(True)
    page.reload()
    expect(page.locator(".hero")).to_contain_text("09:00–11:00")
    for place in ("map", "queue", "account", "requests", f"visit/{tuesday.first}/cannot", f"why/{tuesday.first}"):
        page.evaluate("(place) => { location.hash = `#/${place}`; }", place)
        expect(page.locator("main:not([aria-busy])")).to_contain_text(re.compile(r"\S"))


def test_a_new_version_installs_beside_and_takes_over_at_the_next_start(
    tuesday: Tuesday, playwright: Playwright, phone: BrowserContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tmp_path / "static"
    shutil.copytree(shell.OWN, files)
    monkeypatch.setattr(shell, "OWN", files)
    monkeypatch.setattr(mobile_api.app, "APIFlask", partial(APIFlask, static_folder=str(files)))
    with serving(wsgi.mount(tuesday.town.system)) as address:
        page = logged_in(phone, address)
        in_app(page, IS_KEPT)
        page.reload()
        page.wait_for_selector("#app[aria-busy=false]")
        with (files / "app" / "main.js").open("a") as script:
            script.write('document.documentElement.dataset.version = "2";\n')
        in_app(page, UPDATED + "await app.setOut(given)", tuesday.first)
        assert (
            in_app(page, "return (await (await fetch('/phone/static/app/main.js')).text()).includes('version = ')")
            is False
        )
        assert page.locator("html[data-version]").count() == 0
        phone.set_offline(True)
        started_until(page, "html[data-version='2'] .hero.en-route")
        assert len(in_app(page, "return caches.keys()")) == 1


def started_until(page: Page, there: str) -> None:
    """A browser puts a waiting worker in place once the one before has nothing in hand: at this start or later."""
    for _ in range(5):
        page.reload(wait_until="commit")
        try:
            page.wait_for_selector(there, timeout=10_000)
            return
        except PlaywrightTimeout:
            continue
    raise AssertionError(f"{there} is not there after five starts")


UPDATED = """
  await (await navigator.serviceWorker.ready).update();
  while (!app.status.update) await new Promise((resolve) => setTimeout(resolve, 50));
"""
