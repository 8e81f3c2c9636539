"""A window is kept while the consumer decides, then promised or given back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dispatch import appointments, orders, slots, worker
from dispatch.day_plan import Route, Stop
from dispatch.errors import HoldExpired, SlotTaken, TooMuchHeld
from dispatch.outbox import Outbox, OutboxKind
from dispatch.system import System
from dispatch.work_order import Appointment, AppointmentState, BookedBy, Visit, WorkOrder, WorkOrderState
from technicians.errors import Conflict
from tests.clock import Clock
from tests.town import Town, shanghai


def new_order(town: Town, number: str, product: str = "lamp", county: str = "310101", phone: str | None = None) -> int:
    with town.system.transaction() as session:
        order = town.order(session, number, product, county)
        order.consumer_phone = phone or f"139{number}"
        return order.id


def hold(system: System, order_id: int, hour: float) -> int:
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        return appointments.hold(
            session, system.travel_times, order, shanghai(hour),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        ).id  # fmt: skip


def confirm(system: System, order_id: int) -> None:
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.confirm(
            session, system.travel_times, order, booked_by=BookedBy.CONSUMER, by="consumer", at=system.now()
        )


def stops(system: System) -> int:
    with system.transaction(read_only=True) as session:
        return session.scalar(select(func.count(Stop.visit_id))) or 0


def states(system: System) -> list[AppointmentState]:
    with system.transaction(read_only=True) as session:
        return list(session.scalars(select(Appointment.state).order_by(Appointment.id)))


def work_off(system: System, kind: OutboxKind) -> None:
    with system.transaction(read_only=True) as session:
        rows = list(session.scalars(select(Outbox.id).where(Outbox.kind == kind)))
    for row in rows:
        worker.work_on(system, row)


def test_a_hold_takes_a_real_place_and_confirming_keeps_it(system: System, town: Town) -> None:
    order_id = new_order(town, "1")
    hold(system, order_id, 10)
    assert (stops(system), states(system)) == (1, [AppointmentState.HELD])
    with system.transaction(read_only=True) as session:
        order = session.get_one(WorkOrder, order_id)
        assert order.state == WorkOrderState.BOOKABLE
        assert order.visits[0].appointment is None
    confirm(system, order_id)
    confirm(system, order_id)
    assert (stops(system), states(system)) == (1, [AppointmentState.CONFIRMED])
    with system.transaction(read_only=True) as session:
        visit = session.get_one(WorkOrder, order_id).visits[0]
        assert visit.work_order.state == WorkOrderState.BOOKED
        assert visit.verification_code is not None
        assert visit.appointment is not None
        assert visit.appointment.chance is not None
        assert visit.appointment.chance >= 0.97


def test_what_is_held_by_one_is_not_offered_to_another(system: System, town: Town) -> None:
    first, second = (new_order(town, number, "water-heater", "310115") for number in "12")
    hold(system, first, 10)
    with system.transaction(read_only=True) as session:
        visit = session.get_one(WorkOrder, second).visits[0]
        found = slots.offers(session, system.travel_times, visit, system.now()).offers
    assert shanghai(10) not in {offer.starts_at for offer in found}
    with pytest.raises(SlotTaken):
        hold(system, second, 10)


def test_the_same_hold_again_is_kept_anew_and_another_one_replaces_it(system: System, town: Town, clock: Clock) -> None:
    order_id = new_order(town, "1")
    first = hold(system, order_id, 10)
    clock.advance(minutes=5)
    assert hold(system, order_id, 10) == first
    with system.transaction(read_only=True) as session:
        assert session.get_one(Appointment, first).held_until == system.now() + timedelta(minutes=10)
    hold(system, order_id, 14)
    assert (stops(system), states(system)) == (1, [AppointmentState.RELEASED, AppointmentState.HELD])


def test_a_hold_that_nobody_confirms_is_given_back_in_time_and_not_before(
    system: System, town: Town, clock: Clock
) -> None:
    order_id = new_order(town, "1")
    hold(system, order_id, 10)
    clock.advance(minutes=8)
    hold(system, order_id, 10)
    clock.advance(minutes=3)
    work_off(system, OutboxKind.EXPIRE)
    assert states(system) == [AppointmentState.HELD]
    clock.advance(minutes=8)
    work_off(system, OutboxKind.EXPIRE)
    assert (stops(system), states(system)) == (0, [AppointmentState.EXPIRED])
    with pytest.raises(HoldExpired):
        confirm(system, order_id)


def test_a_hold_is_confirmed_late_while_its_place_is_still_there(system: System, town: Town, clock: Clock) -> None:
    order_id = new_order(town, "1")
    hold(system, order_id, 14)
    clock.advance(minutes=11)
    confirm(system, order_id)
    assert states(system) == [AppointmentState.CONFIRMED]
    work_off(system, OutboxKind.EXPIRE)
    assert states(system) == [AppointmentState.CONFIRMED]


def test_a_hold_whose_place_was_lost_in_a_plan_takes_another_when_confirmed(system: System, town: Town) -> None:
    order_id = new_order(town, "1")
    hold(system, order_id, 10)
    with system.transaction() as session:
        for stop in session.scalars(select(Stop)):
            session.delete(stop)
        session.flush()
        for route in session.scalars(select(Route)):
            route.revision += 1
    confirm(system, order_id)
    assert (stops(system), states(system)) == (1, [AppointmentState.CONFIRMED])


def test_who_has_an_appointment_moves_it_and_holds_nothing_beside(system: System, town: Town) -> None:
    order_id = new_order(town, "1")
    hold(system, order_id, 10)
    confirm(system, order_id)
    with pytest.raises(Conflict, match="appointment already"):
        hold(system, order_id, 14)


def test_nobody_may_keep_more_windows_than_they_need(system: System, town: Town) -> None:
    orders = [new_order(town, str(n), phone="13900009999") for n in range(4)]
    for n, order_id in enumerate(orders[:3]):
        hold(system, order_id, 10 + 2 * n)
    with pytest.raises(TooMuchHeld):
        hold(system, orders[3], 16)


def test_an_address_may_not_be_used_to_keep_windows_without_end(system: System, town: Town) -> None:
    orders = [new_order(town, str(n)) for n in range(6)]
    for n, order_id in enumerate(orders[:5]):
        hold(system, order_id, 8 + 2 * n)
    with pytest.raises(TooMuchHeld, match="address"):
        hold(system, orders[5], 10)


def test_trying_one_window_after_the_other_ends_some_time(system: System, town: Town) -> None:
    order_id = new_order(town, "1")
    for n in range(20):
        hold(system, order_id, (10, 14)[n % 2])
    with pytest.raises(TooMuchHeld, match="hour"):
        hold(system, order_id, 10)


def test_giving_a_hold_back_frees_its_place_and_twice_is_as_good_as_once(system: System, town: Town) -> None:
    order_id = new_order(town, "1")
    hold(system, order_id, 10)
    for _ in range(2):
        with system.transaction() as session:
            order = session.get_one(WorkOrder, order_id)
            appointments.release(session, system.travel_times, order, by="consumer", at=system.now())
    assert (stops(system), states(system)) == (0, [AppointmentState.RELEASED])


def test_choosing_what_is_held_confirms_it(system: System, town: Town) -> None:
    order_id = new_order(town, "1")
    hold(system, order_id, 10)
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.choose(
            session, system.travel_times, order, shanghai(10),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip
    assert states(system) == [AppointmentState.CONFIRMED]


def test_a_visit_is_in_one_route_whatever_was_held_before(system: System, town: Town) -> None:
    order_id = new_order(town, "1")
    hold(system, order_id, 10)
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.choose(
            session, system.travel_times, order, shanghai(14),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip
    assert states(system) == [AppointmentState.RELEASED, AppointmentState.CONFIRMED]
    in_routes = select(Stop.visit_id).where(Stop.visit_id.is_not(None))
    with system.transaction(read_only=True) as session:
        assert session.scalars(select(Visit.id)).all() == session.scalars(in_routes).all()


def test_an_order_that_is_cancelled_keeps_no_window_and_whoever_waits_is_asked(system: System, town: Town) -> None:
    order_id = new_order(town, "1")
    hold(system, order_id, 10)
    with system.transaction() as session:
        orders.cancel(session, system.travel_times, order_id, by="li", at=system.now())
    assert (stops(system), states(system)) == (0, [AppointmentState.RELEASED])
    with system.transaction(read_only=True) as session:
        assert session.scalars(select(Outbox.id).where(Outbox.kind == OutboxKind.WAITLIST)).all() != []
