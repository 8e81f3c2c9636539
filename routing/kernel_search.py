"""The search: ruin a few strings of visits, recreate them greedily, accept as simulated annealing does.

Slack induction by string removals (J. Christiaens and G. Vanden Berghe, "Slack Induction by String Removals for Vehicle
Routing Problems", Transportation Science 54, 2020), over routes of unlike technicians with visits that may be left out.
"""

from __future__ import annotations

import math

import numpy as np

from routing.flat import ABLE, ABLE_END, BARRED, CLOSE, CLOSE_END, FROZEN, KIND, NEAR, NEAR_END, Facts
from routing.kernel import entry, inlined, kernel
from routing.kernel_moves import account, chance, changed, cut, keep, pick, put, remember, restore, save, settle
from routing.kernel_route import best_place, refresh
from routing.kernel_tails import exchange, tails
from routing.state import (
    ALIKE,
    BEST_COST,
    BEST_LOST,
    CHANGED,
    COST_SUM,
    IS_TOUCHED,
    LENGTH,
    LOST_SUM,
    MOST_CHANGED,
    NEVER,
    OUT,
    OUT_AT,
    OUT_LIST,
    POOLED,
    POSITION,
    REMOVED_LIST,
    ROUTE,
    ROUTE_COST,
    SEED,
    SEEN,
    SEEN_KIND,
    SPARE,
    STAMP,
    TOUCHED,
    TOUCHED_LIST,
    VERSION,
    VISIT,
    Pool,
    State,
)

REMOVED = 10
LONGEST_STRING = 10
SPLIT = 0.5
DEEPER = 0.01
BLINK = 0.03
FILLED = 80
RETRIED = 4
FEW_NEIGHBOURS = 40
PROPOSALS = 10


@inlined
def remove_string(state: State, k: int, frozen: int, at: int, longest: float, removed: int) -> int:
    """Remove consecutive visits around position `at` after the frozen ones, or all but a few in their middle."""
    free = state.total[0, k, LENGTH] - frozen
    length = int(chance(state) * min(float(free), longest) + 1.0)
    kept = 0
    if 1 < length < free and chance(state) < SPLIT:
        kept = 1
        while length + kept < free and chance(state) < DEEPER:
            kept += 1
    span = length + kept
    first, last = max(1, at - span + 1), min(at, free - span + 1)
    start = frozen + first + pick(state, last - first + 1)
    hole = start + 1 + pick(state, length - 1) if kept else start + span
    save(state, k)
    for p in range(start, start + span):
        if p < hole or p >= hole + kept:
            state.room[REMOVED_LIST, removed] = state.stops[0, k, p, VISIT]
            removed += 1
    if kept:
        cut(state, k, hole + kept, start + span - hole - kept)
        cut(state, k, start, hole - start)
    else:
        cut(state, k, start, span)
    return removed


@kernel
def uproot(facts: Facts, state: State) -> int:
    """Remove strings of visits from routes near a seed, to be refreshed afterwards; how many visits were removed."""
    count = state.tally
    n, out = facts.visit.shape[0], count[OUT]
    if out == n:
        return 0
    seed = pick(state, n)
    if out and chance(state) < min(0.4, 0.03 * out):
        seed = state.room[OUT_LIST, pick(state, out)]
    count[SEED] = seed
    routes = 0
    for k in range(state.total.shape[1]):
        routes += state.total[0, k, LENGTH] > 0
    longest = min(float(LONGEST_STRING), (n - out) / routes)
    wanted = int(chance(state) * (4.0 * REMOVED / (1.0 + longest) - 1.0) + 1.0)
    removed = 0
    for i in range(facts.visit[seed, NEAR] - 1, facts.visit[seed, NEAR_END]):
        v = seed if i < facts.visit[seed, NEAR] else facts.lists[i]
        k = state.now[v, ROUTE]
        if k < 0 or state.total[0, k, IS_TOUCHED]:
            continue
        frozen = facts.vehicle[k, FROZEN]
        if state.now[v, POSITION] > frozen:
            removed = remove_string(state, k, frozen, state.now[v, POSITION] - frozen, longest, removed)
            wanted -= 1
            if wanted == 0:
                break
    for i in range(removed):
        state.now[state.room[REMOVED_LIST, i], ROUTE] = -1
    return removed


