"""Goods that come in a trip of their own: both trips are offered, promised, moved and given back together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from dispatch import appointments, orders, plans, slots, visits, wishes, worker
from dispatch.catalogue import ServiceProduct
from dispatch.day_plan import Stop
from dispatch.facts import Fact
from dispatch.later import TryLater
from dispatch.new_order import NewOrder
from dispatch.outbox import Outbox, OutboxKind
from dispatch.planning import snapshot
from dispatch.system import System
from dispatch.wasted_trips import Left
from dispatch.work_order import (
    Appointment,
    AppointmentState,
    BookedBy,
    FailureReason,
    Visit,
    VisitCause,
    VisitState,
    WorkOrder,
    WorkOrderState,
)
from routing.check import violations
from tests.clock import Clock
from tests.town import AREA, TUESDAY, Town, shanghai

HALF_HOUR, HOUR = 1800, 3600


@pytest.fixture
def order_id(system: System, town: Town) -> int:
    """A water heater that one person brings and, an hour later at the earliest, another one puts up."""
    with system.transaction() as session:
        product = session.get_one(ServiceProduct, "water-heater")
        product.delivery = {"duration": HALF_HOUR, "gap": HOUR, "skills": {"mattress": 1}}
        order = NewOrder(
            number="D1", product_code="water-heater", consumer_name="陈女士", consumer_phone="13900000001",
            address="南京东路100号", county_code="310101", lng=121.4846, lat=31.2316, goods_arrived_at=system.now(),
        )  # fmt: skip
        row, _ = orders.submit(session, system.places, town.merchant_id, order, by="shop", at=system.now())
        return row.id


def choose(system: System, order_id: int, hour: float) -> None:
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.choose(
            session, system.travel_times, order, shanghai(hour),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip


def promised(system: System) -> dict[VisitCause, tuple[float, AppointmentState]]:
    """The hour on Tuesday at which the last window of each trip opens."""
    with system.transaction(read_only=True) as session:
        rows = session.scalars(select(Appointment).order_by(Appointment.id))
        midnight = shanghai(0)
        return {row.visit.cause: ((row.window_starts_at - midnight) / timedelta(hours=1), row.state) for row in rows}


def planned(system: System) -> set[VisitCause]:
    """The trips that stand in routes, none of which breaks a rule."""
    with system.transaction(read_only=True) as session:
        plan = plans.current(session, AREA, TUESDAY)
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=plan)
        assert violations(snap.problem, snap.running) == []
        stood = select(Visit.cause).join(Stop, Stop.visit_id == Visit.id)
        return set(session.scalars(stood))


def test_an_order_begins_with_two_trips_of_which_one_person_makes_the_first(system: System, order_id: int) -> None:
    with system.transaction(read_only=True) as session:
        first, second = session.get_one(WorkOrder, order_id).visits
        assert (first.cause, first.service) == (VisitCause.DELIVERY, HALF_HOUR)
        assert second.cause == VisitCause.FIRST


def test_windows_are_offered_with_the_one_in_which_the_goods_come(system: System, order_id: int) -> None:
    with system.transaction(read_only=True) as session:
        order = session.get_one(WorkOrder, order_id)
        found = appointments.offers(session, system.travel_times, order, system.now()).offers
        product = order.product
    assert found
    for offer in found:
        assert offer.delivery is not None
        brought = offer.delivery[1] + timedelta(seconds=HALF_HOUR + product.delivery["gap"])
        assert brought <= offer.starts_at


def test_both_trips_are_promised_by_one_choice_and_stand_in_routes(system: System, order_id: int) -> None:
    choose(system, order_id, 16)
    assert promised(system) == {
        VisitCause.DELIVERY: (12, AppointmentState.CONFIRMED),
        VisitCause.FIRST: (16, AppointmentState.CONFIRMED),
    }
    assert planned(system) == {VisitCause.DELIVERY, VisitCause.FIRST}


def test_holding_and_confirming_take_both_together(system: System, order_id: int, clock: Clock) -> None:
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.hold(
            session, system.travel_times, order, shanghai(16),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip
    assert {state for _, state in promised(system).values()} == {AppointmentState.HELD}
    clock.advance(minutes=11)
    work_off(system)
    assert {state for _, state in promised(system).values()} == {AppointmentState.EXPIRED}
    assert planned(system) == set()


def test_moving_moves_both_and_cancelling_frees_both(system: System, order_id: int) -> None:
    choose(system, order_id, 16)
    choose(system, order_id, 14)
    assert promised(system) == {
        VisitCause.DELIVERY: (10, AppointmentState.CONFIRMED),
        VisitCause.FIRST: (14, AppointmentState.CONFIRMED),
    }
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.call_off(session, system.travel_times, order, by="consumer", at=system.now())
    assert planned(system) == set()


def test_the_order_is_done_when_the_work_is_and_not_when_the_goods_have_come(
    system: System, town: Town, order_id: int, clock: Clock
) -> None:
    choose(system, order_id, 16)
    deliver(system, town, order_id, clock)
    with system.transaction(read_only=True) as session:
        order = session.get_one(WorkOrder, order_id)
        assert order.state == WorkOrderState.BOOKED
        assert [visit.state for visit in order.visits] == [VisitState.COMPLETED, VisitState.WAITING]


def test_goods_that_could_not_be_brought_give_the_time_of_the_work_back(
    system: System, town: Town, order_id: int, clock: Clock
) -> None:
    choose(system, order_id, 16)
    deliver(system, town, order_id, clock, fails=True)
    work_off(system)
    assert VisitCause.FIRST not in planned(system)
    with system.transaction(read_only=True) as session:
        order = session.get_one(WorkOrder, order_id)
        assert order.state == WorkOrderState.BOOKABLE
        again = slots.offers(session, system.travel_times, order.visits[1], system.now()).offers
        assert all(offer.delivery is not None for offer in again)
        assert again


def test_a_wish_told_with_goods_that_could_not_be_brought_books_both_trips_anew(
    system: System, town: Town, order_id: int, clock: Clock
) -> None:
    choose(system, order_id, 16)
    wished = ({"on": (TUESDAY + timedelta(days=1)).isoformat(), "part": "any"},)
    deliver(system, town, order_id, clock, fails=True, wished=wished)
    with pytest.raises(TryLater):
        wishes.book(system, 1)
    work_off(system)
    assert wishes.book(system, 1)["fits"] is True
    with system.transaction(read_only=True) as session:
        order = session.get_one(WorkOrder, order_id)
        booked = {visit.cause: visit.appointment for visit in order.visits if visit.appointment is not None}
        assert {made.booked_by for made in booked.values()} == {BookedBy.TECHNICIAN}
        assert booked[VisitCause.DELIVERY].window_ends_at < booked[VisitCause.FIRST].window_starts_at


def deliver(
    system: System,
    town: Town,
    order_id: int,
    clock: Clock,
    *,
    fails: bool = False,
    wished: tuple[dict[str, str], ...] = (),
) -> None:
    """Somebody brings the goods, or finds nobody."""
    with system.transaction() as session:
        plan = plans.current(session, AREA, TUESDAY)
        assert plan is not None
        plans.publish(session, plan.id, by="ada", at=system.now())
        delivery = session.get_one(WorkOrder, order_id).visits[0]
        stop = session.scalars(select(Stop).where(Stop.visit_id == delivery.id)).one()
        who, visit_id = stop.route.technician_id, delivery.id
    clock.set(shanghai(12.5))
    with system.transaction() as session:
        fact = Fact("e1", "d", system.now(), system.now(), system.now())
        visits.arrive(session, visit_id, who, fact)
    with system.transaction() as session:
        fact = Fact("e2", "d", system.now(), system.now(), system.now())
        if fails:
            left = Left(wishes=wished)
            visits.could_not_complete(session, visit_id, who, fact, reason=FailureReason.NOBODY_HOME, left=left)
        else:
            visits.complete(session, visit_id, who, fact)


def work_off(system: System) -> None:
    with system.transaction(read_only=True) as session:
        rows = list(session.scalars(select(Outbox.id).where(Outbox.kind == OutboxKind.EXPIRE)))
    for row in rows:
        worker.work_on(system, row)
