"""Kernels for one route: its clocks forward and backward, and where one more visit fits, in constant time a place.

The clocks are those of `routing.clock`, one per set of breaks taken: `leave` the earliest a stop can be left (breaks
taken there included), `by` the latest its service may begin so that all that follows can be kept, `soft` the same
with nothing that follows late or in overtime. A technician has two to four of them, most fleets one.
"""

from __future__ import annotations

from routing.flat import (
    BARRED,
    BREAK,
    BREAKS,
    CAPACITY,
    COST,
    COST_TO,
    DUE,
    EARLY,
    END,
    FAR,
    FIXED,
    LATE,
    LATEST,
    LOADS,
    METRES,
    MOST_DISTANCE,
    MOST_TRAVEL,
    MOST_VISITS,
    NODE,
    OVERTIME,
    SERVICE,
    SETUP,
    SOFT,
    START,
    TIME,
    TIME_TO,
    WINDOW,
    WINDOWS,
    Facts,
    Longs,
)
from routing.kernel import inlined, kernel
from routing.state import (
    ARC,
    AT,
    CLOCKS,
    DISTANCE,
    EARLIEST,
    LATENESS,
    LATEST_START,
    LENGTH,
    NEVER,
    POSITION,
    ROUTE,
    ROUTE_COST,
    SOFT_COST,
    TRAVEL,
    VERSION,
    VERSIONS,
    VISIT,
    State,
)


@inlined
def begin(facts: Facts, state: State, v: int, at: int) -> int:
    """The earliest start of service of a visit not before `at`; NEVER after its last window."""
    lo = state.now[v, EARLIEST]
    if at < lo:
        at = lo
    many = facts.visit[v, WINDOWS]
    if many > 1:
        first = facts.visit[v, WINDOW]
        found = NEVER
        for w in range(first, first + many):
            if facts.rows[w, 1] >= at:
                found = max(at, facts.rows[w, 0])
                break
        at = found
    if at > state.now[v, LATEST_START]:
        return NEVER
    return at


@inlined
def last_begin(facts: Facts, state: State, v: int, at: int) -> int:
    """The latest start of service of a visit not after `at`; -NEVER before its first window."""
    hi = state.now[v, LATEST_START]
    if at > hi:
        at = hi
    many = facts.visit[v, WINDOWS]
    if many > 1:
        first = facts.visit[v, WINDOW]
        found = -NEVER
        for w in range(first + many - 1, first - 1, -1):
            if facts.rows[w, 0] <= at:
                found = min(at, facts.rows[w, 1])
                break
        at = found
    if at < state.now[v, EARLIEST]:
        return -NEVER
    return at


@kernel
def rest(facts: Facts, k: int, clock: Longs, row: int) -> None:
    """Take any of the breaks of vehicle k, forwards: clock[row] is changed in place."""
    breaks = facts.vehicle[k, BREAKS]
    for taken in range((1 << breaks) - 1):
        at = clock[row, taken]
        if at >= NEVER:
            continue
        for b in range(breaks):
            if taken >> b & 1:
                continue
            pause = facts.vehicle[k, BREAK] + b
            for w in range(facts.rows[pause, 1], facts.rows[pause, 2]):
                if facts.rows[w, 1] >= at:
                    done = max(at, facts.rows[w, 0]) + facts.rows[pause, 0]
                    if done < clock[row, taken | 1 << b]:
                        clock[row, taken | 1 << b] = done
                    break


@kernel
def rest_before(facts: Facts, k: int, clock: Longs, row: int) -> None:
    """Leave time for any of the breaks of vehicle k, backwards: clock[row] is changed in place."""
    breaks = facts.vehicle[k, BREAKS]
    for taken in range((1 << breaks) - 2, -1, -1):
        for b in range(breaks):
            if taken >> b & 1:
                continue
            pause = facts.vehicle[k, BREAK] + b
            by = clock[row, taken | 1 << b] - facts.rows[pause, 0]
            for w in range(facts.rows[pause, 2] - 1, facts.rows[pause, 1] - 1, -1):
                if facts.rows[w, 0] <= by:
                    latest = min(by, facts.rows[w, 1])
                    if latest > clock[row, taken]:
                        clock[row, taken] = latest
                    break


@kernel
def serve(facts: Facts, state: State, v: int, came_from: int, row: int) -> int:
    """Set-up, waiting and service of a visit: clock[row] at its door becomes when it is left. The earliest start."""
    setup = facts.visit[v, SETUP] if facts.visit[v, NODE] != came_from else 0
    first = NEVER
    for taken in range(state.clock.shape[1]):
        at = state.clock[row, taken]
        if at < NEVER:
            start = begin(facts, state, v, at + setup)
            if start < first:
                first = start
            state.clock[row, taken] = start + facts.visit[v, SERVICE] if start < NEVER else NEVER
    return first


