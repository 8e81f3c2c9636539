"""The call list and the issues in a browser: by keyboard, light and dark, narrow and enlarged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from dispatch import calls, issues, sla
from dispatch.account import Role
from dispatch.consumer_records import IssueKind
from tests.browser import chromium, serving, sign_in
from tests.clock import Clock
from tests.town import TUESDAY, Town
from tests.webapp.console import Console
from tests.webapp.test_office_in_browser import (
    DESK,
    ENLARGED,
    NAME,
    PHONE,
    require_accessible,
    require_no_sideways_scroll,
)

pytestmark = pytest.mark.browser
LONG = "安装时灯罩碎了" * 100


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def town(sqlite_town: Town, clock: Clock) -> Town:
    """Two consumers to be called, one who waits, one issue; the first with the longest name."""
    with sqlite_town.system.transaction() as session:
        for number in ("A-1", "A-2", "A-3"):
            order = sqlite_town.order(session, number)
            order.consumer_name = NAME if number == "A-1" else "陈女士"
            sla.goods_arrived(session, order, clock(), "shop")
            clock.advance(minutes=10)
        calls.asked_to_wait(session, order.id, TUESDAY, note=LONG, by="li", at=clock())
        clock.advance(hours=20)
        booked = sqlite_town.order(session, "B-1", window=(9, 11))
        issues.raise_issue(session, booked, booked.visits[0], IssueKind.OTHER, LONG, by="consumer", at=clock())
    return sqlite_town


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_are_accessible_and_fit_every_screen(
    browser: Browser, town: Town, scheme: Literal["light", "dark"]
) -> None:
    console = Console.of(town.system, language="zh" if scheme == "light" else "en")
    with serving(console.app) as address:
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        sign_in(page, address, Role.DISPATCHER.value)
        for path in ("/calls", "/calls?show=paused", "/calls?county=310115", "/issues", "/issues?show=resolved"):
            page.goto(address + path)
            for width, height in (PHONE, ENLARGED, DESK):
                page.set_viewport_size({"width": width, "height": height})
                require_no_sideways_scroll(page)
            require_accessible(page)
        context.close()


def test_a_call_is_noted_with_the_keyboard_and_the_number_beside_the_room_goes_down(
    browser: Browser, town: Town
) -> None:
    console = Console.of(town.system)
    with serving(console.app) as address:
        context = browser.new_context()
        page = context.new_page()
        sign_in(page, address, Role.DISPATCHER.value)
        page.goto(f"{address}/calls")
        waiting = page.locator("[data-count=calls]")
        expect(waiting).to_have_text("2")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("n")
        expect(page.locator(".call").nth(1)).to_contain_text("Called once in vain")
        page.keyboard.press("j")
        page.keyboard.press("r")
        page.keyboard.type("wants Friday")
        page.locator(".call").first.locator("input[name=until]").fill("2026-05-15")
        page.get_by_role("button", name="Pause the clock until then").press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("paused until the morning of 2026-05-15")
        expect(waiting).to_have_text("1")
        context.close()


def test_an_issue_is_answered_without_scripts(browser: Browser, town: Town) -> None:
    console = Console.of(town.system)
    with serving(console.app) as address:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        sign_in(page, address, Role.DISPATCHER.value)
        page.goto(f"{address}/issues")
        page.get_by_label("Your answer").fill("We bring a new one tomorrow.")
        page.get_by_role("button", name="Send the answer").press("Enter")
        expect(page.locator(".issue")).to_contain_text("We bring a new one tomorrow.")
        context.close()
