"""Whatever is asked, the answer keeps every rule, accounts for every visit and is no worse than what it began with."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.limits import Limits
from routing.mend import filled, mended
from routing.plan import Plan, Route
from routing.problem import Precedence, Problem, SameStart, Vehicle, Visit
from routing.score import score
from routing.solve import solve
from tests.routing.engine_worlds import avoidable, free_problems, full_problems, linked_problems, roomy_problems
from tests.routing.towns import DAY, HOUR, MINUTE, drawn
from tests.routing.worlds import plans

SEEDS = st.integers(0, 7)
PLENTY = 30.0
EVERYTHING = st.one_of(full_problems(), linked_problems(), free_problems(), roomy_problems())


def planned(problem: Problem, seed: int, start: Plan | None = None) -> Plan:
    return solve(problem, Limits(PLENTY, iterations=300, seed=seed), start)


@settings(max_examples=80, deadline=None)
@given(EVERYTHING, SEEDS)
def test_no_plan_breaks_a_rule_that_can_be_kept(problem: Problem, seed: int) -> None:
    assert avoidable(problem, planned(problem, seed)) == []


@settings(max_examples=40, deadline=None)
@given(EVERYTHING, SEEDS)
def test_every_visit_is_in_one_route_or_has_a_reason(problem: Problem, seed: int) -> None:
    plan = planned(problem, seed)
    served = [visit_id for route in plan.routes for visit_id in route.visits]
    assert sorted([*served, *plan.unassigned]) == [visit.id for visit in problem.visits]


@settings(max_examples=50, deadline=None)
@given(EVERYTHING, SEEDS, st.data())
def test_a_plan_from_any_start_keeps_the_rules_and_is_no_worse(
    problem: Problem, seed: int, draw: st.DataObject
) -> None:
    start = draw.draw(plans(problem))
    kept = filled(problem, mended(problem, start.routes))
    plan = planned(problem, seed, start)
    assert avoidable(problem, plan) == []
    assert score(problem, plan) <= score(problem, kept)


def published(problem: Problem) -> Plan:
    """The routes as they were published, in the order of the ids."""
    assert problem.published is not None
    told = problem.published.vehicles
    routes = {vehicle: tuple(visit for visit in told if told[visit] == vehicle) for vehicle in told.values()}
    return Plan(tuple(Route(vehicle, visits) for vehicle, visits in routes.items()), {})


@settings(max_examples=50, deadline=None)
@given(full_problems(), SEEDS)
def test_a_budget_for_changes_that_the_start_keeps_is_kept(problem: Problem, seed: int) -> None:
    kept = filled(problem, mended(problem, published(problem).routes))
    if not violations(problem, kept):
        assert violations(problem, planned(problem, seed, kept)) == []


TOWN = drawn(
    """
    a..b..c
    .......
    d..h..e
    .......
    f..g..i
    """
)
FLEET = [Vehicle(n, TOWN["h"], TOWN["h"], DAY, max_visits=7) for n in (1, 2, 3)]


def day() -> Problem:
    """More visits than three technicians may make, so that there are many plans to choose from."""
    letters = "abcdefgi" * 3
    made = [Visit(n, TOWN[letter], (20 + 7 * n % 30) * MINUTE) for n, letter in enumerate(letters, 1)]
    return replace(TOWN.problem(made, FLEET), links=(SameStart(1, 2), Precedence(3, 4, HOUR)))


def again(seed: int, **limits: int) -> list[tuple[int, tuple[int, ...]]]:
    plan = solve(day(), Limits(PLENTY, iterations=500, seed=seed, **limits))
    return sorted((route.vehicle, route.visits) for route in plan.routes)


def test_the_same_seed_gives_the_same_plan_in_another_process_too() -> None:
    asked = "from tests.routing.test_engine_rules import again; print(again(1))"
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout
    assert told.strip() == repr(again(1)) == repr(again(1))


def test_another_seed_may_give_another_plan() -> None:
    assert len({repr(again(seed)) for seed in range(6)}) > 1


def test_two_processes_keep_the_rules_as_one_does() -> None:
    plan = solve(day(), Limits(1.0, processes=2))
    assert violations(day(), plan) == []
    assert sum(len(route.visits) for route in plan.routes) == 21
