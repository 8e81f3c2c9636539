"""Wishes told without signal are booked before anybody calls: in their order, once, never over a consumer's choice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import appointments, call_list, calls, sending, visits, wishes, worker
from dispatch.call_reasons import Because
from dispatch.later import TryLater
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.planted import Point
from dispatch.site_records import WastedTrip
from dispatch.slots import Offer
from dispatch.system import System
from dispatch.wasted_trips import Left
from dispatch.wishes import DayPart
from dispatch.work_order import Appointment, AppointmentState, BookedBy, FailureReason, Visit, WorkOrder
from technicians.errors import Conflict
from tests.clock import Clock
from tests.mortal import KILLED, Errand, Mortal, mortal
from tests.phone_day import fact, publish
from tests.promises import everything, faults, in_force
from tests.town import AREA, TUESDAY, ZONE, Town, shanghai

WEDNESDAY = TUESDAY + timedelta(days=1)
SUNDAY = TUESDAY + timedelta(days=5)  # nobody works
NEVER = TUESDAY - timedelta(days=1)
CONFIRMED = AppointmentState.CONFIRMED


@pytest.fixture(autouse=True)
def _tuesday(clock: Clock) -> None:
    clock.set(shanghai(9.5))


def failed(town: Town, *wished: tuple[date, str], number: str = "A-1") -> WastedTrip:
    """T1's visit to a lamp ends without the work at half past nine; its wasted trip with these wishes."""
    with town.system.transaction() as session:
        order = town.order(session, number, window=(9, 11))
        publish(session, town, "T1", [order])
        visit_id, me = order.visits[0].id, town.technicians["T1"]
        visits.arrive(session, visit_id, me, fact(town, shanghai(9.25)))
        told = tuple({"on": on.isoformat(), "part": part} for on, part in wished)
        visits.could_not_complete(
            session, visit_id, me, fact(town, shanghai(9.5)), reason=FailureReason.NOBODY_HOME, left=Left(wishes=told)
        )
        return session.scalars(select(WastedTrip).where(WastedTrip.visit_id == visit_id)).one()


def rows(system: System, kind: OutboxKind) -> list[Outbox]:
    with system.transaction(read_only=True) as session:
        return list(session.scalars(select(Outbox).where(Outbox.kind == kind).order_by(Outbox.id)))


def work(town: Town) -> list[dict[str, object]]:
    """Do the jobs for wishes that are due, as the relay's child does."""
    for row in rows(town.system, OutboxKind.WISHES):
        worker.work_on(town.system, row.id)
    return [row.result for row in rows(town.system, OutboxKind.WISHES)]


def order_of(system: System, trip: WastedTrip) -> int:
    with system.transaction(read_only=True) as session:
        return session.get_one(Visit, trip.visit_id).work_order_id


def booked(system: System, trip: WastedTrip) -> list[Appointment]:
    with system.transaction(read_only=True) as session:
        order = session.get_one(WorkOrder, order_of(system, trip))
        return [made for visit in order.visits[1:] for made in visit.appointments]


