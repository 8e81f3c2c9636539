"""More than one search: a large area in parts side by side, a small one by several searches that exchange routes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from routing.crew import Crew
from routing.limits import Limits, Progress
from routing.mend import filled, mended
from routing.plan import Plan, Route
from routing.problem import Problem
from routing.score import left_out_cost, travel_cost
from routing.single import solve_single
from routing.split import Part, parts

MOST_VISITS = 1000
ONE_SEARCH = 1500
ROUND_SECONDS = 4.0
FIRST_ROUND = 0.1
SEARCHING = 0.92
LEAST_SECONDS = 0.05

Tell = Callable[[Progress], None]


def solve_large(problem: Problem, limits: Limits, start: Plan | None, tell: Tell | None) -> Plan:
    """The best plan of an area with `coordinates`, found in rounds; keeps within `limits` closely.

    A round cuts the area into parts along its routes, plans each from where it stands and stitches them; the next
    cuts elsewhere. An area small enough for one search is planned whole by every process instead, each with its own
    seed and with the routes the others found.
    """
    search = _Rounds(problem, limits, tell)
    if start is not None:
        search.keep(mended(problem, start.routes))
    if limits.processes > 1:
        with Crew(limits.processes) as crew:
            search.run(crew)
    else:
        search.run(None)
    return filled(problem, mended(problem, search.routes.values()))


@dataclass(slots=True)
class _Rounds:
    """The routes so far, and the clock."""

    problem: Problem
    limits: Limits
    tell: Tell | None
    began: float = field(default_factory=time.monotonic)
    routes: dict[int, Route] = field(default_factory=dict)
    costs: dict[int, int] = field(default_factory=dict)
    seen: dict[Route, None] = field(default_factory=dict)

    def keep(self, routes: Sequence[Route]) -> None:
        for route in routes:
            self.routes[route.vehicle] = route
            self.costs[route.vehicle] = travel_cost(self.problem, [route])

    def run(self, crew: Crew | None) -> None:
        ends = self.limits.seconds * SEARCHING
        rounds = max(2, round(ends / self._round_seconds()))
        for number in range(rounds):
            left = ends - self._passed()
            share = FIRST_ROUND if number == 0 and not self.routes else 1 / (rounds - number)
            if left <= LEAST_SECONDS:
                return
            if crew is None or len(self.problem.visits) > ONE_SEARCH:
                self._parts(number, self._passed() + left * share, crew)
            else:
                self._together(number, self._passed() + left * share, crew)

    def _round_seconds(self) -> float:
        """Long enough for each part to cool in, in turn."""
        turns = math.ceil(len(self.problem.visits) / MOST_VISITS / self.limits.processes)
        return ROUND_SECONDS * turns

    def _parts(self, number: int, ends: float, crew: Crew | None) -> None:
        """Cut, plan every part, stitch."""
        cut = parts(self.problem, Plan(tuple(self.routes.values()), {}), MOST_VISITS, number)

        def share(parts_left: int) -> Limits:
            """An equal share of the time that is really left, so that overruns do not add up."""
            turns = math.ceil(parts_left / self.limits.processes)
            seconds = max(LEAST_SECONDS, (ends - self._passed()) / turns)
            return replace(self.limits, seconds=seconds, processes=1, seed=self.limits.seed + number)

        def done(part: int, plan: Plan) -> None:
            for vehicle in cut[part].problem.vehicles:
                self.routes.pop(vehicle.id, None)
                self.costs.pop(vehicle.id, None)
            self.keep(plan.routes)
            self._report()

        if crew is not None:
            crew.solve(cut, share, done)
            return
        for part, one in enumerate(cut):
            start = one.start if one.start.routes else None
            done(part, solve_single(one.problem, share(len(cut) - part), start, None))

    def _together(self, number: int, ends: float, crew: Crew) -> None:
        """Plan the whole area once in every process, from the best plan so far; keep the best."""
        seeds = iter(range(self.limits.seed + 1000 * number, 1 << 62))
        part = Part(self.problem, Plan(tuple(self.routes.values()), {}), tuple(self.seen))
        found: list[Plan] = []

        def share(_: int) -> Limits:
            return replace(
                self.limits, seconds=max(LEAST_SECONDS, ends - self._passed()), processes=1, seed=next(seeds)
            )

        def done(_: int, plan: Plan) -> None:
            found.append(plan)
            self.seen |= dict.fromkeys(plan.routes)
            best = min(found, key=self._cost)
            if not self.routes or self._cost(best) < self._cost(Plan(tuple(self.routes.values()), {})):
                self.routes, self.costs = {}, {}
                self.keep(best.routes)
            self._report()

        crew.solve([part] * self.limits.processes, share, done)

    def _cost(self, plan: Plan) -> tuple[int, int]:
        served = {visit for route in plan.routes for visit in route.visits}
        lost = sum(left_out_cost(self.problem, visit) for visit in self.problem.visits if visit.id not in served)
        return lost, travel_cost(self.problem, plan.routes)

    def _report(self) -> None:
        if self.tell is None:
            return
        passed = self._passed()
        served = {visit for route in self.routes.values() for visit in route.visits}
        lost = sum(left_out_cost(self.problem, visit) for visit in self.problem.visits if visit.id not in served)
        percent = min(99.0, 100 * passed / max(self.limits.seconds, 0.001))
        cost = sum(self.costs.values()) + lost
        self.tell(Progress(percent, len(served), len(self.problem.visits), cost, passed))

    def _passed(self) -> float:
        return time.monotonic() - self.began
