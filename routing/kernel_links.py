"""Kernels for visits joined by links: a group is taken out and inserted as a whole, but for what is frozen.

A link ties two routes together. To keep every other step local, the visits of a group get narrower windows when they
are inserted (partners one instant, a visit and what comes after it an instant between them), so that each route can go
on changing by itself; the windows are chosen anew whenever the group is inserted again.
"""

from __future__ import annotations

from routing.flat import (
    ABLE,
    ABLE_END,
    BARRED,
    BEFORE,
    COST,
    COST_TO,
    FROZEN,
    GROUP,
    KIND,
    NODE,
    SAME_ROUTE,
    SAME_START,
    SERVICE,
    Facts,
)
from routing.kernel import kernel
from routing.kernel_moves import chance, cut, free_window, put, save, settle
from routing.kernel_route import best_place, refresh
from routing.state import (
    ARC,
    AT,
    CLOCKS,
    EARLIEST,
    IS_TOUCHED,
    LATEST_START,
    LENGTH,
    NEVER,
    OLD_EARLIEST,
    OLD_LATEST,
    POSITION,
    REMOVED_LIST,
    ROUTE,
    ROUTE_COST,
    SEEN_KIND,
    STAMP,
    VERSION,
    State,
)

SKIP = 0.1


@kernel
def is_frozen(facts: Facts, state: State, v: int) -> bool:
    """Whether v stands in the frozen head of a route."""
    k = state.now[v, ROUTE]
    return bool(k >= 0 and state.now[v, POSITION] <= facts.vehicle[k, FROZEN])


@kernel
def pull(facts: Facts, state: State, v: int) -> int:
    """Take v out of its route, if it is in one, which must be refreshed afterwards; which one, else -1."""
    k = state.now[v, ROUTE]
    if k >= 0:
        save(state, k)
        cut(state, k, state.now[v, POSITION], 1)
        state.now[v, ROUTE] = -1
    free_window(facts, state, v)
    return int(k)


@kernel
def withdraw(facts: Facts, state: State, v: int) -> None:
    """Leave v, which may have been inserted, out."""
    k = pull(facts, state, v)
    if k >= 0:
        refresh(facts, state, k)


@kernel
def remove_group(facts: Facts, state: State, g: int, removed: int) -> int:
    """Pull all placed visits of group g out and note them among the removed ones; how many these are now."""
    for i in range(facts.rows[g, 0], facts.rows[g, 1]):
        v = facts.lists[i]
        if not is_frozen(facts, state, v) and pull(facts, state, v) >= 0:
            state.room[REMOVED_LIST, removed] = v
            removed += 1
    return removed


@kernel
def start_range(facts: Facts, state: State, v: int) -> tuple[int, int]:
    """The earliest and the latest start of a placed visit, the rest of its route as it is."""
    k, p, masks = state.now[v, ROUTE], state.now[v, POSITION], state.clock.shape[1]
    earliest, latest = NEVER, -NEVER
    for taken in range(masks):
        leave = state.stops[0, k, p, CLOCKS + taken]
        if leave < NEVER:
            earliest = min(earliest, leave - facts.visit[v, SERVICE])
        latest = max(latest, state.stops[0, k, p, CLOCKS + masks + taken])
    return earliest, latest


@kernel
def hold(facts: Facts, state: State, v: int, earliest: int, latest: int) -> bool:
    """Narrow the window of a placed visit, or leave it and say False when its route cannot keep that."""
    k, old_earliest, old_latest = state.now[v, ROUTE], state.now[v, EARLIEST], state.now[v, LATEST_START]
    save(state, k)
    state.now[v, EARLIEST], state.now[v, LATEST_START] = earliest, latest
    kept = refresh(facts, state, k)
    if not kept:
        state.now[v, EARLIEST], state.now[v, LATEST_START] = old_earliest, old_latest
        refresh(facts, state, k)
    return kept


