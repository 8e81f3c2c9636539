"""A route with one visit put in, as `routing.schedule` plans it, compiled: its stops, clocks, breaks and departure.

Clocks are those of `routing.clock`: lateness counts, and nothing is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from routing.clock import LATE
from routing.day_kernel import FAR, Rows, Vehicles, Visits

NEVER = 1 << 62
NEW = -1
# Columns of a route that is laid out: `ORDINAL` is the position on the route without the visit.
VISIT, ORDINAL, DRIVE, SETUP, SERVICE = range(5)

Ints = NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., Any])


class Asked(NamedTuple):
    """m routes: `row` with the visit before `position` (NEW: without it), `there` and `onward` seconds of its drives.

    It begins at `start` or later, by plan, and is promised (and may begin) in `window` (m × 1 × 2).
    """

    row: Ints
    position: Ints
    there: Ints
    onward: Ints
    start: Ints
    window: Ints
    place: int
    service: int
    setup: int


class Outline(NamedTuple):
    """Room for one route: stops × columns, clocks (free, rested, arrived, ready; of legs × sets of breaks), the breaks
    taken on each leg (before the drive, at the door; in order) and how many they are.
    """

    stops: Ints
    clocks: Ints
    rests: Ints
    many: Ints


def outline(rows: Rows, vehicles: Vehicles) -> Outline:
    """Room for any of these routes."""
    most, states, breaks = rows.order.shape[1] + 2, rows.rested.shape[2], max(1, vehicles.pauses.shape[1])
    return Outline(
        np.zeros((most, 5), np.int64), np.zeros((4, most, states), np.int64),
        np.zeros((most, 2, breaks), np.int64), np.zeros((most, 2), np.int64),
    )  # fmt: skip


def entry(function: F) -> F:
    """A function compiled to be called from Python; like all of these it makes no arrays."""
    return _compiled(function)


def kernel(function: F) -> F:
    """A function compiled to be called from such ones only."""
    return _compiled(function, no_cpython_wrapper=True)


def daily(function: F) -> F:
    """A kernel over all sampled days at once; its numbers are all finite."""
    return _compiled(function, no_cpython_wrapper=True, fastmath=True)


def _compiled(function: F, **options: bool) -> F:
    chosen: dict[str, Any] = {"cache": True, "nogil": True, "no_cfunc_wrapper": True, "_nrt": False, **options}
    return cast(F, njit(**chosen)(function))


@kernel
def begin(windows: Ints, moment: int) -> int:
    """`routing.clock.begin` over a row of windows, the last ones of which may never open."""
    at = moment & (LATE - 1)
    best, last = FAR, -FAR
    for w in range(windows.shape[0]):
        last = max(last, windows[w, 1])
        if windows[w, 1] >= at:
            best = min(best, max(windows[w, 0], at))
    return int(moment - at + best if best < FAR else moment + (at - last) * LATE)


@kernel
def last_begin(windows: Ints, at: int) -> int:
    """The latest instant in a window that is not after `at`; `at` itself before the first one."""
    best = -FAR
    for w in range(windows.shape[0]):
        if windows[w, 0] <= at:
            best = max(best, min(windows[w, 1], at))
    return int(best if best > -FAR else at)


@kernel
def lay_out(visits: Visits, rows: Rows, asked: Asked, c: int, stops: Ints) -> int:
    """Write down the stops of a route and its last drive; how many stops there are."""
    row, position = asked.row[c], asked.position[c]
    count, i = rows.many[row], 0
    before = rows.along[row, 0]
    for j in range(count + 1):
        if j == position:
            stops[i, VISIT], stops[i, ORDINAL], stops[i, DRIVE] = NEW, NEW, asked.there[c]
            stops[i, SETUP], stops[i, SERVICE] = 0 if before == asked.place else asked.setup, asked.service
            before, i = asked.place, i + 1
        stops[i, DRIVE] = asked.onward[c] if j == position else rows.drive[row, j]
        if j < count:
            visit = rows.order[row, j]
            stops[i, VISIT], stops[i, ORDINAL] = visit, j
            stops[i, SETUP] = 0 if before == visits.place[visit] else visits.setup[visit]
            stops[i, SERVICE] = visits.service[visit]
            before, i = visits.place[visit], i + 1
    return i


@kernel
def rest(vehicles: Vehicles, k: int, before: Ints, after: Ints) -> None:
    """`after` becomes the clock `before` with any breaks taken."""
    states = 1 << vehicles.breaks[k]
    for taken in range(states):
        after[taken] = before[taken]
    for taken in range(states - 1):
        for b in range(vehicles.breaks[k]):
            if not taken >> b & 1 and after[taken] < NEVER:
                done = begin(vehicles.pause_windows[k, b], after[taken]) + vehicles.pauses[k, b]
                after[taken | 1 << b] = min(after[taken | 1 << b], done)


@kernel
def forward(visits: Visits, vehicles: Vehicles, k: int, asked: Asked, c: int, count: int, room: Outline) -> None:
    """The clocks of all legs: free to leave, rested, arrived and ready."""
    states = 1 << vehicles.breaks[k]
    free, rested, arrived, ready = room.clocks[0], room.clocks[1], room.clocks[2], room.clocks[3]
    free[0, :states] = NEVER
    free[0, 0] = vehicles.early[k]
    for i in range(count + 1):
        rest(vehicles, k, free[i], rested[i])
        for taken in range(states):
            arrived[i, taken] = rested[i, taken] + (room.stops[i, DRIVE] if rested[i, taken] < NEVER else 0)
        rest(vehicles, k, arrived[i], ready[i])
        for taken in range(states if i < count else 0):
            at = ready[i, taken]
            free[i + 1, taken] = at if at >= NEVER else planned_start(visits, asked, c, i, at, room)
            free[i + 1, taken] += 0 if at >= NEVER else room.stops[i, SERVICE]


@kernel
def planned_start(visits: Visits, asked: Asked, c: int, i: int, at: int, room: Outline) -> int:
    """When stop i begins, by plan, that is reached at `at`."""
    visit, ready = room.stops[i, VISIT], at + room.stops[i, SETUP]
    if visit == NEW:
        return begin(asked.window[c], max(ready, asked.start[c]))
    return begin(visits.windows[visit], ready)


@kernel
def place_breaks(vehicles: Vehicles, k: int, count: int, room: Outline) -> None:
    """Where the earliest schedule has each break, told from the clocks, backwards."""
    taken = (1 << vehicles.breaks[k]) - 1
    for i in range(count, -1, -1):
        for door in range(1, -1, -1):
            room.many[i, door] = 0
            before, after = room.clocks[2 * door, i], room.clocks[2 * door + 1, i]
            while after[taken] != before[taken]:
                taken ^= 1 << last_break(vehicles, k, taken, after, room.rests[i, door], room.many[i, door])
                room.many[i, door] += 1


@kernel
def last_break(vehicles: Vehicles, k: int, taken: int, clock: Ints, rests: Ints, many: int) -> int:
    """The first of the breaks with which `clock[taken]` may end; it is put before the `many` others."""
    for b in range(vehicles.breaks[k]):
        if taken >> b & 1 and clock[taken ^ 1 << b] < NEVER:
            ended = begin(vehicles.pause_windows[k, b], clock[taken ^ 1 << b]) + vehicles.pauses[k, b]
            if ended == clock[taken]:
                for j in range(many, 0, -1):
                    rests[j] = rests[j - 1]
                rests[0] = b
                return b
    return 0


@kernel
def departure(visits: Visits, vehicles: Vehicles, k: int, asked: Asked, c: int, room: Outline) -> int:
    """The latest departure that delays no start."""
    taken = 0
    for door in range(2):
        for j in range(room.many[0, door]):
            taken |= 1 << room.rests[0, door, j]
    by = (planned_start(visits, asked, c, 0, room.clocks[3, 0, taken], room) & (LATE - 1)) - room.stops[0, SETUP]
    for door in range(1, -1, -1):
        for j in range(room.many[0, door] - 1, -1, -1):
            b = room.rests[0, door, j]
            by = last_begin(vehicles.pause_windows[k, b], by - vehicles.pauses[k, b])
        by -= room.stops[0, DRIVE] if door else 0
    return int(max(by, vehicles.early[k]))


@kernel
def start_of(visits: Visits, asked: Asked, c: int, i: int, room: Outline) -> int:
    """When stop i begins, by plan; its breaks must have been placed."""
    taken = 0
    for leg in range(i + 1):
        for door in range(2):
            for j in range(room.many[leg, door]):
                taken |= 1 << room.rests[leg, door, j]
    return planned_start(visits, asked, c, i, room.clocks[3, i, taken], room)


@entry
def plan_all(visits: Visits, vehicles: Vehicles, rows: Rows, asked: Asked, room: Outline, planned: Ints) -> None:
    """When the new visit begins and when the route ends, of every route asked about, into m × 2 `planned`.

    Both are LATE or more where something cannot be kept.
    """
    for c in range(asked.row.shape[0]):
        k = rows.vehicle[asked.row[c]]
        count = lay_out(visits, rows, asked, c, room.stops)
        forward(visits, vehicles, k, asked, c, count, room)
        place_breaks(vehicles, k, count, room)
        end = room.clocks[3, count, (1 << vehicles.breaks[k]) - 1]
        planned[c, 0], planned[c, 1] = start_of(visits, asked, c, asked.position[c], room), end
        if end > vehicles.latest[k]:
            planned[c, 0], planned[c, 1] = LATE, LATE
