from __future__ import annotations

from dataclasses import replace

import pytest

from routing.check import violations
from routing.plan import Plan, Reason, Route, Rule, Violation
from routing.problem import Break, Pin, Problem, TimeWindow, Vehicle, Visit
from tests.routing.towns import DAY, HOUR, MINUTE, drawn

ROW = drawn("h...a...b...c")
HOME = Vehicle(1, ROW["h"], ROW["h"], DAY, skills={"electric": 1}, counties=frozenset({"310101"}))
VISIT = Visit(1, ROW["a"], 30 * MINUTE)
LEFT = Reason(Rule.NO_TIME, "")


def broken(visit: Visit = VISIT, vehicle: Vehicle = HOME) -> list[Violation]:
    return violations(ROW.problem([visit], [vehicle]), Plan((Route(vehicle.id, (visit.id,)),), {}))


def test_a_plan_that_can_be_carried_out_breaks_nothing() -> None:
    assert broken() == []


ONE_RULE = [
    (replace(VISIT, county="310104"), HOME, Rule.COUNTY, 0),
    (replace(VISIT, skills={"water": 1}), HOME, Rule.SKILL, 0),
    (replace(VISIT, skills={"electric": 3}), HOME, Rule.LEVEL, 2),
    (replace(VISIT, allowed=frozenset({2})), HOME, Rule.NOT_ALLOWED, 0),
    (replace(VISIT, pin=Pin(vehicle=2)), HOME, Rule.PIN, 0),
    (replace(VISIT, pin=Pin(start=8 * HOUR)), HOME, Rule.PIN, 240),
    (replace(VISIT, windows=(TimeWindow(7 * HOUR, 8 * HOUR),)), HOME, Rule.WINDOW, 240),
    (
        replace(VISIT, pin=Pin(start=10 * HOUR), windows=(TimeWindow(11 * HOUR, 12 * HOUR),)),
        HOME,
        Rule.WINDOW,
        HOUR,
    ),
    (VISIT, replace(HOME, shift=TimeWindow(8 * HOUR, 8 * HOUR + 600)), Rule.SHIFT, 1800 + 480 - 600),
    (
        VISIT,
        replace(HOME, breaks=(Break(1, (TimeWindow(7 * HOUR, 8 * HOUR - 9),), 60),)),
        Rule.BREAK,
        9,
    ),
    (replace(VISIT, load=(7,)), replace(HOME, capacity=(5,)), Rule.CAPACITY, 2),
    (replace(VISIT, pickup=(7,)), replace(HOME, capacity=(5,)), Rule.CAPACITY, 2),
    (VISIT, replace(HOME, max_visits=0), Rule.MAX_VISITS, 1),
    (VISIT, replace(HOME, max_travel=400), Rule.MAX_TRAVEL, 80),
    (VISIT, replace(HOME, max_distance=1000), Rule.MAX_DISTANCE, 3000),
]


@pytest.mark.parametrize(("visit", "vehicle", "rule", "amount"), ONE_RULE)
def test_each_rule_that_is_broken_is_said_with_its_amount(
    visit: Visit, vehicle: Vehicle, rule: Rule, amount: int
) -> None:
    assert [(found.rule, found.amount) for found in broken(visit, vehicle)] == [(rule, amount)]


def accounts(problem: Problem, plan: Plan) -> list[tuple[Rule, int | None, int | None]]:
    return [(found.rule, found.vehicle, found.visit) for found in violations(problem, plan)]


def test_every_visit_must_be_served_or_left_out_and_only_once() -> None:
    problem = ROW.problem([VISIT, replace(VISIT, id=2), replace(VISIT, id=3)], [HOME, replace(HOME, id=2)])
    plan = Plan((Route(1, (1, 2)), Route(2, (2,))), {1: LEFT})
    assert accounts(problem, plan) == [
        (Rule.DUPLICATE, None, 1),
        (Rule.DUPLICATE, None, 2),
        (Rule.MISSING, None, 3),
    ]


def test_a_vehicle_has_one_route_and_must_exist() -> None:
    problem = ROW.problem([VISIT, replace(VISIT, id=2)], [HOME])
    plan = Plan((Route(1, (1,)), Route(1, (2,)), Route(9, ())), {})
    assert accounts(problem, plan) == [(Rule.DUPLICATE, 1, None), (Rule.UNKNOWN, 9, None)]


def test_a_visit_of_another_problem_is_unknown() -> None:
    plan = Plan((Route(1, (1, 77)),), {88: LEFT})
    found = accounts(ROW.problem([VISIT], [HOME]), plan)
    assert found == [(Rule.UNKNOWN, None, 77), (Rule.UNKNOWN, None, 88)]