@kernel
def refresh_touched(facts: Facts, state: State) -> None:
    """Work the touched routes out anew."""
    for i in range(state.tally[TOUCHED]):
        refresh(facts, state, state.room[TOUCHED_LIST, i])


@kernel
def arrange(state: State, many: int) -> None:
    """The order in which visits are inserted: at random, or the hardest, farthest or nearest first."""
    draw = pick(state, 12)
    for i in range(many):
        v = state.room[REMOVED_LIST, i]
        if draw < 6:
            key = chance(state)
        elif draw < 9:
            key = state.order[1, v]
        elif draw < 11:
            key = state.order[2, v]
        else:
            key = -state.order[2, v]
        j = i
        while j > 0 and state.order[0, j - 1] > key:
            state.order[0, j] = state.order[0, j - 1]
            state.room[REMOVED_LIST, j] = state.room[REMOVED_LIST, j - 1]
            j -= 1
        state.order[0, j] = key
        state.room[REMOVED_LIST, j] = v


@inlined
def look_up(facts: Facts, state: State, v: int, k: int) -> int:
    """The cost of v's best place in route k, from the last time if the route is the same."""
    if state.cached[v, k, 0] != state.total[0, k, VERSION]:
        frozen = min(facts.vehicle[k, FROZEN], state.total[0, k, LENGTH])
        cost, position, _ = best_place(facts, state, v, k, frozen)
        state.cached[v, k, 0] = state.total[0, k, VERSION]
        state.cached[v, k, 1] = cost
        state.cached[v, k, 2] = position
    return int(state.cached[v, k, 1])


@inlined
def insert(facts: Facts, state: State, v: int, few: bool) -> None:
    """Insert v where it is cheapest, or leave it out when it fits nowhere. With `few` only touched routes are tried."""
    count, total = state.tally, state.total
    count[STAMP] += 1
    near, close, last = facts.visit[v, NEAR], facts.visit[v, CLOSE], facts.visit[v, ABLE_END]
    nears, closes = min(facts.visit[v, NEAR_END] - near, FEW_NEIGHBOURS), facts.visit[v, CLOSE_END] - close
    tries = last - facts.visit[v, ABLE]
    if few:
        tries = count[TOUCHED]
    elif closes:
        tries += nears + closes
    else:
        nears = 0
    best, route, alone = NEVER, -1, False
    for i in range(tries):
        if few:
            k = state.room[TOUCHED_LIST, i]
        elif i < nears:
            k = state.now[facts.lists[near + i], ROUTE]
        elif i < nears + closes:
            k = facts.lists[close + i - nears]
        else:
            k = facts.lists[last - 1 - (i - nears - closes)]
            if closes and count[ALIKE] and total[0, count[SPARE], LENGTH] == 0:
                k = count[SPARE]
            if closes and total[0, k, LENGTH]:
                continue
        if k < 0 or total[0, k, SEEN] == count[STAMP]:
            continue
        total[0, k, SEEN] = count[STAMP]
        if facts.assign[v, k] >= BARRED:
            continue
        if total[0, k, LENGTH] == 0:
            # Of like vehicles without visits one is as good as the other.
            kind = facts.vehicle[k, KIND]
            if total[0, kind, SEEN_KIND] == count[STAMP]:
                continue
            total[0, kind, SEEN_KIND] = count[STAMP]
            alone = closes > 0 and count[ALIKE] > 0
            count[SPARE] = k
        if chance(state) >= BLINK:
            cost = look_up(facts, state, v, k)
            if cost < best:
                best, route = cost, k
        if alone and i >= nears + closes:
            break
    if route >= 0:
        save(state, route)
        put(state, v, route, state.cached[v, route, 2])
        refresh(facts, state, route)
    account(facts, state, v)


@kernel
def gather(state: State, removed: int) -> int:
    """Add some visits left out to the removed ones, in the order in which to insert them; how many there are now.

    Few, with the seed of the ruin if it is one: to press in all there are makes routes that are full and long.
    """
    many, out = removed, state.tally[OUT]
    if out:
        first = state.now[state.tally[SEED], OUT_AT]
        if first < 0 or removed == 0:
            first = pick(state, out)
        for i in range(min(out, RETRIED if removed else FILLED)):
            state.room[REMOVED_LIST, many] = state.room[OUT_LIST, (first + i) % out]
            many += 1
    arrange(state, many)
    return many


