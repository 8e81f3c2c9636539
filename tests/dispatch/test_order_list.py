from __future__ import annotations

from typing import Any

import pytest

from dispatch import order_list, orders
from dispatch.catalogue import Merchant
from dispatch.order_list import Wanted
from dispatch.work_order import WorkOrderState
from technicians.errors import InvalidInput
from tests.town import AREA, Town, shanghai


def filled(town: Town) -> None:
    """Three of one merchant (one booked, one parked), one of another."""
    with town.system.transaction() as session:
        town.order(session, "A-1", county="310101")
        town.order(session, "A-2", county="310115", window=(9, 11))
        parked = town.order(session, "A-3")
        parked.move_to(WorkOrderState.PARKED)
        parked.county_code, parked.consumer_name, parked.address = None, "O'Neill 100%", "somewhere_else"
        other = Merchant(code="other", name="Other", created_at=town.system.now())
        session.add(other)
        session.flush()
        town.order(session, "B-1").merchant_id = other.id


def numbers(town: Town, **wanted: Any) -> list[str]:
    with town.system.transaction(read_only=True) as session:
        return [row.number for row in order_list.search(session, Wanted(**wanted)).rows]


def test_the_newest_orders_come_first_with_all_that_a_list_shows(town: Town) -> None:
    filled(town)
    with town.system.transaction(read_only=True) as session:
        rows = order_list.search(session, Wanted()).rows
    assert [row.number for row in rows] == ["B-1", "A-3", "A-2", "A-1"]
    booked = rows[2]
    assert (booked.merchant, booked.product_zh, booked.county_zh) == ("Bright Lights", "lamp", "浦东新区")
    assert (booked.state, booked.window_starts_at, booked.window_ends_at) == (
        WorkOrderState.BOOKED,
        shanghai(9),
        shanghai(11),
    )
    assert booked.zone.key == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "a-2"}, ["A-2"]),
        ({"text": "o'neill"}, ["A-3"]),
        ({"text": "100%"}, ["A-3"]),
        ({"text": "e_e"}, ["A-3"]),
        ({"text": "%"}, ["A-3"]),
        ({"text": "南京东路"}, ["B-1", "A-2", "A-1"]),
        ({"text": "13900000001"}, ["B-1", "A-3", "A-2", "A-1"]),
        ({"text": "'; drop table"}, []),
        ({"state": WorkOrderState.BOOKED}, ["A-2"]),
        ({"state": WorkOrderState.PARKED, "text": "A-1"}, []),
        ({"area_code": AREA}, ["B-1", "A-3", "A-2", "A-1"]),
        ({"area_code": "110100"}, ["A-3"]),
        ({"merchant_id": 1}, ["A-3", "A-2", "A-1"]),
        ({"merchant_id": 2}, ["B-1"]),
    ],
)
def test_orders_are_found_by_text_state_merchant_and_area(town: Town, wanted: dict[str, Any], found: list[str]) -> None:
    filled(town)
    assert numbers(town, **wanted) == found


def test_pages_follow_one_another_without_gap_or_repeat_while_orders_come_in(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        for number in range(7):
            sqlite_town.order(session, f"N-{number}")
        first = order_list.search(session, Wanted(), limit=3)
        sqlite_town.order(session, "N-new")
        second = order_list.search(session, Wanted(), cursor=first.next, limit=3)
        third = order_list.search(session, Wanted(), cursor=second.next, limit=3)
    seen = [row.number for page in (first, second, third) for row in page.rows]
    assert seen == [f"N-{number}" for number in reversed(range(7))]
    assert third.next is None


@pytest.mark.parametrize("limit", [0, 501])
def test_a_page_has_a_sensible_size(sqlite_town: Town, limit: int) -> None:
    with sqlite_town.system.transaction(read_only=True) as session, pytest.raises(InvalidInput, match=str(limit)):
        order_list.search(session, Wanted(), limit=limit)


def test_states_are_counted_within_what_is_wanted(town: Town) -> None:
    filled(town)
    with town.system.transaction(read_only=True) as session:
        found = order_list.counts(session, Wanted(state=WorkOrderState.BOOKED, merchant_id=1))
    assert {state: number for state, number in found.items() if number} == {
        WorkOrderState.BOOKABLE: 1,
        WorkOrderState.BOOKED: 1,
        WorkOrderState.PARKED: 1,
    }


def test_a_cancelled_appointment_shows_no_window(sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        order = sqlite_town.order(session, "A-1", window=(9, 11))
        orders.cancel(session, system.travel_times, order.id, by="li", at=system.now())
        (row,) = order_list.search(session, Wanted()).rows
    assert (row.window_starts_at, row.state) == (None, WorkOrderState.CANCELLED)


def test_every_order_can_be_read_in_one_go(sqlite_town: Town) -> None:
    filled(sqlite_town)
    with sqlite_town.system.transaction(read_only=True) as session:
        assert [row.number for row in order_list.every(session, Wanted())] == ["A-1", "A-2", "A-3", "B-1"]
