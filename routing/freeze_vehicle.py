"""What is left of one vehicle's day: its head frozen, breaks taken as they were, and room for all that has begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from routing.check import route_violations
from routing.clock import cut
from routing.events import Ill
from routing.journey import Journey
from routing.plan import Route, Stop
from routing.problem import Break, Problem, TimeWindow, Vehicle, Visit
from routing.schedule import stops

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Spell:
    """What a vehicle has done `before` now: the visits of its head, pinned, and its breaks as planned.

    `breaks` is None for a vehicle that had nothing to do.
    """

    before: int
    head: tuple[Visit, ...]
    breaks: Sequence[Stop] | None
    ill: Ill | None

    @property
    def is_over(self) -> bool:
        return self.ill is not None and self.ill.since <= self.before

    def taken(self) -> list[Stop]:
        """The breaks that have begun."""
        return [stop for stop in self.breaks or () if stop.start < self.before]


def left_of(problem: Problem, vehicle: Vehicle, spell: Spell) -> tuple[Vehicle | None, tuple[Visit, ...]]:
    """The vehicle with its head frozen, and the visits of the head; None when there is nothing it did or can do."""
    vehicle = _until_ill(vehicle, spell)
    is_over = spell.is_over or vehicle.shift.latest <= max(spell.before, vehicle.shift.earliest)
    if not spell.head:
        return (None if is_over else _fresh(vehicle, spell)), ()
    vehicle = _begun_early(problem, replace(vehicle, frozen=tuple(visit.id for visit in spell.head)), spell.head)
    if is_over:
        taken = {stop.rest for stop in spell.taken()}
        rests = tuple(rest for rest in vehicle.breaks if rest.id in taken)
        ended = replace(vehicle, breaks=rests, max_visits=len(spell.head))
        return _sound(problem, ended, spell, spell.head), spell.head
    head = _held(spell)
    return _sound(problem, vehicle, spell, head), head


def _until_ill(vehicle: Vehicle, spell: Spell) -> Vehicle:
    """A shift that ends when its technician falls ill, with the breaks that are still possible."""
    if spell.ill is None or spell.is_over or spell.ill.since >= vehicle.shift.latest:
        return vehicle
    latest = max(spell.ill.since, vehicle.shift.earliest + 1)
    breaks = [replace(rest, windows=_by(rest.windows, latest - rest.duration)) for rest in vehicle.breaks]
    return _in_shift(
        replace(vehicle, breaks=tuple(rest for rest in breaks if rest.windows)), vehicle.shift.earliest, latest
    )


def _by(windows: Sequence[TimeWindow], bound: int) -> tuple[TimeWindow, ...]:
    return tuple(TimeWindow(span.earliest, min(span.latest, bound)) for span in windows if span.earliest <= bound)


def _in_shift(vehicle: Vehicle, earliest: int, latest: int) -> Vehicle:
    soft = None if vehicle.soft_end is None else min(max(vehicle.soft_end, earliest), latest)
    return replace(vehicle, shift=TimeWindow(earliest, latest), soft_end=soft)


def _begun_early(problem: Problem, vehicle: Vehicle, head: Sequence[Visit]) -> Vehicle:
    """The vehicle at work in time for the first visit of its head."""
    journey = Journey.of(problem, vehicle, head)
    start = _start(head[0]) - journey.drives[0] - journey.setups[0]
    return _in_shift(vehicle, min(vehicle.shift.earliest, start), vehicle.shift.latest)


def _fresh(vehicle: Vehicle, spell: Spell) -> Vehicle:
    """A vehicle that has made no visit: it begins now, or with the break it is on."""
    if spell.breaks is None:
        breaks = tuple(rest for rest in vehicle.breaks if rest.windows and _closes(rest) >= spell.before)
        return _in_shift(
            replace(vehicle, breaks=breaks), max(vehicle.shift.earliest, spell.before), vehicle.shift.latest
        )
    rests = _as_taken(vehicle, spell, 0)
    taken = spell.taken()
    begins = taken[0].start if taken else max(vehicle.shift.earliest, spell.before)
    return _in_shift(replace(vehicle, breaks=rests), begins, vehicle.shift.latest)


def _closes(rest: Break) -> int:
    return max(window.latest for window in rest.windows)


def _held(spell: Spell) -> tuple[Visit, ...]:
    """The head, its last visit held until the break that followed it, or until now: nothing begins in the past."""
    *others, last = spell.head
    leave = _start(last) + last.service
    until = min((stop.start for stop in spell.taken() if stop.start >= leave), default=spell.before)
    return (*others, replace(last, service=max(last.service, until - _start(last))))


def _as_taken(vehicle: Vehicle, spell: Spell, leave: int) -> tuple[Break, ...]:
    """Breaks that have begun at their starts, those after `leave` until the next or until now; the others later."""
    taken = spell.taken()
    ends = dict(pairwise([*(stop.start for stop in taken), spell.before]))
    found = []
    for rest in vehicle.breaks:
        stop = next((stop for stop in taken if stop.rest == rest.id), None)
        if stop is None:
            found.append(replace(rest, windows=cut(rest.windows, spell.before)))
        else:
            longest = ends[stop.start] - stop.start if stop.start >= leave else 0
            at = TimeWindow(stop.start, stop.start)
            found.append(replace(rest, windows=(at,), duration=max(rest.duration, longest)))
    return tuple(found)


def _sound(problem: Problem, vehicle: Vehicle, spell: Spell, head: tuple[Visit, ...]) -> Vehicle:
    """The vehicle, allowed whatever its head needs: the breaks as they were if that can be, else after it."""
    leave = _start(spell.head[-1]) + spell.head[-1].service
    as_taken = with_room(problem, replace(vehicle, breaks=_as_taken(vehicle, spell, leave)), head)
    if not any(route_violations(_only(problem, as_taken, head), Route(vehicle.id, as_taken.frozen))):
        return as_taken
    free = _start(head[-1]) + head[-1].service
    later = tuple(replace(rest, windows=_after(rest.windows, free)) for rest in vehicle.breaks)
    return with_room(problem, replace(vehicle, breaks=later), head)


def _after(windows: Sequence[TimeWindow], free: int) -> tuple[TimeWindow, ...]:
    """What is left of the windows of a break, or the hour that follows."""
    kept = cut(windows, free)
    return (TimeWindow(free, free + HOUR),) if kept == (TimeWindow(free, free),) else kept


def _only(problem: Problem, vehicle: Vehicle, head: tuple[Visit, ...]) -> Problem:
    return replace(problem, visits=head, vehicles=(vehicle,), links=(), published=None)


def with_room(problem: Problem, vehicle: Vehicle, head: tuple[Visit, ...]) -> Vehicle:
    """The vehicle with every limit that its head alone goes beyond moved to there."""
    timed = stops(_only(problem, vehicle, head), Route(vehicle.id, vehicle.frozen))
    wide = _in_shift(vehicle, vehicle.shift.earliest, max(vehicle.shift.latest, timed[-1].leave))
    return replace(
        wide,
        capacity=tuple(max(limit, *(stop.load[d] for stop in timed)) for d, limit in enumerate(vehicle.capacity)),
        max_visits=_at_least(vehicle.max_visits, len(head)),
        max_travel=_at_least(vehicle.max_travel, sum(stop.travel for stop in timed)),
        max_distance=_at_least(vehicle.max_distance, sum(stop.distance for stop in timed)),
    )


def _at_least(limit: int | None, needed: int) -> int | None:
    return None if limit is None else max(limit, needed)


def _start(visit: Visit) -> int:
    assert visit.pin is not None
    assert visit.pin.start is not None
    return visit.pin.start
