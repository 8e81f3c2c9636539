"""One search over all: ruin and recreate, then the best combination of the routes it saw."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from routing.combine import Column, as_column, combined
from routing.flat import Flat, most_changed
from routing.joint import starts
from routing.limits import Limits, Progress
from routing.links import ends
from routing.mend import filled, mended
from routing.plan import Plan, Route
from routing.problem import Problem
from routing.score import left_out_cost, score
from routing.sisr import Cooling, Search

HOT, WARM, COLD = 1.0, 0.35, 0.04
COMBINED_UP_TO = 1500
COMBINING = 0.08
WORK = 5.0
ENDING = 0.04

Tell = Callable[[Progress], None]
Cancelled = Callable[[], bool]


def solve_single(
    problem: Problem, limits: Limits, start: Plan | None, tell: Tell | None, others: Sequence[Route] = ()
) -> Plan:
    """The best plan found in one search; never worse than `start` where that can be kept.

    `others` are routes found elsewhere, which may be combined with its own.
    """
    began = time.monotonic()
    frozen = any(vehicle.frozen for vehicle in problem.vehicles)
    given = mended(problem, start.routes if start is not None else ()) if start is not None or frozen else []
    flat = Flat.of(problem)
    if not flat.visits:
        return filled(problem, given)
    run = _Run(problem, limits, flat, tell, began, others)
    routes = run.routes(given, start is not None)
    best = filled(problem, mended(problem, routes))
    if start is not None:
        best = min(best, filled(problem, given), key=lambda plan: score(problem, plan))
    return best


@dataclass(slots=True)
class _Run:
    """The clock of one planning."""

    problem: Problem
    limits: Limits
    flat: Flat
    tell: Tell | None
    began: float
    others: Sequence[Route]
    told: tuple[int, int] = field(default=(-1, -1))
    never: int = field(init=False)

    def __post_init__(self) -> None:
        known = {visit.id for visit in self.flat.visits}
        self.never = sum(left_out_cost(self.problem, v) for v in self.problem.visits if v.id not in known)

    def routes(self, given: list[Route], warm: bool) -> list[Route]:
        """From given routes, or nothing: anneal, and combine what was seen."""
        search = Search.of(self.flat, self.limits.seed, most_changed(self.problem))
        search.begin(given, self._held(given))
        combines = not self.problem.links and len(self.flat.visits) <= COMBINED_UP_TO
        self._anneal(search, 1 - COMBINING * combines, WARM if warm else HOT)
        if combines:
            self._combine(search, self._left())
        return search.routes()

    def _anneal(self, search: Search, share: float, hot: float) -> None:
        """Search for a share of the time, or of the iterations."""
        seconds = max(0.0, min(self._left(), share * self.limits.seconds * (1 - ENDING)))
        iterations = self.limits.iterations
        rounds = None if iterations is None else math.ceil(share * iterations)
        search.anneal(Cooling(seconds, hot, COLD, rounds), lambda: self._report(search))

    def _left(self) -> float:
        return self.limits.seconds * (1 - ENDING) - self._passed()

    def _combine(self, search: Search, seconds: float) -> None:
        if seconds <= 0:
            return
        work = WORK if self.limits.iterations is not None else None
        rows = combined(search, self._foreign(), seconds, self.limits.seed, work)
        if rows is not None:
            search.begin_at(rows)

    def _foreign(self) -> list[Column]:
        """The routes found elsewhere, as columns."""
        return [column for route in self.others if (column := as_column(self.problem, self.flat, route)) is not None]

    def _held(self, given: list[Route]) -> dict[int, int]:
        """When the joined visits of the routes begin."""
        joined = {visit for link in self.problem.links for visit in ends(link)}
        if not joined:
            return {}
        return {v: at for v, at in starts(self.problem, Plan(tuple(given), {})).items() if v in joined}

    def _report(self, search: Search) -> bool:
        lost, cost = search.lost, search.cost
        if self.tell is not None and (lost, cost) != self.told:
            self.told = (lost, cost)
            passed = self._passed()
            percent = min(99.0, 100 * passed / max(self.limits.seconds, 0.001))
            self.tell(Progress(percent, search.placed, len(self.problem.visits), lost + cost + self.never, passed))
        return True

    def _passed(self) -> float:
        return time.monotonic() - self.began
