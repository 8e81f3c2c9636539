"""The clocks of `routing.clock` over flat arrays, compiled: where one more visit fits into prepared routes.

A clock holds one instant for every set of breaks taken (bit b for break b). Unlike there, lateness has no amount:
what cannot be kept any more is `FAR`, backwards `-FAR`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from routing.clock import LATE

FAR = 2 * LATE

Ints = NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., Any])


class Visits(NamedTuple):
    """n visits. `windows` is n × most × 2; those a visit does not have are (FAR, -FAR). `load`, `pickup`: n × d."""

    place: Ints
    service: Ints
    setup: Ints
    windows: Ints
    load: Ints
    pickup: Ints


class Vehicles(NamedTuple):
    """k vehicles. `pauses` is k × most breaks (s), `pause_windows` k × most breaks × most × 2; no limit is `FAR`."""

    start: Ints
    end: Ints
    early: Ints
    latest: Ints
    soft_end: Ints
    breaks: Ints
    pauses: Ints
    pause_windows: Ints
    capacity: Ints
    max_visits: Ints
    max_travel: Ints
    max_distance: Ints
    fixed: Ints
    overtime: Ints


class Rows(NamedTuple):
    """r routes. Leg i leads to visit i, leg `many` to the end; `along` are the places legs join (-1: anywhere).

    `drive`, `metres` and `cost` are r × legs. The clocks are r × legs × sets of breaks: `rested` when the leg can
    begin, `start_by` and `arrive_by` when what it leads to must begin and be reached, all its set-up to be done.
    `spare_before` and `spare_after` (r × legs × dimensions) are what a visit on that leg may bring and take along.
    """

    vehicle: Ints
    order: Ints
    many: Ints
    along: Ints
    drive: Ints
    metres: Ints
    cost: Ints
    rested: Ints
    start_by: Ints
    arrive_by: Ints
    spare_before: Ints
    spare_after: Ints
    travel: Ints
    distance: Ints
    end: Ints


class Wanted(NamedTuple):
    """The visit to be put in, tried in the routes `rows`, on legs `first` to `last` of each.

    `there` and `onward` are tried routes × places along: seconds to the visit and from it, then metres, then cost.
    `extra` is what it costs that this vehicle makes it, `due` and `late` when its start begins to cost how much.
    """

    rows: Ints
    first: Ints
    last: Ints
    there: Ints
    onward: Ints
    there_metres: Ints
    onward_metres: Ints
    there_cost: Ints
    onward_cost: Ints
    extra: Ints
    place: int
    service: int
    setup: int
    windows: Ints
    load: Ints
    pickup: Ints
    due: int
    late: int


def _entry(function: F) -> F:
    """A function compiled to be called from Python."""
    return _compiled(function)


def _kernel(function: F) -> F:
    """A function compiled to be called from such ones only."""
    return _compiled(function, no_cpython_wrapper=True)


def _inlined(function: F) -> F:
    """The same, as a part of its callers."""
    return _compiled(function, no_cpython_wrapper=True, forceinline=True)


def _compiled(function: F, **options: bool) -> F:
    """Without reference counts (`_nrt`), so it must not make arrays: half the time to compile, a third to run."""
    chosen: dict[str, Any] = {"cache": True, "no_cfunc_wrapper": True, "_nrt": False, **options}
    return cast(F, njit(**chosen)(function))


@_inlined
def _begin(visits: Visits, visit: int, at: int) -> int:
    """The earliest instant not before `at` in a window of the visit; FAR after the last one."""
    best = FAR
    for w in range(visits.windows.shape[1]):
        if visits.windows[visit, w, 1] >= at:
            best = min(best, max(visits.windows[visit, w, 0], at))
    return best


@_inlined
def _last_begin(visits: Visits, visit: int, at: int) -> int:
    """The latest instant not after `at` in a window of the visit; -FAR before the first one."""
    best = -FAR
    for w in range(visits.windows.shape[1]):
        if visits.windows[visit, w, 0] <= at:
            best = max(best, min(visits.windows[visit, w, 1], at))
    return best


@_kernel
def _rest(breaks: int, pauses: Ints, windows: Ints, k: int, clock: Ints) -> None:
    """Let any of the breaks of vehicle k be taken here, forwards."""
    for taken in range((1 << breaks) - 1):
        if clock[taken] >= LATE:
            continue
        for b in range(breaks):
            if not taken >> b & 1:
                begin = FAR
                for w in range(windows.shape[2]):
                    if windows[k, b, w, 1] >= clock[taken]:
                        begin = min(begin, max(windows[k, b, w, 0], clock[taken]))
                with_it = taken | 1 << b
                clock[with_it] = min(clock[with_it], begin + pauses[k, b])


@_kernel
def _rest_before(breaks: int, pauses: Ints, windows: Ints, k: int, clock: Ints) -> None:
    """Let any of the breaks of vehicle k be taken before this, backwards."""
    for taken in range((1 << breaks) - 2, -1, -1):
        for b in range(breaks):
            if not taken >> b & 1:
                by = clock[taken | 1 << b] - pauses[k, b]
                for w in range(windows.shape[2]):
                    if windows[k, b, w, 0] <= by:
                        clock[taken] = max(clock[taken], min(windows[k, b, w, 1], by))


@_inlined
def _drive(clock: Ints, states: int, seconds: int) -> None:
    for taken in range(states):
        if clock[taken] < LATE:
            clock[taken] += seconds


@_inlined
def _serve(visits: Visits, visit: int, setup: int, clock: Ints, states: int) -> None:
    """Set up, wait for a window and serve."""
    for taken in range(states):
        if clock[taken] < LATE:
            clock[taken] = _begin(visits, visit, clock[taken] + setup) + visits.service[visit]


@_entry
def prepare(visits: Visits, vehicles: Vehicles, rows: Rows, chosen: Ints, clock: Ints) -> None:
    """Fill in all that follows from order and drives of the `chosen` routes. `clock` has room for one."""
    for row in chosen:
        _forward(visits, vehicles, rows, row, clock)
        _backward(visits, vehicles, rows, row, clock)
        _spare(visits, vehicles, rows, row)


@_inlined
def _setup(visits: Visits, rows: Rows, row: int, i: int) -> int:
    """Set-up of the route's visit i, which comes from where the visit before it is."""
    visit = rows.order[row, i]
    return 0 if rows.along[row, i] == visits.place[visit] else visits.setup[visit]


