"""Travel in town and in the country, at rush hour and at night."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.circuity import HOURS, SETTLEMENTS, circuities, hour_speed, kinds, speeds
from routing.surroundings import Surroundings, TownAndCountry
from routing.travel import GreatCircle, haversine

CITY, VILLAGE = (121.5, 31.2), (118.5, 31.2)
LAND = Surroundings(np.array([CITY, VILLAGE]), np.array([6000.0, 50.0]))
TRAVEL = TownAndCountry(LAND)


def journey(here: tuple[float, float], there: tuple[float, float], depart_at: int | None = None) -> int:
    """Seconds from one to the other."""
    return int(TRAVEL.matrix(np.array([here, there]), depart_at)[0][0, 1])


def east_of(place: tuple[float, float], degrees: float = 0.05) -> tuple[float, float]:
    return place[0] + degrees, place[1]


def test_an_ordinary_hour_in_a_city_is_the_plain_great_circle() -> None:
    points = np.array([CITY, east_of(CITY), east_of(CITY, 0.07)])
    for found, plain in zip(TRAVEL.matrix(points), GreatCircle().matrix(points), strict=True):
        assert np.array_equal(found, plain)


def test_the_same_way_is_faster_in_the_country() -> None:
    assert journey(VILLAGE, east_of(VILLAGE)) < 0.7 * journey(CITY, east_of(CITY))


def test_rush_hour_is_slow_in_the_city_and_hardly_felt_in_the_country() -> None:
    city = journey(CITY, east_of(CITY), 8 * 3600) / journey(CITY, east_of(CITY))
    country = journey(VILLAGE, east_of(VILLAGE), 8 * 3600) / journey(VILLAGE, east_of(VILLAGE))
    assert city > 1.2
    assert 1.0 < country < 1.1
    assert journey(CITY, east_of(CITY), 2 * 3600) < journey(CITY, east_of(CITY))


def test_a_long_way_leaves_the_slow_streets_behind() -> None:
    near, far = journey(CITY, east_of(CITY, 0.05)), journey(CITY, east_of(CITY, 0.5))
    assert far < 8 * near


def test_what_is_near_is_the_same_whatever_else_is_asked_for() -> None:
    points = np.random.default_rng(3).uniform((118, 31), (122, 32), (40, 2))
    whole = TRAVEL.matrix(points, 8 * 3600)
    for found, all_of_it in zip(TRAVEL.table(points[:3], points[5:9], 8 * 3600), whole, strict=True):
        assert np.array_equal(found, all_of_it[:3, 5:9])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(117, 123), st.floats(30, 32)), min_size=1, max_size=8), st.integers(0, 86_399))
def test_travel_is_symmetric_and_never_shorter_than_the_line(points: list[tuple[float, float]], at: int) -> None:
    durations, distances = TRAVEL.matrix(np.array(points), at)
    assert np.array_equal(durations, durations.T)
    assert (distances + 1 >= haversine(np.array(points))).all()
    assert (durations.diagonal() == 0).all()


def test_no_points_make_an_empty_matrix() -> None:
    assert TRAVEL.matrix(np.zeros((0, 2)))[0].shape == (0, 0)


def test_counties_close_together_are_dense() -> None:
    grid = np.array([(x, y) for x in range(4) for y in range(4)], float)
    close, wide = (120, 30) + grid * 0.05, (100, 30) + grid * 1.0
    found = Surroundings.of_counties(np.concatenate([close, wide]), np.full(32, 500_000.0))
    assert found.at(np.array([[120.07, 30.07]]))[0] > 4000
    assert found.at(np.array([[101.5, 31.5]]))[0] < 400


@pytest.mark.parametrize("count", [0, 1])
def test_a_land_of_hardly_any_counties_is_a_land(count: int) -> None:
    found = Surroundings.of_counties(np.full((count, 2), 30.0), np.full(count, 1e5))
    assert found.at(np.array([[30.0, 30.0]])).shape == (1,)


def test_the_tables_go_from_country_to_centre_and_around_the_clock() -> None:
    kind = kinds(np.array([0, 399, 400, 2_000, 5_000, 50_000.0]))
    assert kind.tolist() == [0, 0, 1, 2, 3, 4]
    assert (np.diff(speeds(np.arange(len(SETTLEMENTS)))) < 0).all()
    assert circuities(kind).min() >= 1.0
    assert len(HOURS) == 24
    assert hour_speed(None) == 1.0
    assert hour_speed(26 * 3600) == hour_speed(2 * 3600)
