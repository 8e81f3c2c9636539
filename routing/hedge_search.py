"""The search for robust routes: ruin a few strings of visits, recreate them where they cost least in expectation.

Ruin and acceptance after J. Christiaens and G. Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing
Problems", Transportation Science 54, 2020; costs are averages over sampled days (sample average approximation,
Kleywegt, Shapiro and Homem-de-Mello, SIAM Journal on Optimization 12, 2002).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from routing.hedge import FIRST, LAST, LOOSE, LOST, OPEN, SERVICE, Hedge, Longs, Reals
from routing.hedge_kernel import NO_BREAK, Goals, Room, detour, mark, planned_cost, set_out, walk

REMOVED = 8
LONGEST_STRING = 8
BLINK = 0.01
RETRIED_NEAR = 6
RETRIED_ANYWHERE = 2
RISKY = 0.4
OF_SO_MANY = 5

# Entries of Routes.sum.
COST, BEST = range(2)


class Routes(NamedTuple):
    """The routes of k vehicles, visits by position, and what they cost; `old` and `best` are copies to go back to.

    `visits`: k × longest; `length`, `cost`: k; `home`: n, the vehicle of a visit or -1; `free` and `by` of `mark`;
    `leg` of the break; `broken`, `clocks`, `at`, `spent`, `drives`: the `Room` of each route; `touched`: k, the
    iteration that changed a route last; `out`: room for the visits to insert.
    """

    visits: Longs
    length: Longs
    cost: NDArray[np.float64]
    home: Longs
    broken: Reals
    free: Longs
    by: Longs
    leg: Longs
    clocks: Reals
    at: Longs
    spent: NDArray[np.float64]
    drives: Longs
    touched: Longs
    old_visits: Longs
    old_length: Longs
    best_visits: Longs
    best_length: Longs
    sum: NDArray[np.float64]
    random: NDArray[np.uint64]
    out: Longs


@njit(cache=True)
def lot(random: NDArray[np.uint64]) -> float:
    """The next random number in [0, 1): xorshift64* (Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True)
def below(random: NDArray[np.uint64], n: int) -> int:
    """A random number from 0 to n - 1."""
    return min(n - 1, int(lot(random) * n))


@njit(cache=True)
def room_of(routes: Routes, k: int) -> Room:
    """Where the walk along a route is kept."""
    return Room(routes.clocks[k], routes.at[k], routes.spent[k], routes.drives[k], routes.broken[k])


@njit(cache=True)
def refresh(hedge: Hedge, goals: Goals, routes: Routes, k: int) -> None:
    """Walk a route again, and work out what it costs."""
    route, count, room = routes.visits[k], routes.length[k], room_of(routes, k)
    routes.cost[k], routes.leg[k] = 0.0, NO_BREAK
    mark(hedge, k, route, count, routes.free[k], routes.by[k])
    if count:
        cost, leg = planned_cost(hedge, k, route, count, room.drives)
        routes.cost[k], routes.leg[k] = cost, leg
        if cost < np.inf:
            set_out(hedge, k, route, leg, room)
            routes.cost[k] = cost + walk(hedge, goals, k, route, count, leg, room, 0, np.inf)


@njit(cache=True)
def first_changed(old: int, leg: int, position: int) -> int:
    """From which leg on the sampled days differ with one more visit before `position`: the break may have moved."""
    if old == leg and leg < 2 * position:
        return position
    return position if min(old, leg) >= 2 * position else 0


@njit(cache=True)
def touch(routes: Routes, k: int, stamp: int) -> None:
    """Keep a route as it is before this iteration changes it."""
    if routes.touched[k] != stamp:
        routes.touched[k] = stamp
        routes.old_visits[k] = routes.visits[k]
        routes.old_length[k] = routes.length[k]


@njit(cache=True)
def seed_visit(routes: Routes) -> int:
    """Where to ruin: around a risky visit, one left out, or any."""
    random, n = routes.random, routes.home.shape[0]
    choice, picked, worst = lot(random), below(random, n), -1.0
    if choice < RISKY:
        for _ in range(OF_SO_MANY):
            k = below(random, routes.length.shape[0])
            if routes.length[k]:
                i = below(random, routes.length[k])
                if routes.broken[k, i] > worst:
                    worst, picked = routes.broken[k, i], routes.visits[k, i]
    elif choice < 2 * RISKY:
        for _ in range(n):
            if routes.home[picked] < 0:
                break
            picked = below(random, n)
    return int(picked)


