"""`Problem -> Plan`: the one door to the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from routing.large import ONE_SEARCH, solve_large
from routing.limits import Limits, Progress
from routing.mend import filled
from routing.plan import Plan
from routing.problem import Problem
from routing.single import solve_single
from routing.split import laid_out
from routing.validate import validated

__all__ = ["Limits", "Progress", "solve"]


def solve(
    problem: Problem,
    limits: Limits,
    start: Plan | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """A plan that breaks no rule, every visit in a route or left out with a reason.

    `start` is improved on: its routes are kept where they can be, and the answer is never worse than what is
    kept of it. `progress` is called with every better solution. Raises InvalidProblem for contradictory
    input; a visit nobody can make, no vehicle at all or ten times too many visits are no errors.
    """
    validated(problem)
    if not problem.vehicles or not problem.visits:
        return filled(problem, [])
    if len(problem.visits) > ONE_SEARCH or limits.processes > 1:
        return solve_large(_with_coordinates(problem), limits, start, progress)
    return solve_single(problem, limits, start, progress)


def _with_coordinates(problem: Problem) -> Problem:
    if problem.coordinates is not None or problem.durations is None:
        return problem
    return replace(problem, coordinates=laid_out(problem.durations))
