"""How drives, windows and breaks move time along a route: the steps `stops` and `insertions` are made of.

A clock is a list indexed by the set of breaks already taken (bit b for break b). Forwards each entry is the
earliest instant with that set taken, backwards the latest instant from which the rest can still be kept. One
second of lateness outweighs any amount of time: a forward entry is `lateness * LATE + instant`, so an entry
below `LATE` keeps every rule. Earlier is never worse (waiting is always allowed), which makes the smallest
entry per set of breaks exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from routing.problem import Break, TimeWindow, Visit

LATE = 1 << 40
NEVER = 1 << 100

Clock = list[int]


def first_begin(windows: Sequence[TimeWindow], at: int) -> int | None:
    """The earliest instant not before `at` in a window; None after the last one. No windows: any time."""
    if not windows:
        return at
    best: int | None = None
    for window in windows:
        if window.latest >= at:
            begin = window.earliest if window.earliest > at else at
            if best is None or begin < best:
                best = begin
    return best


def last_begin(windows: Sequence[TimeWindow], at: int) -> int:
    """The latest instant not after `at` that lies in a window; -NEVER before the first one."""
    if not windows:
        return at
    best = -NEVER
    for window in windows:
        if window.earliest <= at:
            best = max(best, min(window.latest, at))
    return best


def begin(windows: Sequence[TimeWindow], moment: int) -> int:
    """The forward entry at which what has these windows begins; lateness is added when all have passed."""
    at = moment & (LATE - 1)
    found = first_begin(windows, at)
    if found is None:
        return moment + (at - max(window.latest for window in windows)) * LATE
    return moment - at + found


def rest(clock: Clock, breaks: Sequence[Break]) -> Clock:
    """The clock after any of the breaks may have been taken here, forwards."""
    if not breaks:
        return clock
    after = list(clock)
    for taken, moment in enumerate(after):
        if moment >= NEVER:
            continue
        for b, pause in enumerate(breaks):
            if not taken >> b & 1:
                done = begin(pause.windows, moment) + pause.duration
                with_it = taken | 1 << b
                if done < after[with_it]:
                    after[with_it] = done
    return after


def rest_before(clock: Clock, breaks: Sequence[Break]) -> Clock:
    """The clock before any of the breaks may be taken here, backwards."""
    if not breaks:
        return clock
    before = list(clock)
    for taken in range(len(before) - 1, -1, -1):
        for b, pause in enumerate(breaks):
            if not taken >> b & 1:
                by = last_begin(pause.windows, before[taken | 1 << b] - pause.duration)
                if by > before[taken]:
                    before[taken] = by
    return before


def later(clock: Clock, seconds: int) -> Clock:
    """Every entry moved by `seconds`; entries that cannot be reached stay so."""
    return [moment if abs(moment) >= NEVER else moment + seconds for moment in clock]


def served(visit: Visit, setup: int, clock: Clock) -> Clock:
    """The clock after set-up, waiting and service of a visit, given the clock at its door."""
    windows = start_windows(visit)
    return [moment if moment >= NEVER else begin(windows, moment + setup) + visit.service for moment in clock]


def start_by(visit: Visit, leave_by: Clock) -> Clock:
    """The latest starts of service that let the visit be left by `leave_by`."""
    windows = start_windows(visit)
    return [last_begin(windows, moment - visit.service) for moment in leave_by]


def start_windows(visit: Visit) -> tuple[TimeWindow, ...]:
    """What the start of service is planned by: the pinned start if there is one, else the windows."""
    if visit.pin is not None and visit.pin.start is not None:
        return (TimeWindow(visit.pin.start, visit.pin.start),)
    return visit.windows


def held(visit: Visit, bound: int) -> Visit:
    """The visit beginning no earlier than `bound`: at it, and late, when its last window or its pin comes before."""
    return replace(visit, pin=None, windows=cut(start_windows(visit), bound))


def cut(windows: Sequence[TimeWindow], bound: int) -> tuple[TimeWindow, ...]:
    """What is left of windows from `bound` on; the instant itself when nothing is."""
    if not windows:
        return (TimeWindow(bound, LATE - 1),)
    left = tuple(TimeWindow(max(window.earliest, bound), window.latest) for window in windows if window.latest >= bound)
    return left or (TimeWindow(bound, bound),)
