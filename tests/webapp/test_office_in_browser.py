"""The pages of orders, roster and coverage in a browser: light and dark, narrow and enlarged, with long texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from dispatch import orders
from dispatch.account import Role
from dispatch.work_order import WorkOrder
from tests.axe import serious_violations
from tests.browser import chromium, serving, sign_in
from tests.squares import squares
from tests.town import Town
from tests.webapp.console import Console
from tests.webapp.test_orders import parked

pytestmark = pytest.mark.browser
PHONE, ENLARGED, DESK = (360, 740), (640, 400), (1440, 900)
ADDRESS = "上海市黄浦区" + "南京东路世纪花园三期" * 18 + "12号楼1202室，出门右转"
NAME = "Mrs " + "Wolfeschlegelsteinhausenbergerdorff" * 3 + " of Huangpu"
PAGES = (
    "/orders", "/orders?q=nothing", "/orders/{order}", "/orders/{order}/window", "/orders/worklist", "/orders/import",
    "/roster", "/roster/{person}", "/roster/import", "/coverage",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def town(sqlite_town: Town) -> Town:
    squares(sqlite_town.system.settings.boundaries)
    return sqlite_town


def long_order(town: Town) -> int:
    """An order with an address of 200 characters and the longest name, and one on the worklist."""
    parked(town)
    with town.system.transaction() as session:
        order = town.order(session, "LONG-" + "0123456789" * 7, window=(10, 12))
        order.address, order.consumer_name = ADDRESS, NAME
        return order.id


def require_no_sideways_scroll(page: Page) -> None:
    over = "[document.documentElement, document.querySelector('.main')].map(e => e.scrollWidth - e.clientWidth)"
    assert page.evaluate(over) == [0, 0], page.url


def require_accessible(page: Page) -> None:
    assert serious_violations(page) == [], page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_the_smallest_screen_and_the_largest_letters(
    browser: Browser, town: Town, scheme: Literal["light", "dark"]
) -> None:
    order, person = long_order(town), town.technicians["T1"]
    console = Console.of(town.system, language="zh" if scheme == "light" else "en")
    with serving(console.app) as address:
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        sign_in(page, address, Role.DISPATCHER.value)
        for path in PAGES:
            page.goto(address + path.format(order=order, person=person))
            for width, height in (PHONE, ENLARGED, DESK):
                page.set_viewport_size({"width": width, "height": height})
                require_no_sideways_scroll(page)
            require_accessible(page)
        context.close()


def test_long_texts_wrap_on_a_telephone(browser: Browser, town: Town) -> None:
    order = long_order(town)
    console = Console.of(town.system)
    with serving(console.app) as address:
        context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]})
        page = context.new_page()
        sign_in(page, address, Role.DISPATCHER.value)
        page.goto(f"{address}/orders/{order}")
        for text in (ADDRESS, NAME):
            place = page.get_by_text(text, exact=True)
            expect(place).to_be_visible()
            box = place.bounding_box()
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0]
            assert place.evaluate("e => e.scrollWidth <= e.clientWidth && e.offsetHeight > 40")
        context.close()


def test_a_file_is_looked_at_without_leaving_the_page_and_then_taken_in(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    header = "number,product,consumer_name,phone,address,lng,lat\n"
    file.write_text(f"{header}C-1,lamp,陈女士,not a phone,上海市黄浦区南京东路100号,121.4846,31.2316\n")
    console = Console.of(town.system)
    with serving(console.app) as address:
        context = browser.new_context()
        page = context.new_page()
        sign_in(page, address, Role.DISPATCHER.value)
        page.goto(f"{address}/orders/import")
        take_in = page.get_by_role("button", name="Import")
        expect(take_in).to_be_disabled()
        page.set_input_files("#f-file", file)
        page.get_by_role("button", name="Check").click()
        expect(page.locator("#preview")).to_contain_text("1 cell is wrong")
        file.write_text(file.read_text().replace("not a phone", "13900000001"))
        page.set_input_files("#f-file", [])
        page.set_input_files("#f-file", file)
        page.get_by_role("button", name="Check").click()
        expect(page.locator("#preview")).to_contain_text("The file is right")
        take_in.click()
        expect(page.get_by_role("status").first).to_contain_text("Imported")
        context.close()
    with town.system.transaction(read_only=True) as session:
        assert session.scalars(select(WorkOrder.number)).all() == ["C-1"]


def test_a_window_is_promised_with_the_keyboard_and_without_scripts(browser: Browser, town: Town) -> None:
    with town.system.transaction() as session:
        order = town.order(session, "K-1").id
    console = Console.of(town.system)
    with serving(console.app) as address:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        sign_in(page, address, Role.DISPATCHER.value)
        page.goto(f"{address}/orders/{order}")
        page.get_by_role("link", name="Choose a window").press("Enter")
        page.get_by_role("radio", name="14:00–16:00").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(page.locator(".promise")).to_contain_text("14:00–16:00")
        context.close()
    with town.system.transaction(read_only=True) as session:
        assert orders.find(session, order).visits[0].appointment is not None