@kernel
def route_of_others(facts: Facts, state: State, g: int, b: int) -> int:
    """The route of what has to come before b on the same one; -1 when nothing is placed yet."""
    for e in range(facts.rows[g, 2], facts.rows[g, 3]):
        if facts.rows[e, 0] == SAME_ROUTE and facts.rows[e, 2] == b and state.now[facts.rows[e, 1], ROUTE] >= 0:
            return int(state.now[facts.rows[e, 1], ROUTE])
    return -1


@kernel
def bounds(facts: Facts, state: State, g: int, v: int) -> tuple[int, int, int, int]:
    """(earliest, latest, route, position) of v by its links to placed visits: it must come after that position there.

    The earliest is after the latest when there is no such time, the route is -1 when it may be any. What comes before
    v may begin later than it has to: how much of that v leaves it is left to chance.
    """
    earliest, latest, route, first = state.now[v, EARLIEST], state.now[v, LATEST_START], -1, 0
    for e in range(facts.rows[g, 2], facts.rows[g, 3]):
        kind, a, b, delay = facts.rows[e, 0], facts.rows[e, 1], facts.rows[e, 2], facts.rows[e, 3]
        if v not in (a, b):
            continue
        other = a + b - v
        needed, begins, ends = -1, 0, 0
        if state.now[other, ROUTE] >= 0:
            begins, ends = start_range(facts, state, other)
            if kind == SAME_START:
                earliest, latest = max(earliest, begins), min(latest, ends)
            elif v == a:
                # What comes after is placed already, so it is frozen and nothing can be put before it.
                latest = min(latest, begins - facts.visit[v, SERVICE] - delay) if kind != SAME_ROUTE else -NEVER
            elif kind == SAME_ROUTE:
                needed, first = state.now[a, ROUTE], max(first, state.now[a, POSITION])
                earliest = max(earliest, begins + facts.visit[a, SERVICE] + delay)
            else:
                until = begins + max(0, int((ends - begins) * (1.5 * chance(state) - 0.5)))
                earliest = max(earliest, until + facts.visit[a, SERVICE] + delay)
        elif v == b:
            latest = -NEVER
        elif kind == SAME_ROUTE:
            needed = route_of_others(facts, state, g, b)
        if needed >= 0 and route >= 0 and needed != route:
            latest = -NEVER
        route = max(route, needed)
    return earliest, latest, route, first


@kernel
def meets(facts: Facts, state: State, g: int, v: int, k: int) -> bool:
    """Whether somebody who begins together with v is on route k."""
    for e in range(facts.rows[g, 2], facts.rows[g, 3]):
        a, b = facts.rows[e, 1], facts.rows[e, 2]
        if facts.rows[e, 0] == SAME_START and v in (a, b) and state.now[a + b - v, ROUTE] == k:
            return True
    return False


@kernel
def tie(facts: Facts, state: State, g: int, v: int, start: int) -> bool:
    """Hold v, just inserted to begin at `start`, and those it is linked to, so that their routes can change."""
    for e in range(facts.rows[g, 2], facts.rows[g, 3]):
        kind, a, b, delay = facts.rows[e, 0], facts.rows[e, 1], facts.rows[e, 2], facts.rows[e, 3]
        if v not in (a, b) or state.now[a + b - v, ROUTE] < 0:
            continue
        other = a + b - v
        if kind == SAME_START:
            # With breaks the starts that can be kept may have holes: then they have to look again.
            if not hold(facts, state, v, start, start) or not hold(facts, state, other, start, start):
                return False
        elif v == b and (delay or kind != SAME_ROUTE):
            until = min(state.now[a, LATEST_START], start - facts.visit[a, SERVICE] - delay)
            if not hold(facts, state, v, start, state.now[v, LATEST_START]):
                return False
            if not hold(facts, state, a, state.now[a, EARLIEST], until):
                return False
    return True


