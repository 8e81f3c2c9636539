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
from playwright.sync_api import Browser, BrowserContext, Page, expect

import mobile_api.app
import wsgi
from dispatch.work_order import VisitState
from mobile_api import shell
from tests.browser import ARGUMENTS, executable, serving
from tests.fault_proxy import PORTAL, FaultProxy, nothing
from tests.mobile_api.in_app import in_app
from tests.mobile_api.phone_browser import EMPTY, PAGE, begun, everything_is_kept, move, small_phone, started_until
from tests.mobile_api.phone_work import WHOLE_VISIT, WORKED
from tests.mobile_api.stored import visit_of
from tests.phone_day import Tuesday

pytestmark = pytest.mark.browser


@contextmanager
def mortal(browser: Browser, home: Path) -> Iterator[BrowserContext]:
    """Another one on a profile of its own, killed at the end as by an empty battery.

    It begins with an empty page: connecting hangs now and then on the browser's own first page, which replaces itself.
    """
    program = [
        executable(browser),
        "--headless=new",
        "--remote-debugging-port=0",
        f"--user-data-dir={home}",
        *ARGUMENTS,
        EMPTY,
    ]
    running = subprocess.Popen(program, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert running.stderr is not None
    try:
        listening = next(text for text in running.stderr if "DevTools listening on" in text)
        yield browser.browser_type.connect_over_cdp(listening.split()[-1]).contexts[0]
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        running.stderr.close()


def opened_again(phone: BrowserContext, address: str) -> Page:
    """Whoever was logged in still is, and the day is there."""
    page = phone.new_page()
    page.goto(f"{address}{PAGE}")
    in_app(page, "while (!app.me || !app.today()) await new Promise((resolve) => setTimeout(resolve, 20));")
    return page


def test_a_browser_that_is_killed_right_after_each_step_has_lost_nothing(
    tuesday: Tuesday, line: FaultProxy, address: str, browser: Browser, tmp_path: Path
) -> None:
    with mortal(browser, tmp_path) as first:
        begun(first, address)
    line.choose = lambda method, path: PORTAL if path.startswith("/mobile/") else None
    *steps, last = WHOLE_VISIT.replace(
        "await app.arrive(given);", "await app.record('check-in', { visit_id: given });"
    ).split("\n  await ")[1:]
    for step in [*steps, last]:
        with mortal(browser, tmp_path) as phone:
            page = opened_again(phone, address)
            in_app(page, "await " + step.replace("{ place }", "{}"), tuesday.first)
    with mortal(browser, tmp_path) as phone:
        page = opened_again(phone, address)
        held = in_app(page, "return app.held().map((each) => each.what)")
        line.choose = nothing
        in_app(page, "await settled()")
    assert [what for what in held if what in WORKED] == WORKED
    assert visit_of(tuesday).state == VisitState.COMPLETED


def test_without_network_the_app_opens_with_all_its_pages(
    tuesday: Tuesday, address: str, phone: BrowserContext
) -> None:
    page = begun(phone, address)
    phone.set_offline(True)
    page.reload()
    expect(page.locator(".hero")).to_contain_text("09:00–11:00")
    for place in ("map", "queue", "account", "requests", f"visit/{tuesday.first}/cannot", f"why/{tuesday.first}"):
        move(page, f"#/{place}")
        expect(page.locator("main:not([aria-busy])")).to_contain_text(re.compile(r"\S"))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app's files, which may be changed, of every server that begins now."""
    copied = tmp_path / "static"
    shutil.copytree(shell.OWN, copied)
    monkeypatch.setattr(shell, "OWN", copied)
    monkeypatch.setattr(mobile_api.app, "APIFlask", partial(APIFlask, static_folder=str(copied)))
    return copied


def with_a_new_version(phone: BrowserContext, address: str, files: Path) -> Page:
    """Whoever is at work with version 1 is told of version 2."""
    page = begun(phone, address)
    everything_is_kept(page)
    page.reload()
    page.wait_for_selector("#app[aria-busy=false]")
    with (files / "app" / "main.js").open("a") as script:
        script.write('document.documentElement.dataset.version = "2";\n')
    in_app(page, UPDATED)
    return page


def test_a_new_version_installs_beside_and_takes_over_at_the_next_start(
    tuesday: Tuesday, browser: Browser, files: Path
) -> None:
    with serving(wsgi.mount(tuesday.town.system)) as address, small_phone(browser) as phone:
        page = with_a_new_version(phone, address, files)
        in_app(page, "await app.setOut(given)", tuesday.first)
        assert in_app(page, VERSION_2) is False
        assert page.locator("html[data-version]").count() == 0
        phone.set_offline(True)
        started_until(page, VERSION_2_IS_DRAWN)
        expect(page.locator(".hero.en-route")).to_be_visible()
        assert len(in_app(page, "return caches.keys()")) == 1


def test_a_tap_begins_the_new_version_or_at_least_begins_anew(tuesday: Tuesday, browser: Browser, files: Path) -> None:
    with serving(wsgi.mount(tuesday.town.system)) as address, small_phone(browser) as phone:
        page = with_a_new_version(phone, address, files)
        page.evaluate("() => { globalThis.isBefore = true; }")
        page.locator(".notice button", has_text="更新").click()
        page.wait_for_function("() => !globalThis.isBefore")
        started_until(page, VERSION_2_IS_DRAWN)


UPDATED = """
  await (await navigator.serviceWorker.ready).update();
  while (!app.status.update) await new Promise((resolve) => setTimeout(resolve, 50));
"""
VERSION_2_IS_DRAWN = """() => document.querySelector("html[data-version='2'] .hero")"""
VERSION_2 = "return (await (await fetch('/phone/static/app/main.js')).text()).includes('version = ')"
