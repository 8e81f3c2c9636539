"""A visit at a door the problem does not know, and a day that follows single bookings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.day import Day
from routing.insertion import inserted
from routing.plan import Plan, Route
from routing.problem import Problem, Rates, SameStart, Vehicle, Visit
from routing.travel import Coordinates, GreatCircle
from tests.routing.towns import DAY
from tests.routing.worlds import problems

TRAVEL = GreatCircle(speed_kmh=200.0, per_stop=1)
doors = st.tuples(st.integers(0, 5), st.integers(0, 3)).map(lambda xy: (121.0 + xy[0] * 0.005, 31.0 + xy[1] * 0.005))


@st.composite
def towns(draw: st.DrawFn) -> tuple[Problem, tuple[float, float]]:
    """A problem over coordinates, with or without its matrix, and the door of its first visit, which stands alone."""
    problem = draw(problems(plain=True))
    places = len(problem.durations) if problem.durations is not None else 0
    chosen = draw(st.lists(doors, min_size=places + 1, max_size=places + 1, unique=True))
    points = np.array(chosen)
    alone = replace(problem.visits[0], place=places)
    rates = draw(st.sampled_from((Rates(), Rates(per_km=400))))
    fleet = tuple(replace(one, rates=rates, speed=draw(st.sampled_from((0.8, 1.0)))) for one in problem.vehicles)
    made = over((alone, *problem.visits[1:]), replace(problem, vehicles=fleet), points, draw(st.booleans()))
    return made, chosen[places]


def over(visits: tuple[Visit, ...], problem: Problem, points: Coordinates, with_matrix: bool) -> Problem:
    durations, distances = TRAVEL.matrix(points) if with_matrix else (None, None)
    return replace(problem, visits=visits, durations=durations, distances=distances, coordinates=points, travel=TRAVEL)


def without_the_door(problem: Problem) -> Problem:
    """The same town before anybody asked for a visit at the last door."""
    assert problem.coordinates is not None
    return over(problem.visits[1:], problem, problem.coordinates[:-1], problem.durations is not None)


def filled_up(problem: Problem, draw: st.DataObject) -> Plan:
    """The first visit in no route, the others where they fit."""
    routes = {vehicle.id: Route(vehicle.id, ()) for vehicle in problem.vehicles}
    for wanted in problem.visits[1:]:
        places = Day.of(problem, Plan(tuple(routes.values()), {})).insertions(wanted)
        if places:
            place = draw.draw(st.sampled_from(places))
            routes[place.vehicle] = inserted(routes[place.vehicle], wanted.id, place.position)
    return Plan(tuple(routes.values()), {})


@settings(max_examples=100, deadline=None)
@given(towns(), st.data())
def test_a_visit_at_a_new_door_fits_where_it_would_if_the_problem_knew_the_door(
    town: tuple[Problem, tuple[float, float]], draw: st.DataObject
) -> None:
    problem, door = town
    plan, wanted = filled_up(problem, draw), problem.visits[0]
    asked = Day.of(without_the_door(problem), plan).insertions(replace(wanted, place=0), at=door)
    assert asked == Day.of(problem, plan).insertions(wanted)


@settings(max_examples=60, deadline=None)
@given(towns(), st.data())
def test_a_day_with_a_booking_answers_as_one_that_always_had_it(
    town: tuple[Problem, tuple[float, float]], draw: st.DataObject
) -> None:
    problem, door = town
    plan, wanted = filled_up(problem, draw), problem.visits[0]
    day = Day.of(without_the_door(problem), plan)
    for place in day.insertions(wanted, at=door)[:2]:
        route = next(route for route in plan.routes if route.vehicle == place.vehicle)
        changed = inserted(route, wanted.id, place.position)
        fresh = Day.of(problem, Plan(tuple(changed if r is route else r for r in plan.routes), {}))
        followed = day.booked([wanted], [changed], at=door)
        for other in problem.visits:
            another = replace(other, id=99)
            assert followed.insertions(another) == fresh.insertions(another)
        assert followed.insertions(wanted) == fresh.insertions(wanted)
    assert day.insertions(wanted, at=door) == Day.of(problem, plan).insertions(wanted)


@settings(max_examples=60, deadline=None)
@given(towns(), st.data())
def test_a_pair_that_is_booked_keeps_its_start_whatever_comes_after(
    town: tuple[Problem, tuple[float, float]], draw: st.DataObject
) -> None:
    problem, door = town
    if len(problem.vehicles) < 2:
        return
    plan = filled_up(problem, draw)
    first = replace(problem.visits[0], id=50)
    second, link = replace(first, id=-50, load=(), pickup=()), SameStart(50, -50)
    routes = [inserted(route, id, 0) for route, id in zip(plan.routes[:2], (50, -50), strict=True)]
    after = Plan((*routes, *plan.routes[2:]), {})
    known = replace(problem, visits=(*problem.visits, first, second), links=(link,))
    if any(broken.vehicle is not None for broken in violations(known, after)):
        return
    followed = Day.of(without_the_door(problem), plan).booked([first, second], routes, at=door, links=[link])
    fresh = Day.of(known, after)
    assert {v: stop.start for v, (_, stop) in followed.held.items()} == {
        v: stop.start for v, (_, stop) in fresh.held.items()
    }
    for other in problem.visits:
        another = replace(other, id=99)
        assert followed.insertions(another) == fresh.insertions(another)


HERE, THERE = (121.0, 31.0), (121.01, 31.0)


def street() -> Problem:
    """One technician who lives here, and two visits there."""
    visits = (Visit(1, 1, 600, setup=300), Visit(2, 1, 600, setup=300))
    return Problem(visits, (Vehicle(1, 0, 0, DAY),), coordinates=np.array([HERE, THERE]), travel=TRAVEL)


def test_a_door_that_is_known_to_six_digits_needs_no_second_set_up() -> None:
    day, wanted = Day.of(street(), Plan((Route(1, (1,)),), {})), Visit(3, 0, 600, setup=300)
    beside, away = (day.insertions(wanted, at=(121.01 + shift, 31.0)) for shift in (2e-7, 2e-6))
    known, unknown = ({place.position: place.start for place in places}[1] for places in (beside, away))
    assert unknown - known == 300 + TRAVEL.per_stop


def test_a_route_that_changed_in_other_ways_takes_a_new_day() -> None:
    day = Day.of(street(), Plan((Route(1, (1, 2)),), {}))
    with pytest.raises(ValueError, match="make a new Day"):
        day.booked([Visit(3, 0, 600)], [Route(1, (2, 1, 3))], at=HERE)


def test_a_matrix_alone_cannot_say_how_far_a_new_door_is() -> None:
    durations, _ = TRAVEL.matrix(np.array([HERE, THERE]))
    day = Day.of(replace(street(), durations=durations, coordinates=None, travel=None), Plan((), {}))
    with pytest.raises(ValueError, match="coordinates"):
        day.insertions(Visit(3, 0, 600), at=HERE)
