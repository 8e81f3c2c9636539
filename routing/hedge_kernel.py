"""Kernels for one route over sampled days: what it costs in expectation, broken promises and overtime included.

The planned day is walked first, by the rules of `routing.schedule` (at most one break, taken where the plan would take
it), and must break none; then all sampled days at once, stop by stop.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from routing.hedge import (
    BARRED,
    EARLY,
    END,
    KIND,
    LATEST,
    MOST_DISTANCE,
    MOST_TRAVEL,
    MOST_VISITS,
    NEVER,
    OVERTIME,
    PAUSE,
    PLACE,
    PROMISED,
    SERVICE,
    SETUP,
    SOFT,
    SPEED,
    START,
    Hedge,
    Longs,
    Matrix,
    Reals,
)  # fmt: skip

HOUR = 3600
NO_BREAK = -1
IMPOSSIBLE = -2


class Goals(NamedTuple):
    """What a broken promise costs (`price`), the `floor` of every chance, and how `steep` the price is below it."""

    price: float
    floor: float
    steep: float


class Room(NamedTuple):
    """A route as it is walked. Before leg i: `clocks` (legs × D) when it begins on each sampled day, `at` when as
    planned, `cost` what broken promises cost up to there. `drives` of the legs, `broken`: chances by position.
    """

    clocks: Reals
    at: Longs
    cost: NDArray[np.float64]
    drives: Longs
    broken: Reals


@njit(cache=True)
def opening(windows: Longs, at: int) -> int:
    """The earliest instant in a window that is not before `at`; NEVER after the last one."""
    best = NEVER
    for w in range(windows.shape[0]):
        if windows[w, 1] >= at and windows[w, 0] <= windows[w, 1]:
            best = min(best, max(at, windows[w, 0]))
    return best


@njit(cache=True)
def closing(windows: Longs, at: int) -> int:
    """The latest instant in a window that is not after `at`; -NEVER before the first one."""
    best = -NEVER
    for w in range(windows.shape[0]):
        if windows[w, 0] <= at and windows[w, 0] <= windows[w, 1]:
            best = max(best, min(windows[w, 1], at))
    return best


@njit(cache=True)
def drive_of(durations: Matrix, before: int, after: int) -> int:
    """Seconds between two places; 0 from or to nowhere."""
    return int(durations[before, after]) if before >= 0 and after >= 0 else 0


@njit(cache=True)
def setup_of(visit: Longs, start: int, route: Longs, i: int) -> int:
    """Seconds of set-up of the i-th visit: none when the stop before is at the same place."""
    before = visit[route[i - 1], PLACE] if i else start
    return 0 if before == visit[route[i], PLACE] else int(visit[route[i], SETUP])


@njit(cache=True)
def carries(hedge: Hedge, k: int, route: Longs, count: int) -> bool:
    """Whether nobody on the route is barred, and number and loads of visits are within limits."""
    if count > hedge.vehicle[k, MOST_VISITS]:
        return False
    for dimension in range(hedge.capacity.shape[1]):
        total = 0
        for i in range(count):
            total += hedge.loads[route[i], dimension]
        if total > hedge.capacity[k, dimension]:
            return False
    barred = False
    for i in range(count):
        barred = barred or hedge.assign[route[i], k] >= BARRED
    return not barred


@njit(cache=True)
def travel_of(hedge: Hedge, k: int, route: Longs, count: int, drives: Longs) -> int:
    """Write down the seconds of each leg; their sum, or -1 when travel or distance is over a limit."""
    total, metres = 0, 0
    durations, before = hedge.durations[hedge.vehicle[k, SPEED]], hedge.vehicle[k, START]
    for i in range(count + 1):
        place = hedge.visit[route[i], PLACE] if i < count else hedge.vehicle[k, END]
        drives[i] = drive_of(durations, before, place)
        if hedge.distances.shape[0] > 1 and before >= 0 and place >= 0:
            metres += hedge.distances[before, place]
        total += drives[i]
        before = place
    return -1 if total > hedge.vehicle[k, MOST_TRAVEL] or metres > hedge.vehicle[k, MOST_DISTANCE] else total


@njit(cache=True)
def break_leg(hedge: Hedge, k: int, route: Longs, count: int, drives: Longs) -> int:
    """Where the break is taken: 2 × leg for before the drive, one more for at its end; NO_BREAK or IMPOSSIBLE.

    The clock with the break taken and the one without go side by side, as in `routing.clock`.
    """
    pause, without, rested, leg = hedge.vehicle[k, PAUSE], hedge.vehicle[k, EARLY], NEVER, NO_BREAK
    for i in range(count + 1):
        for door in range(2):
            if pause >= 0 and without < NEVER:
                done = opening(hedge.pauses[k], without) + pause
                if done < rested:
                    rested, leg = done, 2 * i + door
            if door == 0:
                without, rested = without + drives[i], rested + drives[i]
        if i < count:
            v = route[i]
            setup, service = setup_of(hedge.visit, hedge.vehicle[k, START], route, i), hedge.visit[v, SERVICE]
            without = NEVER if without >= NEVER else opening(hedge.windows[v], without + setup) + service
            rested = NEVER if rested >= NEVER else opening(hedge.windows[v], rested + setup) + service
            if without >= NEVER and rested >= NEVER:
                return IMPOSSIBLE
    end = without if pause < 0 else rested
    return IMPOSSIBLE if end > hedge.vehicle[k, LATEST] else leg


@njit(cache=True)
def departure(hedge: Hedge, k: int, route: Longs, drive: int, leg: int) -> int:
    """The latest departure that delays no start, as `routing.schedule` has it; `drive` is the first."""
    early, pause, pauses = hedge.vehicle[k, EARLY], hedge.vehicle[k, PAUSE], hedge.pauses[k]
    at = early
    if leg == 0:
        at = opening(pauses, at) + pause
    at += drive
    if leg == 1:
        at = opening(pauses, at) + pause
    setup = setup_of(hedge.visit, hedge.vehicle[k, START], route, 0)
    by = opening(hedge.windows[route[0]], at + setup) - setup
    if leg == 1:
        by = closing(pauses, by - pause)
    by -= drive
    if leg == 0:
        by = closing(pauses, by - pause)
    return int(max(by, early))


@njit(cache=True, fastmath=True)
def drive_on(now: Reals, seconds: np.float32, factor: Reals) -> None:
    """Drive on every day."""
    for d in range(now.shape[0]):
        now[d] += seconds * factor[d]


@njit(cache=True, fastmath=True)
def set_up(now: Reals, ready: Reals, person: Reals) -> None:
    """Set up on every day."""
    for d in range(now.shape[0]):
        now[d] += ready[d] * person[d]


@njit(cache=True, fastmath=True)
def rest(now: Reals, opens: np.float32, pause: np.float32) -> None:
    """Take the break on every day, not before its window opens."""
    for d in range(now.shape[0]):
        now[d] = max(now[d], opens) + pause


@njit(cache=True, fastmath=True)
def serve(now: Reals, person: Reals, work: Reals, most: Reals, opens: np.float32, closes: np.float32) -> float:
    """Serve on every day; the share of days on which that begins after the window."""
    late = np.float32(0.0)
    for d in range(now.shape[0]):
        begins = max(now[d], opens)
        late += np.float32(1.0) if begins > closes else np.float32(0.0)
        now[d] = begins + min(work[d] * person[d], most[d])
    return float(late / now.shape[0])


@njit(cache=True, fastmath=True)
def overtime(ends: Reals, soft: np.float32) -> float:
    """The mean of the seconds after the soft end."""
    over = np.float32(0.0)
    for d in range(ends.shape[0]):
        over += max(np.float32(0.0), ends[d] - soft)
    return float(over / ends.shape[0])


@njit(cache=True)
def bounds(windows: Longs, at: int) -> tuple[int, int]:
    """The window in which `at` lies."""
    for w in range(windows.shape[0]):
        if windows[w, 0] <= at <= windows[w, 1]:
            return windows[w, 0], windows[w, 1]
    return at, at


@njit(cache=True)
def planned_cost(hedge: Hedge, k: int, route: Longs, count: int, drives: Longs) -> tuple[float, int]:
    """What a route costs as planned, without overtime, and where its break is; infinite when it breaks a rule."""
    if not carries(hedge, k, route, count):
        return np.inf, NO_BREAK
    cost = float(travel_of(hedge, k, route, count, drives))
    if cost < 0:
        return np.inf, NO_BREAK
    for i in range(count):
        cost += hedge.assign[route[i], k]
    leg = break_leg(hedge, k, route, count, drives)
    return (np.inf if leg == IMPOSSIBLE else cost), leg


@njit(cache=True)
def set_out(hedge: Hedge, k: int, route: Longs, leg: int, room: Room) -> None:
    """Stand at the beginning of a route on every day."""
    room.at[0], room.cost[0] = departure(hedge, k, route, room.drives[0], leg), 0.0
    room.clocks[0] = room.at[0]


@njit(cache=True)
def walk(
    hedge: Hedge, goals: Goals, k: int, route: Longs, count: int, leg: int, room: Room, first: int, budget: float
) -> float:  # fmt: skip
    """Walk the sampled days from before leg `first`, where `room` must know them; what the whole route costs beyond
    its planned cost. Stops as soon as that is more than `budget`.

    Which curve a drive has is told by the planned departure.
    """
    pause, pauses, at, cost = hedge.vehicle[k, PAUSE], hedge.pauses[k], room.at[first], room.cost[first]
    for i in range(first, count + 1):
        now = room.clocks[i + 1]
        now[:] = room.clocks[i]
        if leg == 2 * i:
            at = opening(pauses, at) + pause
            rest(now, np.float32(pauses[0, 0]), np.float32(pause))
        noise = route[i] if i < count else hedge.visit.shape[0] + k
        drive_on(now, np.float32(room.drives[i]), hedge.drive[hedge.curve[(at // HOUR) % 24], noise])
        at += room.drives[i]
        if leg == 2 * i + 1:
            at = opening(pauses, at) + pause
            rest(now, np.float32(pauses[0, 0]), np.float32(pause))
        if i < count:
            v = route[i]
            person = hedge.person[hedge.visit[v, KIND], k]
            setup = setup_of(hedge.visit, hedge.vehicle[k, START], route, i)
            if setup:
                set_up(now, hedge.ready[v], person)
            at = opening(hedge.windows[v], at + setup)
            opens, closes = bounds(hedge.windows[v], at)
            late = serve(now, person, hedge.work[v], hedge.most[v], np.float32(opens), np.float32(closes))
            room.broken[i] = late if hedge.visit[v, PROMISED] else 0.0
            cost += goals.price * room.broken[i] + goals.steep * max(0.0, goals.floor - 1.0 + room.broken[i])
            at += hedge.visit[v, SERVICE]
            if cost > budget:
                return float(cost)
        room.at[i + 1], room.cost[i + 1] = at, cost
    over = overtime(room.clocks[count + 1], np.float32(hedge.vehicle[k, SOFT]))
    return float(cost + over * hedge.vehicle[k, OVERTIME] / HOUR)


@njit(cache=True)
def mark(hedge: Hedge, k: int, route: Longs, count: int, free: Longs, by: Longs) -> None:
    """When a route without its break is free before each leg at the earliest (`free`), and the latest that each of its
    visits, then the end, may begin (`by`): what no insertion can do without.
    """
    durations, start = hedge.durations[hedge.vehicle[k, SPEED]], hedge.vehicle[k, START]
    at, before = hedge.vehicle[k, EARLY], start
    free[0] = at
    for i in range(count):
        here = hedge.visit[route[i], PLACE]
        at += drive_of(durations, before, here) + setup_of(hedge.visit, start, route, i)
        at = opening(hedge.windows[route[i]], at) + hedge.visit[route[i], SERVICE]
        before, free[i + 1] = here, at
    latest, after, setup = hedge.vehicle[k, LATEST], hedge.vehicle[k, END], 0
    by[count] = latest
    for i in range(count - 1, -1, -1):
        here = hedge.visit[route[i], PLACE]
        latest -= setup + drive_of(durations, here, after) + hedge.visit[route[i], SERVICE]
        latest = closing(hedge.windows[route[i]], latest)
        by[i], after, setup = latest, here, setup_of(hedge.visit, start, route, i)


@njit(cache=True)
def detour(hedge: Hedge, k: int, route: Longs, count: int, v: int, position: int, free: Longs, by: Longs) -> int:
    """Seconds of detour when a visit may fit before `position` as far as `mark` can tell; -1 when it cannot."""
    durations, here = hedge.durations[hedge.vehicle[k, SPEED]], hedge.visit[v, PLACE]
    before = hedge.visit[route[position - 1], PLACE] if position else hedge.vehicle[k, START]
    after = hedge.visit[route[position], PLACE] if position < count else hedge.vehicle[k, END]
    there, onward = drive_of(durations, before, here), drive_of(durations, here, after)
    at = free[position] + there + (0 if before == here else hedge.visit[v, SETUP])
    at = opening(hedge.windows[v], at) + hedge.visit[v, SERVICE] + onward
    if position < count and after != here:
        at += hedge.visit[route[position], SETUP]
    return -1 if at > by[position] else max(0, there + onward - drive_of(durations, before, after))