@kernel
def best_linked(facts: Facts, state: State, v: int, k: int, first: int) -> tuple[int, int, int]:
    """`best_place`, called: for where it is not worth a copy of it."""
    return best_place(facts, state, v, k, first)


@kernel
def place_linked(facts: Facts, state: State, g: int, v: int) -> bool:
    """Insert one visit of group g at a time its links to placed ones allow; False when there is none."""
    earliest, latest, only, after = bounds(facts, state, g, v)
    if earliest > latest:
        return False
    state.now[v, EARLIEST], state.now[v, LATEST_START] = earliest, latest
    best, route, position, start = NEVER, -1, -1, NEVER
    for i in range(facts.visit[v, ABLE], facts.visit[v, ABLE_END]):
        k = facts.lists[i]
        if (only >= 0 and only != k) or meets(facts, state, g, v, k) or (only < 0 and chance(state) < SKIP):
            continue
        first = max(after, min(facts.vehicle[k, FROZEN], state.total[0, k, LENGTH]))
        cost, p, at = best_linked(facts, state, v, k, first)
        if cost < best:
            best, route, position, start = cost, k, p, at
    if route < 0:
        return False
    save(state, route)
    put(state, v, route, position)
    return hold(facts, state, v, earliest, latest) and tie(facts, state, g, v, start)


@kernel
def try_pair(facts: Facts, state: State, a: int, b: int, delay: int, k: int, p: int) -> tuple[int, int]:
    """(cost, position) of b's best place after a, a being put into route k after position p; the route stays."""
    version, cost = state.total[0, k, VERSION], state.total[0, k, ROUTE_COST]
    open_from, best, position = state.now[b, EARLIEST], NEVER, -1
    put(state, a, k, p)
    if refresh(facts, state, k):
        begins, _ = start_range(facts, state, a)
        state.now[b, EARLIEST] = max(open_from, begins + facts.visit[a, SERVICE] + delay)
        extra, position, _ = best_linked(facts, state, b, k, p + 1)
        if extra < NEVER:
            best = extra + state.total[0, k, ROUTE_COST] - cost
        state.now[b, EARLIEST] = open_from
    cut(state, k, p + 1, 1)
    refresh(facts, state, k)
    state.total[0, k, VERSION] = version
    state.now[a, ROUTE] = -1
    return best, position


@kernel
def place_pair(facts: Facts, state: State, g: int) -> bool:
    """Insert both visits of a group on one route: every place of the first is tried with the second's best after it."""
    a, b = facts.lists[facts.rows[g, 0]], facts.lists[facts.rows[g, 0] + 1]
    delay, node = facts.rows[facts.rows[g, 2], 3], facts.visit[a, NODE]
    best, route, before, after = NEVER, -1, -1, -1
    state.tally[STAMP] += 1
    for i in range(facts.visit[a, ABLE], facts.visit[a, ABLE_END]):
        k = facts.lists[i]
        n, kind = state.total[0, k, LENGTH], facts.vehicle[k, KIND]
        if facts.assign[b, k] >= BARRED or n + 4 > state.stops.shape[2] or chance(state) < SKIP:
            continue
        if n == 0:
            if state.total[0, kind, SEEN_KIND] == state.tally[STAMP]:
                continue
            state.total[0, kind, SEEN_KIND] = state.tally[STAMP]
        cost_at, cost_to = facts.vehicle[k, COST], facts.vehicle[k, COST_TO]
        for p in range(min(facts.vehicle[k, FROZEN], n), n + 1):
            here, there = state.stops[0, k, p, AT], state.stops[0, k, p + 1, AT]
            detour = facts.travel[cost_to, node, here] + facts.travel[cost_at, node, there]
            if detour + facts.assign[a, k] - state.stops[0, k, p + 1, ARC] >= best:
                continue
            cost, q = try_pair(facts, state, a, b, delay, k, p)
            if cost < best:
                best, route, before, after = cost, k, p, q
    if route < 0:
        return False
    save(state, route)
    put(state, a, route, before)
    put(state, b, route, after)
    refresh(facts, state, route)
    begins, _ = start_range(facts, state, a)
    return tie(facts, state, g, b, max(state.now[b, EARLIEST], begins + facts.visit[a, SERVICE] + delay))