@_inlined
def _forward(visits: Visits, vehicles: Vehicles, rows: Rows, row: int, clock: Ints) -> None:
    k, many = rows.vehicle[row], rows.many[row]
    states = 1 << vehicles.breaks[k]
    clock[:states] = FAR
    clock[0] = vehicles.early[k]
    rows.travel[row] = 0
    rows.distance[row] = 0
    for i in range(many + 1):
        _rest(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, clock)
        for taken in range(states):
            rows.rested[row, i, taken] = clock[taken]
        rows.travel[row] += rows.drive[row, i]
        rows.distance[row] += rows.metres[row, i]
        _drive(clock, states, rows.drive[row, i])
        _rest(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, clock)
        if i < many:
            _serve(visits, rows.order[row, i], _setup(visits, rows, row, i), clock, states)
    rows.end[row] = clock[states - 1]


@_inlined
def _backward(visits: Visits, vehicles: Vehicles, rows: Rows, row: int, by: Ints) -> None:
    k, many = rows.vehicle[row], rows.many[row]
    states = 1 << vehicles.breaks[k]
    by[:states] = -FAR
    by[states - 1] = vehicles.latest[k]
    for i in range(many, -1, -1):
        full = visits.setup[rows.order[row, i]] if i < many else 0
        for taken in range(states):
            rows.start_by[row, i, taken] = by[taken]
            rows.arrive_by[row, i, taken] = by[taken] - full
        _rest_before(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, rows.arrive_by[row, i])
        if i > 0:
            _drive(by, states, -(_setup(visits, rows, row, i) if i < many else 0))
            _rest_before(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, by)
            _drive(by, states, -rows.drive[row, i])
            _rest_before(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, by)
            visit = rows.order[row, i - 1]
            for taken in range(states):
                by[taken] = _last_begin(visits, visit, by[taken] - visits.service[visit])


