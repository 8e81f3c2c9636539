from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from routing.check import violations
from routing.eligibility import barrier, reason
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Break, Link, Pin, Precedence, Problem, SameStart, TimeWindow, Vehicle, Visit
from tests.routing.towns import DAY, HOUR, MINUTE, drawn
from tests.routing.worlds import problems

ROW = drawn("h...a...b...c")
HOME = Vehicle(1, ROW["h"], ROW["h"], DAY, skills={"electric": 1}, counties=frozenset({"310101"}))
VISIT = Visit(1, ROW["a"], 30 * MINUTE)

BARRED = [
    (replace(VISIT, county="310104"), HOME, Rule.COUNTY),
    (replace(VISIT, skills={"water": 1}), HOME, Rule.SKILL),
    (replace(VISIT, skills={"electric": 2}), HOME, Rule.LEVEL),
    (replace(VISIT, allowed=frozenset({2})), HOME, Rule.NOT_ALLOWED),
    (replace(VISIT, pin=Pin(vehicle=2)), HOME, Rule.PIN),
    (replace(VISIT, pin=Pin(start=HOUR), windows=(TimeWindow(9 * HOUR, 10 * HOUR),)), HOME, Rule.PIN),
    (replace(VISIT, windows=(TimeWindow(7 * HOUR, 8 * HOUR),)), HOME, Rule.WINDOW),
    (replace(VISIT, windows=(TimeWindow(18 * HOUR, 19 * HOUR),)), HOME, Rule.SHIFT),
    (VISIT, replace(HOME, breaks=(Break(1, (TimeWindow(8 * HOUR, 9 * HOUR),), 10 * HOUR),)), Rule.BREAK),
    (replace(VISIT, load=(7,)), replace(HOME, capacity=(5,)), Rule.CAPACITY),
    (VISIT, replace(HOME, max_visits=0), Rule.MAX_VISITS),
    (VISIT, replace(HOME, max_travel=479), Rule.MAX_TRAVEL),
    (VISIT, replace(HOME, max_distance=3999), Rule.MAX_DISTANCE),
    (VISIT, HOME, None),
]


@pytest.mark.parametrize(("visit", "vehicle", "rule"), BARRED)
def test_what_bars_a_vehicle_from_a_visit_is_named(visit: Visit, vehicle: Vehicle, rule: Rule | None) -> None:
    assert barrier(ROW.problem([visit], [vehicle]), visit, vehicle) == rule


@settings(max_examples=150, deadline=None)
@given(problems(most_visits=1, most_vehicles=1))
def test_a_visit_is_barred_exactly_when_the_referee_refuses_it_alone(problem: Problem) -> None:
    visit, vehicle = problem.visits[0], problem.vehicles[0]
    refused = violations(problem, Plan((Route(vehicle.id, (visit.id,)),), {}))
    assert (barrier(problem, visit, vehicle) is None) == (not refused)


def why(visit: Visit, vehicles: list[Vehicle], routes: tuple[Route, ...] = ()) -> Rule:
    return reason(ROW.problem([visit], vehicles), Plan(routes, {}), visit).rule


def test_without_vehicles_the_reason_is_that_there_is_nobody() -> None:
    assert why(VISIT, []) == Rule.NO_VEHICLE


def test_the_reason_is_what_stops_those_who_come_nearest() -> None:
    far = replace(HOME, id=2, counties=frozenset({"310104"}))
    wanted = replace(VISIT, county="310101", skills={"electric": 2})
    assert why(wanted, [far, replace(far, id=3), HOME]) == Rule.LEVEL


def test_the_reason_of_a_pinned_visit_is_what_stops_the_pinned_vehicle() -> None:
    unskilled = replace(HOME, id=2, skills={})
    wanted = replace(VISIT, skills={"electric": 1}, pin=Pin(vehicle=2))
    assert why(wanted, [HOME, unskilled]) == Rule.SKILL


def test_who_could_make_it_but_is_full_leaves_no_time() -> None:
    found = reason(ROW.problem([VISIT], [HOME]), Plan((Route(1, (5,)),), {}), 1)
    assert found.rule == Rule.NO_TIME
    assert found.detail == "1 vehicles could make it, 1 of them already have visits; none has room"


def test_a_list_of_allowed_vehicles_that_are_not_there_is_the_reason() -> None:
    assert why(replace(VISIT, allowed=frozenset({9})), [HOME]) == Rule.NOT_ALLOWED


@pytest.mark.parametrize(
    ("link", "rule"),
    [(SameStart(1, 2), Rule.PARTNER), (Precedence(2, 1), Rule.PRECEDENCE), (Precedence(1, 2), Rule.NO_TIME)],
)
def test_a_visit_that_needs_one_which_nobody_can_make_says_so(link: Link, rule: Rule) -> None:
    nobodys = replace(VISIT, id=2, skills={"water": 1})
    problem = replace(ROW.problem([VISIT, nobodys], [HOME]), links=(link,))
    assert reason(problem, Plan((), {}), 1).rule == rule
    assert reason(problem, Plan((), {}), 2).rule == Rule.SKILL


def test_what_a_reason_counts_makes_its_sentence() -> None:
    assert Reason(Rule.SKILL, stopped=7, nearest=10).detail == "7 of the 10 nearest vehicles lack a skill it needs"
    assert Reason(Rule.NO_VEHICLE, "there is nobody").detail == "there is nobody"
    counted = Reason(Rule.NO_TIME, able=3, busy=2)
    assert Reason(counted.rule, counted.note, **counted.counts) == counted
