"""The plan that is made when the planner fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dispatch.fallback import greedy
from routing.check import violations
from routing.plan import Plan, Route, Rule
from routing.problem import Problem, SameStart, TimeWindow, Vehicle, Visit
from routing.travel import GreatCircle

DAY = TimeWindow(8 * 3600, 18 * 3600)


def day(visits: int, technicians: int, *, seed: int = 3, **every_visit: object) -> Problem:
    """Visits of an hour at random places of a town 10 km across, technicians who live there."""
    places = np.random.default_rng(seed).uniform((121.4, 31.2), (121.5, 31.3), (visits + technicians, 2))
    durations, distances = GreatCircle().matrix(places)
    return Problem(
        tuple(
            replace(Visit(id=n, place=technicians + n, service=3600), **every_visit)  # type: ignore[arg-type]
            for n in range(visits)
        ),
        tuple(Vehicle(100 + n, n, n, DAY) for n in range(technicians)),
        durations,
        distances,
        coordinates=places,
        travel=GreatCircle(),
    )


def test_every_visit_that_fits_is_placed_and_no_rule_is_broken() -> None:
    problem = day(20, 4)
    plan = greedy(problem)
    assert violations(problem, plan) == []
    assert plan.unassigned == {}


def test_an_over_full_day_leaves_the_least_urgent_out_with_a_reason() -> None:
    problem = day(20, 1)
    urgent = replace(problem.visits[-1], priority=90)
    problem = replace(problem, visits=(*problem.visits[:-1], urgent))
    plan = greedy(problem)
    assert violations(problem, plan) == []
    assert urgent.id not in plan.unassigned
    assert {why.rule for why in plan.unassigned.values()} == {Rule.NO_TIME}


def test_what_is_running_is_kept() -> None:
    problem = day(6, 2)
    running = Plan((Route(101, (4, 2)),), {})
    kept = next(route for route in greedy(problem, running).routes if route.vehicle == 101)
    assert [visit for visit in kept.visits if visit in (4, 2)] == [4, 2]


def test_a_running_route_that_can_no_longer_be_kept_is_mended() -> None:
    problem = day(12, 2)
    plan = greedy(problem, Plan((Route(101, tuple(range(12))), Route(999, (3,))), {}))
    assert violations(problem, plan) == []


def test_only_the_technician_with_the_skill_is_asked_however_far_away() -> None:
    problem = day(1, 40, skills={"gas": 2})
    able = replace(problem.vehicles[-1], skills={"gas": 3})
    problem = replace(problem, vehicles=(*problem.vehicles[:-1], able))
    assert greedy(problem).routes == (Route(able.id, (0,)),)


def test_when_time_is_up_the_rest_is_left_out_with_that_reason() -> None:
    problem = day(5, 1)
    plan = greedy(problem, seconds=-1)
    assert plan.routes == ()
    assert {(why.rule, why.detail) for why in plan.unassigned.values()} == {
        (Rule.NO_TIME, "its turn did not come before the time was up")
    }


def test_an_area_without_a_matrix_is_served_too() -> None:
    problem = replace(day(8, 3), durations=None, distances=None)
    plan = greedy(problem)
    assert violations(problem, plan) == []
    assert plan.unassigned == {}


def test_nobody_at_work_is_an_answer() -> None:
    assert {why.rule for why in greedy(day(3, 0)).unassigned.values()} == {Rule.NO_VEHICLE}


def test_visits_that_begin_together_are_planned_together_or_not_at_all() -> None:
    problem = day(16, 3)
    pairs = tuple(SameStart(n, n + 1) for n in (0, 2, 4))
    plan = greedy(replace(problem, links=pairs))
    assert violations(replace(problem, links=pairs), plan) == []
    assert {0, 1, 2, 3, 4, 5}.isdisjoint(plan.unassigned)
    lonely = replace(problem, vehicles=problem.vehicles[:1], links=pairs)
    assert set(range(6)) <= set(greedy(lonely).unassigned)
    assert violations(lonely, greedy(lonely)) == []
