"""The operator's pages in a browser: light and dark, narrow and enlarged, with the keyboard and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from dispatch import offer_looks, slot_policies
from dispatch.account import Role
from dispatch.consumer_records import NothingBecause
from dispatch.slot_policy import USUAL
from tests.browser import chromium, serving, sign_in
from tests.town import Town
from tests.webapp.console import Console
from tests.webapp.test_office_in_browser import DESK, ENLARGED, PHONE, require_accessible, require_no_sideways_scroll

pytestmark = pytest.mark.browser
PAGES = (
    "/numbers", "/numbers?product=lamp&sort=name", "/numbers?since=2020-01-01&until=2020-01-07",
    "/policies/windows", "/policies/windows/new", "/policies/windows/{rule}",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def given(town: Town) -> int:
    """Orders in several counties, one of which found nothing, and a rule; the rule's id."""
    with town.system.transaction() as session:
        for n, county in enumerate(("310101", "310104", "310115")):
            town.order(session, f"A-{n}", county=county, window=(10, 12))
        lost = town.order(session, "LOST")
        offer_looks.note(session, lost, 0, NothingBecause.TOO_RISKY, town.system.now())
        return slot_policies.add(session, "lamp", "310101", USUAL, by="t", at=town.system.now())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit_the_smallest_screen_and_the_largest_letters(
    browser: Browser, sqlite_town: Town, scheme: Literal["light", "dark"]
) -> None:
    rule = given(sqlite_town)
    console = Console.of(sqlite_town.system, Role.OPERATOR, language="zh" if scheme == "light" else "en")
    with serving(console.app) as address:
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        sign_in(page, address, Role.OPERATOR.value)
        for path in PAGES:
            page.goto(address + path.format(rule=rule))
            for width, height in (PHONE, ENLARGED, DESK):
                page.set_viewport_size({"width": width, "height": height})
                require_no_sideways_scroll(page)
            require_accessible(page)
        context.close()


def test_tomorrows_windows_follow_the_form_while_it_is_written(browser: Browser, sqlite_town: Town) -> None:
    console = Console.of(sqlite_town.system, Role.OPERATOR)
    with serving(console.app) as address:
        context = browser.new_context()
        page = context.new_page()
        sign_in(page, address, Role.OPERATOR.value)
        page.goto(f"{address}/policies/windows/new")
        preview = page.locator("#preview")
        expect(preview).to_contain_text("08:00–10:00")
        page.get_by_label("Windows begin at").fill("09:30 13:00")
        page.get_by_label("Length, minutes").fill("90")
        page.get_by_label("Length, minutes").press("Tab")
        expect(preview.get_by_role("listitem")).to_have_text(["09:30–11:00", "13:00–14:30"])
        page.get_by_label("Windows begin at").fill("nine")
        page.get_by_label("Windows begin at").press("Tab")
        expect(preview).to_contain_text("once the form is right")
        context.close()


def test_a_rule_is_made_and_taken_away_without_scripts(browser: Browser, sqlite_town: Town) -> None:
    console = Console.of(sqlite_town.system, Role.OPERATOR)
    with serving(console.app) as address:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        sign_in(page, address, Role.OPERATOR.value)
        page.goto(f"{address}/policies/windows")
        page.get_by_role("link", name="New rule").press("Enter")
        page.get_by_label("Product").select_option("lamp")
        page.get_by_label("Windows begin at").fill("23:00")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text("The window that begins at 23:00 would end after midnight.")).to_be_visible()
        expect(page.get_by_label("Product")).to_have_value("lamp")
        page.get_by_label("Windows begin at").fill("9:00 14:00")
        page.get_by_role("button", name="Keep the rule").press("Enter")
        expect(page.get_by_role("heading", name="Lamp")).to_be_visible()
        page.locator("li", has_text="Lamp").get_by_role("link", name="Change").click()
        page.locator("summary", has_text="Remove").click()
        page.get_by_role("button", name="Remove the rule").click()
        expect(page.get_by_role("heading", name="Lamp")).to_have_count(0)
        context.close()


def test_the_tables_are_sorted_and_narrowed_with_the_keyboard(browser: Browser, sqlite_town: Town) -> None:
    given(sqlite_town)
    console = Console.of(sqlite_town.system, Role.OPERATOR)
    with serving(console.app) as address:
        context = browser.new_context()
        page = context.new_page()
        sign_in(page, address, Role.OPERATOR.value)
        page.goto(f"{address}/numbers")
        counties = page.get_by_role("region", name="By county")
        counties.get_by_role("link", name="County").press("Enter")
        expect(page.get_by_role("columnheader", name="County")).to_have_attribute("aria-sort", "ascending")
        expect(counties.get_by_role("rowheader").first).to_have_text("Huangpu District")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**county=310101**")
        page.get_by_role("link", name="Show all again").press("Enter")
        page.wait_for_url(lambda url: "county=" not in url)
        context.close()