@kernel
def drive(facts: Facts, state: State, k: int, seconds: int, row: int) -> None:
    """Drive on, and rest at the door."""
    for taken in range(state.clock.shape[1]):
        if state.clock[row, taken] < NEVER:
            state.clock[row, taken] += seconds
    if facts.vehicle[k, BREAKS]:
        rest(facts, k, state.clock, row)


@inlined
def backward(facts: Facts, state: State, k: int) -> None:
    """The latest starts of route k, hard and soft."""
    stops, vehicle, visit, clock = state.stops, facts.vehicle, facts.visit, state.clock
    masks, n, time = clock.shape[1], state.total[0, k, LENGTH], vehicle[k, TIME]
    full = (1 << vehicle[k, BREAKS]) - 1
    by = CLOCKS + masks
    for taken in range(masks):
        clock[1, taken] = -NEVER
        clock[2, taken] = -NEVER
    clock[1, full] = vehicle[k, LATEST]
    clock[2, full] = min(vehicle[k, LATEST], vehicle[k, SOFT])
    setup = 0
    for p in range(n + 1, 0, -1):
        v = stops[0, k, p, VISIT]
        if p <= n:
            here, there = stops[0, k, p, AT], stops[0, k, p + 1, AT]
            seconds = facts.travel[time, here, there]
            if there == here:
                setup = 0
            for row in range(1, 3):
                for taken in range(masks):
                    clock[row, taken] -= setup
                if full:
                    rest_before(facts, k, clock, row)
                for taken in range(masks):
                    clock[row, taken] -= seconds
                if full:
                    rest_before(facts, k, clock, row)
                for taken in range(masks):
                    leave = clock[row, taken]
                    if leave > -FAR:
                        clock[row, taken] = last_begin(facts, state, v, leave - visit[v, SERVICE])
                    else:
                        clock[row, taken] = -NEVER
            for taken in range(masks):
                if clock[2, taken] > visit[v, DUE]:
                    clock[2, taken] = visit[v, DUE]
            setup = visit[v, SETUP]
        for taken in range(masks):
            stops[0, k, p, by + taken] = clock[1, taken]
            stops[0, k, p, by + masks + taken] = clock[2, taken]


@kernel
def weigh(facts: Facts, state: State, k: int) -> None:
    """The load after each stop of route k, the most so far and the most from there on, in every dimension."""
    n, width, load = state.total[0, k, LENGTH], state.load.shape[3] // 3, state.load
    for d in range(width):
        units = 0
        for p in range(1, n + 1):
            units += facts.visit[state.stops[0, k, p, VISIT], LOADS + d]
        most = 0
        for p in range(n + 1):
            if p:
                units += facts.visit[state.stops[0, k, p, VISIT], LOADS + width + d]
            most = max(most, units)
            load[0, k, p, d] = units
            load[0, k, p, width + d] = most
        most = 0
        for p in range(n, -1, -1):
            most = max(most, load[0, k, p, d])
            load[0, k, p, 2 * width + d] = most


@kernel
def refresh(facts: Facts, state: State, k: int) -> bool:
    """Work out all about route k from its visits; False when it cannot be kept."""
    stops, vehicle, visit, clock, travel = state.stops, facts.vehicle, facts.visit, state.clock, facts.travel
    masks, n = clock.shape[1], state.total[0, k, LENGTH]
    time, cost_at, metres = vehicle[k, TIME], vehicle[k, COST], vehicle[k, METRES]
    last = n + 1
    full = (1 << vehicle[k, BREAKS]) - 1
    here = vehicle[k, START]
    stops[0, k, 0, VISIT], stops[0, k, 0, AT], stops[0, k, 0, LATENESS] = -1, here, 0
    stops[0, k, last, VISIT] = -1
    for taken in range(masks):
        clock[0, taken] = NEVER
    clock[0, 0] = vehicle[k, EARLY]
    if full:
        rest(facts, k, clock, 0)
    for taken in range(masks):
        stops[0, k, 0, CLOCKS + taken] = clock[0, taken]
    cost, driven, distance, lateness = 0, 0, 0, 0
    for p in range(1, last + 1):
        v = stops[0, k, p, VISIT]
        there = visit[v, NODE] if p < last else vehicle[k, END]
        arc, seconds = 0, 0
        if n:
            arc, seconds = travel[cost_at, here, there], travel[time, here, there]
            if metres >= 0:
                distance += travel[metres, here, there]
        cost += arc
        driven += seconds
        stops[0, k, p, AT] = there
        stops[0, k, p, ARC] = arc
        if masks == 1:
            at = clock[0, 0] + seconds
            if p < last:
                if there != here:
                    at += visit[v, SETUP]
                start = begin(facts, state, v, at)
                at = start + visit[v, SERVICE]
            clock[0, 0] = min(at, NEVER)
        else:
            drive(facts, state, k, seconds, 0)
            if p < last:
                start = serve(facts, state, v, here, 0)
                rest(facts, k, clock, 0)
        if p < last:
            if start > visit[v, DUE]:
                lateness += (start - visit[v, DUE]) * visit[v, LATE]
            cost += facts.assign[v, k]
            state.now[v, ROUTE], state.now[v, POSITION] = k, p
        for taken in range(masks):
            stops[0, k, p, CLOCKS + taken] = clock[0, taken]
        stops[0, k, p, LATENESS] = min(lateness, NEVER)
        here = there
    end = clock[0, full]
    if n and end > vehicle[k, SOFT]:
        lateness += (end - vehicle[k, SOFT]) * vehicle[k, OVERTIME] // 3600
    state.tally[VERSIONS] += 1
    total = state.total
    total[0, k, VERSION] = state.tally[VERSIONS]
    total[0, k, TRAVEL], total[0, k, DISTANCE], total[0, k, SOFT_COST] = driven, distance, lateness
    total[0, k, ROUTE_COST] = cost + lateness + (vehicle[k, FIXED] if n else 0)
    backward(facts, state, k)
    if state.load.shape[3]:
        weigh(facts, state, k)
    return bool(end <= vehicle[k, LATEST])


