"""The pages that show what phones send, in a real browser: to be read on every screen, used without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, expect

from dispatch import links
from dispatch.account import Role
from dispatch.work_order import WorkOrder
from tests.browser import chromium, serving, sign_in
from tests.clock import Clock
from tests.town import AREA, TUESDAY, Town
from tests.webapp.console import Console
from tests.webapp.phone_facts import Facts
from tests.webapp.test_office_in_browser import (
    ADDRESS,
    DESK,
    ENLARGED,
    NAME,
    PHONE,
    require_accessible,
    require_no_sideways_scroll,
)  # fmt: skip

pytestmark = pytest.mark.browser
LONG = "装好了" * 60 + "x" * 200
ABSENCE: dict[str, Any] = {
    "starts_at": "2026-05-12T08:00:00+08:00",
    "ends_at": "2026-05-14T00:00:00+08:00",
    "reason": "ill",
}
EVENING: dict[str, Any] = {"starts_at": "2026-05-12T19:00:00+08:00", "ends_at": "2026-05-12T21:00:00+08:00"}
PAGES = ("/conflicts", "/requests", "/requests?show=decided", "/orders/{order}", "/c/{token}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def facts(sqlite_town: Town, clock: Clock) -> Facts:
    """A finished visit of somebody with the longest name, a conflict, and a request of each kind."""
    told = Facts(sqlite_town, clock)
    with sqlite_town.system.transaction() as session:
        order = session.get_one(WorkOrder, told.order_id)
        order.address, order.consumer_name = ADDRESS, NAME
    told.say("completion", note=LONG)
    told.say("swap-request", told.visit_id, note=LONG)
    told.say("absence-request", note=LONG, **ABSENCE)
    told.say("shift-request", note="", **EVENING)
    told.finish()
    return told


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_the_smallest_screen_and_the_largest_letters(
    browser: Browser, facts: Facts, scheme: Literal["light", "dark"]
) -> None:
    system = facts.town.system
    with system.transaction() as session:
        token = links.create(session, facts.order_id, system.now())
    console = Console.of(system, language="zh" if scheme == "light" else "en")
    with serving(console.app) as address:
        page = browser.new_context(color_scheme=scheme).new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda line: broken.append(line.text) if "Content Security" in line.text else None)
        sign_in(page, address, Role.DISPATCHER.value)
        for path in PAGES:
            page.goto(address + path.format(order=facts.order_id, token=token))
            page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            for width, height in (PHONE, ENLARGED, DESK):
                page.set_viewport_size({"width": width, "height": height})
                if not path.startswith("/c/"):
                    require_no_sideways_scroll(page)
            page.evaluate("document.querySelectorAll('details.menu').forEach((part) => { part.open = false; })")
            require_accessible(page)
        page.context.close()
    assert broken == []


def test_a_doubtful_photo_is_found_fine_with_the_keyboard_and_the_next_one_has_the_focus(
    browser: Browser, facts: Facts
) -> None:
    console = Console.of(facts.town.system)
    with serving(console.app) as address:
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
        sign_in(page, address, Role.DISPATCHER.value)
        page.goto(f"{address}/?area={AREA}&day={TUESDAY}&visit={facts.visit_id}")
        looks = page.locator("#side [data-do=fine]")
        page.wait_for_selector("#board[data-loaded=true]")
        expect(looks).to_have_count(2)
        require_accessible(page)
        looks.first.press("Enter")
        expect(looks).to_have_count(1)
        expect(looks.first).to_be_focused()
        looks.first.press("Enter")
        expect(page.locator("#side")).to_contain_text("dispatcher found it fine")
        expect(page.locator("#side .side-close")).to_be_focused()
        page.context.close()
