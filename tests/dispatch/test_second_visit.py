"""The second visit booked on the spot, while others are at it too; on both databases."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from dispatch import appointments, facts, second_visit, slots, visits
from dispatch.errors import BookedAlready, SlotTaken
from dispatch.evidence import EventType, VisitEvent
from dispatch.facts import Fact
from dispatch.outbox import Outbox, OutboxKind
from dispatch.system import System
from dispatch.work_order import Appointment, AppointmentState, BookedBy, FailureReason, Visit, WorkOrder
from technicians.errors import Conflict, IllegalTransition, InvalidInput, NotFound
from tests.clock import Clock
from tests.phone_day import fact, publish
from tests.promises import faults, in_force
from tests.town import AREA, TUESDAY, Town, shanghai

WEDNESDAY = TUESDAY + timedelta(days=1)
CONFIRMED = AppointmentState.CONFIRMED
TEN, TWO = shanghai(10, WEDNESDAY), shanghai(14, WEDNESDAY)


@pytest.fixture
def visit_id(town: Town, clock: Clock) -> int:
    return failed(town, clock)


def failed(town: Town, clock: Clock) -> int:
    """T1 found nobody at home at half past nine."""
    clock.set(shanghai(9.5))
    with town.system.transaction() as session:
        order = town.order(session, "A-1", window=(9, 11))
        publish(session, town, "T1", [order])
        me = town.technicians["T1"]
        visits.arrive(session, order.visits[0].id, me, fact(town, shanghai(9.25)))
        visits.could_not_complete(
            session, order.visits[0].id, me, fact(town, clock()), reason=FailureReason.NOBODY_HOME
        )  # fmt: skip
        return order.visits[0].id


def said(town: Town, event_id: str = "") -> Fact:
    now = town.system.now()
    return Fact(event_id or str(uuid.uuid4()), "phone-1", now, now, now)


def book(town: Town, visit_id: int, starts_at: datetime, event: Fact | None = None, who: str = "T1") -> Appointment:
    with town.system.transaction() as session:
        return second_visit.book(
            session, town.system.travel_times, visit_id, town.technicians[who], event or said(town), starts_at
        )


def consumer(town: Town, verb: Callable[..., object], starts_at: datetime) -> None:
    with town.system.transaction() as session:
        order = session.get_one(WorkOrder, 1)
        verb(
            session, town.system.travel_times, order, starts_at,
            booked_by=BookedBy.CONSUMER, by="consumer", at=town.system.now(),
        )  # fmt: skip


def all_at_once(*errands: Callable[[], object]) -> list[str]:
    """What became of each, by the name of the error if it was one; all start together, lost races are tried again."""
    start = threading.Barrier(len(errands), timeout=60)
    ends: list[str] = []

    def run(errand: Callable[[], object]) -> None:
        start.wait()
        ends.append(_end(errand))

    threads = [threading.Thread(target=run, args=(errand,)) for errand in errands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def _end(errand: Callable[[], object]) -> str:
    while True:
        try:
            errand()
        except (BookedAlready, SlotTaken, InvalidInput) as refusal:
            return type(refusal).__name__
        except Conflict:
            continue
        return "done"


def events(system: System) -> int:
    with system.transaction(read_only=True) as session:
        query = select(VisitEvent.id).where(VisitEvent.type == EventType.NEXT_APPOINTMENT)
        return len(session.scalars(query).all())


def told(system: System, template: str) -> int:
    with system.transaction(read_only=True) as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == OutboxKind.MESSAGE))
        return sum(row.payload["template"] == template for row in rows)


def test_one_tap_that_arrives_many_times_at_once_books_once(town: Town, visit_id: int) -> None:
    event = said(town)
    assert all_at_once(*[lambda: book(town, visit_id, TEN, event)] * 4) == ["done"] * 4
    assert in_force(town.system, 1) == [(CONFIRMED, TEN)]
    assert (events(town.system), told(town.system, "booked"), told(town.system, "moved")) == (1, 1, 0)
    assert faults(town.system, AREA, [WEDNESDAY]) == []


def test_without_knowing_its_event_a_tap_that_arrives_late_would_undo_a_later_one(
    sqlite_town: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: with it the later choice stays, without it the repeat of the earlier one is believed again."""
    visit_id = failed(sqlite_town, clock)
    first = said(sqlite_town)
    book(sqlite_town, visit_id, TEN, first)
    book(sqlite_town, visit_id, TWO)
    assert book(sqlite_town, visit_id, TEN, first).window_starts_at == TWO
    monkeypatch.setattr(facts, "is_known", lambda *_args, **_more: False)
    monkeypatch.setattr(facts, "record", lambda *_args, **_more: None)
    assert book(sqlite_town, visit_id, TEN, first).window_starts_at == TEN


