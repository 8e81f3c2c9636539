"""A kernel for fleets of one kind: two routes exchange what follows a stop (2-opt*).

J.-Y. Potvin and J.-M. Rousseau, "An exchange heuristic for routeing problems with time windows", Journal of the
Operational Research Society 46, 1995. Long routes need it: no string of ten visits reaches their tails.
"""

from __future__ import annotations

import math

from routing.flat import CAPACITY, COST, FIXED, LOADS, MOST_VISITS, NEAR, NEAR_END, SETUP, TIME, Facts
from routing.kernel import kernel
from routing.kernel_moves import chance, pick, save
from routing.kernel_route import refresh
from routing.state import (
    ARC,
    AT,
    CLOCKS,
    LENGTH,
    NEVER,
    POSITION,
    REMOVED_LIST,
    ROUTE,
    ROUTE_COST,
    VISIT,
    State,
)  # fmt: skip

CLOSEST = 20


@kernel
def exchange(facts: Facts, state: State, one: int, p: int, other: int, q: int) -> int:
    """Let route `one` go on after position p as `other` does from q, and the other way round.

    What both cost more than before; NEVER when they cannot be kept so.
    """
    before = state.total[0, one, ROUTE_COST] + state.total[0, other, ROUTE_COST]
    save(state, one)
    save(state, other)
    n, m = state.total[0, one, LENGTH], state.total[0, other, LENGTH]
    for i in range(p + 1, n + 1):
        state.room[REMOVED_LIST, i] = state.stops[0, one, i, VISIT]
    for i in range(q, m + 1):
        state.stops[0, one, p + 1 + i - q, VISIT] = state.stops[0, other, i, VISIT]
    for i in range(p + 1, n + 1):
        state.stops[0, other, q + i - p - 1, VISIT] = state.room[REMOVED_LIST, i]
    state.total[0, one, LENGTH] = p + m - q + 1
    state.total[0, other, LENGTH] = q - 1 + n - p
    if not refresh(facts, state, one) or not refresh(facts, state, other):
        return NEVER
    width = (facts.visit.shape[1] - LOADS) // 2
    for d in range(width):
        limit = facts.vehicle[one, CAPACITY + d]
        for k in (one, other):
            if state.load[0, k, state.total[0, k, LENGTH], width + d] > limit:
                return NEVER
    return int(state.total[0, one, ROUTE_COST] + state.total[0, other, ROUTE_COST] - before)


@kernel
def tails(facts: Facts, state: State, temperature: float) -> tuple[int, int, int, int, int]:
    """An exchange that lets a visit follow one near it: (route, position) twice, or -1; what it may not cost.

    Annealed as the rest is. Only drives are looked at here: what is late afterwards is seen by `exchange`.
    """
    nothing = -1, 0, -1, 0, 0
    stops, travel = state.stops, facts.travel
    v = pick(state, facts.visit.shape[0])
    nears = min(facts.visit[v, NEAR_END] - facts.visit[v, NEAR], CLOSEST)
    if nears == 0:
        return nothing
    u = facts.lists[facts.visit[v, NEAR] + pick(state, nears)]
    one, other = state.now[v, ROUTE], state.now[u, ROUTE]
    if one < 0 or other < 0 or one == other:
        return nothing
    p, q, n, m = (
        state.now[v, POSITION],
        state.now[u, POSITION],
        state.total[0, one, LENGTH],
        state.total[0, other, LENGTH],
    )
    most = min(stops.shape[2] - 2, facts.vehicle[one, MOST_VISITS])
    if p + m - q + 1 > most or q - 1 + n - p > most:
        return nothing
    cost, time = facts.vehicle[one, COST], facts.vehicle[one, TIME]
    here, there = stops[0, one, p, AT], stops[0, other, q, AT]
    before, after = stops[0, other, q - 1, AT], stops[0, one, p + 1, AT]
    extra = (
        travel[cost, here, there] + travel[cost, before, after] - stops[0, one, p + 1, ARC] - stops[0, other, q, ARC]
    )
    less = math.ceil(-temperature * math.log(chance(state) + 1e-300))
    if extra - facts.vehicle[one, FIXED] >= less:
        return nothing
    setup = facts.visit[u, SETUP] if here != there else 0
    if stops[0, one, p, CLOCKS] + travel[time, here, there] + setup > stops[0, other, q, CLOCKS + 1]:
        return nothing
    setup = facts.visit[stops[0, one, p + 1, VISIT], SETUP] if p < n and before != after else 0
    if stops[0, other, q - 1, CLOCKS] + travel[time, before, after] + setup > stops[0, one, p + 1, CLOCKS + 1]:
        return nothing
    return one, p, other, q, less
