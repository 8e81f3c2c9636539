"""Chances of promises, one route at a time, against whole simulated plans."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from routing.asking import cheapest
from routing.chance import Chances
from routing.day import COST, ROW, WINDOW, Day
from routing.insertion import inserted
from routing.pairs import pairs
from routing.plan import Plan, Route
from routing.problem import Break, Problem, SameStart, TimeWindow, Vehicle, Visit
from routing.simulate import simulate
from routing.spread import Spread, Spreads, Surprises
from routing.travel import GreatCircle
from tests.routing.test_insertion import keepable
from tests.routing.test_pairs import booked
from tests.routing.towns import HOUR, MINUTE
from tests.routing.worlds import problems

DAYS = 4000
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WILD = Spreads(
    Spread(1.1, 0.5),
    Spread(0.9, 0.4),
    surprises=Surprises(0.1, 4, 0.1, 2.5),
    kinds={"long": Spread(1.3, 0.2)},
    shared_service=0.4,
    shared_travel=0.6,
)
CITY = Spreads(
    kinds={"heater": Spread(1.1, 0.45), "lamp": Spread(0.9, 0.3)},
    hours={8: Spread(1.4, 0.35), 9: Spread(1.2, 0.3), 17: Spread(1.5, 0.4)},
)
KINDS = ("heater", "lamp", "mattress")
SLOTS = tuple(TimeWindow(hour * HOUR, (hour + 2) * HOUR) for hour in range(8, 20, 2))


def simulated(problem: Problem, plan: Plan, spreads: Spreads, kinds: dict[int, str]) -> dict[int, float]:
    found = simulate(problem, plan, DAYS, 1, spreads, kinds)
    return {visit.visit: visit.chance for visit in found.visits if visit.is_promised}


def off(chances: Chances, problem: Problem, plan: Plan, spreads: Spreads, kinds: dict[int, str]) -> list[float]:
    """How far the chance of each planned promise is from the simulated one."""
    seen = simulated(problem, plan, spreads, kinds)
    rows = chances.planned(np.arange(len(chances.day.routes)))
    told = {
        visit: float(chance)
        for route, row in zip(chances.day.routes, rows, strict=True)
        for visit, chance in zip(route.visits, row, strict=False)
        if not np.isnan(chance)
    }
    assert told.keys() == seen.keys()
    return [abs(told[visit] - seen[visit]) for visit in seen]


def with_it(problem: Problem, plan: Plan, wanted: Visit, place: Ints, day: Day) -> tuple[Problem, Plan]:
    """The plan with the visit at one of `Day.places`, promised the window of that place."""
    row, position, window, start = place[:4].tolist()
    span = wanted.windows[window]
    narrowed = replace(problem, visits=(replace(wanted, windows=(span,)), *problem.visits[1:]))
    assert span.earliest <= start <= span.latest
    routes = [inserted(route, wanted.id, position) if r == row else route for r, route in enumerate(day.routes)]
    return narrowed, Plan(tuple(routes), {})


@settings(max_examples=25, deadline=None)
@given(problems(most_visits=6), st.data())
def test_what_is_planned_is_kept_as_often_as_in_the_simulation(problem: Problem, draw: st.DataObject) -> None:
    plan = keepable(problem, draw)
    kinds = {visit.id: "long" for visit in problem.visits if visit.id % 2}
    chances = Chances.of(Day.of(problem, plan), WILD, kinds, days=DAYS)
    assert max(off(chances, problem, plan, WILD, kinds), default=0.0) < 0.04


@settings(max_examples=25, deadline=None)
@given(problems(most_visits=6), st.data())
def test_what_would_become_of_promises_is_what_the_simulation_says_afterwards(
    problem: Problem, draw: st.DataObject
) -> None:
    wanted, plan = problem.visits[0], keepable(problem, draw)
    if not wanted.windows:
        return
    kinds = {visit.id: "long" for visit in problem.visits if visit.id % 2 == 0}
    day = Day.of(problem, plan)
    places = day.places(wanted)[:3]
    kept = Chances.of(day, WILD, kinds, days=DAYS).after(wanted, places, kind="long")
    for n, place in enumerate(places):
        seen = simulated(*with_it(problem, plan, wanted, place, day), WILD, kinds)
        assert kept.chance[n] == pytest.approx(seen[wanted.id], abs=0.04)
        for visit, chance in zip(day.routes[place[0]].visits, kept.after[n], strict=False):
            assert np.isnan(chance) if visit not in seen else chance == pytest.approx(seen[visit], abs=0.04)


def city(seed: int) -> tuple[Problem, dict[int, str]]:
    """60 visits with two-hour windows, some with two of them, and eight technicians with a lunch break."""
    random = np.random.default_rng(seed)
    points = np.array((121.4, 31.2)) + random.uniform(0, 0.15, (68, 2))
    lunch = Break(1, (TimeWindow(11 * HOUR, 13 * HOUR),), 45 * MINUTE)
    visits = tuple(
        Visit(i, i, 300 * int(random.integers(4, 16)), 300, _slots(random, 1 + i % 5 // 4)) for i in range(60)
    )
    fleet = tuple(
        Vehicle(i, i, i, TimeWindow(8 * HOUR, 20 * HOUR), breaks=(lunch,) if i % 2 else ()) for i in range(60, 68)
    )
    kinds = {visit.id: KINDS[visit.id % 3] for visit in visits}
    return Problem.over(visits, fleet, points, GreatCircle()), kinds


def _slots(random: np.random.Generator, many: int) -> tuple[TimeWindow, ...]:
    return tuple(SLOTS[n] for n in sorted(random.choice(len(SLOTS), many, replace=False)))


def packed(problem: Problem) -> Plan:
    """Every visit but the first where it is cheapest."""
    day = Day.of(problem, Plan((), {}))
    for visit in problem.visits[1:]:
        for place in day.insertions(visit)[:1]:
            route = next(route for route in day.routes if route.vehicle == place.vehicle)
            day = day.with_route(inserted(route, visit.id, place.position))
    return Plan(tuple(day.routes), {})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_a_city_the_mean_distance_from_the_simulation_is_below_a_point(seed: int) -> None:
    problem, kinds = city(seed)
    plan = packed(problem)
    found = off(Chances.of(Day.of(problem, plan), CITY, kinds, days=DAYS), problem, plan, CITY, kinds)
    assert len(found) > 40
    assert np.mean(found) < 0.01
    assert max(found) < 0.04


def test_a_wrong_distribution_shows_in_the_chances() -> None:
    """The twin: with what is not the truth the distance is greater."""
    problem, kinds = city(1)
    plan = packed(problem)
    calm = replace(CITY, service=Spread(sigma=0.1), kinds={})
    found = off(Chances.of(Day.of(problem, plan), calm, kinds, days=DAYS), problem, plan, CITY, kinds)
    assert np.mean(found) > 0.01


def test_the_days_are_the_same_every_time() -> None:
    problem, kinds = city(1)
    day, wanted = Day.of(problem, packed(problem)), replace(problem.visits[0], windows=SLOTS)
    places = day.places(wanted)
    first, again = (Chances.of(day, CITY, kinds).after(wanted, places) for _ in range(2))
    assert np.array_equal(first.chance, again.chance)
    assert np.array_equal(first.after, again.after, equal_nan=True)


def test_stops_before_the_new_visit_keep_their_chances_where_nothing_else_moves() -> None:
    problem, kinds = city(2)
    problem = replace(problem, vehicles=tuple(replace(vehicle, breaks=()) for vehicle in problem.vehicles))
    day, wanted = Day.of(problem, packed(problem)), replace(problem.visits[0], windows=SLOTS)
    places = day.places(wanted)
    kept = Chances.of(day, CITY, kinds).after(wanted, places)
    for n, (position, many) in enumerate((place[1], len(day.routes[place[0]].visits)) for place in places.tolist()):
        assert np.array_equal(kept.after[n, :position], kept.before[n, :position], equal_nan=True)
        assert (kept.after[n, position:many] <= kept.before[n, position:many] + 0.02).all()


def test_a_place_holds_unless_it_pushes_a_promise_below_the_floor() -> None:
    problem, kinds = city(3)
    day, wanted = Day.of(problem, packed(problem)), replace(problem.visits[0], windows=SLOTS)
    kept = Chances.of(day, CITY, kinds).after(wanted, day.places(wanted))
    held = kept.holds(0.8)
    assert 0 < held.sum() < len(held)
    assert (kept.chance[held] >= 0.8).all()
    was_fine = np.where(np.isnan(kept.before), False, kept.before >= 0.8)
    assert (kept.after[held][was_fine[held]] >= 0.8).all()


def test_a_day_that_follows_a_booking_has_the_chances_of_one_that_always_had_it() -> None:
    problem, kinds = city(1)
    day, wanted = Day.of(problem, packed(problem)), problem.visits[0]
    chances = Chances.of(day, CITY, kinds)
    chances.planned(np.arange(len(day.routes)))
    new, door = replace(wanted, id=900), (121.45, 31.25)
    row, position = day.places(new, door)[0, :2].tolist()
    followed = day.booked([new], [inserted(day.routes[row], 900, position)], at=door)
    rows = np.arange(len(day.routes))
    told = chances.following(followed, {900: "lamp"}).planned(rows)
    afresh = Chances.of(followed, CITY, kinds | {900: "lamp"}).planned(rows)
    assert np.array_equal(told, afresh, equal_nan=True)


def test_chances_follow_a_day_whose_routes_grow_longer_than_there_was_room_for() -> None:
    visits = tuple(Visit(i, 1, 60, windows=(TimeWindow(8 * HOUR, 8 * HOUR + 300 * i),)) for i in range(1, 9))
    fleet = tuple(Vehicle(k, 0, None, TimeWindow(8 * HOUR, 18 * HOUR)) for k in (1, 2))
    problem = Problem.over(visits, fleet, np.array([[121.4, 31.2], [121.401, 31.2]]), GreatCircle())
    day, rows = Day.of(problem, Plan((Route(1, (2,)), Route(2, (8,))), {})), np.arange(2)
    chances = Chances.of(day)
    before = chances.planned(rows)
    grown = day.changed(Plan((Route(1, (2, 3, 4, 5, 6, 7)), day.routes[1]), {}))
    told = chances.following(grown).planned(rows)
    assert np.array_equal(told, Chances.of(grown).planned(rows), equal_nan=True)
    assert told[1, 0] == before[1, 0]
    assert not np.isnan(told[0, :6]).any()


def test_a_partner_is_waited_for_as_planned() -> None:
    windows = (TimeWindow(9 * HOUR, 11 * HOUR),)
    visits = (Visit(1, 0, HOUR), Visit(2, 1, HOUR, windows=windows), Visit(3, 1, HOUR, windows=windows))
    fleet = tuple(Vehicle(k, 0, None, TimeWindow(8 * HOUR, 18 * HOUR)) for k in (1, 2))
    points = np.array([[121.4, 31.2], [121.41, 31.2]])
    problem = replace(Problem.over(visits, fleet, points, GreatCircle()), links=(SameStart(2, 3),))
    late = replace(problem, visits=(replace(visits[0], service=3 * HOUR - 20 * MINUTE), *visits[1:]))
    plan = Plan((Route(1, (1, 2)), Route(2, (3,))), {})
    early, behind = (Chances.of(Day.of(one, plan)).planned(np.arange(2))[:, :2] for one in (problem, late))
    assert early[1, 0] == behind[1, 0] == 1.0
    assert behind[0, 1] < 0.9 < early[0, 1]


@settings(max_examples=40, deadline=None)
@given(problems(most_visits=6, most_vehicles=4, plain=True), st.data())
def test_two_who_begin_together_wait_for_each_other_as_in_the_simulation(problem: Problem, draw: st.DataObject) -> None:
    wanted, plan = problem.visits[0], keepable(problem, draw)
    if not wanted.windows:
        return
    day = Day.of(problem, plan)
    halves = replace(wanted, id=50), replace(wanted, id=-50, load=(), pickup=())
    found = pairs(day, *halves)
    kinds = {50: "long", -50: "long"}
    both = Chances.of(day, WILD, days=DAYS).after_both(halves, found, kind="long")
    for n in range(len(found.first)):
        more, after = booked(problem, day, halves, found, n)
        seen = simulated(more, after, WILD, kinds)
        for half, places, kept in zip(halves, found, both, strict=True):
            assert kept.chance[n] == pytest.approx(seen[half.id], abs=0.04)
            for visit, chance in zip(day.routes[places[n, ROW]].visits, kept.after[n], strict=False):
                assert np.isnan(chance) if visit not in seen else chance == pytest.approx(seen[visit], abs=0.04)


def test_the_cheapest_places_of_each_window_can_be_picked_out() -> None:
    problem, _ = city(1)
    day, wanted = Day.of(problem, packed(problem)), replace(problem.visits[0], windows=SLOTS)
    places = day.places(wanted)
    found = cheapest(places, 3)
    for window in range(len(SLOTS)):
        costs = sorted(places[places[:, WINDOW] == window, COST].tolist())
        assert found[found[:, WINDOW] == window, COST].tolist() == costs[:3]