def test_technician_and_consumer_at_once_make_one_appointment_and_the_consumers_choice_is_never_moved(
    town: Town, visit_id: int
) -> None:
    ends = all_at_once(lambda: book(town, visit_id, TEN), lambda: consumer(town, appointments.choose, TWO))
    assert ends in (["BookedAlready", "done"], ["done", "done"])
    assert in_force(town.system, 1) == [(CONFIRMED, TWO)]
    assert faults(town.system, AREA, [WEDNESDAY]) == []


def test_without_asking_whose_it_is_the_consumers_choice_would_be_moved(
    sqlite_town: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    visit_id = failed(sqlite_town, clock)
    consumer(sqlite_town, appointments.choose, TWO)
    with pytest.raises(BookedAlready):
        book(sqlite_town, visit_id, TEN)
    monkeypatch.setattr(second_visit, "is_anothers", lambda _promise: False)
    book(sqlite_town, visit_id, TEN)
    assert in_force(sqlite_town.system, 1) == [(CONFIRMED, TEN)]


def test_what_the_consumer_only_keeps_gives_way_to_what_is_chosen_together(town: Town, visit_id: int) -> None:
    consumer(town, appointments.hold, TWO)
    book(town, visit_id, TEN)
    assert in_force(town.system, 1) == [(CONFIRMED, TEN)]


def test_a_repeat_after_the_appointment_was_given_back_books_nothing(town: Town, visit_id: int) -> None:
    event = said(town)
    book(town, visit_id, TEN, event)
    with town.system.transaction() as session:
        order = session.get_one(WorkOrder, 1)
        appointments.call_off(session, town.system.travel_times, order, by="consumer", at=town.system.now())
    assert book(town, visit_id, TEN, event).state == AppointmentState.CANCELLED
    assert in_force(town.system, 1) == []


def test_others_and_visits_that_have_not_failed_are_refused(town: Town, visit_id: int) -> None:
    with pytest.raises(NotFound):
        book(town, visit_id, TEN, who="T2")
    book(town, visit_id, TEN)
    with town.system.transaction(read_only=True) as session:
        second = session.scalars(select(Visit.id).where(Visit.sequence == 2)).one()
    with pytest.raises((IllegalTransition, NotFound)):
        book(town, second, TWO)


def test_nothing_on_offer_says_why(town: Town, visit_id: int) -> None:
    with town.system.transaction() as session:
        session.get_one(Visit, visit_id).work_order.product.skills = {"lamp": 5}
    with town.system.transaction(read_only=True) as session:
        found = second_visit.look(
            session, town.system.travel_times, visit_id, town.technicians["T1"], town.system.now()
        )  # fmt: skip
    assert (found.offered.offers, found.offered.nothing_because) == ((), "no-skill")


def test_the_windows_are_those_of_everybody(town: Town, visit_id: int) -> None:
    with town.system.transaction(read_only=True) as session:
        found = second_visit.look(
            session, town.system.travel_times, visit_id, town.technicians["T1"], town.system.now()
        )  # fmt: skip
        order = session.get_one(WorkOrder, 1)
        assert found.offered == appointments.offers(session, town.system.travel_times, order, town.system.now())
    assert {slots.Grade.BEST} <= {offer.grade for offer in found.offered.offers}
