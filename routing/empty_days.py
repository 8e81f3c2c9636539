"""What keeps vehicles from a visit even on an empty day: `routing.eligibility.day_barrier`, asked of all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.clock import start_windows
from routing.plan import Rule
from routing.problem import Problem, TimeWindow, Vehicle, Visit
from routing.reach import Reach

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
ENDLESS = 1 << 60


@dataclass(frozen=True, slots=True)
class EmptyDays:
    """Columns over the vehicles of a problem, in their order; places are -1 where a route may begin or end anywhere."""

    reach: Reach
    starts: Ints
    ends: Ints
    shifts: Ints
    speeds: NDArray[np.float64]
    most: Ints
    capacity: Ints
    rests: Mask

    @staticmethod
    def of(problem: Problem) -> EmptyDays:
        vehicles = problem.vehicles
        width = max((len(vehicle.capacity) for vehicle in vehicles), default=0)
        return EmptyDays(
            Reach.of(problem),
            _column([-1 if vehicle.start is None else vehicle.start for vehicle in vehicles]),
            _column([-1 if vehicle.end is None else vehicle.end for vehicle in vehicles]),
            np.array([(v.shift.earliest, v.shift.latest) for v in vehicles], dtype=np.int64).reshape(-1, 2),
            np.array([vehicle.speed for vehicle in vehicles], dtype=np.float64),
            np.array([_limits(vehicle) for vehicle in vehicles], dtype=np.int64).reshape(-1, 3),
            np.array([_wide(v.capacity, width) for v in vehicles], dtype=np.int64).reshape(len(vehicles), width),
            np.array([bool(vehicle.breaks) for vehicle in vehicles], dtype=bool),
        )

    def barriers(self, visit: Visit, among: Ints) -> tuple[dict[Rule, int], Ints, Ints]:
        """Of the vehicles at the positions `among`: how many each rule stops first; whom none does, without breaks to
        take; and whom only a break could still stop. The visit's pin must lie in its windows."""
        there, back = self.reach.around(visit.place, np.concatenate([self.starts[among], self.ends[among]]))
        n = len(among)
        out, home = self._driven(there[0][:n], among), self._driven(back[0][n:], among)
        metres = there[1][:n] + back[1][n:]
        arrive = self.shifts[among, 0] + out + np.where(self.starts[among] == visit.place, 0, visit.setup)
        start = first_begins(start_windows(visit), arrive)
        latest = self.shifts[among, 1]
        checks = (
            (Rule.CAPACITY, self._overloaded(visit, among)),
            (Rule.MAX_VISITS, self.most[among, 0] == 0),
            (Rule.MAX_TRAVEL, out + home > self.most[among, 1]),
            (Rule.MAX_DISTANCE, metres > self.most[among, 2]),
            (Rule.WINDOW, start > latest),
            (Rule.SHIFT, start + visit.service + home > latest),
        )
        left = np.ones(n, dtype=bool)
        stopped: dict[Rule, int] = {}
        for rule, by_it in checks:
            if many := int((left & by_it).sum()):
                stopped[rule] = many
            left &= ~by_it
        rests = self.rests[among]
        return stopped, among[left & ~rests], among[left & rests]

    def _driven(self, seconds: Ints, among: Ints) -> Ints:
        """Seconds at each vehicle's speed."""
        speeds = self.speeds[among]
        if (speeds == 1.0).all():
            return seconds
        return np.rint(seconds / speeds).astype(np.int64)

    def _overloaded(self, visit: Visit, among: Ints) -> Mask:
        width = self.capacity.shape[1]
        most = [max(pair) for pair in zip(_wide(visit.load, width, 0), _wide(visit.pickup, width, 0), strict=True)]
        over = np.array(most, dtype=np.int64) > self.capacity[among]
        return np.asarray(over.any(axis=1), dtype=bool)


def first_begins(windows: Sequence[TimeWindow], at: Ints) -> Ints:
    """`routing.clock.first_begin` of many instants; `ENDLESS` after the last window."""
    if not windows:
        return at
    best = np.full_like(at, ENDLESS)
    for window in windows:
        best = np.minimum(best, np.where(at <= window.latest, np.maximum(at, window.earliest), ENDLESS))
    return best


def _column(numbers: list[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


def _limits(vehicle: Vehicle) -> tuple[int, ...]:
    limits = (vehicle.max_visits, vehicle.max_travel, vehicle.max_distance)
    return tuple(ENDLESS if limit is None else limit for limit in limits)


def _wide(units: Sequence[int], width: int, rest: int = ENDLESS) -> list[int]:
    return [units[d] if d < len(units) else rest for d in range(width)]
