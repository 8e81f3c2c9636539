"""Travel along legs and around one place, however the problem says what travel is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.problem import Problem
from routing.score import HOUR
from routing.surroundings import TownAndCountry
from routing.travel import Coordinates, GreatCircle, TravelTimes, table

Ints = NDArray[np.int64]
Travel = tuple[Ints, Ints]
Point = tuple[float, float]
CHUNK = 40
STEPS = 10**6
ELSEWHERE = -2
NOWHERE = np.zeros((0, 2))
SAME_BACK = (GreatCircle, TownAndCountry)
"""Travel times that are the same there and back."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Seconds and metres of drives; 0 where a place is -1 (anywhere).

    `needs_metres` False: distances matter to nobody and may be 0. `points` are the places, by number: those of the
    problem, and then what has come to be known since; `doors` tells them apart.
    """

    problem: Problem
    needs_metres: bool
    points: Coordinates
    doors: Ints

    @staticmethod
    def of(problem: Problem) -> Reach:
        asked = (v.max_distance is not None or v.rates.per_km for v in problem.vehicles)
        points = NOWHERE if problem.coordinates is None else problem.coordinates
        return Reach(problem, any(asked), points, _doors(points))

    def place_at(self, at: Point) -> int:
        """The place at these coordinates (lng, lat; equal to 6 digits), ELSEWHERE when none is.

        Raises ValueError when the problem cannot say how far it is from there.
        """
        self._travel()
        if self.problem.costs is not None:
            raise ValueError("the problem has costs of its own, which say nothing of other points; leave out `at`")
        same = np.flatnonzero(self.doors == _doors(np.array([at])))
        return int(same[0]) if len(same) else ELSEWHERE

    def with_point(self, at: Point) -> Reach:
        """The same with one more place, the last one."""
        points = np.concatenate([self.points, np.array([at])])
        return replace(self, points=points, doors=_doors(points))

    def legs(self, start: Ints, end: Ints) -> Travel:
        """From each `start` to the `end` beside it."""
        known = (start >= 0) & (end >= 0)
        if self._tabled(start) and self._tabled(end):
            found = self._cells(start[known], end[known])
        else:
            found = self._in_chunks(start[known], end[known])
        return _spread(known, found)

    def around(self, place: int, others: Ints, at: Point | None = None) -> tuple[Travel, Travel]:
        """To `place`, or to the point `at` when that is ELSEWHERE, from each of `others`, and back."""
        known = others >= 0
        there, back = self._around(place, others[known], at)
        spread = _spread(known, there)
        return spread, (spread if back is there else _spread(known, back))

    def costs(self, start: Ints, end: Ints) -> Ints | None:
        """The problem's own costs of drives, if it has any."""
        if self.problem.costs is None:
            return None
        return np.where((start < 0) | (end < 0), 0, self.problem.costs[start, end]).astype(np.int64)

    def _around(self, place: int, others: Ints, at: Point | None) -> tuple[Travel, Travel]:
        if place != ELSEWHERE and self._tabled(place) and self._tabled(others):
            return self._cells(others, place), self._cells(place, others)
        points, travel = self._travel()
        here = points[[place]] if at is None or place != ELSEWHERE else np.array([at])
        there = _column(table(travel, points[others], here))
        return there, (there if isinstance(travel, SAME_BACK) else _column(table(travel, here, points[others])))

    def _tabled(self, places: Ints | int) -> bool:
        """Whether all of them are in the matrix."""
        return self.problem.durations is not None and bool(np.max(places, initial=-1) < len(self.problem.durations))

    def _cells(self, start: Ints | int, end: Ints | int) -> Travel:
        assert self.problem.durations is not None
        seconds = self.problem.durations[start, end].astype(np.int64)
        if self.problem.distances is None or not self.needs_metres:
            return seconds, np.zeros_like(seconds)
        return seconds, self.problem.distances[start, end].astype(np.int64)

    def _in_chunks(self, start: Ints, end: Ints) -> Travel:
        """By tables of some legs at a time, of which only the diagonal is wanted."""
        points, travel = self._travel()
        seconds, metres = np.zeros(len(start), np.int64), np.zeros(len(start), np.int64)
        for first in range(0, len(start), CHUNK):
            part = slice(first, first + CHUNK)
            durations, distances = table(travel, points[start[part]], points[end[part]])
            seconds[part], metres[part] = durations.diagonal(), distances.diagonal()
        return seconds, metres

    def _travel(self) -> tuple[NDArray[np.float64], TravelTimes]:
        if self.problem.coordinates is None or self.problem.travel is None:
            raise ValueError("the problem has neither durations nor coordinates with travel")
        return self.points, self.problem.travel


def _doors(points: Coordinates) -> Ints:
    """One number for each point: points equal to 6 digits have the same."""
    lng, lat = np.rint(points.T * STEPS).astype(np.int64)
    doors: Ints = (lng << 32) + lat
    return doors


def drive_costs(seconds: Ints, metres: Ints, per_hour: Ints, per_km: Ints) -> Ints:
    """`routing.score.arc_cost` of many drives, at rates that can be broadcast to them."""
    if (per_hour == HOUR).all() and not per_km.any():
        return seconds
    return np.rint(seconds * per_hour / HOUR + metres * per_km / 1000).astype(np.int64)


def _spread(known: NDArray[np.bool_], found: Travel) -> Travel:
    """What was found for the known ones in its place, 0 elsewhere."""
    seconds, metres = np.zeros(known.shape, np.int64), np.zeros(known.shape, np.int64)
    seconds[known], metres[known] = found
    return seconds, metres


def _column(found: tuple[NDArray[np.int32], NDArray[np.int32]]) -> Travel:
    return found[0].ravel().astype(np.int64), found[1].ravel().astype(np.int64)
