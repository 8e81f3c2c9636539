"""The pages of the call list and of issues: what they show, what they do, and for whom."""

from __future__ import annotations

from html import unescape

import pytest

from dispatch import calls, issues, sla
from dispatch.account import Role
from dispatch.consumer_records import Issue, IssueKind, IssueState
from dispatch.work_order import WorkOrder
from tests.clock import Clock
from tests.town import TUESDAY, Town
from tests.webapp.console import Console


@pytest.fixture
def town(sqlite_town: Town) -> Town:
    return sqlite_town


@pytest.fixture
def office(town: Town) -> Console:
    return Console.of(town.system)


def overdue(town: Town, clock: Clock, number: str = "A-1", county: str = "310101") -> int:
    """An order with two of its 24 hours left."""
    with town.system.transaction() as session:
        order = town.order(session, number, county=county)
        sla.goods_arrived(session, order, clock(), "shop")
        return order.id


def raised(town: Town, text: str = "灯罩碎了") -> int:
    with town.system.transaction() as session:
        order = town.order(session, "I-1", window=(9, 11))
        issue = issues.raise_issue(
            session, order, order.visits[0], IssueKind.DAMAGED, text, by="consumer", at=town.system.now()
        )
        return issue.id


def shown(console: Console, path: str) -> str:
    return unescape(console.page(path))


def test_the_list_shows_who_to_call_with_number_time_left_and_what_for(
    town: Town, office: Console, clock: Clock
) -> None:
    overdue(town, clock)
    assert "Nobody has to be called" in shown(office, "/calls")
    clock.advance(hours=22)
    page = shown(office, "/calls")
    for text in ("陈女士", 'href="tel:13900000001"', "2 h 00 min left", "A-1", "Lamp", "Huangpu", "Not called yet"):
        assert text in page
    assert "2 h 00 min" not in shown(office, "/calls?show=paused")


def test_a_county_narrows_the_list(town: Town, office: Console, clock: Clock) -> None:
    overdue(town, clock, "A-1", "310101")
    overdue(town, clock, "A-2", "310104")
    clock.advance(hours=22)
    page = shown(office, "/calls?county=310104")
    assert ("A-2" in page, "A-1" in page) == (True, False)
    assert "Nobody to call in this county" in shown(office, "/calls?county=310115")


def test_what_came_of_a_call_is_noted_and_told(town: Town, office: Console, clock: Clock) -> None:
    order_id = overdue(town, clock)
    clock.advance(hours=20)
    assert office.post(f"/calls/{order_id}/not-reached?county=310101").location == "/calls?county=310101"
    page = shown(office, "/calls")
    assert "Called once in vain" in page
    office.post(f"/calls/{order_id}/wait", {"until": "2026-05-20", "note": "away till Tuesday"})
    assert "Nobody has to be called" in shown(office, "/calls")
    paused = shown(office, "/calls?show=paused")
    assert "Consumer asked to wait until 2026-05-20 08:00" in paused
    assert "away till Tuesday" in paused
    page = shown(office, f"/orders/{order_id}")
    assert "24-hour clock: paused" in page
    assert "20 h 00 min of 24 h 00 min used: Consumer asked to wait until 2026-05-20 08:00" in page
    assert "Consumer called, not reached" in page
    office.post(f"/calls/{order_id}/go-on?show=paused")
    assert "A-1" in shown(office, "/calls")


@pytest.mark.parametrize("until", ["", "tomorrow", "2026-05-01"])
def test_a_day_that_is_none_or_past_is_refused_on_the_page(
    town: Town, office: Console, clock: Clock, until: str
) -> None:
    order_id = overdue(town, clock)
    clock.advance(hours=20)
    answer = office.post(f"/calls/{order_id}/wait", {"until": until})
    assert answer.status_code == 422
    assert "day" in answer.get_data(as_text=True)
    assert "A-1" in shown(office, "/calls")


