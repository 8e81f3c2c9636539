"""The 24-hour booking rate: which orders are in time, late, still running, or in neither."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.booking_clock import InADay, in_a_day
from dispatch.booking_orders import OrderRow

HOUR = 3600
GOODS = 1_000_000
NOW = GOODS + 100 * HOUR


def order(**given: Any) -> OrderRow:
    usual = dict.fromkeys(OrderRow._fields, 0) | {
        "county": "310101", "product": "lamp", "goods_at": GOODS, "clock_id": 1, "started_at": GOODS,
        "ended_at": None, "target": 24 * HOUR, "nothing_because": None, "first_booked_at": None,
    }  # fmt: skip
    return OrderRow(**usual | given)


def booked(hours: float, **given: Any) -> OrderRow:
    at = GOODS + round(hours * HOUR)
    return order(**{"ended_at": at, "first_booked_at": at, **given})


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (booked(3), InADay.IN_TIME),
        (booked(23.99), InADay.IN_TIME),
        (booked(24), InADay.LATE),
        (booked(3, target=2 * HOUR), InADay.LATE),
        (booked(-5, started_at=GOODS, ended_at=GOODS), InADay.IN_TIME),
        (order(), InADay.LATE),
        (order(started_at=NOW - 23 * HOUR), InADay.RUNNING),
        (order(ended_at=GOODS + 5 * HOUR, is_cancelled=1), InADay.CALLED_OFF),
        (order(ended_at=GOODS + 30 * HOUR, is_cancelled=1), InADay.LATE),
    ],
)
def test_an_order_with_a_clock_is_judged_by_it(row: OrderRow, verdict: InADay) -> None:
    assert in_a_day(row, {}, NOW) == verdict


@pytest.mark.parametrize(("ran", "verdict"), [(23, InADay.IN_TIME), (24, InADay.LATE)])
def test_time_in_which_the_clock_rested_does_not_count(ran: int, verdict: InADay) -> None:
    assert in_a_day(booked(40), {1: ran * HOUR}, NOW) == verdict
    assert in_a_day(booked(40), {2: ran * HOUR}, NOW) == InADay.LATE


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({"first_booked_at": GOODS + 23 * HOUR}, InADay.IN_TIME),
        ({"first_booked_at": GOODS + 25 * HOUR}, InADay.LATE),
        ({"goods_at": NOW - HOUR}, InADay.RUNNING),
        ({}, InADay.LATE),
        ({"is_cancelled": 1}, InADay.CALLED_OFF),
    ],
)
def test_an_order_without_a_clock_is_timed_from_its_goods(given: dict[str, int], verdict: InADay) -> None:
    row = order(**{"clock_id": None, "started_at": None, "target": None, **given})
    assert in_a_day(row, {}, NOW) == verdict
