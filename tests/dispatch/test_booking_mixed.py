"""Everybody at once: consumers, merchants, dispatchers and the clock in threads; every promise that is made fits."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dispatch import appointments, changes, improving, plans, quote, routes
from dispatch.day_plan import Stop
from dispatch.errors import PlanOutOfDate
from dispatch.partners import holders
from dispatch.planning import snapshot
from dispatch.planted import Planted
from dispatch.system import System, assemble
from dispatch.work_order import Appointment, AppointmentState, BookedBy, WorkOrder
from routing.limits import Limits
from routing.plan import Plan, Route
from technicians.errors import Conflict
from technicians.people import Technician
from tests.promises import faults, in_force
from tests.town import AREA, TUESDAY, Town, shanghai

LATER = timedelta(hours=1)
MERCHANT: dict[str, Any] = {"booked_by": BookedBy.MERCHANT, "by": "merchant:lights"}
ORDERS, PEOPLE, ATTEMPTS = 12, 4, 8
HOURS = (10, 12)


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


def asking(town: Town) -> list[int]:
    """Orders that know their price, on a day that has been opened: more than can be promised in two windows."""
    with town.system.transaction() as session:
        plans.ensure(session, AREA, TUESDAY, town.system.now())
        town.take_risks(session)
        made = []
        for n in range(ORDERS):
            product, county = ("water-heater", "310115") if n % 2 else ("lamp", "310101")
            order = town.order(session, f"M{n}", product, county)
            order.consumer_phone, order.address = f"1390000{n:04d}", f"{n}"
            quote.bind(session, order, by="consumer", at=town.system.now())
            made.append(order.id)
        return made


@dataclass(frozen=True)
class Person:
    """Somebody who does this and that, and takes a refusal for an answer."""

    system: System
    orders: list[int]
    rng: random.Random
    start: threading.Barrier

    def work(self) -> None:
        self.start.wait()
        for _ in range(ATTEMPTS):
            with suppress(Conflict), self.system.transaction() as session:
                self.rng.choice((self.keep, self.promise, self.promise, self.confirm, self.give_back, self.move))(
                    session
                )

    def order(self, session: Session) -> WorkOrder:
        return session.get_one(WorkOrder, self.rng.choice(self.orders))

    def keep(self, session: Session) -> None:
        appointments.hold(
            session, self.system.travel_times, self.order(session), self.window(), **MERCHANT, at=self.system.now()
        )

    def promise(self, session: Session) -> None:
        appointments.choose(
            session, self.system.travel_times, self.order(session), self.window(), **MERCHANT, at=self.system.now()
        )

    def confirm(self, session: Session) -> None:
        appointments.confirm(session, self.system.travel_times, self.order(session), **MERCHANT, at=self.system.now())

    def give_back(self, session: Session) -> None:
        order = self.order(session)
        if self.rng.random() < 0.5:
            appointments.call_off(session, self.system.travel_times, order, by="li", at=self.system.now())
        for held in [visit.hold for visit in order.visits if visit.hold]:
            appointments.expire(session, self.system.travel_times, held.id, at=self.system.now() + LATER)

    def move(self, session: Session) -> None:
        """A dispatcher gives a visit to somebody else, unless that breaks something."""
        plan = plans.current(session, AREA, TUESDAY)
        stops = session.scalars(select(Stop.visit_id).where(Stop.visit_id.is_not(None))).all()
        people = session.scalars(select(Technician.id)).all()
        if plan is None or not stops:
            return
        visit_id, to = self.rng.choice(stops), self.rng.choice(people)
        assert visit_id is not None
        tried = changes.try_move(session, self.system.travel_times, plan.id, visit_id, to)
        if not tried.violations:
            seen = {route["technician_id"]: route["revision"] for route in tried.routes}
            changes.move(
                session, self.system.travel_times, plan.id, visit_id, to, revisions=seen, by="li", at=self.system.now()
            )

    def window(self) -> datetime:
        return shanghai(self.rng.choice(HOURS))


def everybody_at_once(system: System, orders: list[int]) -> None:
    start = threading.Barrier(PEOPLE)
    people = [Person(system, orders, random.Random(seed), start) for seed in range(PEOPLE)]
    threads = [threading.Thread(target=person.work) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def offered(system: System, order_id: int) -> list[datetime]:
    with system.transaction(read_only=True) as session:
        order = session.get_one(WorkOrder, order_id)
        found = appointments.offers(session, system.travel_times, order, system.now()).offers
        return [offer.starts_at for offer in found if offer.on_date == TUESDAY]


def test_whatever_everybody_does_at_once_every_promise_fits_and_every_window_offered_can_be_had(
    system: System, town: Town
) -> None:
    orders = asking(town)
    everybody_at_once(system, orders)
    assert faults(system, AREA, [TUESDAY]) == []
    for order_id in orders:
        if not in_force(system, order_id) and (free := offered(system, order_id)):
            with system.transaction() as session:
                order = session.get_one(WorkOrder, order_id)
                appointments.choose(session, system.travel_times, order, free[0], **MERCHANT, at=system.now())
    assert faults(system, AREA, [TUESDAY]) == []


def test_without_locks_somebody_would_lose_what_was_promised(system: System, town: Town) -> None:
    """The twin: the same window for everybody, and nobody waits for anybody between looking and writing."""
    orders = asking(town)[1::2]
    settings = replace(system.settings, planted=Planted(pause=0.3, locks=False))
    careless = replace(assemble(settings), now=system.now)
    start = threading.Barrier(len(orders))

    def consumer(order_id: int) -> None:
        start.wait()
        with suppress(Conflict), careless.transaction() as session:
            order = session.get_one(WorkOrder, order_id)
            appointments.choose(session, careless.travel_times, order, shanghai(10), **MERCHANT, at=careless.now())

    threads = [threading.Thread(target=consumer, args=(order_id,)) for order_id in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    careless.engine.dispose()
    assert faults(system, AREA, [TUESDAY]) != []


def test_who_books_into_a_route_does_not_wait_for_somebody_who_confirms_on_it(postgres_system: System) -> None:
    system, town = postgres_system, Town.build(postgres_system)
    with system.transaction() as session:
        first, second = (town.order(session, str(n), "water-heater", "310115").id for n in range(2))
    hold(system, first, 10)
    with system.transaction() as session:
        order = session.get_one(WorkOrder, first)
        appointments.confirm(session, system.travel_times, order, **MERCHANT, at=system.now())
        hold(system, second, 14)
    assert faults(system, AREA, [TUESDAY]) == []


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
