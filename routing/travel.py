"""Travel times between points: the interface every road engine offers, and the great-circle default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int32]
Coordinates = NDArray[np.float64]

EARTH_RADIUS = 6_371_009.0
CELLS_AT_ONCE = 1 << 18


class TravelTimes(Protocol):
    """Anything that can say how long and how far it is between points."""

    def matrix(self, points: Coordinates, depart_at: int | None = None) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), both n × n, between `points` (n × 2, lng and lat, WGS-84 degrees).

        `depart_at` is a time on the problem's axis for engines that know rush hours; None means an ordinary
        one.
        """
        ...


@runtime_checkable
class TravelTables(Protocol):
    """Travel times that can also be asked for a rectangle, without the square around it."""

    def table(
        self, sources: Coordinates, destinations: Coordinates, depart_at: int | None = None
    ) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), both n × m, from each of `sources` (n × 2) to each of `destinations`."""
        ...


def table(
    travel: TravelTimes, sources: Coordinates, destinations: Coordinates, depart_at: int | None = None
) -> tuple[Matrix, Matrix]:
    """Durations (s) and distances (m), n × m, of any travel times; cut from a matrix where they make no tables."""
    if isinstance(travel, TravelTables):
        return travel.table(sources, destinations, depart_at)
    durations, distances = travel.matrix(np.concatenate([sources, destinations]), depart_at)
    n = len(sources)
    return durations[:n, n:], distances[:n, n:]


@dataclass(frozen=True, slots=True)
class GreatCircle:
    """Straight lines over the earth, stretched by `circuity`, driven at `speed_kmh`.

    `per_stop` seconds are added to every journey (to park, to find the door). Equal points are one place: 0
    s, 0 m. Distances by the haversine formula on a sphere of the IUGG mean radius, as geopy's great circle.
    """

    circuity: float = 1.3
    speed_kmh: float = 24.0
    per_stop: int = 150

    def matrix(self, points: Coordinates, depart_at: int | None = None) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), n × n; the time of day makes no difference."""
        return self.table(points, points)

    def table(
        self, sources: Coordinates, destinations: Coordinates, depart_at: int | None = None
    ) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), n × m; the time of day makes no difference."""
        durations, distances = empty(len(sources), len(destinations))
        for rows in bands(len(sources), len(destinations)):
            metres = haversine(sources[rows], destinations) * self.circuity
            seconds = metres * (3.6 / self.speed_kmh) + self.per_stop
            seconds[metres == 0] = 0
            np.rint(seconds, out=durations[rows], casting="unsafe")
            np.rint(metres, out=distances[rows], casting="unsafe")
        return durations, distances


def empty(n: int, m: int) -> tuple[Matrix, Matrix]:
    """Two n × m matrices to be filled."""
    return np.empty((n, m), np.int32), np.empty((n, m), np.int32)


def bands(n: int, m: int) -> list[slice]:
    """The rows of an n × m table in bands small enough to stay in the processor's cache."""
    height = max(1, CELLS_AT_ONCE // max(1, m))
    return [slice(first, first + height) for first in range(0, n, height)]


def haversine(points: Coordinates, others: Coordinates | None = None) -> Coordinates:
    """Great-circle metres from each of `points` (n × 2, lng and lat in degrees) to each of `others`, n × m.

    Without `others` between all pairs of `points`. The sine of half a difference is taken apart, sin(a-b) =
    sin a cos b - cos a sin b, so that sines are needed of the points only and not of every pair.
    """
    a = _halves(points)
    b = a if others is None else _halves(others)
    across = a.sin_lng[:, None] * b.cos_lng - a.cos_lng[:, None] * b.sin_lng
    along = a.sin_lat[:, None] * b.cos_lat - a.cos_lat[:, None] * b.sin_lat
    across *= across
    across *= a.shrink[:, None] * b.shrink
    along *= along
    along += across
    np.minimum(along, 1.0, out=along)
    np.sqrt(along, out=along)
    np.arcsin(along, out=along)
    along *= 2.0 * EARTH_RADIUS
    return along


@dataclass(frozen=True, slots=True)
class _Halves:
    """Sines and cosines of half the longitude and half the latitude, and the cosine of the whole latitude."""

    sin_lng: NDArray[np.float64]
    cos_lng: NDArray[np.float64]
    sin_lat: NDArray[np.float64]
    cos_lat: NDArray[np.float64]
    shrink: NDArray[np.float64]


def _halves(points: Coordinates) -> _Halves:
    lng, lat = np.radians(np.asarray(points, dtype=np.float64).reshape(-1, 2)).T
    return _Halves(np.sin(lng / 2), np.cos(lng / 2), np.sin(lat / 2), np.cos(lat / 2), np.cos(lat))
