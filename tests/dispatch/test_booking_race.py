"""Many consumers reach for the same window at once: exactly as many promises are made as fit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import appointments, orders, routes, taking
from dispatch.day_plan import Route, Stop
from dispatch.errors import SlotTaken
from dispatch.planning import snapshot
from dispatch.plans import current, ensure
from dispatch.system import System
from dispatch.work_order import Appointment, AppointmentState, BookedBy, WorkOrder, WorkOrderState
from routing.check import violations
from technicians.errors import Conflict
from tests.town import AREA, TUESDAY, Town, shanghai

CONSUMERS = 6
FIT = 2  # water heaters that one technician can begin between ten and twelve
PATIENCE = 60.0


def heavy_orders(town: Town) -> list[int]:
    """Orders that only one technician can do, for one county, on a day that has been opened."""
    with town.system.transaction() as session:
        ensure(session, AREA, TUESDAY, town.system.now())
        town.take_risks(session)
        return [town.order(session, f"R{n}", "water-heater", "310115").id for n in range(CONSUMERS)]


def choose(system: System, order_id: int) -> str:
    """One consumer's request, sent again after a lost race as a browser's user would."""
    while True:
        try:
            with system.transaction() as session:
                order = session.get_one(WorkOrder, order_id)
                appointments.choose(
                    session, system.travel_times, order, shanghai(10),
                    booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
                )  # fmt: skip
            return "promised"
        except SlotTaken:
            return "taken"
        except Conflict:
            continue


def all_at_once(system: System, order_ids: list[int]) -> list[str]:
    """What each consumer was told; all of them start together."""
    start = threading.Barrier(len(order_ids), timeout=PATIENCE)
    told: list[str] = []

    def consumer(order_id: int) -> None:
        start.wait()
        told.append(choose(system, order_id))

    threads = [threading.Thread(target=consumer, args=(order_id,)) for order_id in order_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def promised(system: System) -> int:
    with system.transaction(read_only=True) as session:
        return len(session.scalars(select(Appointment).where(Appointment.state == AppointmentState.CONFIRMED)).all())


def day_is_sound(system: System) -> bool:
    """Whether the referee finds nothing wrong with the day, every promise in its window."""
    with system.transaction(read_only=True) as session:
        plan = current(session, AREA, TUESDAY)
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=plan)
        return violations(snap.problem, snap.running) == []


def test_as_many_are_promised_as_fit_and_the_others_are_told(town: Town) -> None:
    told = all_at_once(town.system, heavy_orders(town))
    assert sorted(told) == ["promised"] * FIT + ["taken"] * (CONSUMERS - FIT)
    assert promised(town.system) == FIT
    assert day_is_sound(town.system)


def test_one_consumer_with_many_fingers_gets_one_appointment(town: Town) -> None:
    (order_id, *_others) = heavy_orders(town)
    assert all_at_once(town.system, [order_id] * CONSUMERS) == ["promised"] * CONSUMERS
    assert promised(town.system) == 1
    assert day_is_sound(town.system)


def test_a_window_moved_while_the_order_is_cancelled_leaves_no_promise_behind(town: Town) -> None:
    (order_id, *_others) = heavy_orders(town)
    system = town.system
    move(system, order_id, 10)
    start = threading.Barrier(2, timeout=PATIENCE)

    def mover() -> None:
        start.wait()
        move(system, order_id, 14)

    thread = threading.Thread(target=mover)
    thread.start()
    start.wait()
    cancel(system, order_id)
    thread.join()
    assert promised(system) == 0
    with system.transaction(read_only=True) as session:
        assert session.get_one(WorkOrder, order_id).state == WorkOrderState.CANCELLED
        assert session.scalars(select(Stop).where(Stop.visit_id.is_not(None))).all() == []


def move(system: System, order_id: int, hour: float) -> None:
    """The window is moved, unless the order is gone or somebody else was at it."""
    with suppress(Conflict), system.transaction() as session:
        appointments.choose(
            session, system.travel_times, session.get_one(WorkOrder, order_id), shanghai(hour),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip


def cancel(system: System, order_id: int) -> None:
    """The order is cancelled, sent again after a lost race."""
    while True:
        try:
            with system.transaction() as session:
                orders.cancel(session, system.travel_times, order_id, by="li", at=system.now())
            return
        except Conflict:
            continue


def test_without_the_row_lock_postgresql_would_promise_too_much(
    postgres_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the lock does not lock, and everybody looks before anybody inserts."""
    town = Town.build(postgres_system)
    order_ids = heavy_orders(town)
    everybody_has_looked = threading.Barrier(len(order_ids), timeout=PATIENCE)
    is_fitting = taking.fits

    def look_without_locking(session: Session, plan_id: int, technician_ids: Iterable[int]) -> dict[int, Route]:
        query = select(Route).where(Route.day_plan_id == plan_id, Route.technician_id.in_(set(technician_ids)))
        return {route.technician_id: route for route in session.scalars(query)}

    monkeypatch.setattr(routes, "lock", look_without_locking)
    monkeypatch.setattr(taking, "fits", together(is_fitting, everybody_has_looked))
    told = all_at_once(town.system, order_ids)
    assert told.count("promised") > FIT
    assert promised(town.system) > FIT


def together(look: Callable[..., object], barrier: threading.Barrier) -> Callable[..., object]:
    """The same look; each consumer's first one is answered only when everybody has looked."""
    waited: set[int] = set()

    def looked(*args: object) -> object:
        found = look(*args)
        if threading.get_ident() not in waited:
            waited.add(threading.get_ident())
            barrier.wait()
        return found

    return looked
