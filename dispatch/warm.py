"""The planner's kernels, compiled once in an installation and kept on disk: half a minute that nobody should wait for.

`python -m dispatch.warm` does it, and `dispatch init`, `serve` and `worker` see to it.
"""

from __future__ import annotations

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


if __name__ == "__main__":
    run_once()