@kernel
def recreate(facts: Facts, state: State, removed: int) -> int:
    """Insert the removed visits, and retry those left out where routes changed; how many were tried."""
    many = gather(state, removed)
    for i in range(many):
        v = state.room[REMOVED_LIST, i]
        insert(facts, state, v, removed > 0 and state.now[v, OUT_AT] >= 0)
    return many


@kernel
def collect(facts: Facts, state: State, pool: Pool) -> None:
    """Add the touched routes to the pool; of two with the same visits and vehicle the cheaper is kept."""
    size, width, count, vehicle = pool.table.shape[0], pool.visits.shape[1], state.tally, facts.vehicle
    for i in range(count[TOUCHED]):
        k = state.room[TOUCHED_LIST, i]
        n = state.total[0, k, LENGTH]
        if n == 0 or n > width:
            continue
        key = np.uint64(vehicle[k, KIND] + 1) * np.uint64(11400714819323198485)
        for p in range(1, n + 1):
            key ^= pool.keys[state.stops[0, k, p, VISIT]]
        name = np.int64(key >> np.uint64(1))
        at = np.int64(key & np.uint64(size - 1))
        while pool.table[at] >= 0 and pool.info[pool.table[at], 3] != name:
            at = (at + 1) & (size - 1)
        entry = pool.table[at]
        if entry < 0:
            if count[POOLED] >= pool.info.shape[0]:
                return
            entry = count[POOLED]
            count[POOLED] += 1
            pool.table[at] = entry
        elif pool.info[entry, 1] <= state.total[0, k, ROUTE_COST]:
            continue
        pool.info[entry, 0], pool.info[entry, 1] = k, state.total[0, k, ROUTE_COST]
        pool.info[entry, 2], pool.info[entry, 3] = n, name
        for p in range(n):
            pool.visits[entry, p] = state.stops[0, k, p + 1, VISIT]


@kernel
def accepts(
    facts: Facts, state: State, pool: Pool, before: int, temperature: float, margin: int, filling: bool
) -> bool:
    """Whether to go on from the changed routes, which cost `before` in all; if they are good they are pooled."""
    count = state.tally
    now = count[LOST_SUM] + count[COST_SUM]
    for i in range(count[TOUCHED]):
        now += state.total[0, state.room[TOUCHED_LIST, i], ROUTE_COST]
    if not filling and now >= before - temperature * math.log(chance(state) + 1e-300):
        return False
    if count[MOST_CHANGED] >= 0:
        changes = changed(facts, state)
        if not filling and changes > max(count[MOST_CHANGED], count[CHANGED]):
            return False
        count[CHANGED] = changes
    if now < before and now <= count[BEST_LOST] + count[BEST_COST] + margin:
        collect(facts, state, pool)
    return True


@kernel
def note(state: State) -> None:
    """Remember the present routes if they are the best so far."""
    lost, cost = state.tally[LOST_SUM], state.tally[COST_SUM]
    if lost < state.tally[BEST_LOST] or (lost == state.tally[BEST_LOST] and cost < state.tally[BEST_COST]):
        remember(state)


@entry
def search(
    facts: Facts, state: State, pool: Pool, fills: int, iterations: int, temperature: float, cooling: float, margin: int
) -> float:
    """Recreate `fills` times whatever comes, then ruin and recreate so often; the temperature after it.

    Routes of plans within `margin` of the best are pooled.
    """
    count = state.tally
    for i in range(fills + iterations):
        filling = i < fills
        if count[ALIKE]:
            for _ in range(PROPOSALS):
                one, p, other, q, less = tails(facts, state, temperature)
                if one < 0:
                    continue
                if exchange(facts, state, one, p, other, q) < less:
                    keep(state)
                    note(state)
                else:
                    restore(state)
        before = count[LOST_SUM] + count[COST_SUM]
        removed = 0 if filling else uproot(facts, state)
        refresh_touched(facts, state)
        many = recreate(facts, state, removed)
        if accepts(facts, state, pool, before, temperature, margin, filling):
            keep(state)
            note(state)
        else:
            for j in range(many):
                state.now[state.room[REMOVED_LIST, j], ROUTE] = -1
            restore(state)
            for j in range(many):
                settle(facts, state, state.room[REMOVED_LIST, j])
        temperature *= cooling
    return temperature
