"""The board as a dispatcher uses it: seen, dragged, undone, published, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dispatch import plan_day, plans
from dispatch.account import Role
from routing.limits import Limits
from tests.axe import serious_violations
from tests.browser import chromium, serving, sign_in
from tests.town import AREA, TUESDAY, Town
from tests.webapp.board_day import planned
from tests.webapp.console import add_account
from webapp.app import create_app


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def visits(sqlite_town: Town) -> dict[str, int]:
    return planned(sqlite_town)


@pytest.fixture
def board(browser: Browser, sqlite_town: Town, visits: dict[str, int]) -> Iterator[Page]:
    add_account(sqlite_town.system, "ann", Role.DISPATCHER)
    with serving(create_app(sqlite_town.system)) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-US")
        page = context.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda line: broken.append(line.text) if "Content Security" in line.text else None)
        sign_in(page, address, "ann")
        page.goto(f"{address}/?area={AREA}&day={TUESDAY}")
        page.wait_for_selector("#board[data-loaded=true]")
        yield page
        context.close()
        assert broken == []


def drag(page: Page, visit_id: int, technician_id: int, x_shift: float = 0) -> None:
    stop = page.locator(f".stop[data-visit='{visit_id}']").bounding_box()
    row = page.locator(f".row[data-technician='{technician_id}'] .lane").bounding_box()
    assert stop and row
    page.mouse.move(stop["x"] + 8, stop["y"] + 10)
    page.mouse.down()
    page.mouse.move(stop["x"] + 20 + x_shift, row["y"] + 18)
    page.mouse.move(stop["x"] + 8 + x_shift, row["y"] + 20)
    expect(page.locator(".bubble")).to_contain_text("travel")
    page.mouse.up()


def holder(town: Town, visit_id: int) -> str | None:
    with town.system.transaction(read_only=True) as session:
        plan = plans.shown(session, AREA, TUESDAY)
        assert plan is not None
        found = [r.technician_id for r in plan.routes for s in r.stops if s.visit_id == visit_id]
        names = {number: code for code, number in town.technicians.items()}
        return names[found[0]] if found else None


def test_the_board_shows_the_routes_and_what_is_left_out(board: Page, visits: dict[str, int]) -> None:
    expect(board.locator(".stop")).to_have_count(3)
    expect(board.locator("[data-figure=planned]")).to_have_text("3")
    board.keyboard.press("u")
    expect(board.locator("#side")).to_contain_text("Pudong")


def test_a_stop_dragged_to_another_technician_stays_there_and_undo_takes_it_back(
    board: Page, visits: dict[str, int], sqlite_town: Town
) -> None:
    drag(board, visits["A1"], sqlite_town.technicians["T2"])
    row = board.locator(f".row[data-technician='{sqlite_town.technicians['T2']}']")
    expect(row.locator(f".stop[data-visit='{visits['A1']}']")).to_be_visible()
    expect(board.locator("#undo-button")).to_be_enabled()
    assert holder(sqlite_town, visits["A1"]) == "T2"
    board.click("#undo-button")
    expect(board.locator(".toast").last).to_contain_text("Undone")
    assert holder(sqlite_town, visits["A1"]) == "T1"


def test_what_a_drag_would_break_is_said_before_it_is_dropped(
    board: Page, visits: dict[str, int], sqlite_town: Town
) -> None:
    stop = board.locator(f".stop[data-visit='{visits['A2']}']").bounding_box()
    row = board.locator(f".row[data-technician='{sqlite_town.technicians['T2']}'] .lane").bounding_box()
    assert stop and row
    board.mouse.move(stop["x"] + 8, stop["y"] + 10)
    board.mouse.down()
    board.mouse.move(stop["x"] + 20, row["y"] + 18)
    board.mouse.move(stop["x"] + 8, row["y"] + 20)
    expect(board.locator(".bubble")).to_contain_text("Skill missing: Water-Heater")
    board.keyboard.press("Escape")
    board.mouse.up()
    assert holder(sqlite_town, visits["A2"]) == "T1"


def test_a_visit_is_moved_without_a_mouse(board: Page, visits: dict[str, int], sqlite_town: Town) -> None:
    board.keyboard.press("j")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("Enter")
    form = board.locator("form[data-move]")
    form.locator("select").select_option(str(sqlite_town.technicians["T2"]))
    form.locator("[name=time]").fill("09:30")
    form.locator("button[value=try]").click()
    expect(form.locator("output")).to_contain_text("travel")
    form.locator("button[value=keep]").click()
    expect(board.locator(".toast")).to_contain_text("Visit moved")
    assert holder(sqlite_town, visits["A1"]) == "T2"


def test_what_would_place_a_visit_is_asked_for_where_it_is_left_out(board: Page, visits: dict[str, int]) -> None:
    board.keyboard.press("u")
    board.click(f"#side [data-visit='{visits['A4']}']")
    part = board.locator("details[data-why]")
    part.locator("summary").click()
    expect(part).to_contain_text("County not covered")
    expect(part).to_contain_text("2 technicians")
    expect(part).to_contain_text("赵师傅 has room for it now")


def test_publishing_is_confirmed_with_what_it_means(board: Page, sqlite_town: Town) -> None:
    board.click("#publish-button")
    expect(board.locator("#side")).to_contain_text("Nothing has been published for this day. 3 visits")
    board.click("#side button.primary")
    expect(board.locator("[data-plan=published]")).to_be_visible()
    expect(board.locator("#publish-button")).to_be_disabled()
    expect(board.locator("#discard-button")).to_be_hidden()


def test_a_draft_is_given_up_in_the_panel_and_the_published_plan_is_back(board: Page, sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        plans.publish(session, 1, by="ann", at=system.now())
    plan_day.run(system, AREA, TUESDAY, Limits(seconds=1), by="ann")
    board.reload()
    board.click("#discard-button")
    expect(board.locator("#side")).to_contain_text("technicians notice nothing")
    board.click("#side [data-do=discard]")
    expect(board.locator("[data-plan=published]")).to_be_visible()
    expect(board.locator("#plan-version")).to_have_text("Version 1")


def test_hovering_a_stop_lights_its_route_on_the_map(board: Page, visits: dict[str, int]) -> None:
    board.wait_for_selector("#map[data-ready=true]", state="attached")
    board.hover(f".stop[data-visit='{visits['A3']}']")
    expect(board.locator(f".stop[data-visit='{visits['A3']}']")).to_have_class(re.compile("is-lit"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_board_and_its_panels(board: Page, theme: str) -> None:
    board.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    board.click(".stop >> nth=0")
    board.wait_for_selector("form[data-move]")
    assert serious_violations(board) == []
