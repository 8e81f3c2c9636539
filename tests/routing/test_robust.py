"""Robust plans: they break no rule, and keep more promises for the visits they make."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks.outlook import full_day
from routing.check import violations
from routing.hedge import hedge_of
from routing.limits import Limits, Progress
from routing.plan import Plan, Route
from routing.problem import Pin, Precedence, Problem, Published, SameStart, TimeWindow, Visit
from routing.robust import hedged, improved, robust, trial_run, with_slack
from routing.simulate import simulate
from routing.solve import solve
from routing.spread import Spread, Spreads
from tests.routing.towns import HOUR, MINUTE
from tests.routing.worlds import problems

QUICK = Limits(20.0, iterations=60, seed=1)
SPREADS = Spreads(kinds={"lamp": Spread(1.1, 0.5)})


@pytest.fixture(scope="module")
def full() -> tuple[Problem, dict[int, str]]:
    """A day of twelve technicians who are asked for more than fits."""
    return full_day(12, 1)


def served(problem: Problem, plan: Plan) -> int:
    return len(problem.visits) - len(plan.unassigned)


def kept(problem: Problem, plan: Plan) -> float:
    """The share of promises kept on days that no planning has seen."""
    return simulate(problem, plan, 1000, 99).share_kept


@settings(max_examples=25, deadline=None)
@given(problems(most_visits=5))
def test_a_robust_plan_breaks_no_rule_and_accounts_for_every_visit(problem: Problem) -> None:
    plan = robust(problem, Limits(5.0, iterations=2), price=4.0)
    assert violations(problem, plan) == []


@pytest.mark.parametrize(("share", "price"), [(0.7, 2.0), (0.9, 10.0)])
def test_more_visits_and_more_promises_kept_than_with_slack_for_every_visit(
    full: tuple[Problem, dict[int, str]], share: float, price: float
) -> None:
    problem, _ = full
    slack = solve(with_slack(problem, share, Spreads(), {}), QUICK)
    plan = robust(problem, QUICK, price=price)
    assert served(problem, plan) >= 1.05 * served(problem, slack)
    assert kept(problem, plan) >= kept(problem, slack) - 0.005


def test_the_dearer_a_broken_promise_the_more_are_kept(full: tuple[Problem, dict[int, str]]) -> None:
    problem, _ = full
    start = solve(problem, replace(QUICK, iterations=5))
    plans = [hedged(problem, start, QUICK, price=price, floor=0.0) for price in (0.0, 2.0, 10.0)]
    visits, promises = [served(problem, plan) for plan in plans], [kept(problem, plan) for plan in plans]
    assert visits == sorted(visits, reverse=True)
    assert promises == sorted(promises)
    assert promises[0] < 0.93 < 0.98 < promises[-1]


def test_below_the_floor_a_promise_is_hardly_ever_made(full: tuple[Problem, dict[int, str]]) -> None:
    problem, _ = full
    start = solve(problem, replace(QUICK, iterations=5))
    plans = [hedged(problem, start, QUICK, price=1.0, floor=floor) for floor in (0.0, 0.9)]
    least = [simulate(problem, plan, 1000, 99).riskiest()[0].chance for plan in plans]
    assert least[0] < 0.8 < least[1]


def test_the_same_seed_gives_the_same_plan(full: tuple[Problem, dict[int, str]]) -> None:
    problem, kinds = full
    few = replace(QUICK, iterations=2)
    plans = [robust(problem, few, spreads=SPREADS, kinds=kinds) for _ in range(2)]
    assert plans[0].routes == plans[1].routes


def test_what_the_search_expects_is_what_the_simulation_finds(full: tuple[Problem, dict[int, str]]) -> None:
    """The compiled walk and the one of `routing.simulate`, over the same days."""
    problem, kinds = full
    plan = solve(problem, replace(QUICK, iterations=5))
    shared = replace(
        SPREADS, kinds={kind: Spread(1.05, 0.4 + 0.01 * n) for n, kind in enumerate(sorted(set(kinds.values())))}
    )
    expected = trial_run(problem, plan, hedge_of(problem, plan, 200, 5, shared, kinds))
    found = {seen.visit: 1 - seen.chance for seen in simulate(problem, plan, 200, 5, shared, kinds).visits}
    assert max(found.values()) > 0.2
    assert expected == pytest.approx(found, abs=0.0051)


@settings(max_examples=30, deadline=None)
@given(problems(most_visits=4, plain=True))
def test_they_agree_about_small_days_as_well(problem: Problem) -> None:
    one_break = tuple(replace(vehicle, breaks=vehicle.breaks[:1], capacity=()) for vehicle in problem.vehicles)
    single = tuple(replace(visit, windows=visit.windows[:1], load=(), pickup=()) for visit in problem.visits)
    plain = replace(problem, vehicles=one_break, visits=single)
    plan = solve(plain, Limits(5.0, iterations=2))
    calm = Spreads(Spread(sigma=0.2), Spread(sigma=0.2))
    expected = trial_run(plain, plan, hedge_of(plain, plan, 100, 1, calm, {}))
    found = {seen.visit: 1 - seen.chance for seen in simulate(plain, plan, 100, 1, calm).visits}
    assert {visit: found[visit] for visit in expected} == pytest.approx(expected, abs=0.0101)


def test_who_is_pinned_linked_or_told_stays_where_the_plan_has_them(full: tuple[Problem, dict[int, str]]) -> None:
    problem, _ = full
    plan = solve(problem, replace(QUICK, iterations=5))
    pinned, told, linked = plan.routes[:3]
    bound = replace(
        problem,
        visits=tuple(
            replace(visit, pin=Pin(vehicle=pinned.vehicle)) if visit.id in pinned.visits else visit
            for visit in problem.visits
        ),
        links=(Precedence(linked.visits[0], linked.visits[1]),),
        published=Published(dict.fromkeys(told.visits, told.vehicle), most_changed=0),
    )
    found = hedged(bound, plan, QUICK)
    assert violations(bound, found) == []
    assert found.routes != plan.routes
    routes = {route.vehicle: route.visits for route in found.routes}
    assert set(routes[pinned.vehicle]) >= set(pinned.visits)
    assert set(routes[told.vehicle]) >= set(told.visits)
    assert routes[linked.vehicle] == linked.visits


def test_two_technicians_who_must_begin_together_are_left_alone() -> None:
    windows = (TimeWindow(8 * HOUR, 10 * HOUR),)
    problem, _ = full_day(4, 1)
    pair = (Visit(901, 0, 30 * MINUTE, windows=windows), Visit(902, 0, 30 * MINUTE, windows=windows))
    crewed = replace(problem, visits=(*problem.visits, *pair), links=(SameStart(901, 902),))
    start = Plan((Route(1, (901,)), Route(2, (902,))), {})
    found = hedged(crewed, start, replace(QUICK, iterations=5))
    assert violations(crewed, found) == []
    assert found.routes[:2] == start.routes
    assert len(found.routes) == 4


def test_without_a_matrix_the_plan_is_one_on_mean_times(full: tuple[Problem, dict[int, str]]) -> None:
    problem, _ = full
    large = replace(problem, durations=None, distances=None)
    assert violations(large, robust(large, replace(QUICK, iterations=2))) == []


def test_nothing_to_plan_is_no_error(full: tuple[Problem, dict[int, str]]) -> None:
    problem, _ = full
    assert robust(replace(problem, visits=()), QUICK).routes == ()
    nobody = robust(replace(problem, vehicles=()), QUICK)
    assert len(nobody.unassigned) == len(problem.visits)


def test_progress_is_told_from_the_first_plan_to_the_end(full: tuple[Problem, dict[int, str]]) -> None:
    told: list[Progress] = []
    plan = robust(full[0], replace(QUICK, iterations=10), None, told.append)
    percents = np.array([progress.percent for progress in told])
    assert percents[0] < 30 <= percents[-1] <= 100
    assert (np.diff(percents[percents >= 30]) > 0).all()
    assert abs(told[-1].placed - served(full[0], plan)) <= 1


def test_a_full_day_is_improved_without_leaving_anybody_out(full: tuple[Problem, dict[int, str]]) -> None:
    """Even where leaving some out would keep more promises."""
    problem, kinds = full
    start = robust(problem, replace(QUICK, iterations=10), spreads=SPREADS, kinds=kinds, price=4.0)
    plan = improved(problem, replace(QUICK, iterations=30), start, spreads=SPREADS, kinds=kinds, floor=0.9)
    assert violations(problem, plan) == []
    assert set(start.unassigned) >= set(plan.unassigned)
    assert plan.routes != start.routes
    careful = hedged(problem, start, QUICK, spreads=SPREADS, kinds=kinds, price=20.0, floor=0.97)
    assert len(careful.unassigned) > len(start.unassigned)