@kernel
def lonely(facts: Facts, state: State, g: int) -> int:
    """A placed visit of the group that must not be without one that is in no route; -1 for none. Frozen ones may."""
    for e in range(facts.rows[g, 2], facts.rows[g, 3]):
        kind, a, b = facts.rows[e, 0], facts.rows[e, 1], facts.rows[e, 2]
        has_a, has_b = state.now[a, ROUTE] >= 0, state.now[b, ROUTE] >= 0
        if has_b and not has_a and not is_frozen(facts, state, b):
            return int(b)
        if has_a and not has_b and kind != BEFORE and not is_frozen(facts, state, a):
            return int(a)
    return -1


@kernel
def place_group(facts: Facts, state: State, g: int) -> None:
    """Insert the visits of a group that are in no route, each at times its links allow, or leave them out."""
    first, last = facts.rows[g, 0], facts.rows[g, 1]
    one, other = facts.lists[first], facts.lists[last - 1]
    complete = True
    is_pair = last - first == 2 and facts.rows[facts.rows[g, 2], 0] == SAME_ROUTE
    if is_pair and state.now[one, ROUTE] < 0 and state.now[other, ROUTE] < 0:
        if not place_pair(facts, state, g):
            withdraw(facts, state, one)
            withdraw(facts, state, other)
    else:
        for i in range(first, last):
            v = facts.lists[i]
            if state.now[v, ROUTE] < 0 and not place_linked(facts, state, g, v):
                complete = False
                withdraw(facts, state, v)
    alone = -1 if complete else lonely(facts, state, g)
    while alone >= 0:
        withdraw(facts, state, alone)
        alone = lonely(facts, state, g)
    for i in range(first, last):
        settle(facts, state, facts.lists[i])


@kernel
def give_groups_back(facts: Facts, state: State, many: int) -> None:
    """Before routes are restored: the visits to be inserted are nowhere; their groups have their old windows again."""
    for i in range(many):
        v = state.room[REMOVED_LIST, i]
        state.now[v, ROUTE] = -1
        g = facts.visit[v, GROUP]
        if g >= 0:
            for j in range(facts.rows[g, 0], facts.rows[g, 1]):
                w = facts.lists[j]
                # Who stands in a route that nobody touched stays there.
                if state.now[w, ROUTE] >= 0 and state.total[0, state.now[w, ROUTE], IS_TOUCHED]:
                    state.now[w, ROUTE] = -1
                state.now[w, EARLIEST], state.now[w, LATEST_START] = (
                    state.now[w, OLD_EARLIEST],
                    state.now[w, OLD_LATEST],
                )


@kernel
def account_groups(facts: Facts, state: State, many: int) -> None:
    """After routes were restored: all that were to be inserted, and their groups, are left out or not."""
    for i in range(many):
        v = state.room[REMOVED_LIST, i]
        settle(facts, state, v)
        g = facts.visit[v, GROUP]
        if g >= 0:
            for j in range(facts.rows[g, 0], facts.rows[g, 1]):
                settle(facts, state, facts.lists[j])


@kernel
def keep_windows(facts: Facts, state: State, many: int) -> None:
    """The windows of the groups of the removed visits are those to go back to."""
    for i in range(many):
        g = facts.visit[state.room[REMOVED_LIST, i], GROUP]
        if g >= 0:
            for j in range(facts.rows[g, 0], facts.rows[g, 1]):
                v = facts.lists[j]
                state.now[v, OLD_EARLIEST], state.now[v, OLD_LATEST] = (
                    state.now[v, EARLIEST],
                    state.now[v, LATEST_START],
                )
