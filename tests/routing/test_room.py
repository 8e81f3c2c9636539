"""A visit that fits nowhere is served by moving one other visit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.mend import filled
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Pin, Problem, TimeWindow, Vehicle, Visit
from routing.room import room_made
from routing.travel import GreatCircle
from tests.routing.worlds import problems

HOUR = 3600
MORNING = (TimeWindow(8 * HOUR, 9 * HOUR),)


def always() -> bool:
    return True


def two_people(pin: Pin | None = None) -> tuple[Problem, Plan]:
    """Ann alone can do lamps; her morning is taken by a mattress that Bob could do as well."""
    shift = TimeWindow(8 * HOUR, 12 * HOUR)
    ann = Vehicle(1, 0, 0, shift, skills={"lamp": 1, "mattress": 1})
    bob = Vehicle(2, 0, 0, shift, skills={"mattress": 1})
    mattress = Visit(10, 0, 2 * HOUR, windows=MORNING, skills={"mattress": 1}, pin=pin)
    lamp = Visit(11, 0, 2 * HOUR, windows=MORNING, skills={"lamp": 1})
    problem = Problem.over((mattress, lamp), (ann, bob), np.array([[121.0, 31.0]]), GreatCircle())
    return problem, Plan((Route(1, (10,)),), {11: Reason(Rule.NO_TIME, "")})


def test_the_visit_that_others_can_do_makes_room_for_the_one_they_cannot() -> None:
    problem, plan = two_people()
    better = room_made(problem, plan, always)
    assert better.unassigned == {}
    assert {route.vehicle: route.visits for route in better.routes} == {1: (11,), 2: (10,)}


def test_a_pinned_visit_makes_no_room() -> None:
    problem, plan = two_people(Pin(vehicle=1))
    assert room_made(problem, plan, always) == plan


def test_without_time_nothing_changes() -> None:
    problem, plan = two_people()
    assert room_made(problem, plan, lambda: False) == plan


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_making_room_loses_no_visit_and_breaks_no_rule(data: st.DataObject) -> None:
    problem = data.draw(problems())
    plan = filled(problem, [])
    better = room_made(problem, plan, always)
    assert violations(problem, better) == []
    assert len(better.unassigned) <= len(plan.unassigned)