@njit(cache=True)
def cut(hedge: Hedge, routes: Routes, v: int, longest: int, many: int) -> int:
    """Take a string of visits around one out of its route; how many are out now."""
    k = routes.home[v]
    count, position = routes.length[k], 0
    while routes.visits[k, position] != v:
        position += 1
    length = 1 + below(routes.random, min(longest, count))
    first = max(0, min(position - below(routes.random, length), count - length))
    kept = 0
    for i in range(count):
        u = routes.visits[k, i]
        if first <= i < first + length and hedge.visit[u, LOOSE]:
            routes.out[many], routes.home[u] = u, -1
            many += 1
        else:
            routes.visits[k, kept] = u
            kept += 1
    routes.length[k] = kept
    return many


@njit(cache=True)
def ruin(hedge: Hedge, goals: Goals, routes: Routes, seed: int, stamp: int) -> int:
    """Remove strings of visits from routes near a seed; how many are out."""
    used = max(1, (routes.length > 0).sum())
    longest = max(1.0, min(LONGEST_STRING, (routes.home >= 0).sum() / used))
    strings = 1 + below(routes.random, max(1, int(4 * REMOVED / (1 + longest) - 1)))
    many = 0
    for j in range(hedge.near.shape[1]):
        k = routes.home[hedge.near[seed, j]]
        if k < 0 or not hedge.vehicle[k, OPEN] or routes.touched[k] == stamp:
            continue
        touch(routes, k, stamp)
        many = cut(hedge, routes, hedge.near[seed, j], int(longest), many)
        refresh(hedge, goals, routes, k)
        strings -= 1
        if strings == 0:
            break
    return many


@njit(cache=True)
def retried(hedge: Hedge, routes: Routes, seed: int, many: int) -> int:
    """Add visits that were left out before, some near the seed and some from anywhere; how many are out."""
    near, removed = hedge.near.shape[1], many
    for j in range(near + RETRIED_ANYWHERE):
        if j < near and many - removed >= RETRIED_NEAR:
            continue
        v = hedge.near[seed, j] if j < near else below(routes.random, routes.home.shape[0])
        if routes.home[v] < 0 and hedge.visit[v, LOOSE] and many < routes.out.shape[0]:
            known = False
            for i in range(many):
                known = known or routes.out[i] == v
            if not known:
                routes.out[many] = v
                many += 1
    return many


@njit(cache=True)
def shuffle(hedge: Hedge, routes: Routes, many: int) -> None:
    """The order of insertion: mostly any, sometimes the most important, the earliest or the latest first."""
    out, choice = routes.out, lot(routes.random)
    for i in range(many - 1, 0, -1):
        j = below(routes.random, i + 1)
        out[i], out[j] = out[j], out[i]
    if choice < 0.5:
        return
    for i in range(1, many):
        j = i
        while j > 0 and rank(hedge, choice, out[j]) < rank(hedge, choice, out[j - 1]):
            out[j], out[j - 1] = out[j - 1], out[j]
            j -= 1


@njit(cache=True)
def rank(hedge: Hedge, choice: float, v: int) -> int:
    if choice < 0.7:
        return -int(hedge.visit[v, LOST])
    return int(hedge.windows[v, 0, 0]) if choice < 0.85 else -int(hedge.windows[v, 0, 0])


@njit(cache=True)
def longer_cost(
    hedge: Hedge, goals: Goals, routes: Routes, room: Room, trial: Longs, k: int, position: int, bound: float
) -> float:  # fmt: skip
    """What a route costs with the visit that `trial` has at `position`; infinite when a rule breaks or over `bound`."""
    count = routes.length[k] + 1
    cost, leg = planned_cost(hedge, k, trial, count, room.drives)
    if cost >= bound:
        return np.inf
    first = first_changed(routes.leg[k], leg, position)
    if first == 0:
        set_out(hedge, k, trial, leg, room)
    else:
        room.clocks[first] = routes.clocks[k, first]
        room.at[first], room.cost[first] = routes.at[k, first], routes.spent[k, first]
    cost += walk(hedge, goals, k, trial, count, leg, room, first, bound - cost)
    return float(cost) if cost < bound else np.inf


