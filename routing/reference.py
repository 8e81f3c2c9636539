"""The reference engine: one OR-Tools routing model, for cross-checks and comparison (to some hundreds of visits)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace

from routing.clock import start_windows
from routing.eligibility import pin_in_window, who_barrier
from routing.limits import Limits, Progress
from routing.mend import filled, mended
from routing.ortools_engine import improved, merged
from routing.plan import Plan, Route
from routing.problem import Problem, Visit
from routing.score import score
from routing.validate import validated

Tell = Callable[[Progress], None]


def solve_with_ortools(
    problem: Problem, limits: Limits, start: Plan | None = None, progress: Tell | None = None
) -> Plan:
    """The best plan found in one OR-Tools model; never worse than `start` where that can be kept.

    The model knows nothing of links, frozen visits, due instants, fairness and what was published: what it leaves
    to be desired there is mended afterwards. Raises InvalidProblem for contradictory input.
    """
    validated(problem)
    tell = progress
    began = time.monotonic()
    given = mended(problem, start.routes) if start is not None else []
    open_visits = [visit for visit in problem.visits if _worth_trying(problem, visit)]
    if not open_visits:
        return filled(problem, given)
    core = replace(problem, visits=_in_seeded_order(open_visits, limits.seed))

    def found(placed: int, cost: int) -> None:
        if tell is not None:
            passed = time.monotonic() - began
            percent = min(99.0, 100 * passed / max(limits.seconds, 0.001))
            tell(Progress(percent, placed, len(problem.visits), cost, passed))

    routes = improved(core, limits.seconds, _only(core, given), found, limits.iterations)
    best = filled(problem, mended(problem, routes or given))
    if start is not None:
        best = min(best, filled(problem, given), key=lambda plan: score(problem, plan))
    return best


def _worth_trying(problem: Problem, visit: Visit) -> bool:
    """Whether the engine may be given the visit: somebody is qualified and at work in one of its windows."""
    earliest = min((vehicle.shift.earliest for vehicle in problem.vehicles), default=0)
    latest = max((vehicle.shift.latest for vehicle in problem.vehicles), default=-1)
    if not pin_in_window(visit) or not merged(start_windows(visit), earliest, latest):
        return False
    return any(who_barrier(visit, vehicle) is None for vehicle in problem.vehicles)


def _in_seeded_order(visits: list[Visit], seed: int) -> tuple[Visit, ...]:
    """The engine has no seed of its own, but it follows the order of the visits."""
    if seed:
        random.Random(seed).shuffle(visits)
    return tuple(visits)


def _only(core: Problem, routes: list[Route]) -> list[Route]:
    """The routes without the visits the engine does not know."""
    return [Route(route.vehicle, tuple(v for v in route.visits if core.has_visit(v))) for route in routes]
