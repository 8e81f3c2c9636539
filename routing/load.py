"""What is on board along a route. Loads are units per dimension; a missing entry is 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routing.problem import Vehicle, Visit

Load = tuple[int, ...]


def loaded(visits: Sequence[Visit], vehicle: Vehicle) -> Load:
    """What is on board when the route starts: all that is to be delivered."""
    width = max([len(vehicle.capacity)] + [max(len(visit.load), len(visit.pickup)) for visit in visits])
    return tuple(sum(_entry(visit.load, d) for visit in visits) for d in range(width))


def changed(load: Load, visit: Visit) -> Load:
    """What is on board after a visit."""
    return tuple(units - _entry(visit.load, d) + _entry(visit.pickup, d) for d, units in enumerate(load))


def excess(capacity: Load, loads: Iterable[Load]) -> int:
    """By how many units the fullest moment exceeds capacity, over all dimensions; no capacity: no limit."""
    return max((load[d] - limit for load in loads for d, limit in enumerate(capacity) if d < len(load)), default=0)


def _entry(load: Load, dimension: int) -> int:
    return load[dimension] if dimension < len(load) else 0
