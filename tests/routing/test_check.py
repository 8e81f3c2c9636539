from __future__ import annotations

from dataclasses import replace

import pytest

from routing.check import route_violations, violations
from routing.plan import Plan, Reason, Route, Rule, Violation
from routing.problem import Break, Link, Pin, Precedence, Problem, Published, SameStart, TimeWindow, Vehicle, Visit
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


TWO = [HOME, replace(HOME, id=2)]
THREE = [replace(VISIT, id=n) for n in (1, 2, 3)]


def told(plan: dict[int, tuple[int, ...]], links: tuple[Link, ...] = (), **wishes: object) -> list[Violation]:
    """What a plan of three equal visits breaks; those in no route are left out."""
    problem = replace(ROW.problem(THREE, TWO), links=links, **wishes)  # type: ignore[arg-type]
    served = {visit for visits in plan.values() for visit in visits}
    left = {visit.id: LEFT for visit in THREE if visit.id not in served}
    return violations(problem, Plan(tuple(Route(vehicle, visits) for vehicle, visits in plan.items()), left))


LINKS = [
    ({1: (1,)}, SameStart(1, 2), (Rule.PARTNER, 1, 1, 0), "visit 1 is made and visit 2 is not"),
    ({2: (2,)}, SameStart(1, 2), (Rule.PARTNER, 2, 2, 0), "visit 2 is made and visit 1 is not"),
    ({1: (1, 2)}, SameStart(1, 2), (Rule.PARTNER, 1, 2, 0), "cannot make visits 1 and 2 at the same time"),
    ({1: (2,)}, Precedence(1, 2), (Rule.PRECEDENCE, 1, 2, 0), "visit 2 is made and visit 1 is not"),
    ({1: (2, 1)}, Precedence(1, 2), (Rule.PRECEDENCE, 1, 2, 3600), "begins 3600 s too early"),
    ({1: (1,)}, Precedence(1, 2, 0, True), (Rule.PRECEDENCE, 1, 1, 0), "visit 1 is made and visit 2 is not"),
    ({1: (1,), 2: (2,)}, Precedence(1, 2, 0, True), (Rule.PRECEDENCE, 2, 2, 0), "need the same vehicle"),
]


@pytest.mark.parametrize(("plan", "link", "expected", "says"), LINKS)
def test_a_link_that_is_broken_is_said_with_who_breaks_it(
    plan: dict[int, tuple[int, ...]], link: Link, expected: tuple[Rule, int, int, int], says: str
) -> None:
    (found,) = told(plan, (link,))
    assert (found.rule, found.vehicle, found.visit, found.amount) == expected
    assert says in found.detail


def test_a_visit_may_go_without_what_comes_after_it() -> None:
    assert told({1: (1,)}, (Precedence(1, 2),)) == []


def test_a_link_to_a_visit_that_is_not_in_the_problem_binds_nobody() -> None:
    assert told({1: (1,)}, (SameStart(1, 9), Precedence(9, 1))) == []


def test_a_delivery_made_in_the_same_second_as_its_pickup_still_comes_after_it() -> None:
    moments = [replace(visit, service=0) for visit in THREE]
    problem = replace(ROW.problem(moments, TWO), links=(Precedence(1, 2, same_vehicle=True),))
    found = violations(problem, Plan((Route(1, (2, 1, 3)),), {}))
    assert [(broken.rule, broken.detail) for broken in found] == [
        (Rule.PRECEDENCE, "visit 2 is made before visit 1"),
    ]


def test_a_frozen_visit_is_missed_where_its_vehicle_has_no_route() -> None:
    frozen = (HOME, replace(HOME, id=2, frozen=(2, 3)))
    found = told({1: (1, 2)}, vehicles=frozen)
    assert [(broken.rule, broken.vehicle, broken.visit) for broken in found] == [
        (Rule.SEQUENCE, 2, 2),
        (Rule.SEQUENCE, 2, 3),
    ]


def test_frozen_visits_are_missed_in_another_order_or_behind_others() -> None:
    frozen = (replace(HOME, frozen=(1, 2)), replace(HOME, id=2))
    assert told({1: (1, 2, 3)}, vehicles=frozen) == []
    for visits in ((2, 1, 3), (3, 1, 2)):
        assert [broken.rule for broken in told({1: visits}, vehicles=frozen)] == [Rule.SEQUENCE] * 2


def test_a_published_visit_that_is_left_out_has_changed() -> None:
    published = Published({1: 1, 2: 1, 3: 2}, 1)
    (found,) = told({1: (1,)}, published=published)
    assert (found.rule, found.amount) == (Rule.DISRUPTION, 1)
    assert told({1: (1, 2)}, published=published) == []


def test_one_route_alone_answers_for_the_links_it_can_keep_by_itself() -> None:
    links = (SameStart(1, 2), Precedence(1, 3, same_vehicle=True))
    problem = replace(ROW.problem(THREE, TWO), links=links)
    assert [broken.rule for broken in route_violations(problem, Route(1, (1, 2, 3)))] == [Rule.PARTNER]
    assert [broken.rule for broken in route_violations(problem, Route(1, (2, 3)))] == [Rule.PRECEDENCE]
    assert list(route_violations(problem, Route(1, (1, 3)))) == []
    late = replace(problem, links=(Precedence(1, 2, HOUR),))
    assert list(route_violations(late, Route(1, (1, 2)))) == []
