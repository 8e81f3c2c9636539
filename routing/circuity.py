"""How much roads wind and how fast they are driven, by how built-up it is and by the hour.

Everything is relative to a *city* at an ordinary hour of the working day, whose circuity and speed are settings.

Circuity: 1.2 to 1.3 in cities (Newell, Traffic Flow on Transportation Networks, 1980), 1.33 for China and 1.20 for
the USA between towns (Ballou, Rahardja and Sakai, Transportation Research A 36, 2002), and higher for short trips
(Giacomin and Levinson, Environment and Planning B 42, 2015). So it varies little: a few per cent more in a
centre of one-way streets and barriers, and in open country, where the net is wide.

Speeds and hours are reasoned, not measured: a van does some 50 km/h door to door on country roads where it does 24
in a city and less in its centre; rush hours cost a city about a quarter of its speed, open country little of it.
Correct `CITY_SPEED` and the tables from recorded journeys before trusting them to the minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

CITY_CIRCUITY: Final = 1.3
CITY_SPEED: Final = 24.0
HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Settlement:
    """One kind of surroundings: from so many people per km², with these factors on the city's figures.

    `rush` says how much of the table of hours is felt there.
    """

    name: str
    density: float
    circuity: float
    speed: float
    rush: float


SETTLEMENTS: Final = (
    Settlement("open country", 0, circuity=1.06, speed=2.0, rush=0.2),
    Settlement("town", 400, circuity=1.02, speed=1.5, rush=0.5),
    Settlement("suburb", 1_500, circuity=1.0, speed=1.2, rush=0.8),
    Settlement("city", 4_000, circuity=1.0, speed=1.0, rush=1.0),
    Settlement("centre", 15_000, circuity=1.04, speed=0.8, rush=1.2),
)

HOURS: Final = (
    1.35, 1.35, 1.35, 1.35, 1.35, 1.30,  # 0-5: empty streets
    1.10, 0.80, 0.75, 0.90, 1.00, 1.00,  # 6-11: the morning rush is over by ten
    1.05, 1.05, 1.00, 1.00, 0.95, 0.75,  # 12-17
    0.75, 0.90, 1.05, 1.15, 1.25, 1.30,  # 18-23
)  # fmt: skip
"""Speed in a city in each hour of a working day, relative to an ordinary hour."""

NEAR: Final = 10_000.0
OPEN_ROAD: Final = 2.0
"""What lies beyond the first `NEAR` metres of a journey is driven on main roads, so much faster than in a city."""


def kinds(densities: Numbers) -> NDArray[np.intp]:
    """The position in SETTLEMENTS of each density (people per km²)."""
    bounds = np.array([kind.density for kind in SETTLEMENTS[1:]])
    return np.searchsorted(bounds, densities, side="right")


def hour_speed(depart_at: int | None) -> float:
    """The city's speed at a time of day (s after midnight), relative to an ordinary hour; 1 when no time is given."""
    return 1.0 if depart_at is None else HOURS[depart_at // HOUR % len(HOURS)]


def circuities(kind: NDArray[np.intp]) -> Numbers:
    """The factor on the city's circuity for each position in SETTLEMENTS."""
    return np.array([settlement.circuity for settlement in SETTLEMENTS])[kind]


def speeds(kind: NDArray[np.intp], depart_at: int | None = None) -> Numbers:
    """The factor on the city's speed for each position in SETTLEMENTS at a time of day."""
    rush = hour_speed(depart_at) - 1.0
    return np.array([settlement.speed * (1.0 + rush * settlement.rush) for settlement in SETTLEMENTS])[kind]
