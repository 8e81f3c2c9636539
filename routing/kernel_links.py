"""Kernels for visits joined by links: a group is taken out and inserted as a whole.

A link ties two routes together. To keep every other step local, the visits of a group get narrower windows when they
are inserted (partners one instant, a visit and what comes after it an instant between them), so that each route can go
on changing by itself; the windows are chosen anew whenever the group is inserted again.
"""

from __future__ import annotations

from routing.flat import ABLE, ABLE_END, FROZEN, GROUP, SAME_ROUTE, SAME_START, SERVICE, Facts
from routing.kernel import kernel
from routing.kernel_moves import chance, free_window, put_linked, save, settle, take_out
from routing.kernel_route import best_place, renew
from routing.state import (
    CLOCKS,
    EARLIEST,
    LATEST_START,
    LENGTH,
    NEVER,
    OLD_EARLIEST,
    OLD_LATEST,
    POSITION,
    REMOVED_LIST,
    ROUTE,
    State,
)

SKIP = 0.1


@kernel
def remove_group(facts: Facts, state: State, g: int, removed: int) -> int:
    """Take all placed visits of group g out and note them among the removed ones; how many these are now."""
    for i in range(facts.rows[g, 0], facts.rows[g, 1]):
        v = facts.lists[i]
        if state.now[v, ROUTE] >= 0:
            take_out(facts, state, v)
            state.room[REMOVED_LIST, removed] = v
            removed += 1
        free_window(facts, state, v)
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
    """Narrow the window of a placed visit; False when its route cannot keep it."""
    k = state.now[v, ROUTE]
    save(state, k)
    state.now[v, EARLIEST], state.now[v, LATEST_START] = earliest, latest
    return renew(facts, state, k)


@kernel
def bounds(facts: Facts, state: State, g: int, v: int) -> tuple[int, int, int, int]:
    """(earliest, latest, partner, predecessor on the same route) of v by its links to placed visits."""
    earliest, latest = state.now[v, EARLIEST], state.now[v, LATEST_START]
    partner, only = -1, -1
    for e in range(facts.rows[g, 2], facts.rows[g, 3]):
        kind, a, b, delay = facts.rows[e, 0], facts.rows[e, 1], facts.rows[e, 2], facts.rows[e, 3]
        if kind == SAME_START and v in (a, b):
            other = a + b - v
            if state.now[other, ROUTE] >= 0:
                partner = other
                begins, ends = start_range(facts, state, other)
                earliest, latest = max(earliest, begins), min(latest, ends)
        elif b == v:
            if state.now[a, ROUTE] < 0:
                return 1, 0, -1, -1
            begins, ends = start_range(facts, state, a)
            until = begins
            if kind == SAME_ROUTE:
                only = a
            else:
                until += max(0, int((ends - begins) * (1.5 * chance(state) - 0.5)))
            if kind != SAME_ROUTE or delay:
                hold(facts, state, a, state.now[a, EARLIEST], until)
            earliest = max(earliest, until + facts.visit[a, SERVICE] + delay)
    return earliest, latest, partner, only


@kernel
def place_linked(facts: Facts, state: State, g: int, v: int) -> bool:
    """Insert one visit of group g at a time its links to placed ones allow; False when there is none."""
    earliest, latest, partner, only = bounds(facts, state, g, v)
    if earliest > latest:
        return False
    state.now[v, EARLIEST], state.now[v, LATEST_START] = earliest, latest
    best, route, position, start = NEVER, -1, -1, NEVER
    for i in range(facts.visit[v, ABLE], facts.visit[v, ABLE_END]):
        k = facts.lists[i]
        if partner >= 0 and state.now[partner, ROUTE] == k:
            continue
        first = min(facts.vehicle[k, FROZEN], state.total[0, k, LENGTH])
        if only >= 0:
            if state.now[only, ROUTE] != k:
                continue
            first = max(first, state.now[only, POSITION])
        elif chance(state) < SKIP:
            continue
        cost, p, at = best_place(facts, state, v, k, first)
        if cost < best:
            best, route, position, start = cost, k, p, at
    if route < 0:
        return False
    if not put_linked(facts, state, v, route, position):
        return False
    if partner < 0:
        return True
    # With breaks the starts that can be kept may have holes: then the pair has to look again.
    return hold(facts, state, v, start, start) and hold(facts, state, partner, start, start)


@kernel
def forsake(facts: Facts, state: State, g: int) -> None:
    """Take out what the group's visits that are in no route must not be without; free those that await nobody."""
    moved = True
    while moved:
        moved = False
        for e in range(facts.rows[g, 2], facts.rows[g, 3]):
            kind, a, b = facts.rows[e, 0], facts.rows[e, 1], facts.rows[e, 2]
            has_a, has_b = state.now[a, ROUTE] >= 0, state.now[b, ROUTE] >= 0
            lonely = -1
            if has_a and not has_b and kind == SAME_START:
                lonely = a
            elif has_b and not has_a:
                lonely = b
            if lonely >= 0:
                take_out(facts, state, lonely)
                free_window(facts, state, lonely)
                moved = True


@kernel
def place_group(facts: Facts, state: State, g: int) -> None:
    """Insert the visits of a group, none of them in a route, each at times its links allow, or leave them out."""
    first, last = facts.rows[g, 0], facts.rows[g, 1]
    for i in range(first, last):
        if state.now[facts.lists[i], ROUTE] >= 0:
            return
    for i in range(first, last):
        v = facts.lists[i]
        if not place_linked(facts, state, g, v):
            if state.now[v, ROUTE] >= 0:
                take_out(facts, state, v)
            free_window(facts, state, v)
            forsake(facts, state, g)
    for i in range(first, last):
        settle(facts, state, facts.lists[i])


@kernel
def give_groups_back(facts: Facts, state: State, many: int) -> None:
    """Before routes are restored: the removed visits' groups are nowhere, and have their old windows again."""
    for i in range(many):
        v = state.room[REMOVED_LIST, i]
        state.now[v, ROUTE] = -1
        g = facts.visit[v, GROUP]
        if g >= 0:
            for j in range(facts.rows[g, 0], facts.rows[g, 1]):
                w = facts.lists[j]
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
