"""One route after another walked over sampled days, compiled: how many days each promise on it is kept.

The planned day comes first, by the rules of `routing.schedule` (clocks as in `routing.clock`): it says when the
technician sets out and where the breaks are. Then every sampled day by those of `routing.simulate`.
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
HOUR = 3600
NEW = -1
UNPROMISED = -1.0
# Columns of a route that is laid out.
VISIT, SLOT, DRIVE, SETUP, SERVICE, KIND = range(6)

Ints = NDArray[np.int64]
Reals = NDArray[np.float32]
F = TypeVar("F", bound=Callable[..., Any])


class Sampled(NamedTuple):
    """D days. `work` (of service, overruns included) and `ready` (of set-up) are kinds × slots × D, `drive` curves ×
    slots × D, all factors; `most` (slots × D) is what a service takes at most, in seconds. `curve` says which curve an
    hour has.

    A slot is a position of a route; the last one is kept for the visit that is put in.
    """

    work: Reals
    ready: Reals
    most: Reals
    drive: Reals
    curve: Ints


class Promises(NamedTuple):
    """n visits: their `kind`, when they may begin (`opens`) and are promised to (both n × windows × 2), and an instant
    `wait` before which their partner is not there.
    """

    kind: Ints
    opens: Ints
    promised: Ints
    wait: Ints


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
    kind: int


class Room(NamedTuple):
    """What a walk writes down: stops × columns, clocks (4 × legs × sets of breaks), the breaks on each leg (before
    the drive, at the door; in order) and how many, and the time on each day.
    """

    stops: Ints
    clocks: Ints
    rests: Ints
    many: Ints
    now: Reals


def _entry(function: F) -> F:
    """A function compiled to be called from Python; like all of them it makes no arrays."""
    return _compiled(function)


def _kernel(function: F) -> F:
    """A function compiled to be called from such ones only."""
    return _compiled(function, no_cpython_wrapper=True)


def _daily(function: F) -> F:
    """A kernel over all days at once; its numbers are all finite."""
    return _compiled(function, no_cpython_wrapper=True, fastmath=True)


def _compiled(function: F, **options: bool) -> F:
    chosen: dict[str, Any] = {"cache": True, "nogil": True, "no_cfunc_wrapper": True, "_nrt": False, **options}
    return cast(F, njit(**chosen)(function))


@_kernel
def begin(windows: Ints, moment: int) -> int:
    """`routing.clock.begin` over a row of windows, the last ones of which may never open."""
    at = moment & (LATE - 1)
    best, last = FAR, -FAR
    for w in range(windows.shape[0]):
        last = max(last, windows[w, 1])
        if windows[w, 1] >= at:
            best = min(best, max(windows[w, 0], at))
    return int(moment - at + best if best < FAR else moment + (at - last) * LATE)


@_kernel
def last_begin(windows: Ints, at: int) -> int:
    """The latest instant in a window that is not after `at`; `at` itself before the first one."""
    best = -FAR
    for w in range(windows.shape[0]):
        if windows[w, 0] <= at:
            best = max(best, min(windows[w, 1], at))
    return int(best if best > -FAR else at)


@_kernel
def lay_out(visits: Visits, rows: Rows, promises: Promises, asked: Asked, c: int, slots: int, stops: Ints) -> int:
    """Write down the stops of a route and its last drive; how many stops there are."""
    row, position = asked.row[c], asked.position[c]
    count, i = rows.many[row], 0
    before = rows.along[row, 0]
    for j in range(count + 1):
        if j == position:
            stops[i, VISIT], stops[i, SLOT], stops[i, DRIVE] = NEW, slots - 1, asked.there[c]
            stops[i, SETUP] = 0 if before == asked.place else asked.setup
            stops[i, SERVICE], stops[i, KIND] = asked.service, asked.kind
            before, i = asked.place, i + 1
        stops[i, DRIVE] = asked.onward[c] if j == position else rows.drive[row, j]
        if j < count:
            visit = rows.order[row, j]
            stops[i, VISIT], stops[i, SLOT] = visit, j % (slots - 1)
            stops[i, SETUP] = 0 if before == visits.place[visit] else visits.setup[visit]
            stops[i, SERVICE], stops[i, KIND] = visits.service[visit], promises.kind[visit]
            before, i = visits.place[visit], i + 1
    return i


@_kernel
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


@_kernel
def forward(visits: Visits, vehicles: Vehicles, k: int, asked: Asked, c: int, count: int, room: Room) -> None:
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


@_kernel
def planned_start(visits: Visits, asked: Asked, c: int, i: int, at: int, room: Room) -> int:
    """When stop i begins, by plan, that is reached at `at`."""
    visit, ready = room.stops[i, VISIT], at + room.stops[i, SETUP]
    if visit == NEW:
        return begin(asked.window[c], max(ready, asked.start[c]))
    return begin(visits.windows[visit], ready)


@_kernel
def place_breaks(vehicles: Vehicles, k: int, count: int, room: Room) -> None:
    """Where the earliest schedule has each break, told from the clocks, backwards."""
    taken = (1 << vehicles.breaks[k]) - 1
    for i in range(count, -1, -1):
        for door in range(1, -1, -1):
            room.many[i, door] = 0
            before, after = room.clocks[2 * door, i], room.clocks[2 * door + 1, i]
            while after[taken] != before[taken]:
                taken ^= 1 << last_break(vehicles, k, taken, after, room.rests[i, door], room.many[i, door])
                room.many[i, door] += 1


@_kernel
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


@_kernel
def departure(visits: Visits, vehicles: Vehicles, k: int, asked: Asked, c: int, room: Room) -> int:
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


@_daily
def open_up(now: Reals, windows: Ints, wait: int) -> None:
    """Begin on every day in the first window that has not passed, and not before `wait`; late after the last one."""
    opens = np.float32(max(windows[0, 0], wait))
    if windows.shape[0] == 1 or windows[1, 0] > windows[1, 1]:
        for d in range(now.shape[0]):
            now[d] = max(now[d], opens)
        return
    for d in range(now.shape[0]):
        at = max(now[d], np.float32(wait))
        best = np.float32(FAR)
        for w in range(windows.shape[0]):
            if at <= windows[w, 1]:
                best = min(best, max(at, np.float32(windows[w, 0])))
        now[d] = at if best >= FAR else best


@_daily
def drive_on(now: Reals, seconds: np.float32, factors: Reals, slot: int, curve: Ints) -> None:
    """Drive on every day, by the curve of the hour in which that begins."""
    if factors.shape[0] == 1:
        for d in range(now.shape[0]):
            now[d] += seconds * factors[0, slot, d]
        return
    for d in range(now.shape[0]):
        now[d] += seconds * factors[curve[int(now[d]) // HOUR % 24], slot, d]


@_daily
def add(now: Reals, seconds: np.float32, factors: Reals) -> None:
    """Pass so many seconds, times the day's factor."""
    for d in range(now.shape[0]):
        now[d] += seconds * factors[d]


