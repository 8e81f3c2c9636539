"""The planner's kernels, compiled once in an installation and kept on disk: half a minute that nobody should wait for.

`python -m dispatch.warm` does it, and `dispatch init`, `serve` and `worker` see to it.
"""

from __future__ import annotations

import numpy as np

from routing.insertion import insertions
from routing.limits import Limits
from routing.plan import Plan
from routing.problem import Problem, SameStart, TimeWindow, Vehicle, Visit
from routing.solve import solve

HOUR = 3600


def run_once() -> None:
    """Plan two visits for two, and ask where one would fit: whatever has not been compiled yet is."""
    day = TimeWindow(0, HOUR)
    vehicles = tuple(Vehicle(number, None, None, day) for number in (1, 2))
    visits = tuple(Visit(number, 0, 60) for number in (1, 2))
    here = np.zeros((1, 1), np.int32)
    solve(Problem(visits, vehicles, here, links=(SameStart(1, 2),)), Limits(seconds=60.0, iterations=1))
    insertions(Problem(visits, vehicles, here), Plan((), {}), 1)


if __name__ == "__main__":
    run_once()