@njit(cache=True)
def insert(hedge: Hedge, goals: Goals, routes: Routes, room: Room, trial: Longs, v: int, stamp: int) -> None:
    """Put a visit where it adds least to the expected cost; leave it out when that is cheaper."""
    best, vehicle, place = float(hedge.visit[v, LOST]), -1, 0
    opens, closes = hedge.visit[v, FIRST] + hedge.visit[v, SERVICE], hedge.visit[v, LAST]
    for j in range(hedge.able_from[v], hedge.able_from[v + 1]):
        k = hedge.able[j]
        count, route = routes.length[k], routes.visits[k]
        if not hedge.vehicle[k, OPEN] or count + 2 > trial.shape[0]:
            continue
        for position in range(count + 1):
            if routes.by[k, position] < opens:
                continue
            if routes.free[k, position] > closes:
                break
            more = detour(hedge, k, route, count, v, position, routes.free[k], routes.by[k])
            if more < 0 or more + hedge.assign[v, k] >= best or lot(routes.random) < BLINK:
                continue
            for i in range(count):
                trial[i + (i >= position)] = route[i]
            trial[position] = v
            cost = longer_cost(hedge, goals, routes, room, trial, k, position, routes.cost[k] + best)
            if cost < np.inf:
                best, vehicle, place = cost - routes.cost[k], k, position
    if vehicle >= 0:
        put(hedge, goals, routes, vehicle, place, v, stamp)


@njit(cache=True)
def put(hedge: Hedge, goals: Goals, routes: Routes, k: int, place: int, v: int, stamp: int) -> None:
    """Put a visit into a route."""
    touch(routes, k, stamp)
    for i in range(routes.length[k], place, -1):
        routes.visits[k, i] = routes.visits[k, i - 1]
    routes.visits[k, place], routes.home[v] = v, k
    routes.length[k] += 1
    refresh(hedge, goals, routes, k)


@njit(cache=True)
def total(hedge: Hedge, routes: Routes) -> float:
    """What all routes cost, and what is left out."""
    cost = routes.cost.sum()
    for v in range(routes.home.shape[0]):
        if routes.home[v] < 0:
            cost += hedge.visit[v, LOST]
    return float(cost)


@njit(cache=True)
def undo(hedge: Hedge, goals: Goals, routes: Routes, many: int, stamp: int) -> None:
    """Go back to the routes before this iteration."""
    for i in range(many):
        routes.home[routes.out[i]] = -1
    for k in range(routes.length.shape[0]):
        if routes.touched[k] == stamp:
            routes.visits[k], routes.length[k] = routes.old_visits[k], routes.old_length[k]
            refresh(hedge, goals, routes, k)
            for i in range(routes.length[k]):
                routes.home[routes.visits[k, i]] = k


@njit(cache=True)
def keep_best(routes: Routes) -> None:
    routes.best_visits[:] = routes.visits
    routes.best_length[:] = routes.length
    routes.sum[BEST] = routes.sum[COST]


@njit(cache=True)
def search(
    hedge: Hedge, goals: Goals, routes: Routes, room: Room, first: int, iterations: int, temperature: float
) -> None:  # fmt: skip
    """Some iterations, numbered from `first`, at one temperature (seconds of travel); none yet: cost the routes first.

    A route that breaks a rule here (these are stricter for loads) is left alone.
    """
    trial = np.zeros(routes.visits.shape[1], np.int64)
    for k in range(routes.length.shape[0] if first == 0 else 0):
        refresh(hedge, goals, routes, k)
        if math.isinf(routes.cost[k]):
            hedge.vehicle[k, OPEN], routes.cost[k] = 0, 0.0
    if first == 0:
        routes.sum[COST] = total(hedge, routes)
        keep_best(routes)
    for stamp in range(first, first + iterations):
        seed = seed_visit(routes)
        many = retried(hedge, routes, seed, ruin(hedge, goals, routes, seed, stamp))
        shuffle(hedge, routes, many)
        for i in range(many):
            insert(hedge, goals, routes, room, trial, routes.out[i], stamp)
        cost = total(hedge, routes)
        if cost < routes.sum[COST] - temperature * math.log(max(1e-12, lot(routes.random))):
            routes.sum[COST] = cost
            if cost < routes.sum[BEST] - 1e-6:
                keep_best(routes)
        else:
            undo(hedge, goals, routes, many, stamp)
