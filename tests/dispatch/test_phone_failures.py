from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dispatch import phone_failures
from dispatch.site_records import CallOutcome, WastedTrip
from dispatch.wasted_trips import NOTHING_MORE
from tests.phone_pocket import Pocket, planned
from tests.town import Town, shanghai

WISHES = [{"on": "2026-05-13", "part": "morning"}, {"on": "2026-05-14", "part": "any"}]
CALLED = {"at": shanghai(10).isoformat(), "outcome": "no-answer"}


def test_a_visit_that_came_to_nothing_says_who_was_called_how_long_was_waited_and_what_is_wished(town: Town) -> None:
    visit_id, phone = planned(town), Pocket(town)
    phone.arrives(visit_id)
    said: dict[str, Any] = {"reason": "nobody-home", "note": "", "called": CALLED, "waited": 900, "wishes": WISHES}
    assert phone.tell("could-not-complete", visit_id, **said) == "applied"
    with town.system.transaction(read_only=True) as session:
        trip = session.scalars(select(WastedTrip)).one()
    assert (trip.called_at, trip.call_outcome, trip.waited) == (shanghai(10), CallOutcome.NO_ANSWER, 900)
    assert trip.wishes == WISHES


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"called": "yes", "waited": "long", "wishes": "soon"},
        {"called": {"at": "10:00", "outcome": "shouted"}, "waited": -1, "wishes": [None, {"on": "soon"}]},
        {"called": {"at": CALLED["at"], "outcome": "not-called"}, "waited": True},
    ],
)
def test_what_cannot_be_read_beside_the_reason_is_left_out(payload: dict[str, Any]) -> None:
    assert phone_failures.left(payload) == NOTHING_MORE


def test_a_call_at_an_unreadable_time_is_a_call_and_a_fourth_wish_is_one_too_many() -> None:
    left = phone_failures.left({"called": CALLED | {"at": "?"}, "wishes": [*WISHES, *WISHES]})
    assert (left.called_at, left.call_outcome, len(left.wishes)) == (None, CallOutcome.NO_ANSWER, 3)


def test_a_wish_for_no_known_part_of_the_day_is_one_for_any() -> None:
    assert phone_failures.left({"wishes": [{"on": "2026-05-13", "part": "dawn"}]}).wishes[0]["part"] == "any"