@kernel
def carries(facts: Facts, state: State, v: int, k: int, p: int) -> bool:
    """Whether there is room on board for v after position p."""
    width = state.load.shape[3] // 3
    for d in range(width):
        first, limit = facts.visit[v, LOADS + d], facts.vehicle[k, CAPACITY + d]
        if state.load[0, k, p, width + d] + first > limit:
            return False
        if state.load[0, k, p, 2 * width + d] + first + facts.visit[v, LOADS + width + d] > limit:
            return False
    return True


@kernel
def soft_after(facts: Facts, state: State, v: int, k: int, p: int) -> int:
    """What lateness and overtime cost after v, inserted after position p; clock row 4 says when v is left."""
    vehicle, visit, clock = facts.vehicle, facts.visit, state.clock
    here, time, cost = visit[v, NODE], vehicle[k, TIME], 0
    for taken in range(clock.shape[1]):
        clock[3, taken] = clock[4, taken]
    for q in range(p + 1, state.total[0, k, LENGTH] + 1):
        w, there = state.stops[0, k, q, VISIT], state.stops[0, k, q, AT]
        drive(facts, state, k, facts.travel[time, here, there], 3)
        start = serve(facts, state, w, here, 3)
        if visit[w, DUE] < start < NEVER:
            cost += (start - visit[w, DUE]) * visit[w, LATE]
        rest(facts, k, clock, 3)
        here = there
    drive(facts, state, k, facts.travel[time, here, vehicle[k, END]], 3)
    end = clock[3, (1 << vehicle[k, BREAKS]) - 1]
    if vehicle[k, SOFT] < end < NEVER:
        cost += (end - vehicle[k, SOFT]) * vehicle[k, OVERTIME] // 3600
    return cost


@kernel
def within_limits(facts: Facts, state: State, v: int, k: int, p: int) -> bool:
    """Whether vehicle k may travel as long and as far as with v after position p."""
    vehicle, travel = facts.vehicle, facts.travel
    node, here, there = facts.visit[v, NODE], state.stops[0, k, p, AT], state.stops[0, k, p + 1, AT]
    driven = state.total[0, k, LENGTH] > 0
    time, metres = vehicle[k, TIME], vehicle[k, METRES]
    seconds = state.total[0, k, TRAVEL] + travel[time, here, node] + travel[time, node, there]
    if driven:
        seconds -= travel[time, here, there]
    if seconds > vehicle[k, MOST_TRAVEL]:
        return False
    if vehicle[k, MOST_DISTANCE] >= FAR:
        return True
    distance = state.total[0, k, DISTANCE] + travel[metres, here, node] + travel[metres, node, there]
    if driven:
        distance -= travel[metres, here, there]
    return bool(distance <= vehicle[k, MOST_DISTANCE])


