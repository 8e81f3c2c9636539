"""What the search counts in its arrays is what the rest of the project works out of the same routes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.flat import Facts, Flat, most_changed
from routing.insertion import insertions
from routing.joint import starts
from routing.kernel import entry
from routing.kernel_route import best_place
from routing.links import ends
from routing.mend import mended
from routing.plan import Plan, Route
from routing.problem import Problem, Rates, TimeWindow, Vehicle, Visit
from routing.score import left_out_cost, travel_cost
from routing.sisr import Cooling, Search
from routing.state import (
    ALIKE,
    COST_SUM,
    IMPROVED,
    IS_TOUCHED,
    LENGTH,
    LOST_SUM,
    NEVER,
    OUT,
    OUT_AT,
    OUT_LIST,
    POSITION,
    ROUTE,
    ROUTE_COST,
    VISIT,
    State,
)
from tests.routing.engine_worlds import free_problems, full_problems, linked_problems, roomy_problems

SEEDS = st.integers(0, 7)


@entry
def cheapest(facts: Facts, state: State, v: int, k: int, first: int) -> tuple[int, int, int]:
    return best_place(facts, state, v, k, first)


def searched(problem: Problem, seed: int, iterations: int = 200) -> Search | None:
    """A search that has ended in the middle of its way, wherever it was; None when nobody could make anything."""
    heads = mended(problem, ())
    flat = Flat.of(problem)
    if not flat.visits:
        return None
    search = Search.of(flat, seed, most_changed(problem))
    joined = {visit for link in problem.links for visit in ends(link)}
    at = {v: at for v, at in starts(problem, Plan(tuple(heads), {})).items() if v in joined}
    search.begin([route for route in heads if route.visits], at)
    told = iter([True, True, False])
    search.anneal(Cooling(60.0, 1.0, 0.5, iterations), lambda: next(told))
    return search


def present(search: Search) -> list[Route]:
    """The routes the search stands at, with ids; often worse ones than its best."""
    state, flat = search.state, search.flat
    rows = [state.stops[0, k, 1 : 1 + state.total[0, k, LENGTH], VISIT] for k in range(len(flat.vehicles))]
    return [Route(v.id, tuple(flat.visits[i].id for i in row)) for v, row in zip(flat.vehicles, rows, strict=True)]


def by_lateness_alone(problem: Problem) -> bool:
    """Whether breaks cannot move a start that is due: where both meet, the search counts each by itself."""
    return all(not vehicle.breaks for vehicle in problem.vehicles) or all(v.due is None for v in problem.visits)


@settings(max_examples=60, deadline=None)
@given(st.one_of(free_problems(), roomy_problems()), SEEDS)
def test_a_route_costs_in_the_search_what_it_costs_in_the_score(problem: Problem, seed: int) -> None:
    search = searched(problem, seed)
    if search is None or not by_lateness_alone(problem):
        return
    for k, route in enumerate(present(search)):
        assert search.state.total[0, k, ROUTE_COST] == travel_cost(problem, [route])
    assert search.cost == travel_cost(problem, search.routes())


@settings(max_examples=60, deadline=None)
@given(st.one_of(free_problems(), roomy_problems()), SEEDS)
def test_the_search_stays_within_the_rules_by_itself(problem: Problem, seed: int) -> None:
    search = searched(problem, seed)
    if search is None:
        return
    for routes in (present(search), search.routes()):
        broken = [found for found in violations(problem, Plan(tuple(routes), {})) if found.vehicle is not None]
        assert broken == []


@settings(max_examples=60, deadline=None)
@given(st.one_of(roomy_problems(), linked_problems(), full_problems()), SEEDS)
def test_the_sums_are_those_of_the_routes_and_the_visits_left_out(problem: Problem, seed: int) -> None:
    search = searched(problem, seed)
    if search is None:
        return
    state, visits = search.state, search.flat.visits
    served = {visit for route in present(search) for visit in route.visits}
    out = [visit for visit in visits if visit.id not in served]
    assert state.tally[LOST_SUM] == sum(left_out_cost(problem, visit) for visit in out)
    assert state.tally[COST_SUM] == state.total[0, :, ROUTE_COST].sum()
    assert {visits[v].id for v in state.room[OUT_LIST, : state.tally[OUT]]} == {visit.id for visit in out}
    kept = {visit for route in search.routes() for visit in route.visits}
    assert search.lost == sum(left_out_cost(problem, visit) for visit in visits if visit.id not in kept)
    assert search.placed == len(kept)


@settings(max_examples=60, deadline=None)
@given(st.one_of(roomy_problems(), linked_problems(), full_problems()), SEEDS)
def test_every_visit_knows_where_it_is(problem: Problem, seed: int) -> None:
    search = searched(problem, seed)
    if search is None:
        return
    state = search.state
    assert not state.total[0, :, IS_TOUCHED].any()
    for k in range(len(search.flat.vehicles)):
        for p in range(1, state.total[0, k, LENGTH] + 1):
            v = state.stops[0, k, p, VISIT]
            assert (state.now[v, ROUTE], state.now[v, POSITION], state.now[v, OUT_AT]) == (k, p, -1)
    for at in range(state.tally[OUT]):
        v = state.room[OUT_LIST, at]
        assert (state.now[v, ROUTE], state.now[v, OUT_AT]) == (-1, at)


@settings(max_examples=60, deadline=None)
@given(full_problems(), SEEDS)
def test_what_is_frozen_is_never_moved(problem: Problem, seed: int) -> None:
    search = searched(problem, seed)
    if search is None:
        return
    known = {visit.id for visit in search.flat.visits}
    for routes in (present(search), search.routes()):
        row = {route.vehicle: route.visits for route in routes}
        for vehicle in problem.vehicles:
            head = tuple(visit for visit in vehicle.frozen if visit in known)
            assert row.get(vehicle.id, ())[: len(head)] == head


@settings(max_examples=60, deadline=None)
@given(st.one_of(free_problems(), roomy_problems()), SEEDS)
def test_the_cheapest_place_in_a_route_is_the_first_of_all_insertions(problem: Problem, seed: int) -> None:
    search = searched(problem, seed)
    if search is None or not by_lateness_alone(problem):
        return
    state, flat = search.state, search.flat
    plan = Plan(tuple(present(search)), {})
    for v in state.room[OUT_LIST, : state.tally[OUT]].tolist():
        costs = [cheapest(flat.facts, state, v, k, 0)[0] for k in range(len(flat.vehicles))]
        found: dict[int, int] = {}
        for place in insertions(problem, plan, flat.visits[v]):
            found.setdefault(place.vehicle, place.cost)
        assert costs == [found.get(vehicle.id, NEVER) for vehicle in flat.vehicles]


def like_fleet(seed: int) -> Problem:
    """Forty visits that are soon due, for eight technicians who are alike and are paid for overtime."""
    random = np.random.default_rng(seed)
    places = random.integers(0, 3600, (41, 2))
    away = np.rint(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))).astype(np.int32)
    visits = tuple(Visit(i, i, 900, due=int(random.integers(3600, 18_000)), load=(1,)) for i in range(1, 41))
    rates = Rates(fixed=300, overtime=7200)
    fleet = tuple(
        Vehicle(100 + k, 0, 0, TimeWindow(0, 36_000), soft_end=14_400, capacity=(8,), rates=rates) for k in range(8)
    )
    return Problem(visits, fleet, away)


@pytest.mark.parametrize("seed", range(4))
def test_when_it_is_cold_nothing_that_costs_more_is_accepted(seed: int) -> None:
    """Like routes exchange their tails, which may save a drive and cost an evening."""
    search = Search.of(Flat.of(like_fleet(seed)), seed)
    search.begin()
    search.anneal(Cooling(60.0, 1e-9, 1e-9, 2000), lambda: True)
    assert search.state.tally[ALIKE]
    assert (search.state.tally[LOST_SUM], search.state.tally[COST_SUM]) == (search.lost, search.cost)


@pytest.mark.parametrize("seed", range(4))
def test_like_routes_that_exchanged_their_tails_keep_the_rules_and_cost_what_they_cost(seed: int) -> None:
    problem = like_fleet(seed)
    search = Search.of(Flat.of(problem), seed)
    search.begin()
    ahead = search.state.tally[IMPROVED]
    search.anneal(Cooling(60.0, 2.0, 0.5, 2000), lambda: True)
    assert search.state.tally[IMPROVED] > ahead
    routes = present(search)
    assert [found for found in violations(problem, Plan(tuple(routes), {})) if found.vehicle is not None] == []
    assert search.state.tally[COST_SUM] == travel_cost(problem, [route for route in routes if route.visits])
