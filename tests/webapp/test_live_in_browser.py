"""A board that is open while a phone reports: it changes by itself, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dispatch import facts, positions, visits
from dispatch.account import Role
from dispatch.evidence import EventType
from dispatch.positions import Sighting
from dispatch.work_order import Visit
from tests.browser import chromium, serving, sign_in
from tests.phone_day import fact, publish
from tests.town import AREA, DOORS, TUESDAY, Town, shanghai
from tests.webapp.console import add_account
from webapp.app import create_app

LNG, LAT = DOORS["310101"]
NOTE_SOURCES = """
window.sources = [];
window.EventSource = class extends EventSource {
  constructor(address) { super(address); window.sources.push(this); }
};
"""
OPEN = "window.sources.filter((source) => source.readyState !== EventSource.CLOSED).length"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def visit_id(sqlite_town: Town) -> int:
    with sqlite_town.system.transaction() as session:
        order = sqlite_town.order(session, "A-1", "lamp", window=(9, 11))
        publish(session, sqlite_town, "T1", [order])
        return order.visits[0].id


@pytest.fixture
def board(browser: Browser, sqlite_town: Town, visit_id: int) -> Iterator[Page]:
    add_account(sqlite_town.system, "ann", Role.DISPATCHER)
    with serving(create_app(sqlite_town.system)) as address:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        context.add_init_script(NOTE_SOURCES)
        page = context.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda line: broken.append(line.text) if "Content Security" in line.text else None)
        sign_in(page, address, "ann")
        page.goto(f"{address}/?area={AREA}&day={TUESDAY}")
        page.wait_for_selector("#board[data-loaded=true]")
        page.wait_for_selector("#map[data-ready]")
        yield page
        context.close()
        assert broken == []


def set_out(town: Town, visit_id: int) -> None:
    with town.system.transaction() as session:
        visits.set_out(session, visit_id, town.technicians["T1"], fact(town, shanghai(9)))


def test_a_phone_that_sets_out_changes_the_stop_under_the_dispatchers_eyes(
    board: Page, sqlite_town: Town, visit_id: int
) -> None:
    stop = board.locator(f".stop[data-visit='{visit_id}']")
    expect(stop).to_have_class("stop is-planned")
    set_out(sqlite_town, visit_id)
    expect(board.locator(f".stop.is-on-the-way.is-news[data-visit='{visit_id}']")).to_be_visible()


def test_an_open_visit_panel_follows(board: Page, sqlite_town: Town, visit_id: int) -> None:
    board.locator(f".stop[data-visit='{visit_id}']").click()
    board.locator(".corner").click()
    expect(board.locator("#side")).to_contain_text("Phone")
    set_out(sqlite_town, visit_id)
    expect(board.locator("#side")).to_contain_text("Set out")


def test_what_is_typed_and_where_one_looks_stays_while_an_open_panel_follows(
    board: Page, sqlite_town: Town, visit_id: int
) -> None:
    board.set_viewport_size({"width": 1440, "height": 420})
    board.locator(f".stop[data-visit='{visit_id}']").click()
    expect(board.locator("#side")).to_contain_text("Phone")
    board.fill("#side form[data-move] [name=time]", "10:45")
    body = board.locator("#side .side-body")
    body.evaluate("(body) => { body.scrollTop = 120; }")
    board.locator("#side a[href^='/orders/']").focus()
    with sqlite_town.system.transaction() as session:
        session.get_one(Visit, visit_id).service = 4200
        facts.record(
            session, session.get_one(Visit, visit_id), sqlite_town.technicians["T1"], EventType.READINESS,
            fact(sqlite_town, shanghai(9)), goods="damaged", consumer="confirmed", parts=[],
        )  # fmt: skip
    expect(board.locator("#side")).to_contain_text("Goods are damaged")
    expect(board.locator("#side")).to_contain_text("1 h 10 min")
    assert board.evaluate("document.activeElement.getAttribute('href')").startswith("/orders/")
    assert board.input_value("#side form[data-move] [name=time]") == "10:45"
    assert body.evaluate("(body) => body.scrollTop") == 120


def test_where_a_phone_is_comes_onto_the_map(board: Page, sqlite_town: Town) -> None:
    expect(board.locator("#map")).to_have_attribute("data-people", "0")
    with sqlite_town.system.transaction() as session:
        positions.remember(session, sqlite_town.technicians["T1"], Sighting(shanghai(9), LNG, LAT, 9.0))
    expect(board.locator("#map")).to_have_attribute("data-people", "1")


def test_a_page_out_of_sight_asks_nothing_until_it_is_looked_at_again(board: Page) -> None:
    assert board.evaluate(OPEN) == 1
    for hidden, is_open in ((True, 0), (False, 1)):
        board.evaluate(
            f"Object.defineProperty(document, 'hidden', {{value: {str(hidden).lower()}, configurable: true}})"
        )
        board.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        assert board.evaluate(OPEN) == is_open