@_inlined
def _spare(visits: Visits, vehicles: Vehicles, rows: Rows, row: int) -> None:
    many, k = rows.many[row], rows.vehicle[row]
    for d in range(vehicles.capacity.shape[1]):
        load = 0
        for i in range(many):
            load += visits.load[rows.order[row, i], d]
        limit = vehicles.capacity[k, d]
        fullest = load
        rows.spare_before[row, 0, d] = limit - fullest
        rows.spare_after[row, 0, d] = limit - load
        for i in range(many):
            visit = rows.order[row, i]
            load += visits.pickup[visit, d] - visits.load[visit, d]
            fullest = max(fullest, load)
            rows.spare_before[row, i + 1, d] = limit - fullest
            rows.spare_after[row, i + 1, d] = limit - load
        for i in range(many - 1, -1, -1):
            rows.spare_after[row, i, d] = min(rows.spare_after[row, i, d], rows.spare_after[row, i + 1, d])


@_entry
def places(visits: Visits, vehicles: Vehicles, rows: Rows, wanted: Wanted, clocks: Ints, found: Ints) -> int:
    """Every (route, position, window, start, cost, end of the route, latest start) at which the visit fits.

    They are written into the rows of `found`; says how many they are. `clocks` has room for four.
    """
    ready, by, leave, arrive = clocks[0], clocks[1], clocks[2], clocks[3]
    many = 0
    for a in range(wanted.rows.shape[0]):
        row = wanted.rows[a]
        for i in range(wanted.first[a], wanted.last[a] + 1):
            if not _within_limits(vehicles, rows, wanted, a, i):
                continue
            _ready(vehicles, rows, wanted, a, i, ready)
            _arrive_by(visits, vehicles, rows, wanted, row, i, by)
            for w in range(wanted.windows.shape[0]):
                start = _start(vehicles, rows, wanted, a, i, w, ready, by, leave, arrive)
                if start < LATE:
                    end = _end(visits, vehicles, rows, wanted, row, i, arrive)
                    found[many, 0] = row
                    found[many, 1] = i
                    found[many, 2] = w
                    found[many, 3] = start
                    found[many, 4] = _cost(vehicles, rows, wanted, a, i, start, end)
                    found[many, 5] = end
                    found[many, 6] = _latest(vehicles, rows, wanted, a, i, w, ready, by, leave)
                    many += 1
    return many


@_inlined
def _within_limits(vehicles: Vehicles, rows: Rows, wanted: Wanted, a: int, i: int) -> bool:
    row = wanted.rows[a]
    k = rows.vehicle[row]
    for d in range(wanted.load.shape[0]):
        if wanted.load[d] > rows.spare_before[row, i, d] or wanted.pickup[d] > rows.spare_after[row, i, d]:
            return False
    seconds = wanted.there[a, i] + wanted.onward[a, i + 1] - rows.drive[row, i]
    if rows.travel[row] + seconds > vehicles.max_travel[k]:
        return False
    metres = wanted.there_metres[a, i] + wanted.onward_metres[a, i + 1] - rows.metres[row, i]
    return not rows.distance[row] + metres > vehicles.max_distance[k]


@_inlined
def _ready(vehicles: Vehicles, rows: Rows, wanted: Wanted, a: int, i: int, ready: Ints) -> None:
    """When the visit could begin on leg i, set up, were there no windows."""
    row = wanted.rows[a]
    k = rows.vehicle[row]
    states = 1 << vehicles.breaks[k]
    for taken in range(states):
        ready[taken] = rows.rested[row, i, taken]
    _drive(ready, states, wanted.there[a, i])
    _rest(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, ready)
    if rows.along[row, i] != wanted.place:
        _drive(ready, states, wanted.setup)


