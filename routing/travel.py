"""Travel times between points: the interface every road engine offers, and the great-circle default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int32]
Coordinates = NDArray[np.float64]

EARTH_RADIUS = 6_371_009.0


class TravelTimes(Protocol):
    """Anything that can say how long and how far it is between points."""

    def matrix(self, points: Coordinates, depart_at: int | None = None) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), both n × n, between `points` (n × 2, lng and lat, WGS-84 degrees).

        `depart_at` is a time on the problem's axis for engines that know rush hours; None means an ordinary
        one.
        """
        ...


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
        metres = haversine(points) * self.circuity
        seconds = np.where(metres > 0, self.per_stop + metres * 3.6 / self.speed_kmh, 0)
        return np.rint(seconds).astype(np.int32), np.rint(metres).astype(np.int32)


def haversine(points: Coordinates) -> Coordinates:
    """Great-circle metres between all pairs of `points` (n × 2, lng and lat in degrees), n × n."""
    radians = np.radians(np.asarray(points, dtype=np.float64).reshape(-1, 2))
    lng, lat = radians[:, 0], radians[:, 1]
    across = np.sin((lng[:, None] - lng[None, :]) / 2) ** 2
    along = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    chord = along + np.cos(lat)[:, None] * np.cos(lat)[None, :] * across
    metres: Coordinates = 2.0 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return metres
