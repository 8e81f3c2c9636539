"""Great-circle travel that knows town from country: circuity and speed follow the surroundings and the hour."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from routing.circuity import (
    CITY_CIRCUITY,
    CITY_SPEED,
    NEAR,
    OPEN_ROAD,
    Numbers,
    circuities,
    hour_speed,
    kinds,
    speeds,
)
from routing.travel import Coordinates, Matrix, bands, empty, haversine

NEIGHBOURS = 3
LEAST_AREA = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Surroundings:
    """How densely people live around known centres (n × 2, WGS-84 degrees); a point is like the nearest centre.

    It is handed in, never taken from the points that travel is asked for: the same two doors must be as far apart
    when one visit is looked at as when the whole day is.
    """

    centres: Coordinates
    densities: Numbers
    _on_sphere: NDArray[np.float32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_on_sphere", _on_sphere(self.centres))

    @staticmethod
    def of_counties(centres: Coordinates, populations: Numbers) -> Surroundings:
        """Densities from the populations of counties and how far apart their centres lie.

        The counties' areas are not asked for: k centres within a radius r share about π r², so that their people
        divided by it is the density there (the k-nearest-neighbour estimate, Loftsgaarden and Quesenberry, Annals
        of Mathematical Statistics 36, 1965).
        """
        if len(centres) == 0:
            return Surroundings(np.zeros((1, 2)), np.zeros(1))
        k = min(NEIGHBOURS, len(centres) - 1)
        densities = np.empty(len(centres))
        for rows in bands(len(centres), len(centres)):
            apart = haversine(centres[rows], centres) / 1000
            near = np.argpartition(apart, k, axis=1)[:, : k + 1]
            radius = np.take_along_axis(apart, near, axis=1).max(axis=1)
            people = populations[near].mean(axis=1) * max(k, 1)
            densities[rows] = people / np.maximum(np.pi * radius**2, LEAST_AREA)
        return Surroundings(np.asarray(centres, np.float64), densities)

    def at(self, points: Coordinates) -> Numbers:
        """People per km² around each point."""
        where = _on_sphere(points)
        found = np.empty(len(points))
        for rows in bands(len(points), len(self.centres)):
            found[rows] = self.densities[np.argmax(where[rows] @ self._on_sphere.T, axis=1)]
        return found


def _on_sphere(points: Coordinates) -> NDArray[np.float32]:
    """Unit vectors; exact to some metres, which is enough to tell which centre is nearest."""
    lng, lat = np.radians(np.asarray(points, dtype=np.float64).reshape(-1, 2)).T
    return np.column_stack([np.cos(lat) * np.cos(lng), np.cos(lat) * np.sin(lng), np.sin(lat)]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class TownAndCountry:
    """Great-circle travel whose circuity and speed are those of the surroundings of both ends, and of the hour.

    `circuity` and `speed_kmh` are the city's at an ordinary hour; `per_stop` seconds are added to every journey.
    The first `NEAR` metres of a journey are driven as the surroundings allow, what is beyond as on main roads.
    """

    surroundings: Surroundings
    circuity: float = CITY_CIRCUITY
    speed_kmh: float = CITY_SPEED
    per_stop: int = 150

    def matrix(self, points: Coordinates, depart_at: int | None = None) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), n × n; `depart_at` in seconds after local midnight."""
        return self.table(points, points, depart_at)

    def table(
        self, sources: Coordinates, destinations: Coordinates, depart_at: int | None = None
    ) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), n × m; `depart_at` in seconds after local midnight."""
        winding, pace = self._winding_and_pace(sources, depart_at)
        other_winding, other_pace = self._winding_and_pace(destinations, depart_at)
        main_pace = 3.6 / (self.speed_kmh * OPEN_ROAD * (1.0 + 0.5 * (hour_speed(depart_at) - 1.0)))
        durations, distances = empty(len(sources), len(destinations))
        for rows in bands(len(sources), len(destinations)):
            metres = haversine(sources[rows], destinations)
            metres *= (winding[rows, None] + other_winding) / 2
            near = np.minimum(metres, NEAR)
            paces = (pace[rows, None] + other_pace) / 2
            seconds = near * paces + (metres - near) * np.minimum(paces, main_pace) + self.per_stop
            seconds[metres == 0] = 0
            np.rint(seconds, out=durations[rows], casting="unsafe")
            np.rint(metres, out=distances[rows], casting="unsafe")
        return durations, distances

    def _winding_and_pace(self, points: Coordinates, depart_at: int | None) -> tuple[Numbers, Numbers]:
        """Circuity, and seconds for a metre, around each point."""
        kind = kinds(self.surroundings.at(points))
        return self.circuity * circuities(kind), 3.6 / (self.speed_kmh * speeds(kind, depart_at))
