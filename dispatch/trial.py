"""A trial of the planner as it is used, in its child process: whether it works here, and how soon it is ready."""

from __future__ import annotations

import time

import numpy as np

from dispatch.solver_process import solve_in_child
from routing.limits import Limits
from routing.problem import Problem, TimeWindow, Vehicle, Visit

HOUR = 3600
SECONDS = 60.0


def plan_something() -> float:
    """Plan one visit; gives the seconds that took, a dozen when the kernels had to be compiled.

    Raises SolverFailed when there is no plan.
    """
    began = time.monotonic()
    vehicle = Vehicle(1, 0, 0, TimeWindow(0, HOUR))
    problem = Problem((Visit(1, 0, 60),), (vehicle,), np.zeros((1, 1), np.int32))
    solve_in_child(problem, Limits(SECONDS, iterations=1))
    return time.monotonic() - began
