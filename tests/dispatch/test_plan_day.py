from datetime import datetime

import pytest
from sqlalchemy import select

from dispatch import changes, plan_day, plans
from dispatch.day_plan import DayPlanState, Stop, Unassigned
from dispatch.errors import PlanOutOfDate
from dispatch.system import System
from routing.limits import Limits
from technicians.errors import Conflict
from tests.dispatch import engines
from tests.town import AREA, TUESDAY, Town, shanghai

LIMITS = Limits(seconds=1.0, iterations=20)


def planned(system: System) -> int:
    return plan_day.run(system, AREA, TUESDAY, LIMITS, by="ada").plan_id


def stops(system: System, plan_id: int) -> dict[int, tuple[int, datetime]]:
    with system.transaction(read_only=True) as session:
        rows = session.scalars(select(Stop).where(Stop.day_plan_id == plan_id, Stop.visit_id.is_not(None)))
        return {row.visit_id: (row.route.technician_id, row.scheduled_start) for row in rows if row.visit_id}


def ordered(town: Town, system: System, *orders: tuple[str, str, str, tuple[float, float]]) -> dict[str, int]:
    with system.transaction() as session:
        return {
            number: town.order(session, number, product, county, window).visits[0].id
            for number, product, county, window in orders
        }


def test_a_planned_day_keeps_every_window_and_gives_a_reason_for_what_is_left_out(system: System, town: Town) -> None:
    visits = ordered(
        town, system,
        ("A1", "lamp", "310101", (9, 11)),
        ("A2", "water-heater", "310115", (13, 15)),
        ("A3", "mattress", "310104", (10, 12)),
        ("A4", "chandelier", "310115", (10, 12)),
    )  # fmt: skip
    plan_id = planned(system)
    found = stops(system, plan_id)
    assert found[visits["A1"]][0] in {town.technicians["T1"], town.technicians["T2"]}
    assert found[visits["A2"]][0] == town.technicians["T3"]
    assert shanghai(13) <= found[visits["A2"]][1] <= shanghai(15)
    assert found[visits["A3"]][0] == town.technicians["T2"]
    with system.transaction(read_only=True) as session:
        (left,) = session.scalars(select(Unassigned).where(Unassigned.day_plan_id == plan_id))
        assert (left.visit_id, left.rule) == (visits["A4"], "level")


def test_publishing_makes_the_draft_the_one_plan_in_force(system: System, town: Town) -> None:
    ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    first = planned(system)
    with system.transaction() as session:
        plans.publish(session, first, by="ada", at=system.now())
    second = planned(system)
    with system.transaction() as session:
        plans.publish(session, second, by="ada", at=system.now())
        assert plans.find(session, first).state == DayPlanState.SUPERSEDED
        current = plans.current(session, AREA, TUESDAY)
        assert current is not None
        assert current.id == second


def test_a_superseded_draft_cannot_be_published(system: System, town: Town) -> None:
    first = planned(system)
    planned(system)
    with system.transaction() as session, pytest.raises(Conflict, match="superseded"):
        plans.publish(session, first, by="ada", at=system.now())


def test_a_draft_is_refused_when_the_published_plan_moved_on_since(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    first = planned(system)
    with system.transaction() as session:
        plans.publish(session, first, by="ada", at=system.now())
    draft = planned(system)
    with system.transaction() as session:
        changes.move(session, system.travel_times, first, visits["A1"], None, revisions={}, by="bob", at=system.now())
    with system.transaction() as session, pytest.raises(PlanOutOfDate):
        plans.publish(session, draft, by="ada", at=system.now())


def test_the_difference_names_who_and_when_before_and_after(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    first = planned(system)
    with system.transaction() as session:
        plans.publish(session, first, by="ada", at=system.now())
    other = next(t for t in ("T1", "T2") if town.technicians[t] != stops(system, first)[visits["A1"]][0])
    draft = planned(system)
    with system.transaction() as session:
        changes.move(
            session, system.travel_times, draft, visits["A1"], town.technicians[other],
            revisions={}, by="ada", at=system.now(),
        )  # fmt: skip
        (change,) = plans.difference(session, draft)
    assert change["visit_id"] == visits["A1"]
    assert change["technicians_after"] == (town.technicians[other],)
    assert change["technicians_before"] != change["technicians_after"]


def test_when_the_solver_dies_a_greedy_plan_is_kept_and_says_so(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    outcome = plan_day.run(system, AREA, TUESDAY, LIMITS, by="ada", engine=engines.crashes)
    assert outcome.warning is not None
    assert "SIGSEGV" in outcome.warning
    assert set(stops(system, outcome.plan_id)) == set(visits.values())


def test_a_published_plan_is_untouched_by_a_solver_that_dies(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    first = planned(system)
    with system.transaction() as session:
        plans.publish(session, first, by="ada", at=system.now())
    plan_day.run(system, AREA, TUESDAY, LIMITS, by="ada", engine=engines.crashes)
    with system.transaction(read_only=True) as session:
        current = plans.current(session, AREA, TUESDAY)
        assert current is not None
        assert current.id == first
    assert set(stops(system, first)) == set(visits.values())


def test_a_draft_beside_a_published_plan_can_be_given_up(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    first = planned(system)
    with system.transaction() as session:
        plans.publish(session, first, by="ada", at=system.now())
    draft = planned(system)
    with system.transaction() as session:
        assert plans.discard(session, draft, by="ada", at=system.now()).id == first
        shown = plans.shown(session, AREA, TUESDAY)
        assert shown is not None
        assert shown.id == first
    assert set(stops(system, first)) == set(visits.values())


def test_a_draft_that_holds_the_days_bookings_cannot_be_given_up(system: System, town: Town) -> None:
    ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    draft = planned(system)
    with system.transaction() as session, pytest.raises(Conflict, match="bookings"):
        plans.discard(session, draft, by="ada", at=system.now())
