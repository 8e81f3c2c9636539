"""The planner's kernels, compiled once in an installation and kept on disk: half a minute that nobody should wait for.

`dispatch init`, `serve` and `worker` see to it. `python -m dispatch.warm` does it, and beside it the same for the
search for robust plans, which is otherwise compiled when the first day is improved.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pkgutil import resolve_name

import numpy as np

from routing.chance import Chances
from routing.day import Day
from routing.insertion import insertions
from routing.limits import Limits
from routing.pairs import pairs
from routing.plan import Plan
from routing.problem import Problem, SameStart, TimeWindow, Vehicle, Visit
from routing.solve import solve

HOUR = 3600
PREPARED = ("dispatch.warm:run_once", "routing.robust:prepare")


def run_once() -> None:
    """Plan two visits for two, ask where one would fit and what may be promised: what is not compiled yet is."""
    day = TimeWindow(0, HOUR)
    vehicles = tuple(Vehicle(number, None, None, day) for number in (1, 2))
    visits = tuple(Visit(number, 0, 60) for number in (1, 2))
    here = np.zeros((1, 1), np.int32)
    solve(Problem(visits, vehicles, here, links=(SameStart(1, 2),)), Limits(seconds=60.0, iterations=1))
    insertions(Problem(visits, vehicles, here), Plan((), {}), 1)
    promise_once(Day.of(Problem((), vehicles, here), Plan((), {})))


def promise_once(day: Day) -> None:
    """Ask for the chance of a visit's promise, and of one for two technicians."""
    visit, halves = Visit(3, 0, 60), (Visit(4, 0, 60), Visit(-4, 0, 60))
    chances, found = Chances.of(day), pairs(day, *halves)
    chances.after(visit, day.places(visit))
    chances.after_both(halves, (found.first, found.second))


def call(place: str) -> None:
    """Load the function, `module:name`, and call it: whoever loads a kernel has it compiled."""
    resolve_name(place)()


def main() -> None:
    with ProcessPoolExecutor(len(PREPARED), mp_context=get_context("spawn")) as pool:
        list(pool.map(call, PREPARED))


if __name__ == "__main__":
    main()