@_daily
def serve(now: Reals, seconds: np.float32, factors: Reals, most: Reals) -> None:
    """Serve on every day."""
    for d in range(now.shape[0]):
        now[d] += min(seconds * factors[d], most[d])


@_daily
def share_inside(now: Reals, windows: Ints) -> float:
    """The share of days that are inside a window now; UNPROMISED when there is none."""
    if windows[0, 0] > windows[0, 1]:
        return UNPROMISED
    found = np.float32(0.0)
    for d in range(now.shape[0]):
        inside = False
        for w in range(windows.shape[0]):
            inside |= windows[w, 0] <= now[d] <= windows[w, 1]
        found += np.float32(1.0) if inside else np.float32(0.0)
    return float(found / now.shape[0])


@_kernel
def take_breaks(vehicles: Vehicles, k: int, room: Room, i: int, door: int, still: Reals) -> None:
    """Take the breaks of one end of a leg on every day."""
    for j in range(room.many[i, door]):
        b = room.rests[i, door, j]
        open_up(room.now, vehicles.pause_windows[k, b], -FAR)
        add(room.now, np.float32(vehicles.pauses[k, b]), still)


@_kernel
def walk(
    vehicles: Vehicles, k: int, sampled: Sampled, promises: Promises, asked: Asked, c: int, count: int, room: Room,
    still: Reals, chances: Reals,
) -> None:  # fmt: skip
    """Walk all days at once from the departure; the chance of each stop's promise, in order."""
    for i in range(count):
        visit, slot, kind = room.stops[i, VISIT], room.stops[i, SLOT], room.stops[i, KIND]
        take_breaks(vehicles, k, room, i, 0, still)
        drive_on(room.now, np.float32(room.stops[i, DRIVE]), sampled.drive, slot, sampled.curve)
        take_breaks(vehicles, k, room, i, 1, still)
        if room.stops[i, SETUP]:
            add(room.now, np.float32(room.stops[i, SETUP]), sampled.ready[kind, slot])
        if visit == NEW:
            open_up(room.now, asked.window[c], -FAR)
            chances[i] = share_inside(room.now, asked.window[c])
        else:
            open_up(room.now, promises.opens[visit], promises.wait[visit])
            chances[i] = share_inside(room.now, promises.promised[visit])
        serve(room.now, np.float32(room.stops[i, SERVICE]), sampled.work[kind, slot], sampled.most[slot])


@_entry
def walk_all(
    visits: Visits, vehicles: Vehicles, rows: Rows, sampled: Sampled, promises: Promises, asked: Asked, room: Room,
    still: Reals, chances: Reals,
) -> None:  # fmt: skip
    """The chance of every promise of every route asked about, in the order of its stops, into m × most `chances`."""
    for c in range(asked.row.shape[0]):
        k = rows.vehicle[asked.row[c]]
        count = lay_out(visits, rows, promises, asked, c, sampled.most.shape[0], room.stops)
        if count == 0:
            continue
        forward(visits, vehicles, k, asked, c, count, room)
        place_breaks(vehicles, k, count, room)
        room.now[:] = departure(visits, vehicles, k, asked, c, room)
        walk(vehicles, k, sampled, promises, asked, c, count, room, still, chances[c])