@inlined
def best_place(facts: Facts, state: State, v: int, k: int, first: int) -> tuple[int, int, int]:
    """(cost, position, start) of the cheapest insertion of v into route k after position `first` or later.

    The cost is NEVER when it fits nowhere there.
    """
    stops, vehicle, visit, clock, travel = state.stops, facts.vehicle, facts.visit, state.clock, facts.travel
    n, masks = state.total[0, k, LENGTH], clock.shape[1]
    best, position, began = NEVER, -1, NEVER
    if facts.assign[v, k] >= BARRED or n >= vehicle[k, MOST_VISITS] or n + 3 > stops.shape[2]:
        return best, position, began
    by, soft = CLOCKS + masks, CLOCKS + 2 * masks
    node, setup, service = visit[v, NODE], visit[v, SETUP], visit[v, SERVICE]
    lo, hi, many = state.now[v, EARLIEST], state.now[v, LATEST_START], visit[v, WINDOWS]
    time, time_to, cost_at, cost_to = vehicle[k, TIME], vehicle[k, TIME_TO], vehicle[k, COST], vehicle[k, COST_TO]
    full = (1 << vehicle[k, BREAKS]) - 1
    fixed = facts.assign[v, k] + (vehicle[k, FIXED] if n == 0 else 0)
    limited = vehicle[k, MOST_TRAVEL] < FAR or vehicle[k, MOST_DISTANCE] < FAR
    weighed = state.load.shape[3] > 0
    # One break with one window is what most technicians have: counted in two numbers instead of clock rows.
    pause = vehicle[k, BREAK]
    one_rest = full == 1 and masks == 2 and many == 1 and facts.rows[pause, 2] == facts.rows[pause, 1] + 1
    pause_from, pause_to, pause_for = 0, 0, 0
    if one_rest:
        pause_from, pause_to = facts.rows[facts.rows[pause, 1], 0], facts.rows[facts.rows[pause, 1], 1]
        pause_for = facts.rows[pause, 0]
    for p in range(first, n + 1):
        if stops[0, k, p, CLOCKS] > hi and full <= 1 and stops[0, k, p, CLOCKS + full] > hi:
            break
        if stops[0, k, p + 1, by + full] < lo + service:
            continue
        here, there = stops[0, k, p, AT], stops[0, k, p + 1, AT]
        extra = travel[cost_to, node, here] + travel[cost_at, node, there] - stops[0, k, p + 1, ARC] + fixed
        if extra >= best:
            continue
        seconds, onward = travel[time_to, node, here], travel[time, node, there]
        setup_there = 0
        if p < n and there != node:
            setup_there = visit[stops[0, k, p + 1, VISIT], SETUP]
        setup_here = setup if here != node else 0
        if masks == 1:
            start = stops[0, k, p, CLOCKS] + seconds + setup_here
            if many == 1:
                start = max(start, lo)
                if start > hi:
                    continue
            else:
                start = begin(facts, state, v, start)
                if start >= NEVER:
                    continue
            arrive = start + service + onward + setup_there
            if arrive > stops[0, k, p + 1, by]:
                continue
            late = arrive > stops[0, k, p + 1, soft]
            clock[4, 0] = start + service
        elif one_rest:
            fresh, rested = stops[0, k, p, CLOCKS] + seconds, stops[0, k, p, CLOCKS + 1] + seconds
            if fresh <= pause_to:
                rested = min(rested, max(fresh, pause_from) + pause_for)
            fresh, rested = max(fresh + setup_here, lo), max(rested + setup_here, lo)
            start = min(fresh, rested)
            if start > hi:
                continue
            fresh = fresh + service if fresh <= hi else NEVER
            rested = rested + service if rested <= hi else NEVER
            if fresh <= pause_to:
                rested = min(rested, max(fresh, pause_from) + pause_for)
            clock[4, 0], clock[4, 1] = fresh, rested
            fresh += onward
            rested += onward
            if fresh <= pause_to:
                rested = min(rested, max(fresh, pause_from) + pause_for)
            fresh += setup_there
            rested += setup_there
            if fresh > stops[0, k, p + 1, by] and rested > stops[0, k, p + 1, by + 1]:
                continue
            late = fresh > stops[0, k, p + 1, soft] and rested > stops[0, k, p + 1, soft + 1]
        else:
            for taken in range(masks):
                clock[4, taken] = stops[0, k, p, CLOCKS + taken]
            drive(facts, state, k, seconds, 4)
            start = serve(facts, state, v, here, 4)
            if start >= NEVER:
                continue
            rest(facts, k, clock, 4)
            for taken in range(masks):
                clock[5, taken] = clock[4, taken]
            drive(facts, state, k, onward, 5)
            fits, late = False, True
            for taken in range(full + 1):
                arrive = clock[5, taken] + setup_there
                fits |= arrive <= stops[0, k, p + 1, by + taken]
                late &= arrive > stops[0, k, p + 1, soft + taken]
            if not fits:
                continue
        if weighed and not carries(facts, state, v, k, p):
            continue
        if limited and not within_limits(facts, state, v, k, p):
            continue
        if start > visit[v, DUE]:
            extra += (start - visit[v, DUE]) * visit[v, LATE]
        if late:
            extra += soft_after(facts, state, v, k, p) - (state.total[0, k, SOFT_COST] - stops[0, k, p, LATENESS])
        if extra < best:
            best, position, began = extra, p, start
    return best, position, began
