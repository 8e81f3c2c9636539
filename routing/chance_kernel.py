"""One route after another walked over sampled days, compiled: how many days each promise on it is kept.

The planned day comes first (`routing.planned_kernel`): it says when the technician sets out and where the breaks are.
Then every sampled day by the rules of `routing.simulate`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.day_kernel import FAR, Rows, Vehicles, Visits
from routing.planned_kernel import (
    DRIVE,
    NEW,
    ORDINAL,
    SERVICE,
    SETUP,
    VISIT,
    Asked,
    Outline,
    daily,
    departure,
    entry,
    forward,
    kernel,
    lay_out,
    place_breaks,
)

HOUR = 3600
UNPROMISED = -1.0

Ints = NDArray[np.int64]
Reals = NDArray[np.float32]


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


@daily
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


@daily
def drive_on(now: Reals, seconds: np.float32, factors: Reals, slot: int, curve: Ints) -> None:
    """Drive on every day, by the curve of the hour in which that begins."""
    if factors.shape[0] == 1:
        for d in range(now.shape[0]):
            now[d] += seconds * factors[0, slot, d]
        return
    for d in range(now.shape[0]):
        now[d] += seconds * factors[curve[int(now[d]) // HOUR % 24], slot, d]


@daily
def add(now: Reals, seconds: np.float32, factors: Reals) -> None:
    """Pass so many seconds, times the day's factor."""
    for d in range(now.shape[0]):
        now[d] += seconds * factors[d]


@daily
def serve(now: Reals, seconds: np.float32, factors: Reals, most: Reals) -> None:
    """Serve on every day."""
    for d in range(now.shape[0]):
        now[d] += min(seconds * factors[d], most[d])


@daily
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


@kernel
def take_breaks(vehicles: Vehicles, k: int, room: Outline, i: int, door: int, still: Reals, now: Reals) -> None:
    """Take the breaks of one end of a leg on every day."""
    for j in range(room.many[i, door]):
        b = room.rests[i, door, j]
        open_up(now, vehicles.pause_windows[k, b], -FAR)
        add(now, np.float32(vehicles.pauses[k, b]), still)


@kernel
def set_out(
    visits: Visits, vehicles: Vehicles, rows: Rows, asked: Asked, c: int, room: Outline, now: Reals
) -> int:  # fmt: skip
    """Plan a route and stand at its beginning on every day; how many stops it has."""
    k = rows.vehicle[asked.row[c]]
    count = lay_out(visits, rows, asked, c, room.stops)
    if count:
        forward(visits, vehicles, k, asked, c, count, room)
        place_breaks(vehicles, k, count, room)
        now[:] = departure(visits, vehicles, k, asked, c, room)
    return count


@kernel
def reach(
    vehicles: Vehicles, k: int, sampled: Sampled, promises: Promises, asked: Asked, kind: int, c: int, i: int,
    room: Outline, still: Reals, now: Reals,
) -> None:  # fmt: skip
    """Go on to stop i on every day, until its service may begin."""
    visit = room.stops[i, VISIT]
    slot = slot_of(sampled, room.stops[i, ORDINAL])
    take_breaks(vehicles, k, room, i, 0, still, now)
    drive_on(now, np.float32(room.stops[i, DRIVE]), sampled.drive, slot, sampled.curve)
    take_breaks(vehicles, k, room, i, 1, still, now)
    if room.stops[i, SETUP]:
        one = kind if visit == NEW else promises.kind[visit]
        add(now, np.float32(room.stops[i, SETUP]), sampled.ready[one, slot])
    if visit == NEW:
        open_up(now, asked.window[c], -FAR)
    else:
        open_up(now, promises.opens[visit], promises.wait[visit])


@kernel
def leave(
    sampled: Sampled, promises: Promises, asked: Asked, kind: int, c: int, i: int, room: Outline, now: Reals
) -> float:  # fmt: skip
    """Serve at stop i on every day; the chance of its promise."""
    visit, slot = room.stops[i, VISIT], slot_of(sampled, room.stops[i, ORDINAL])
    chance = share_inside(now, asked.window[c] if visit == NEW else promises.promised[visit])
    one = kind if visit == NEW else promises.kind[visit]
    serve(now, np.float32(room.stops[i, SERVICE]), sampled.work[one, slot], sampled.most[slot])
    return float(chance)


@kernel
def slot_of(sampled: Sampled, ordinal: int) -> int:
    """The slot of a position of a route; the new visit has the last one to itself."""
    last = sampled.most.shape[0] - 1
    return int(last if ordinal == NEW else ordinal % last)


@kernel
def walk(
    vehicles: Vehicles, k: int, sampled: Sampled, promises: Promises, asked: Asked, kind: int, c: int, first: int,
    last: int, room: Outline, still: Reals, now: Reals, chances: Reals,
) -> None:  # fmt: skip
    """Go on from the beginning of service at stop `first` (-1: from the departure) to that at `last`."""
    for i in range(first, last):
        if i >= 0:
            chances[i] = leave(sampled, promises, asked, kind, c, i, room, now)
        reach(vehicles, k, sampled, promises, asked, kind, c, i + 1, room, still, now)


@daily
def meet(now: Reals, other: Reals) -> None:
    """Wait for each other on every day."""
    for d in range(now.shape[0]):
        now[d] = other[d] = max(now[d], other[d])


@entry
def walk_all(
    visits: Visits, vehicles: Vehicles, rows: Rows, sampled: Sampled, others: Sampled, promises: Promises,
    asked: Asked, beside: Asked, kind: int, room: Outline, aside: Outline, still: Reals, now: Reals, then: Reals,
    chances: Reals, besides: Reals,
) -> None:  # fmt: skip
    """The chance of every promise of every route asked about, in the order of its stops, into m × most `chances`.

    If there are as many routes `beside`, the new visit of each begins together with that of the route beside it, which
    a technician with the factors `others` makes; theirs go into `besides`.
    """
    for c in range(asked.row.shape[0]):
        k, at = rows.vehicle[asked.row[c]], -1
        last = set_out(visits, vehicles, rows, asked, c, room, now) - 1
        if beside.row.shape[0]:
            n, met = rows.vehicle[beside.row[c]], beside.position[c]
            end = set_out(visits, vehicles, rows, beside, c, aside, then) - 1
            walk(vehicles, n, others, promises, beside, kind, c, -1, met, aside, still, then, besides[c])
            at = asked.position[c]
            walk(vehicles, k, sampled, promises, asked, kind, c, -1, at, room, still, now, chances[c])
            meet(now, then)
            walk(vehicles, n, others, promises, beside, kind, c, met, end, aside, still, then, besides[c])
            besides[c, end] = leave(others, promises, beside, kind, c, end, aside, then)
        walk(vehicles, k, sampled, promises, asked, kind, c, at, last, room, still, now, chances[c])
        if last >= 0:
            chances[c, last] = leave(sampled, promises, asked, kind, c, last, room, now)
