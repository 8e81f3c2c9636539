"""Kernels that change routes and can take the change back: what was touched is saved first, once an iteration."""

from __future__ import annotations

import numpy as np

from routing.flat import LOST, TOLD, WINDOW, WINDOWS, Facts
from routing.kernel import entry, inlined, kernel
from routing.kernel_route import refresh
from routing.state import (
    BEST_COST,
    BEST_LOST,
    COST_SUM,
    EARLIEST,
    IMPROVED,
    IS_TOUCHED,
    LATEST_START,
    LENGTH,
    LOST_SUM,
    OUT,
    OUT_AT,
    OUT_LIST,
    POSITION,
    RANDOM,
    ROUTE,
    ROUTE_COST,
    SEEN,
    TOUCHED,
    TOUCHED_LIST,
    VISIT,
    State,
)


@inlined
def chance(state: State) -> float:
    """The next random number in [0, 1): xorshift64* (S. Vigna, ACM Trans. Math. Software 42, 2016)."""
    x = np.uint64(state.tally[RANDOM])
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state.tally[RANDOM] = np.int64(x)
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def pick(state: State, n: int) -> int:
    """A random number of 0 to n - 1."""
    return int(chance(state) * n)


@inlined
def copy_route(state: State, k: int, source: int, target: int) -> None:
    """All that is known of route k, from `source` (0 now, 1 before) to `target`."""
    n = state.total[source, k, LENGTH]
    for c in range(SEEN):
        state.total[target, k, c] = state.total[source, k, c]
    for p in range(n + 2):
        for c in range(state.stops.shape[3]):
            state.stops[target, k, p, c] = state.stops[source, k, p, c]
    if state.load.shape[3]:
        for p in range(n + 1):
            for c in range(state.load.shape[3]):
                state.load[target, k, p, c] = state.load[source, k, p, c]


@inlined
def save(state: State, k: int) -> None:
    """Remember route k as it is; the sum of costs goes on without it."""
    if state.total[0, k, IS_TOUCHED]:
        return
    state.total[0, k, IS_TOUCHED] = 1
    state.room[TOUCHED_LIST, state.tally[TOUCHED]] = k
    state.tally[TOUCHED] += 1
    state.tally[COST_SUM] -= state.total[0, k, ROUTE_COST]
    copy_route(state, k, 0, 1)


@kernel
def keep(state: State) -> None:
    """The touched routes are as they shall be."""
    for i in range(state.tally[TOUCHED]):
        k = state.room[TOUCHED_LIST, i]
        state.total[0, k, IS_TOUCHED] = 0
        state.tally[COST_SUM] += state.total[0, k, ROUTE_COST]
    state.tally[TOUCHED] = 0


@kernel
def restore(state: State) -> None:
    """Make the touched routes what they were; visits in none of them must have been marked so before."""
    for i in range(state.tally[TOUCHED]):
        k = state.room[TOUCHED_LIST, i]
        copy_route(state, k, 1, 0)
        for p in range(1, state.total[0, k, LENGTH] + 1):
            v = state.stops[0, k, p, VISIT]
            state.now[v, ROUTE], state.now[v, POSITION] = k, p
    keep(state)


@inlined
def cut(state: State, k: int, first: int, many: int) -> None:
    """Take `many` visits from position `first` out of route k (which must be refreshed afterwards)."""
    n = state.total[0, k, LENGTH]
    for p in range(first, n + 1 - many):
        v = state.stops[0, k, p + many, VISIT]
        state.stops[0, k, p, VISIT] = v
        state.now[v, POSITION] = p
    state.total[0, k, LENGTH] = n - many


@inlined
def put(state: State, v: int, k: int, position: int) -> None:
    """Insert v after `position` into route k (which must be saved before and refreshed afterwards)."""
    n = state.total[0, k, LENGTH]
    for p in range(n, position, -1):
        state.stops[0, k, p + 1, VISIT] = state.stops[0, k, p, VISIT]
    state.stops[0, k, position + 1, VISIT] = v
    state.total[0, k, LENGTH] = n + 1
    state.now[v, ROUTE], state.now[v, POSITION] = k, position + 1


@inlined
def account(facts: Facts, state: State, v: int) -> None:
    """Make v count as left out exactly when it is in no route."""
    count = state.tally
    at = state.now[v, OUT_AT]
    if state.now[v, ROUTE] < 0 and at < 0:
        state.now[v, OUT_AT] = count[OUT]
        state.room[OUT_LIST, count[OUT]] = v
        count[OUT] += 1
        count[LOST_SUM] += facts.visit[v, LOST]
    elif state.now[v, ROUTE] >= 0 and at >= 0:
        count[OUT] -= 1
        last = state.room[OUT_LIST, count[OUT]]
        state.room[OUT_LIST, at] = last
        state.now[last, OUT_AT] = at
        state.now[v, OUT_AT] = -1
        count[LOST_SUM] -= facts.visit[v, LOST]


@kernel
def free_window(facts: Facts, state: State, v: int) -> None:
    """The visit's own windows are in force again."""
    first, many = facts.visit[v, WINDOW], facts.visit[v, WINDOWS]
    state.now[v, EARLIEST] = facts.rows[first, 0]
    state.now[v, LATEST_START] = facts.rows[first + many - 1, 1]


@entry
def begin_with_best(facts: Facts, state: State) -> None:
    """The routes are those in `best`, whatever they were; all other visits are left out."""
    routes = state.total.shape[1]
    for sum_of in (OUT, TOUCHED, LOST_SUM, COST_SUM):
        state.tally[sum_of] = 0
    for v in range(facts.visit.shape[0]):
        state.now[v, ROUTE] = -1
        state.now[v, OUT_AT] = -1
    at = routes
    for k in range(routes):
        for p in range(1, state.best[k] + 1):
            state.stops[0, k, p, VISIT] = state.best[at]
            at += 1
        state.total[0, k, LENGTH] = state.best[k]
        refresh(facts, state, k)
        state.tally[COST_SUM] += state.total[0, k, ROUTE_COST]
    for v in range(facts.visit.shape[0]):
        account(facts, state, v)


@kernel
def remember(state: State) -> None:
    """Keep the present routes as the best."""
    routes = state.total.shape[1]
    at = routes
    for k in range(routes):
        n = state.total[0, k, LENGTH]
        state.best[k] = n
        for p in range(1, n + 1):
            state.best[at] = state.stops[0, k, p, VISIT]
            at += 1
    state.tally[BEST_LOST] = state.tally[LOST_SUM]
    state.tally[BEST_COST] = state.tally[COST_SUM]
    state.tally[IMPROVED] += 1


@kernel
def changed(facts: Facts, state: State) -> int:
    """How many published visits have another vehicle than was published, or none."""
    found = 0
    for v in range(facts.visit.shape[0]):
        if facts.visit[v, TOLD] >= 0 and state.now[v, ROUTE] != facts.visit[v, TOLD]:
            found += 1
    return found


@kernel
def settle(facts: Facts, state: State, v: int) -> None:
    """`account`, called: for where it is not worth a copy of it."""
    account(facts, state, v)
