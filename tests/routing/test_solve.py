from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.errors import InvalidProblem
from routing.limits import Limits, Progress
from routing.ortools_engine import improved
from routing.plan import Plan, Route, Rule
from routing.problem import Break, Pin, Problem, TimeWindow, Vehicle, Visit
from routing.schedule import stops
from routing.score import score
from routing.solve import solve
from tests.routing.towns import DAY, HOUR, MINUTE, drawn
from tests.routing.worlds import problems

SHORT = Limits(0.3, iterations=2000)
TOWN = drawn(
    """
    a..b..c
    .......
    d..h..e
    .......
    f..g..i
    """
)
HOME = Vehicle(1, TOWN["h"], TOWN["h"], DAY)


def visits(letters: str, **wishes: object) -> list[Visit]:
    return [replace(Visit(n, TOWN[letter], 30 * MINUTE), **wishes) for n, letter in enumerate(letters, 1)]  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(problems(most_visits=6, most_vehicles=3))
def test_no_plan_breaks_a_rule_and_every_visit_is_accounted_for(problem: Problem) -> None:
    plan = solve(problem, Limits(0.05, iterations=5))
    assert violations(problem, plan) == []
    served = [visit_id for route in plan.routes for visit_id in route.visits]
    assert sorted([*served, *plan.unassigned]) == [visit.id for visit in problem.visits]


@settings(max_examples=15, deadline=None)
@given(problems(most_visits=6, most_vehicles=3), st.data())
def test_a_plan_started_from_anything_is_sound(problem: Problem, draw: st.DataObject) -> None:
    ids = draw.draw(st.permutations([visit.id for visit in problem.visits] + [999]))
    start = Plan((Route(problem.vehicles[0].id, tuple(ids)), Route(555, (0,))), {})
    assert violations(problem, solve(problem, Limits(0.05, iterations=5), start)) == []


def test_the_shortest_round_is_found() -> None:
    problem = TOWN.problem(visits("abcdefgi"), [HOME])
    plan = solve(problem, SHORT)
    assert sum(stop.travel for stop in stops(problem, plan.routes[0])) == 24 * MINUTE


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    problem = TOWN.problem(visits("abcdefgi"), [HOME, replace(HOME, id=2)])
    limits = Limits(20.0, iterations=10, seed=4)
    assert solve(problem, limits) == solve(problem, limits)


def test_without_visits_there_is_nothing_to_do() -> None:
    assert solve(TOWN.problem([], [HOME]), SHORT) == Plan((), {})


def test_without_vehicles_every_visit_says_so() -> None:
    plan = solve(TOWN.problem(visits("ab"), []), SHORT)
    assert plan.routes == ()
    assert [why.rule for why in plan.unassigned.values()] == [Rule.NO_VEHICLE] * 2


def test_a_visit_nobody_is_skilled_for_is_left_out_with_that_reason() -> None:
    wanted = visits("ab")
    wanted[0] = replace(wanted[0], skills={"gas": 1})
    plan = solve(TOWN.problem(wanted, [HOME]), SHORT)
    assert {visit_id: why.rule for visit_id, why in plan.unassigned.items()} == {1: Rule.SKILL}


def test_a_window_past_everybodys_day_is_a_reason_and_no_crash() -> None:
    wanted = visits("a", windows=(TimeWindow(30 * HOUR, 31 * HOUR),))
    plan = solve(TOWN.problem(wanted, [HOME]), SHORT)
    assert plan.unassigned[1].rule == Rule.WINDOW


def test_ten_times_too_many_visits_still_make_a_full_day() -> None:
    problem = TOWN.problem(visits("abcdefgi" * 20), [HOME])
    plan = solve(problem, SHORT)
    assert violations(problem, plan) == []
    assert len(plan.routes[0].visits) >= 15
    assert {why.rule for why in plan.unassigned.values()} == {Rule.NO_TIME}


def test_when_not_all_fit_the_urgent_are_served() -> None:
    wanted = visits("abcdefgi", service=4 * HOUR)
    wanted[5] = replace(wanted[5], priority=100)
    wanted[6] = replace(wanted[6], priority=90)
    plan = solve(TOWN.problem(wanted, [HOME]), SHORT)
    assert set(plan.routes[0].visits) == {6, 7}


