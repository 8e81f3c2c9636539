"""A quick sketch of a day: hand each visit to whoever can begin it first. No plan, but proof that one exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from seed_regions.demo_records import DemoProduct, DemoTechnician, Spot

_EARTH = 6_371_008.8
_METRES_PER_SECOND = 6.5
_CIRCUITY = 1.4


def travel_seconds(here: Spot, there: Spot) -> int:
    """City driving between two places: great circle × 1.4 at 6.5 m/s (23 km/h)."""
    lat, lng = np.radians(there.lat - here.lat), np.radians(there.lng - here.lng)
    middle = np.radians((here.lat + there.lat) / 2.0)
    return int(_EARTH * np.hypot(lat, lng * np.cos(middle)) * _CIRCUITY / _METRES_PER_SECOND)


@dataclass(slots=True)
class _Day:
    """How far one technician's day is filled."""

    technician: DemoTechnician
    here: Spot
    free_at: int
    hard_ends: int
    lunch: tuple[int, int] | None
    visits: int = 0
    load: int = 0

    def begin(self, spot: Spot, earliest: int) -> int:
        """When service could begin at a place: after travel, the window's opening and a lunch that is due."""
        start = max(self.free_at + travel_seconds(self.here, spot), earliest)
        return start + self.lunch[1] if self.lunch and start >= self.lunch[0] else start

    def can_finish(self, start: int, product: DemoProduct, spot: Spot) -> bool:
        leaves = start + product.setup + product.duration
        fits = self.visits < self.technician.max_visits and self.load + product.load <= self.technician.capacity
        return fits and leaves + travel_seconds(spot, self.technician.home) <= self.hard_ends

    def take(self, start: int, product: DemoProduct, spot: Spot) -> None:
        self.lunch = None if self.lunch and start >= self.lunch[0] else self.lunch
        self.here, self.free_at = spot, start + product.setup + product.duration
        self.visits += 1
        self.load += product.load


@dataclass(frozen=True, slots=True)
class Sketched:
    """Who could do a visit, and when service would begin (wall-clock seconds)."""

    technician: str
    start: int


class DaySketch:
    """Fills the technicians' days one visit after another, in the order in which they are offered."""

    def __init__(self, technicians: Sequence[DemoTechnician], day: date) -> None:
        self._days = [
            _Day(
                technician,
                technician.home,
                shift.begins,
                shift.hard_ends,
                (shift.breaks[0].earliest, shift.breaks[0].duration) if shift.breaks else None,
            )
            for technician in technicians
            if (shift := technician.shift_on(day)) is not None
        ]

    def place(self, product: DemoProduct, spot: Spot, earliest: int, latest: int) -> Sketched | None:
        """Give the visit to the technician who spends least time on it, or None if nobody can begin in time."""
        offers = [
            (self._cost(day, start, spot), position, start)
            for position, day in enumerate(self._days)
            if day.technician.can_do(product, spot.county_code)
            and (start := day.begin(spot, earliest)) <= latest
            and day.can_finish(start, product, spot)
        ]
        if not offers:
            return None
        _, position, start = min(offers)
        self._days[position].take(start, product, spot)
        return Sketched(self._days[position].technician.code, start)

    @staticmethod
    def _cost(day: _Day, start: int, spot: Spot) -> int:
        """Travel counts double: waiting can still be filled, driving cannot."""
        return travel_seconds(day.here, spot) + (start - day.free_at)
