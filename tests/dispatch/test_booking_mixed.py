"""Everybody at once: consumers, merchants, dispatchers and the clock in threads; every promise that is made fits."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from dispatch import appointments, changes, improving, plans, routes
from dispatch.errors import PlanOutOfDate
from dispatch.partners import holders
from dispatch.planning import snapshot
from dispatch.system import System
from dispatch.work_order import Appointment, AppointmentState, BookedBy, WorkOrder
from routing.limits import Limits
from routing.plan import Plan, Route
from tests.promises import faults
from tests.town import AREA, TUESDAY, Town, shanghai

LATER = timedelta(hours=1)


def hold(system: System, order_id: int, hour: float) -> int:
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        return appointments.hold(
            session, system.travel_times, order, shanghai(hour),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        ).id  # fmt: skip


def booked(town: Town, number: str, hour: float) -> tuple[int, int]:
    """An order with a confirmed window, and its visit."""
    with town.system.transaction() as session:
        order = town.order(session, number)
        appointments.choose(
            session, town.system.travel_times, order, shanghai(hour),
            booked_by=BookedBy.CONSUMER, by="consumer", at=town.system.now(),
        )  # fmt: skip
        return order.id, order.visits[0].id


def call_off(system: System, order_id: int) -> None:
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.call_off(session, system.travel_times, order, by="consumer", at=system.now())


def wait_until_somebody_waits(system: System) -> None:
    """Until a transaction waits for a row that another one has locked."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = :name")
    name = system.engine.url.database
    while True:
        with system.transaction(read_only=True) as session:
            if session.scalar(waiting, {"name": name}):
                return


def test_a_hold_that_is_confirmed_at_the_moment_it_runs_out_is_confirmed(postgres_system: System) -> None:
    system, town = postgres_system, Town.build(postgres_system)
    with system.transaction() as session:
        order_id = town.order(session, "1").id
    appointment_id = hold(system, order_id, 10)

    def clock() -> None:
        with system.transaction() as session:
            appointments.expire(session, system.travel_times, appointment_id, at=system.now() + LATER)

    thread = threading.Thread(target=clock)
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.confirm(
            session, system.travel_times, order, booked_by=BookedBy.CONSUMER, by="consumer", at=system.now()
        )
        thread.start()
        wait_until_somebody_waits(system)
    thread.join()
    with system.transaction(read_only=True) as session:
        assert session.scalars(select(Appointment.state)).all() == [AppointmentState.CONFIRMED]
    assert faults(system, AREA, [TUESDAY]) == []


def test_a_window_given_back_while_the_dispatcher_moves_its_visit_leaves_no_stop_behind(
    postgres_system: System,
) -> None:
    system, town = postgres_system, Town.build(postgres_system)
    order_id, visit_id = booked(town, "1", 10)
    with system.transaction() as session:
        plan = plans.current(session, AREA, TUESDAY)
        assert plan is not None
        (holder,) = holders(session, plan.id, visit_id).values()
    other = next(town.technicians[code] for code in ("T1", "T2") if town.technicians[code] != holder)

    thread = threading.Thread(target=call_off, args=(system, order_id))
    with system.transaction() as session:
        people = [holder, other]
        locked = routes.lock(session, plan.id, people)
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=plan, technician_ids=people)
        routes.rewrite(session, locked, [Route(holder, ()), Route(other, (visit_id,))], snap)
        thread.start()
        wait_until_somebody_waits(system)
    thread.join()
    assert faults(system, AREA, [TUESDAY]) == []


def test_a_window_given_back_while_its_visit_is_put_into_a_route_leaves_no_stop_behind(postgres_system: System) -> None:
    system, town = postgres_system, Town.build(postgres_system)
    order_id, visit_id = booked(town, "1", 10)
    with system.transaction() as session:
        plan = plans.current(session, AREA, TUESDAY)
        assert plan is not None
        changes.move(session, system.travel_times, plan.id, visit_id, None, revisions={}, by="li", at=system.now())

    thread = threading.Thread(target=call_off, args=(system, order_id))
    with system.transaction() as session:
        technician = town.technicians["T1"]
        changes.move(
            session, system.travel_times, plan.id, visit_id, technician, revisions={}, by="li", at=system.now()
        )
        thread.start()
        wait_until_somebody_waits(system)
    thread.join()
    assert faults(system, AREA, [TUESDAY]) == []


def test_a_window_given_back_while_the_day_is_planned_is_in_no_plan(system: System, town: Town) -> None:
    with system.transaction() as session:
        visit = town.order(session, "1", window=(10, 12)).visits[0]
        order_id, visit_id = visit.work_order_id, visit.id
    with system.transaction(read_only=True) as session:
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=None)
    call_off(system, order_id)
    planned = Plan((Route(town.technicians["T1"], (visit_id,)),), {})
    with pytest.raises(PlanOutOfDate), system.transaction() as session:
        plans.store(session, snap, planned, based_on_id=None, solver={}, at=system.now(), by="li")
    assert faults(system, AREA, [TUESDAY]) == []


def test_a_window_given_back_while_the_day_is_improved_stands_in_no_route(
    system: System, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with system.transaction() as session:
        plans.ensure(session, AREA, TUESDAY, system.now())
        order_id = town.order(session, "1", window=(10, 12)).id
    booked(town, "2", 14)
    solve = improving.solve_in_child

    def solved(*args: Any, **options: Any) -> Plan:
        planned = solve(*args, **options)
        call_off(system, order_id)
        return planned

    monkeypatch.setattr(improving, "solve_in_child", solved)
    assert improving.improve(system, AREA, TUESDAY, Limits(seconds=20.0, iterations=40)).skipped == 1
    assert faults(system, AREA, [TUESDAY]) == []