def test_giving_up_is_offered_after_three_calls_and_not_before(town: Town, office: Console, clock: Clock) -> None:
    order_id = overdue(town, clock)
    clock.advance(hours=19)
    assert "Cannot be reached" not in shown(office, "/calls")
    assert office.post(f"/calls/{order_id}/give-up").status_code == 409
    for _ in range(3):
        clock.advance(hours=1)
        office.post(f"/calls/{order_id}/not-reached")
    assert "Cannot be reached: pause the clock" in shown(office, "/calls")
    office.post(f"/calls/{order_id}/give-up")
    assert "Consumer cannot be reached" in shown(office, "/calls?show=paused")


def test_the_numbers_beside_the_rooms(town: Town, office: Console, clock: Clock) -> None:
    overdue(town, clock)
    assert office.get_json("/calls/counts") == {"calls": 0, "issues": 0, "conflicts": 0, "requests": 0}
    clock.advance(hours=23)
    raised(town)
    assert office.get_json("/calls/counts") == {"calls": 1, "issues": 1, "conflicts": 0, "requests": 0}


@pytest.mark.parametrize("path", ["/calls", "/issues", "/calls/counts"])
def test_merchants_do_not_see_them(town: Town, path: str) -> None:
    seller = Console.of(town.system, Role.MERCHANT, merchant_id=town.merchant_id)
    assert seller.get(path).status_code == 403


def test_an_unknown_order_is_not_found(town: Town, office: Console) -> None:
    assert office.post("/calls/4711/not-reached").status_code == 404
    assert office.post("/issues/4711/answer", {"answer": "x"}).status_code == 404


def test_the_clock_of_an_order_is_on_its_page(town: Town, office: Console, clock: Clock) -> None:
    order_id = overdue(town, clock)
    clock.advance(hours=14)
    page = shown(office, f"/orders/{order_id}")
    assert "24 hours to book" in page
    assert "10 h 00 min left" in page
    with town.system.transaction() as session:
        sla.appointment_made(session, session.get_one(WorkOrder, order_id), clock(), "chen")
    assert "in time" in shown(office, f"/orders/{order_id}")


def test_an_issue_is_answered_and_resolved_in_its_page(town: Town, office: Console, clock: Clock) -> None:
    assert "Nothing is wrong" in shown(office, "/issues")
    issue_id = raised(town)
    clock.advance(minutes=20)
    page = shown(office, "/issues")
    for text in ("Something was damaged", "灯罩碎了", "40 min left", "One waits for an answer"):
        assert text in page
    office.post(f"/issues/{issue_id}/answer", {"answer": "明天上午换新的"})
    page = shown(office, "/issues")
    assert "明天上午换新的" in page
    assert "47 h 40 min left" in page
    office.post(f"/issues/{issue_id}/resolve")
    assert "Nothing is wrong" in shown(office, "/issues")
    assert "明天上午换新的" in shown(office, "/issues?show=resolved")
    with town.system.transaction(read_only=True) as session:
        assert session.get_one(Issue, issue_id).state == IssueState.RESOLVED


def test_an_answer_that_is_refused_is_not_lost(town: Town, office: Console) -> None:
    issue_id = raised(town)
    answer = office.post(f"/issues/{issue_id}/answer", {"answer": "很长" * 600})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "1200 characters" in page
    assert "很长" * 600 in page
    assert office.post(f"/issues/{issue_id}/resolve").status_code == 422


def test_other_peoples_texts_are_shown_as_texts(town: Town, office: Console) -> None:
    raised(town, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in office.page("/issues")


def test_both_pages_speak_chinese(town: Town, clock: Clock) -> None:
    overdue(town, clock)
    raised(town)
    clock.advance(hours=22)
    console = Console.of(town.system, language="zh")
    assert "剩余 2 小时" in console.page("/calls")
    assert "未接通" in console.page("/calls")
    assert "问题" in console.page("/issues")
    assert "已超" in console.page("/issues")


def test_after_two_days_of_rest_the_history_says_how_much_was_used(town: Town, office: Console, clock: Clock) -> None:
    order_id = overdue(town, clock)
    clock.advance(hours=10)
    with town.system.transaction() as session:
        calls.asked_to_wait(session, order_id, TUESDAY, by="li", at=clock())
    clock.advance(hours=30)
    with town.system.transaction() as session:
        sla.appointment_made(session, session.get_one(WorkOrder, order_id), clock(), "chen")
    assert ", paused 13 h 00 min" in shown(office, f"/orders/{order_id}")
