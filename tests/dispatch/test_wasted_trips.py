"""Whose it is that a trip was made for nothing, and what is written down of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dispatch import visits, wasted_trips
from dispatch.site_records import CallOutcome, WastedTrip, Whose
from dispatch.wasted_trips import Left, whose
from dispatch.work_order import FailureReason
from tests.phone_day import fact, publish
from tests.town import DOORS, Town, shanghai

WINDOW = (shanghai(9), shanghai(11))
TEN_MINUTES = timedelta(minutes=10)
CONSUMER, MERCHANT, OURS, NOBODY = Whose.CONSUMER, Whose.MERCHANT, Whose.OURS, Whose.NOBODY

# reason; checked in within the window, after it, left before it began, not at all; nothing promised
TABLE = {
    FailureReason.NOBODY_HOME: (CONSUMER, OURS, OURS, OURS, NOBODY),
    FailureReason.NO_ACCESS: (CONSUMER, OURS, OURS, OURS, NOBODY),
    FailureReason.CONSUMER_REFUSED: (CONSUMER, OURS, CONSUMER, CONSUMER, NOBODY),
    FailureReason.SITE_NOT_READY: (CONSUMER, OURS, CONSUMER, CONSUMER, NOBODY),
    FailureReason.WRONG_ADDRESS: (MERCHANT,) * 5,
    FailureReason.GOODS_MISSING: (MERCHANT,) * 5,
    FailureReason.GOODS_DAMAGED: (MERCHANT,) * 5,
    FailureReason.PARTS_MISSING: (OURS,) * 5,
    FailureReason.OUT_OF_TIME: (OURS,) * 5,
    FailureReason.OTHER: (NOBODY,) * 5,
}


def stayed_until(arrived_at: datetime) -> datetime:
    return arrived_at + TEN_MINUTES


@pytest.mark.parametrize("reason", FailureReason)
def test_the_rule_is_the_table_of_the_operators_page(reason: FailureReason) -> None:
    within, after, before = shanghai(9.5), shanghai(11.25), shanghai(8)
    found = (
        whose(reason, WINDOW, within, stayed_until(within)),
        whose(reason, WINDOW, after, stayed_until(after)),
        whose(reason, WINDOW, before, stayed_until(before)),
        whose(reason, WINDOW, None, within),
        whose(reason, None, within, stayed_until(within)),
    )
    assert found == TABLE[reason]


def test_who_came_early_and_waited_until_the_window_opened_was_there() -> None:
    assert whose(FailureReason.NOBODY_HOME, WINDOW, shanghai(8.5), shanghai(9.25)) == CONSUMER


def test_the_last_instant_of_the_window_is_in_time() -> None:
    assert whose(FailureReason.NOBODY_HOME, WINDOW, WINDOW[1], stayed_until(WINDOW[1])) == CONSUMER
    late = WINDOW[1] + timedelta(seconds=1)
    assert whose(FailureReason.NOBODY_HOME, WINDOW, late, stayed_until(late)) == OURS


def test_a_check_in_far_from_the_door_leaves_it_open() -> None:
    arrived_at = shanghai(9.5)
    assert whose(FailureReason.NOBODY_HOME, WINDOW, arrived_at, stayed_until(arrived_at), was_elsewhere=True) == NOBODY
    assert whose(FailureReason.GOODS_MISSING, WINDOW, arrived_at, arrived_at, was_elsewhere=True) == MERCHANT


def wasted(
    town: Town, arrives: float, *, reason: FailureReason = FailureReason.NOBODY_HOME, north: float = 0.0, **more: Any
) -> WastedTrip:
    """The record of T1's trip to a lamp, checked in that far (degrees) north of the door, given up 20 minutes later."""
    with town.system.transaction() as session:
        order = town.order(session, f"A-{arrives}-{north}-{reason}", window=(9, 11))
        publish(session, town, "T1", [order])
        lng, lat = DOORS["310101"]
        place = {"lng": lng, "lat": lat + north, "accuracy": 20.0}
        visit_id, me = order.visits[0].id, town.technicians["T1"]
        visits.arrive(session, visit_id, me, fact(town, shanghai(arrives), **place))
        visits.could_not_complete(
            session, visit_id, me, fact(town, shanghai(arrives) + 2 * TEN_MINUTES, **place), reason=reason,
            left=Left(**more),
        )  # fmt: skip
        return session.scalars(select(WastedTrip).where(WastedTrip.visit_id == visit_id)).one()


def test_place_time_call_and_wait_are_written_down(town: Town) -> None:
    called_at = shanghai(9.6)
    trip = wasted(
        town,
        9.5,
        called_at=called_at,
        call_outcome=CallOutcome.NO_ANSWER,
        wishes=({"on": "2026-05-13", "part": "any"},),
    )
    assert (trip.whose, trip.reason, trip.distance) == (CONSUMER, "nobody-home", 0)
    assert (trip.at, trip.waited) == (shanghai(9.5) + 2 * TEN_MINUTES, 1200)
    assert (trip.called_at, trip.call_outcome) == (called_at, CallOutcome.NO_ANSWER)
    assert trip.wishes == [{"on": "2026-05-13", "part": "any"}]


def test_a_longer_wait_that_the_phone_counted_is_believed(sqlite_town: Town) -> None:
    assert wasted(sqlite_town, 9.5, waited=1500).waited == 1500


def test_after_the_window_it_is_ours(sqlite_town: Town) -> None:
    assert wasted(sqlite_town, 11.5).whose == OURS


def test_five_kilometres_off_it_is_left_open(sqlite_town: Town) -> None:
    trip = wasted(sqlite_town, 9.5, north=0.045)
    assert trip.whose == NOBODY
    assert trip.distance is not None
    assert 4_900 < trip.distance < 5_100


def test_the_history_of_an_order_finds_its_trips_by_visit(sqlite_town: Town) -> None:
    trip = wasted(sqlite_town, 9.5)
    with sqlite_town.system.transaction(read_only=True) as session:
        assert {n: each.id for n, each in wasted_trips.of_visits(session, [trip.visit_id]).items()} == {
            trip.visit_id: trip.id
        }
