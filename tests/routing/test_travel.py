from __future__ import annotations

import numpy as np
import pytest
from geopy.distance import great_circle
from hypothesis import given
from hypothesis import strategies as st

from routing.travel import Coordinates, GreatCircle, Matrix, haversine, table

POINTS = st.tuples(st.floats(-180, 180), st.floats(-89, 89))


@given(POINTS, POINTS)
def test_distances_are_those_of_geopys_great_circle(a: tuple[float, float], b: tuple[float, float]) -> None:
    metres = haversine(np.array([a, b]))[0, 1]
    assert metres == pytest.approx(great_circle(a[::-1], b[::-1]).m, rel=1e-6, abs=0.1)


def test_a_journey_takes_the_stretched_line_and_time_to_park() -> None:
    points = np.array([[121.47, 31.23], [121.48, 31.23]])
    durations, distances = GreatCircle(circuity=1.5, speed_kmh=36.0, per_stop=100).matrix(points)
    line = haversine(points)[0, 1]
    assert distances[0, 1] == round(line * 1.5)
    assert durations[0, 1] == pytest.approx(100 + line * 1.5 / 10, abs=1)


def test_equal_points_are_one_place() -> None:
    durations, distances = GreatCircle().matrix(np.array([[121.4, 31.2], [121.4, 31.2]]))
    assert durations.max() == distances.max() == 0
    assert durations.dtype == distances.dtype == np.int32


def test_no_points_make_an_empty_matrix() -> None:
    durations, _ = GreatCircle().matrix(np.zeros((0, 2)))
    assert durations.shape == (0, 0)


def test_a_table_is_the_rectangle_of_the_matrix() -> None:
    points = np.random.default_rng(1).uniform((121, 31), (122, 32), (9, 2))
    durations, distances = GreatCircle().matrix(points)
    for found, whole in zip(GreatCircle().table(points[:4], points[4:]), (durations, distances), strict=True):
        assert np.array_equal(found, whole[:4, 4:])


def test_a_large_matrix_is_the_same_as_its_parts() -> None:
    points = np.random.default_rng(1).uniform((121, 31), (122, 32), (700, 2))
    durations, distances = GreatCircle().matrix(points)
    some = [3, 333, 699]
    for found, whole in zip(GreatCircle().matrix(points[some]), (durations, distances), strict=True):
        assert np.array_equal(found, whole[np.ix_(some, some)])


class Bare:
    """Travel times that make no tables."""

    def matrix(self, points: Coordinates, depart_at: int | None = None) -> tuple[Matrix, Matrix]:
        return GreatCircle().matrix(points)


def test_travel_times_without_tables_are_asked_for_a_matrix() -> None:
    points = np.array([[121.47, 31.23], [121.48, 31.23], [121.5, 31.3]])
    for found, expected in zip(
        table(Bare(), points[:1], points[1:]), table(GreatCircle(), points[:1], points[1:]), strict=True
    ):
        assert np.array_equal(found, expected)