def test_pins_are_kept() -> None:
    wanted = visits("abcd")
    wanted[0] = replace(wanted[0], pin=Pin(vehicle=2, start=11 * HOUR))
    problem = TOWN.problem(wanted, [HOME, replace(HOME, id=2)])
    plan = solve(problem, SHORT)
    route = next(route for route in plan.routes if route.vehicle == 2)
    assert next(stop.start for stop in stops(problem, route) if stop.visit == 1) == 11 * HOUR


def test_a_pinned_visit_pushes_out_others_that_leave_no_room() -> None:
    wanted = visits("abc", service=5 * HOUR)
    wanted[2] = replace(wanted[2], pin=Pin(vehicle=1))
    problem = TOWN.problem(wanted, [replace(HOME, shift=TimeWindow(8 * HOUR, 14 * HOUR))])
    plan = solve(problem, SHORT, Plan((Route(1, (1,)),), {}))
    assert plan.routes == (Route(1, (3,)),)


def test_a_hole_between_two_windows_is_not_used() -> None:
    choices = (TimeWindow(8 * HOUR, 9 * HOUR), TimeWindow(15 * HOUR, 16 * HOUR))
    blocked = Break(1, (TimeWindow(8 * HOUR, 8 * HOUR),), 2 * HOUR)
    problem = TOWN.problem(visits("ab", windows=choices), [replace(HOME, breaks=(blocked,))])
    plan = solve(problem, SHORT)
    starts = [stop.start for stop in stops(problem, plan.routes[0]) if stop.kind == "visit"]
    assert all(15 * HOUR <= start <= 16 * HOUR for start in starts)
    assert len(starts) == 2


def test_the_engine_does_not_put_a_break_between_setup_and_service() -> None:
    wanted = visits("a", setup=10 * MINUTE, windows=(TimeWindow(9 * HOUR, 9 * HOUR),))
    pause = Break(1, (TimeWindow(8 * HOUR + 50 * MINUTE, 8 * HOUR + 50 * MINUTE),), 10 * MINUTE)
    problem = TOWN.problem(wanted, [replace(HOME, breaks=(pause,))])
    assert improved(problem, 0.2, solutions=20) == []


def test_overtime_is_avoided_when_somebody_else_has_time() -> None:
    late = visits("a", windows=(TimeWindow(17 * HOUR, 17 * HOUR),))
    near = replace(HOME, start=TOWN["a"], end=TOWN["a"], soft_end=17 * HOUR)
    plan = solve(TOWN.problem(late, [near, replace(HOME, id=2)]), SHORT)
    assert [route.vehicle for route in plan.routes] == [2]


def test_the_preferred_technician_comes_even_from_a_little_farther() -> None:
    wanted = [Visit(1, TOWN["b"], 30 * MINUTE, preferred=frozenset({2}))]
    near = replace(HOME, start=TOWN["b"], end=TOWN["b"])
    plan = solve(TOWN.problem(wanted, [near, replace(HOME, id=2)]), SHORT)
    assert [route.vehicle for route in plan.routes] == [2]


def test_costs_decide_where_they_differ_from_durations() -> None:
    toll = np.ones((9, 9), dtype=np.int32)
    toll[TOWN["h"], TOWN["a"]] = 5000
    problem = replace(TOWN.problem(visits("ab"), [HOME]), costs=toll)
    assert solve(problem, SHORT).routes == (Route(1, (2, 1)),)


def test_a_plan_is_never_worse_than_the_one_it_started_from() -> None:
    problem = TOWN.problem(visits("abcdefgi" * 3), [replace(HOME, id=n) for n in (1, 2)])
    start = solve(problem, Limits(0.5, iterations=50))
    again = solve(problem, Limits(0.05, iterations=1), start)
    assert score(problem, again) <= score(problem, start)


def test_progress_is_told_up_to_the_number_of_visits_placed() -> None:
    told: list[Progress] = []
    problem = TOWN.problem(visits("abcd"), [HOME])
    solve(problem, SHORT, None, told.append)
    assert told[-1].placed == told[-1].visits == 4
    assert [step.percent for step in told] == sorted(step.percent for step in told)


def test_a_contradictory_problem_is_refused_before_anything_is_planned() -> None:
    with pytest.raises(InvalidProblem):
        solve(TOWN.problem(visits("a", service=-1), [HOME]), SHORT)
