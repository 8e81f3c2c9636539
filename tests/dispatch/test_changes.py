import pytest

from dispatch import changes, plans
from dispatch.day_plan import Unassigned
from dispatch.errors import PlanOutOfDate
from dispatch.system import System
from dispatch.work_order import VisitState
from technicians.errors import Conflict, InvalidInput, NotFound
from tests.dispatch.test_plan_day import ordered, planned, stops
from tests.town import Town, shanghai


def test_trying_a_move_shows_what_it_would_break_and_changes_nothing(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "water-heater", "310101", (9, 11)))
    plan_id = planned(system)
    before = stops(system, plan_id)
    with system.transaction(read_only=True) as session:
        preview = changes.try_move(
            session, system.travel_times, plan_id, visits["A1"], town.technicians["T2"], shanghai(9)
        )
    assert [v["rule"] for v in preview.violations] == ["skill"]
    assert {r["technician_id"] for r in preview.routes} == {town.technicians["T1"], town.technicians["T2"]}
    assert stops(system, plan_id) == before


def test_a_dispatcher_may_break_a_rule_and_it_is_written_down(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "water-heater", "310101", (9, 11)))
    plan_id = planned(system)
    with system.transaction() as session:
        done = changes.move(
            session, system.travel_times, plan_id, visits["A1"], town.technicians["T2"],
            revisions={}, by="ada", at=system.now(),
        )  # fmt: skip
    assert done.violations
    assert stops(system, plan_id)[visits["A1"]][0] == town.technicians["T2"]


def test_a_move_on_a_route_that_has_changed_is_refused(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    plan_id = planned(system)
    with system.transaction() as session, pytest.raises(PlanOutOfDate):
        changes.move(
            session, system.travel_times, plan_id, visits["A1"], town.technicians["T2"],
            revisions={town.technicians["T2"]: 99}, by="ada", at=system.now(),
        )  # fmt: skip


def test_a_stop_dropped_at_a_time_takes_its_place_in_the_order(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "mattress", "310104", (8, 18)), ("A2", "mattress", "310104", (8, 18)))
    plan_id = planned(system)
    first, second = sorted(visits.values(), key=lambda visit: stops(system, plan_id)[visit][1])
    with system.transaction() as session:
        changes.move(
            session, system.travel_times, plan_id, first, town.technicians["T2"], shanghai(17),
            revisions={}, by="ada", at=system.now(),
        )  # fmt: skip
    after = stops(system, plan_id)
    assert after[second][1] < after[first][1]


def test_a_visit_taken_out_is_listed_as_left_out(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    plan_id = planned(system)
    with system.transaction() as session:
        changes.move(session, system.travel_times, plan_id, visits["A1"], None, revisions={}, by="ada", at=system.now())
        (left,) = session.query(Unassigned).filter_by(day_plan_id=plan_id)
        assert left.visit_id == visits["A1"]
    assert stops(system, plan_id) == {}


def test_a_visit_that_has_begun_cannot_be_moved(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    plan_id = planned(system)
    with system.transaction() as session:
        plan = plans.find(session, plan_id)
        stop = next(s for route in plan.routes for s in route.stops if s.visit_id)
        assert stop.visit is not None
        stop.visit.move_to(VisitState.EN_ROUTE)
        session.flush()
        with pytest.raises(Conflict, match="en-route"):
            changes.try_move(session, system.travel_times, plan_id, visits["A1"], town.technicians["T2"])


def test_a_technician_who_does_not_work_that_day_is_refused_by_name_of_the_field(system: System, town: Town) -> None:
    visits = ordered(town, system, ("A1", "lamp", "310101", (9, 11)))
    plan_id = planned(system)
    with system.transaction() as session, pytest.raises(InvalidInput) as refused:
        changes.try_move(session, system.travel_times, plan_id, visits["A1"], 999)
    assert refused.value.field == "technician"


def test_an_unknown_visit_is_not_found(system: System, town: Town) -> None:
    plan_id = planned(system)
    with system.transaction() as session, pytest.raises(NotFound):
        changes.try_move(session, system.travel_times, plan_id, 12345, None)
