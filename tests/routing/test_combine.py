"""Of the routes a search saw the best that go together are chosen, and no rule is lost on the way."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.combine import Column, as_column, combined
from routing.flat import KIND, Flat, most_changed
from routing.plan import Plan, Route
from routing.problem import Problem, Published, TimeWindow, Vehicle, Visit, Weights
from routing.score import score
from routing.sisr import Search
from tests.routing.engine_worlds import roomy_problems
from tests.routing.test_sisr import searched
from tests.routing.towns import DAY, MINUTE, drawn

ROW = drawn("h...a...b...c")
FLEET = (Vehicle(1, ROW["h"], ROW["h"], DAY), Vehicle(2, ROW["h"], ROW["h"], replace(DAY, latest=DAY.latest - 1)))
SECONDS, WORK = 10.0, 0.5


def visit(number: int, letter: str, **wishes: object) -> Visit:
    return replace(Visit(number, ROW[letter], 30 * MINUTE), **wishes)  # type: ignore[arg-type]


def begun(problem: Problem, *routes: Route) -> Search:
    """A search that has these routes and has not looked for others."""
    search = Search.of(Flat.of(problem), 0, most_changed(problem))
    search.begin(routes)
    return search


def column(search: Search, vehicle: int, cost: int, *visits: int) -> Column:
    """A route that somebody else is said to have found; visits are counted from 0."""
    kinds = search.flat.facts.vehicle[:, KIND].tolist()
    return Column(kinds[[one.id for one in search.flat.vehicles].index(vehicle)], cost, visits)


def test_nothing_is_told_when_nothing_better_was_seen() -> None:
    search = begun(ROW.problem([visit(1, "a"), visit(2, "b")], list(FLEET)))
    assert combined(search, (), SECONDS, 0, WORK) is None


def test_a_cheaper_route_found_elsewhere_takes_the_place_of_two() -> None:
    problem = ROW.problem([visit(1, "a"), visit(2, "c")], list(FLEET))
    search = begun(problem, Route(1, (1,)), Route(2, (2,)))
    found = as_column(problem, search.flat, Route(2, (1, 2)))
    assert found is not None
    assert combined(search, [found], SECONDS, 0, WORK) == {1: [0, 1]}


def test_a_route_with_what_nobody_knows_here_is_no_column() -> None:
    problem = ROW.problem([visit(1, "a"), visit(2, "b", skills={"gas": 1})], list(FLEET))
    flat = Flat.of(problem)
    assert as_column(problem, flat, Route(1, (1, 2))) is None
    assert as_column(problem, flat, Route(3, (1,))) is None


def test_nobody_is_left_out_for_routes_that_cost_less_than_nothing() -> None:
    """Work for whoever has worked the least is worth more than it costs where days are to be fair."""
    problem = replace(ROW.problem([visit(1, "a"), visit(2, "c")], list(FLEET)), weights=Weights(left_out=300))
    search = begun(problem, Route(1, (1,)), Route(2, (2,)))
    assert combined(search, [column(search, 2, -100_000, 1)], SECONDS, 0, WORK) == {0: [0], 1: [1]}
    assert combined(search, [column(search, 2, -100_000, 0)], SECONDS, 0, WORK) is None


def test_whose_route_has_begun_is_not_left_without_one() -> None:
    """Giving up the frozen visit would pay: the urgent one, which fits nowhere now, came with a route of the other."""
    never = TimeWindow(DAY.latest - MINUTE, DAY.latest)
    made = [visit(1, "a"), visit(2, "b"), visit(3, "c", priority=100, windows=(never,))]
    free = begun(ROW.problem(made, list(FLEET)), Route(1, (1, 2)))
    assert combined(free, [column(free, 2, 500, 1, 2)], SECONDS, 0, WORK) == {1: [1, 2]}
    frozen = begun(ROW.problem(made, [replace(FLEET[0], frozen=(1,)), FLEET[1]]), Route(1, (1, 2)))
    assert combined(frozen, [column(frozen, 2, 500, 1, 2)], SECONDS, 0, WORK) is None


def test_no_more_visits_change_their_technician_than_may() -> None:
    problem = ROW.problem([visit(1, "a"), visit(2, "c")], list(FLEET))
    told = replace(problem, published=Published({1: 1, 2: 2}, most_changed=0))
    search = begun(told, Route(1, (1,)), Route(2, (2,)))
    assert combined(search, [column(search, 2, 0, 0, 1)], SECONDS, 0, WORK) is None
    freer = replace(told, published=Published({1: 1, 2: 2}, most_changed=1))
    search = begun(freer, Route(1, (1,)), Route(2, (2,)))
    assert combined(search, [column(search, 2, 0, 0, 1)], SECONDS, 0, WORK) == {1: [0, 1]}


@settings(max_examples=40, deadline=None)
@given(roomy_problems(), st.integers(0, 7))
def test_what_is_combined_is_better_and_keeps_the_rules(problem: Problem, seed: int) -> None:
    search = searched(problem, seed, iterations=60)
    if search is None:
        return
    before = Plan(tuple(search.routes()), {})
    rows = combined(search, (), SECONDS, seed, WORK)
    if rows is None:
        return
    flat = search.flat
    routes = [Route(flat.vehicles[k].id, tuple(flat.visits[v].id for v in row)) for k, row in rows.items()]
    after = Plan(tuple(routes), {})
    assert score(problem, after) < score(problem, before)
    assert [broken for broken in violations(problem, after) if broken.vehicle is not None] == []
