"""What is on board along a route. Loads are units per dimension; a missing entry is 0.

On board when the route starts is all `load`. At a visit its `load` is put off, its `pickup` taken on, and the
`pickup` of every visit joined to it as `before` by a same-vehicle link put off: a shipment is on board between its
two visits only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routing.problem import Link, Precedence, Vehicle, Visit

Load = tuple[int, ...]


def loaded(visits: Sequence[Visit], vehicle: Vehicle) -> Load:
    """What is on board when the route starts: all that is to be delivered."""
    width = max([len(vehicle.capacity)] + [max(len(visit.load), len(visit.pickup)) for visit in visits])
    return tuple(sum(_entry(visit.load, d) for visit in visits) for d in range(width))


def changed(load: Load, visit: Visit) -> Load:
    """What is on board after a visit that delivers no shipment."""
    return tuple(units - _entry(visit.load, d) + _entry(visit.pickup, d) for d, units in enumerate(load))


def on_board(visits: Sequence[Visit], vehicle: Vehicle, links: Sequence[Link] = ()) -> list[Load]:
    """What is on board when the route starts and after each of its visits."""
    shipped = _shipped(visits, links) if links else {}
    found = [loaded(visits, vehicle)]
    for visit in visits:
        load = changed(found[-1], visit)
        for put_off in shipped.get(visit.id, ()):
            load = tuple(units - _entry(put_off, d) for d, units in enumerate(load))
        found.append(load)
    return found


def _shipped(visits: Sequence[Visit], links: Sequence[Link]) -> dict[int, list[Load]]:
    """By visit, what was picked up earlier on the route to be delivered there."""
    position = {visit.id: i for i, visit in enumerate(visits)}
    found: dict[int, list[Load]] = {}
    for link in links:
        if isinstance(link, Precedence) and link.same_vehicle:
            before, after = position.get(link.before), position.get(link.after)
            if before is not None and after is not None and before < after:
                found.setdefault(link.after, []).append(visits[before].pickup)
    return found


def excess(capacity: Load, loads: Iterable[Load]) -> int:
    """By how many units the fullest moment exceeds capacity, over all dimensions; no capacity: no limit."""
    return max((load[d] - limit for load in loads for d, limit in enumerate(capacity) if d < len(load)), default=0)


def _entry(load: Load, dimension: int) -> int:
    return load[dimension] if dimension < len(load) else 0
