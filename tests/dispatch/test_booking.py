from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dispatch import booking, plan_day, plans, slot_policy, slots
from dispatch.catalogue import ServiceProduct
from dispatch.consumer_records import NothingBecause
from dispatch.day_plan import Stop
from dispatch.errors import SlotTaken
from dispatch.planning import snapshot
from dispatch.system import System
from dispatch.work_order import Appointment, AppointmentState, BookedBy, Visit, VisitState, WorkOrderState
from routing.check import violations
from routing.limits import Limits
from technicians.errors import Conflict, InvalidInput
from tests.clock import Clock
from tests.town import AREA, TUESDAY, Town, shanghai


def new_visit(system: System, town: Town, number: str, product: str = "lamp", county: str = "310101") -> int:
    with system.transaction() as session:
        return town.order(session, number, product, county).visits[0].id


def book(system: System, visit_id: int, hour: float) -> None:
    with system.transaction() as session:
        visit = session.get_one(Visit, visit_id)
        booking.book(
            session, system.travel_times, visit, shanghai(hour),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip


def count_stops(system: System) -> int:
    with system.transaction(read_only=True) as session:
        return session.scalar(select(func.count(Stop.visit_id))) or 0


def test_only_windows_in_which_the_visit_fits_are_on_offer(system: System, town: Town) -> None:
    visit_id = new_visit(system, town, "A1", "water-heater", "310115")
    with system.transaction() as session:
        visit = session.get_one(Visit, visit_id)
        found = slots.offers(session, system.travel_times, visit, system.now()).offers
    assert found
    local = {offer.starts_at.astimezone(slots.area_of(visit).zone).hour for offer in found}
    assert {60 * hour for hour in local} <= set(slot_policy.STARTS)
    assert {offer.on_date.weekday() for offer in found} <= set(range(6))
    assert all(offer.starts_at >= system.now() + timedelta(minutes=slot_policy.USUAL.lead) for offer in found)
    assert any(offer.grade == slots.Grade.BEST for offer in found)


def test_nobody_skilled_in_the_county_means_no_offer(system: System, town: Town) -> None:
    visit_id = new_visit(system, town, "A1", "mattress", "310115")
    visit_without = new_visit(system, town, "A2", "chandelier", "310115")
    with system.transaction() as session:
        assert slots.offers(session, system.travel_times, session.get_one(Visit, visit_id), system.now()).offers
        assert not slots.offers(
            session, system.travel_times, session.get_one(Visit, visit_without), system.now()
        ).offers


def test_a_booking_stands_in_somebodys_route_inside_its_window(system: System, town: Town) -> None:
    visit_id = new_visit(system, town, "A1")
    book(system, visit_id, 10)
    with system.transaction(read_only=True) as session:
        stop = session.scalars(select(Stop).where(Stop.visit_id == visit_id)).one()
        assert shanghai(10) <= stop.scheduled_start <= shanghai(12)
        assert session.get_one(Visit, visit_id).work_order.state == WorkOrderState.BOOKED


def test_booking_the_same_window_twice_changes_nothing(system: System, town: Town) -> None:
    visit_id = new_visit(system, town, "A1")
    book(system, visit_id, 10)
    book(system, visit_id, 10)
    assert count_stops(system) == 1


def test_a_full_window_is_no_longer_on_offer_and_a_late_comer_is_told(system: System, town: Town) -> None:
    visits = [new_visit(system, town, f"A{n}", "water-heater", "310115") for n in range(3)]
    with system.transaction() as session:
        town.take_risks(session)
    book(system, visits[0], 10)
    book(system, visits[1], 10)
    with pytest.raises(SlotTaken):
        book(system, visits[2], 10)
    with system.transaction() as session:
        visit = session.get_one(Visit, visits[2])
        assert visit.appointment is None
        found = slots.offers(session, system.travel_times, visit, system.now()).offers
        assert shanghai(10) not in {offer.starts_at for offer in found}
    assert count_stops(system) == 2


def test_moving_gives_the_old_time_back(system: System, town: Town) -> None:
    visit_id = new_visit(system, town, "A1")
    book(system, visit_id, 10)
    book(system, visit_id, 14)
    assert count_stops(system) == 1
    with system.transaction(read_only=True) as session:
        states = list(session.scalars(select(Appointment.state).order_by(Appointment.id)))
        assert states == [AppointmentState.MOVED, AppointmentState.CONFIRMED]


def test_cancelling_frees_the_time_and_the_order_can_be_booked_again(system: System, town: Town) -> None:
    visit_id = new_visit(system, town, "A1")
    book(system, visit_id, 10)
    with system.transaction() as session:
        visit = session.get_one(Visit, visit_id)
        booking.cancel(session, system.travel_times, visit, by="consumer", at=system.now())
        assert visit.work_order.state == WorkOrderState.BOOKABLE
    assert count_stops(system) == 0
    book(system, visit_id, 14)
    assert count_stops(system) == 1


def test_a_booking_made_while_the_day_is_being_planned_is_kept(
    system: System, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, late = new_visit(system, town, "A1"), new_visit(system, town, "A2")
    book(system, first, 10)
    solve = plan_day.solve_in_child
    came: list[int] = []

    def solve_while_somebody_books(*args: object, **options: object) -> object:
        if not came:
            came.append(late)
            book(system, late, 14)
        return solve(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(plan_day, "solve_in_child", solve_while_somebody_books)
    outcome = plan_day.run(system, AREA, TUESDAY, Limits(seconds=1.0, iterations=20), by="ada")
    assert outcome.placed == 2
    with system.transaction(read_only=True) as session:
        plan = plans.shown(session, AREA, TUESDAY)
        assert plan is not None
        served = {stop.visit_id for route in plan.routes for stop in route.stops if stop.visit_id}
    assert served == {first, late}


def test_work_for_two_technicians_is_offered_where_two_can_begin_together(system: System, town: Town) -> None:
    visit_id = new_visit(system, town, "A1")
    with system.transaction() as session:
        session.get_one(ServiceProduct, "lamp").crew_size = 2
        visit = session.get_one(Visit, visit_id)
        found = slots.offers(session, system.travel_times, visit, system.now()).offers
        assert shanghai(10) in {offer.starts_at for offer in found}
    book(system, visit_id, 10)
    with system.transaction(read_only=True) as session:
        stops = list(session.scalars(select(Stop).where(Stop.visit_id == visit_id).order_by(Stop.half)))
        assert [stop.half for stop in stops] == [1, 2]
        assert stops[0].route.technician_id != stops[1].route.technician_id
        assert stops[0].scheduled_start == stops[1].scheduled_start
    assert_sound(system)


def test_work_for_two_where_only_one_works_is_not_offered(system: System, town: Town) -> None:
    visit_id = new_visit(system, town, "A1", county="310115")
    with system.transaction() as session:
        session.get_one(ServiceProduct, "lamp").crew_size = 2
        found = slots.offers(session, system.travel_times, session.get_one(Visit, visit_id), system.now())
    assert found.offers == ()
    assert found.nothing_because == NothingBecause.NO_SKILL


def assert_sound(system: System) -> None:
    """The referee finds nothing wrong with the day."""
    with system.transaction(read_only=True) as session:
        plan = plans.current(session, AREA, TUESDAY)
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=plan)
        assert violations(snap.problem, snap.running) == []


def test_a_window_off_the_grid_or_in_the_past_is_refused(system: System, town: Town, clock: Clock) -> None:
    visit_id = new_visit(system, town, "A1")
    with pytest.raises(InvalidInput) as refused:
        book(system, visit_id, 10.5)
    assert refused.value.field == "starts_at"
    clock.set(shanghai(12) + timedelta(minutes=1))
    with pytest.raises(InvalidInput):
        book(system, visit_id, 10)


def test_a_visit_under_way_cannot_be_moved(system: System, town: Town) -> None:
    visit_id = new_visit(system, town, "A1")
    book(system, visit_id, 10)
    with system.transaction() as session:
        session.get_one(Visit, visit_id).move_to(VisitState.EN_ROUTE)
    with pytest.raises(Conflict, match="en-route"):
        book(system, visit_id, 14)
