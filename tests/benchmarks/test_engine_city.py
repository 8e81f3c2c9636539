"""A day of a whole city, and the referee's view of it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.engine_city import Legs, answer, city_day, question
from benchmarks.shanghai_files import City
from routing.plan import Plan, Reason, Route, Rule
from routing.travel import GreatCircle

CITY = City(
    {"A": (121.4, 31.2), "B": (121.6, 31.1)},
    {f"S{n}": (121.4 + n / 100, 31.2) for n in range(20)},
    tuple((f"F{n}", f"S{n}", "AB"[n % 2], 1 + 9 * n) for n in range(20)),
)


def test_every_order_is_a_visit_at_its_spot_and_one_technician_has_six_or_seven() -> None:
    problem = city_day(CITY, 1, GreatCircle())

    assert problem.coordinates is not None
    assert problem.coordinates[:20].tolist() == [list(point) for point in CITY.spots.values()]
    assert [visit.place for visit in problem.visits] == list(range(20))
    assert len(problem.vehicles) == 3
    assert {place for vehicle in problem.vehicles for place in (vehicle.start, vehicle.end)} == {20, 21, 22}


def test_the_same_seed_draws_the_same_day_and_another_one_another() -> None:
    first, again, other = (city_day(CITY, seed, GreatCircle()) for seed in (1, 1, 2))

    assert first.visits == again.visits
    assert first.vehicles == again.vehicles
    assert first.visits != other.visits


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(121, 122), st.floats(30, 32)), min_size=2, max_size=6))
def test_legs_are_those_of_the_whole_matrix(points: list[tuple[float, float]]) -> None:
    travel = GreatCircle()
    legs = Legs(np.array(points), travel)

    whole = travel.matrix(np.array(points))[0].tolist()

    assert [[legs[a][b] for b in range(len(points))] for a in range(len(points))] == whole


def test_the_referee_reads_the_problem_and_the_plan_in_vrooms_form() -> None:
    problem = city_day(CITY, 1, GreatCircle())
    asked = question(problem, GreatCircle())
    given = answer(Plan((Route(2, (5, 3)),), {1: Reason(Rule.NO_TIME, "no time")}))

    assert asked["jobs"][4]["id"] == 5
    assert asked["vehicles"][1]["breaks"][0]["time_windows"] == [[41400, 48600]]
    assert given["routes"] == [{"vehicle": 2, "steps": [{"type": "job", "id": 5}, {"type": "job", "id": 3}]}]
    assert given["unassigned"] == [{"id": 1}]