def choose(system: System, order_id: int, starts_at: datetime) -> None:
    with system.transaction() as session:
        appointments.choose(
            session, system.travel_times, session.get_one(WorkOrder, order_id), starts_at,
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip


def test_the_first_wish_that_really_fits_is_booked_before_the_old_window_has_passed(town: Town) -> None:
    trip = failed(town, (NEVER, "any"), (SUNDAY, "morning"), (WEDNESDAY, "afternoon"), (WEDNESDAY, "morning"))
    (result,) = work(town)
    (made,) = booked(town.system, trip)
    assert result == {"fits": True, "starts_at": made.window_starts_at.isoformat()}
    local = made.window_starts_at.astimezone(ZONE)
    assert (local.date(), 12 <= local.hour < 18) == (WEDNESDAY, True)
    assert (made.booked_by, made.state) == (BookedBy.TECHNICIAN, CONFIRMED)
    assert made.confirmed_at is not None
    assert made.confirmed_at < shanghai(11)
    assert faults(town.system, AREA, [WEDNESDAY]) == []


def test_the_consumer_hears_the_new_window_and_not_that_there_is_none(town: Town, clock: Clock) -> None:
    failed(town, (WEDNESDAY, "any"))
    work(town)
    clock.advance(hours=1)
    told = {row.payload["template"]: sending.send(town.system, row.id) for row in rows(town.system, OutboxKind.MESSAGE)}
    assert told["again"] == {"skipped": "order-booked"}
    assert "sent_by" in told["booked"]


def test_without_wishes_there_is_no_job(town: Town) -> None:
    failed(town)
    assert rows(town.system, OutboxKind.WISHES) == []


def test_when_none_fits_the_call_list_says_so_with_the_wishes_until_somebody_has_spoken_to_them(town: Town) -> None:
    trip = failed(town, (SUNDAY, "evening"), (SUNDAY, "any"))
    assert listed(town) == []
    assert work(town) == [{"fits": False}]
    (line,) = listed(town)
    assert line.because == (Because.WISHES_DO_NOT_FIT,)
    assert [(wish.on, wish.part) for wish in line.wishes] == [(SUNDAY, DayPart.EVENING), (SUNDAY, DayPart.ANY)]
    with town.system.transaction() as session:
        calls.reached(session, order_of(town.system, trip), by="li", at=town.system.now())
    assert listed(town) == []


def listed(town: Town) -> list[call_list.CallLine]:
    with town.system.transaction(read_only=True) as session:
        found = call_list.of_area(session, AREA, town.system.now()).due
        assert call_list.count(session, AREA, town.system.now()) == len(found)
        return found


def test_done_twice_it_is_done_once(town: Town) -> None:
    trip = failed(town, (WEDNESDAY, "any"))
    work(town)
    assert wishes.book(town.system, trip.id) == {"skipped": "booked-already"}
    assert len(booked(town.system, trip)) == 1


def test_two_workers_at_once_make_one_promise(town: Town) -> None:
    trip = failed(town, (WEDNESDAY, "any"))
    start = threading.Barrier(2, timeout=60)

    def one() -> None:
        start.wait()
        try:
            wishes.book(town.system, trip.id)
        except (TryLater, Conflict):
            return

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(booked(town.system, trip)) == 1
    assert faults(town.system, AREA, [WEDNESDAY]) == []


def while_the_job_looks(monkeypatch: pytest.MonkeyPatch, trip: WastedTrip, starts_at: datetime) -> None:
    """The consumer chooses a window just after the job has looked what fits."""
    look = wishes.fitting

    def looked_and_then_booked(session: Session, system: System, wished: WastedTrip) -> list[Offer]:
        found = look(session, system, wished)
        session.rollback()
        choose(system, order_of(system, trip), starts_at)
        return found

    monkeypatch.setattr(wishes, "fitting", looked_and_then_booked)


def test_what_the_consumer_books_meanwhile_stays(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    trip = failed(town, (WEDNESDAY, "morning"))
    while_the_job_looks(monkeypatch, trip, shanghai(14, WEDNESDAY))
    assert work(town) == [{"skipped": "booked-already"}]
    assert in_force(town.system, order_of(town.system, trip)) == [(CONFIRMED, shanghai(14, WEDNESDAY))]


def test_without_looking_again_under_the_lock_the_consumers_choice_would_be_moved_away(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    trip = failed(town, (WEDNESDAY, "morning"))
    while_the_job_looks(monkeypatch, trip, shanghai(14, WEDNESDAY))
    monkeypatch.setattr(wishes, "why_not_booked", lambda _visit, _at: None)
    work(town)
    assert in_force(town.system, order_of(town.system, trip)) != [(CONFIRMED, shanghai(14, WEDNESDAY))]


def test_while_the_consumer_keeps_a_window_the_job_waits(town: Town, clock: Clock) -> None:
    trip = failed(town, (WEDNESDAY, "morning"))
    with town.system.transaction() as session:
        order = session.get_one(WorkOrder, order_of(town.system, trip))
        appointments.hold(
            session, town.system.travel_times, order, shanghai(14, WEDNESDAY),
            booked_by=BookedBy.CONSUMER, by="consumer", at=clock(),
        )  # fmt: skip
    work(town)
    (row,) = rows(town.system, OutboxKind.WISHES)
    assert (row.state, row.due_at > clock()) == (OutboxState.WAITING, True)
    clock.advance(minutes=15)
    work(town)
    ((state, starts_at),) = in_force(town.system, order_of(town.system, trip))
    assert (state, starts_at.astimezone(ZONE).hour < 12) == (CONFIRMED, True)


@pytest.fixture(scope="module")
def children() -> Iterator[Mortal]:
    with mortal() as running:
        yield running


def errand(system: System, trip_id: int, *, autocommit: bool = False, **more: str) -> Errand:
    environment = {
        "SHIFU_HOME": str(system.settings.home),
        "DATABASE_URL": system.settings.database_url,
        "SECRET_KEY": system.settings.secret_key,
    }
    return Errand(environment | more, "wishes", trip_id, system.now().isoformat(), autocommit=autocommit)


@pytest.mark.parametrize("point", [Point.BEGUN, Point.VISIT_LOCKED, Point.ROUTES_LOCKED, Point.LOOKED, Point.REWRITTEN])
def test_killed_anywhere_on_the_way_nothing_was_done_and_the_next_worker_does_it(
    town: Town, children: Mortal, point: Point
) -> None:
    trip = failed(town, (WEDNESDAY, "morning"))
    before = everything(town.system)
    assert children.run(errand(town.system, trip.id, PLANTED_DEATH=point)) == KILLED
    assert everything(town.system) == before
    assert children.run(errand(town.system, trip.id)) == 0
    assert len(booked(town.system, trip)) == 1
    assert faults(town.system, AREA, [WEDNESDAY]) == []
    assert [row.payload["template"] for row in rows(town.system, OutboxKind.MESSAGE)].count("booked") == 1


def test_without_one_transaction_a_death_would_leave_a_stop_that_nobody_was_promised(
    postgres_system: System, children: Mortal
) -> None:
    """The twin: every statement is a transaction of its own."""
    town = Town.build(postgres_system)
    trip = failed(town, (WEDNESDAY, "morning"))
    given = errand(postgres_system, trip.id, autocommit=True, PLANTED_DEATH=Point.REWRITTEN)
    assert children.run(given) == KILLED
    assert faults(postgres_system, AREA, [WEDNESDAY]) != []


@pytest.mark.parametrize(
    ("hour", "parts"),
    [
        (8, {DayPart.MORNING}), (11.99, {DayPart.MORNING}), (12, {DayPart.AFTERNOON}),
        (17.99, {DayPart.AFTERNOON}), (18, {DayPart.EVENING}), (20, {DayPart.EVENING}),
    ],
)  # fmt: skip
def test_a_part_of_the_day_is_told_by_when_the_window_begins_there(hour: float, parts: set[DayPart]) -> None:
    assert {part for part in DayPart if wishes.suits(part, shanghai(hour), ZONE)} == parts | {DayPart.ANY}


@pytest.mark.parametrize("wish", [{}, {"on": "tomorrow"}, {"on": "2026-05-13", "part": "night"}, {"on": None}])
def test_a_wish_that_cannot_be_read_is_passed_over(sqlite_town: Town, wish: dict[str, str]) -> None:
    trip = failed(sqlite_town, (WEDNESDAY, "morning"))
    with sqlite_town.system.transaction() as session:
        session.get_one(WastedTrip, trip.id).wishes = [wish, *trip.wishes]
    assert work(sqlite_town)[0]["fits"] is True
