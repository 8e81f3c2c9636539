"""One vehicle's visits in order with the drives between them: a route before it has times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.problem import Problem, Vehicle, Visit


@dataclass(frozen=True, slots=True)
class Journey:
    """Leg i leads to visit i, the last leg to the end; drives in seconds."""

    vehicle: Vehicle
    visits: tuple[Visit, ...]
    drives: tuple[int, ...]
    metres: tuple[int, ...]
    setups: tuple[int, ...]

    @staticmethod
    def of(problem: Problem, vehicle: Vehicle, visits: Sequence[Visit]) -> Journey:
        """The journey of `vehicle` along `visits` (at least one)."""
        places = [visit.place for visit in visits]
        head = [] if vehicle.start is None else [vehicle.start]
        tail = [] if vehicle.end is None else [vehicle.end]
        durations, distances = problem.between(head + places + tail, vehicle.speed)
        no_head, no_tail = [0] * (not head), [0] * (not tail)
        drives = (*no_head, *durations.diagonal(1).tolist(), *no_tail)
        metres = (*no_head, *distances.diagonal(1).tolist(), *no_tail)
        came_from = [vehicle.start, *places]
        setups = tuple(setup_at(visit, place) for visit, place in zip(visits, came_from, strict=False))
        return Journey(vehicle, tuple(visits), drives, metres, setups)

    def ends_of(self, leg: int) -> tuple[int | None, int | None]:
        """The places a leg joins; an open start or end is where the first or last visit is."""
        first, last = self.visits[0].place, self.visits[-1].place
        start = first if self.vehicle.start is None else self.vehicle.start
        end = last if self.vehicle.end is None else self.vehicle.end
        along = [start, *(visit.place for visit in self.visits), end]
        return along[leg], along[leg + 1]


def setup_at(visit: Visit, previous: int | None) -> int:
    """Seconds of set-up of a visit reached from place `previous`."""
    return 0 if visit.place == previous else visit.setup
