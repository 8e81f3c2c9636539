"""A time that a consumer only keeps while deciding is nobody's visit yet."""

from __future__ import annotations

from datetime import timedelta

from dispatch.work_order import AppointmentState, Visit
from tests.phone_day import Tuesday


def test_a_visit_that_is_only_held_is_not_on_the_phone_until_it_is_confirmed(tuesday: Tuesday) -> None:
    def become(state: AppointmentState) -> None:
        with tuesday.town.system.transaction() as session:
            (promise,) = session.get_one(Visit, tuesday.first).appointments
            promise.held_until, promise.state = tuesday.clock() + timedelta(minutes=10), state

    def shown() -> list[int]:
        return [stop["visit"]["id"] for stop in tuesday.phone.read("/mobile/v1/day")["stops"] if stop["visit"]]

    become(AppointmentState.HELD)
    assert shown() == tuesday.visit_ids[1:]
    become(AppointmentState.CONFIRMED)
    assert shown() == tuesday.visit_ids
