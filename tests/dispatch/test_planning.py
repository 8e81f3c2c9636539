from functools import partial

from sqlalchemy import select

from dispatch import booking, changes, plans
from dispatch.day_plan import Stop
from dispatch.planning import snapshot
from dispatch.system import System
from dispatch.work_order import AppointmentState, BookedBy, FailureReason, VisitState
from routing.limits import Limits
from routing.solve import solve
from tests.town import AREA, TUESDAY, Town, shanghai

HOUR = 3600


def test_the_planner_sees_the_promised_visits_and_the_people_who_work_that_day(system: System, town: Town) -> None:
    with system.transaction() as session:
        visit = town.order(session, "A1", "chandelier", "310104", window=(10, 12)).visits[0]
        town.order(session, "A2")
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=None)
    (seen,) = snap.problem.visits
    assert seen.id == visit.id
    assert seen.skills == {"lamp": 3}
    assert seen.county == "310104"
    assert (seen.windows[0].earliest, seen.windows[0].latest) == (10 * HOUR, 12 * HOUR)
    assert {vehicle.id for vehicle in snap.problem.vehicles} == set(town.technicians.values())
    assert snap.problem.vehicles[0].shift.latest == 19 * HOUR


def test_two_visits_at_one_door_share_a_place(system: System, town: Town) -> None:
    with system.transaction() as session:
        for number in ("A1", "A2"):
            town.order(session, number, window=(10, 12))
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=None)
    first, second = snap.problem.visits
    assert first.place == second.place


def test_a_cancelled_visit_is_no_longer_planned(system: System, town: Town) -> None:
    with system.transaction() as session:
        visit = town.order(session, "A1", window=(10, 12)).visits[0]
        visit.move_to(VisitState.CANCELLED)
        session.flush()
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=None)
    assert snap.problem.visits == ()


def test_a_visit_that_has_ended_outside_the_plan_is_not_planned_again(system: System, town: Town) -> None:
    with system.transaction() as session:
        visit = town.order(session, "A1", window=(10, 12)).visits[0]
        visit.move_to(VisitState.ON_SITE).move_to(VisitState.COMPLETED)
        session.flush()
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=None)
    assert snap.problem.visits == ()


def test_a_visit_that_failed_stays_where_it_was_when_another_is_booked(system: System, town: Town) -> None:
    with system.transaction() as session:
        failed, late = (town.order(session, number, "water-heater", "310115").visits[0] for number in ("A1", "A2"))
        book = partial(booking.book, booked_by=BookedBy.DISPATCHER, by="ada", at=system.now())
        promise = book(session, system.travel_times, failed, shanghai(10))
        failed.move_to(VisitState.ON_SITE)
        failed.failure_reason = FailureReason.NOBODY_HOME
        failed.move_to(VisitState.COULD_NOT_COMPLETE)
        promise.move_to(AppointmentState.BROKEN)
        session.flush()
        book(session, system.travel_times, late, shanghai(14))
        stops = session.scalars(select(Stop.visit_id).where(Stop.visit_id.is_not(None)))
        assert set(stops) == {failed.id, late.id}


def test_a_pin_becomes_the_planners_pin(system: System, town: Town) -> None:
    with system.transaction() as session:
        visit = town.order(session, "A1", window=(10, 12)).visits[0]
        visit.pinned_technician_id, visit.pinned_start_at = town.technicians["T2"], shanghai(11)
        session.flush()
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=None)
    pin = snap.problem.visits[0].pin
    assert pin is not None
    assert (pin.vehicle, pin.start) == (town.technicians["T2"], 11 * HOUR)


def test_a_visit_under_way_stays_with_its_technician_whatever_the_rules_say(system: System, town: Town) -> None:
    with system.transaction() as session:
        visit = town.order(session, "A1", "water-heater", window=(10, 12)).visits[0]
        booking.book(
            session, system.travel_times, visit, shanghai(14),
            booked_by=BookedBy.DISPATCHER, by="ada", at=system.now(),
        )  # fmt: skip
        plan = plans.current(session, AREA, TUESDAY)
        assert plan is not None
        changes.move(
            session, system.travel_times, plan.id, visit.id, town.technicians["T2"],
            revisions={}, by="ada", at=system.now(),
        )  # fmt: skip
        visit.move_to(VisitState.EN_ROUTE)
        session.flush()
        snap = snapshot(session, system.travel_times, AREA, TUESDAY, plan=plan)
        kept = solve(snap.problem, Limits(seconds=1.0, iterations=5), start=snap.running)
    assert [route.vehicle for route in kept.routes if visit.id in route.visits] == [town.technicians["T2"]]