@_inlined
def _arrive_by(visits: Visits, vehicles: Vehicles, rows: Rows, wanted: Wanted, row: int, i: int, by: Ints) -> None:
    """When what leg i leads to must be reached from the visit; at the same place it needs no set-up."""
    k = rows.vehicle[row]
    states = 1 << vehicles.breaks[k]
    if i < rows.many[row] and rows.along[row, i + 1] == wanted.place:
        for taken in range(states):
            by[taken] = rows.start_by[row, i, taken]
        _rest_before(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, by)
    else:
        for taken in range(states):
            by[taken] = rows.arrive_by[row, i, taken]


@_inlined
def _start(
    vehicles: Vehicles, rows: Rows, wanted: Wanted, a: int, i: int, w: int,
    ready: Ints, by: Ints, leave: Ints, arrive: Ints,
) -> int:  # fmt: skip
    """The earliest start in window w after which the rest of the route can be kept; FAR if there is none.

    `arrive` becomes the clock with which what leg i leads to is reached.
    """
    k = rows.vehicle[wanted.rows[a]]
    states = 1 << vehicles.breaks[k]
    best = FAR
    arrive[:states] = FAR
    for taken in range(states):
        start = max(ready[taken], wanted.windows[w, 0])
        if start > wanted.windows[w, 1]:
            continue
        leave[:states] = FAR
        leave[taken] = start + wanted.service
        _rest(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, leave)
        _drive(leave, states, wanted.onward[a, i + 1])
        for then in range(taken, states):
            if leave[then] <= by[then]:
                best = min(best, start)
            arrive[then] = min(arrive[then], leave[then])
    return best


@_inlined
def _latest(
    vehicles: Vehicles, rows: Rows, wanted: Wanted, a: int, i: int, w: int, ready: Ints, by: Ints, begin: Ints
) -> int:
    """The latest start in window w after which the rest of the route can be kept."""
    k = rows.vehicle[wanted.rows[a]]
    states = 1 << vehicles.breaks[k]
    for taken in range(states):
        begin[taken] = by[taken] - wanted.onward[a, i + 1]
    _rest_before(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, begin)
    latest = -FAR
    for taken in range(states):
        start = min(begin[taken] - wanted.service, wanted.windows[w, 1])
        if start >= ready[taken] and start >= wanted.windows[w, 0]:
            latest = max(latest, start)
    return int(latest)


@_inlined
def _end(visits: Visits, vehicles: Vehicles, rows: Rows, wanted: Wanted, row: int, i: int, clock: Ints) -> int:
    """When the route ends, reaching what leg i leads to by `clock`, which is used up."""
    k = rows.vehicle[row]
    states = 1 << vehicles.breaks[k]
    _rest(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, clock)
    for j in range(i, rows.many[row]):
        visit = rows.order[row, j]
        before = wanted.place if j == i else rows.along[row, j]
        setup = 0 if before == visits.place[visit] else visits.setup[visit]
        _serve(visits, visit, setup, clock, states)
        _rest(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, clock)
        _drive(clock, states, rows.drive[row, j + 1])
        _rest(vehicles.breaks[k], vehicles.pauses, vehicles.pause_windows, k, clock)
    return int(clock[states - 1])


@_inlined
def _cost(vehicles: Vehicles, rows: Rows, wanted: Wanted, a: int, i: int, start: int, end: int) -> int:
    """What the whole plan costs more with the visit there."""
    row = wanted.rows[a]
    k = rows.vehicle[row]
    cost = wanted.extra[a] + wanted.there_cost[a, i] + wanted.onward_cost[a, i + 1] - rows.cost[row, i]
    cost += max(0, start - wanted.due) * wanted.late
    cost += max(0, end - vehicles.soft_end[k]) * vehicles.overtime[k] // 3600
    if rows.many[row] == 0:
        return int(cost + vehicles.fixed[k])
    return int(cost - max(0, rows.end[row] - vehicles.soft_end[k]) * vehicles.overtime[k] // 3600)
