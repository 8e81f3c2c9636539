"""A week of field service as consumers ask for it: who works, and who asks when, where, for what, for which times."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.day import HOUR, SKILLS, WANTED, day
from routing.problem import Coordinates, TimeWindow, Vehicle, Visit

DAYS = 7
WINDOWS = tuple(TimeWindow(hour * HOUR, (hour + 2) * HOUR) for hour in (8, 10, 12, 14, 16, 18))
MINUTES = dict(zip(SKILLS, (35, 75, 45, 50, 90, 50, 40, 45, 80), strict=True))
"""How long the work takes, by skill; what is asked for takes `SIZES` times as long."""
SIZES = (0.8, 1.0, 1.2, 1.4)
SETUP = 300
MOST_DAYS = 4
LOOKS_AHEAD = 6.5
SUITS = 0.5
IN_A_HURRY = 0.5

Cell = tuple[int, int]
"""A day of the week and a window, by their numbers."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """Somebody who asks at an instant, in days from the beginning of the week, for work at a point.

    They take the first of the times in `wants` that is on offer, and leave when none is.
    """

    id: int
    asks_at: float
    point: tuple[float, float]
    skill: str
    level: int
    service: int
    wants: tuple[Cell, ...]

    def visit(self, windows: tuple[TimeWindow, ...], place: int = 0) -> Visit:
        """What the planner is asked for."""
        return Visit(self.id, place, self.service, SETUP, windows, {self.skill: self.level})


@dataclass(frozen=True, slots=True)
class Week:
    """The same people work every day; `homes` are the places (n × 2) at which they begin and end.

    `consumers` stand in the order in which they ask.
    """

    vehicles: tuple[Vehicle, ...]
    homes: Coordinates
    consumers: tuple[Consumer, ...]


def week(technicians: int, orders: int, seed: int, stream: int = 0) -> Week:
    """The town of `benchmarks.day`, for seven days; another `stream` (0 or 1) is another week of the same people."""
    town = day(2 * orders, technicians, seed)
    assert town.coordinates is not None
    random = np.random.default_rng([seed, 7, stream])
    vehicles = tuple(replace(vehicle, start=home, end=home) for home, vehicle in enumerate(town.vehicles))
    doors, homes = town.coordinates[stream * orders :][:orders], town.coordinates[2 * orders :]
    asking = [_consumer(random, number + 1, float(lng), float(lat)) for number, (lng, lat) in enumerate(doors)]
    return Week(vehicles, homes, tuple(sorted(asking, key=lambda consumer: consumer.asks_at)))


def _consumer(random: np.random.Generator, number: int, lng: float, lat: float) -> Consumer:
    wants = _wants(random)
    skill, level = str(random.choice(SKILLS, p=WANTED)), int(random.integers(1, 3))
    service = 300 * round(MINUTES[skill] * float(random.choice(SIZES)) / 5)
    asks_at = min(wants)[0] - float(random.uniform(0.2, LOOKS_AHEAD))
    return Consumer(number, asks_at, (lng, lat), skill, level, service, wants)


def _wants(random: np.random.Generator) -> tuple[Cell, ...]:
    """The same windows of some days: the earliest first for those in a hurry, in any order for the others."""
    days = sorted(random.choice(DAYS, int(random.integers(1, MOST_DAYS + 1)), replace=False).tolist())
    windows = np.flatnonzero(random.random(len(WINDOWS)) < SUITS).tolist() or [int(random.integers(len(WINDOWS) - 1))]
    cells = [(on_day, window) for on_day in days for window in windows]
    if random.random() >= IN_A_HURRY:
        random.shuffle(cells)
    return tuple(cells)
