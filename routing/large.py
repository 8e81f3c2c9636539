"""Areas too large for one model: cut into parts, planned side by side, stitched, cut elsewhere and improved again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from routing.crew import Crew
from routing.eligibility import reason, who_barrier
from routing.limits import Limits, Progress
from routing.mend import mended, urgency
from routing.plan import Plan, Route
from routing.problem import Problem, Vehicle, Visit
from routing.room import with_room, with_visit
from routing.score import left_out_cost, travel_cost
from routing.single import solve_single
from routing.split import Part, anchors, flat, parts

MOST_VISITS = 120
ROUNDS = 2
NEAREST = 25
SEARCHING = 0.92
LEAST_SECONDS = 0.05
MOST_IN_ONE = 500
IN_ONE = 0.5

Tell = Callable[[Progress], None]


def solve_large(problem: Problem, limits: Limits, start: Plan | None, tell: Tell | None) -> Plan:
    """The best plan of an area with `coordinates`, found in rounds of parts; keeps within `limits` closely."""
    search = _Search(problem, limits, tell)
    if start is not None:
        search.keep(mended(problem, start.routes))
    if len(problem.visits) <= MOST_IN_ONE:
        search.whole()
    if limits.processes > 1:
        with Crew(limits.processes) as crew:
            search.rounds(crew)
    else:
        search.rounds(None)
    return search.finished()


@dataclass(slots=True)
class _Search:
    """The routes so far, and the clock."""

    problem: Problem
    limits: Limits
    tell: Tell | None
    began: float = field(default_factory=time.monotonic)
    routes: dict[int, Route] = field(default_factory=dict)
    costs: dict[int, int] = field(default_factory=dict)

    def keep(self, routes: Sequence[Route]) -> None:
        for route in routes:
            self.routes[route.vehicle] = route
            self.costs[route.vehicle] = travel_cost(self.problem, [route])

    def whole(self) -> None:
        """Plan the area in one model for a while: scarce skills are seen all at once there."""
        limits = replace(self.limits, seconds=self.limits.seconds * IN_ONE)
        start = Plan(tuple(self.routes.values()), {}) if self.routes else None
        tell = self.tell

        def part_of_it(progress: Progress) -> None:
            if tell is not None:
                tell(replace(progress, percent=progress.percent * IN_ONE))

        self.keep(solve_single(self.problem, limits, start, part_of_it).routes)

    def rounds(self, crew: Crew | None) -> None:
        ends = self.limits.seconds * SEARCHING
        for number in range(ROUNDS):
            cut = parts(self.problem, Plan(tuple(self.routes.values()), {}), MOST_VISITS, number)
            round_ends = self._passed() + (ends - self._passed()) / (ROUNDS - number)
            self._round(cut, round_ends, crew)

    def _round(self, cut: Sequence[Part], ends: float, crew: Crew | None) -> None:
        def share(parts_left: int) -> Limits:
            """An equal share of the time that is really left, so that overruns do not add up."""
            turns = math.ceil(parts_left / self.limits.processes)
            seconds = max(LEAST_SECONDS, (ends - self._passed()) / turns)
            return replace(self.limits, seconds=seconds, processes=1)

        def done(number: int, plan: Plan) -> None:
            for vehicle in cut[number].problem.vehicles:
                self.routes.pop(vehicle.id, None)
                self.costs.pop(vehicle.id, None)
            self.keep(plan.routes)
            self._report()

        if crew is not None:
            crew.solve(cut, share, done)
            return
        for number, part in enumerate(cut):
            start = part.start if part.start.routes else None
            done(number, solve_single(part.problem, share(len(cut) - number), start, None))

    def _report(self) -> None:
        if self.tell is None:
            return
        passed = self._passed()
        left = self._left()
        cost = sum(self.costs.values()) + sum(left_out_cost(self.problem, visit) for visit in left)
        placed, all_visits = len(self.problem.visits) - len(left), len(self.problem.visits)
        self.tell(Progress(min(99.0, 100 * passed / self.limits.seconds), placed, all_visits, cost, passed))

    def finished(self) -> Plan:
        """The plan, after every visit left out was tried with the vehicles nearest to it."""
        self.keep(mended(self.problem, self.routes.values()))
        nearest = _Nearest(self.problem, self.routes)
        unplaced = []
        for visit in sorted(self._left(), key=urgency):
            in_time = self._passed() < self.limits.seconds
            if not (in_time and self._place(visit, nearest)):
                unplaced.append(visit)
        plan = Plan(tuple(route for route in self.routes.values() if route.visits), {})
        return replace(plan, unassigned={visit.id: reason(self.problem, plan, visit) for visit in unplaced})

    def _place(self, visit: Visit, nearest: _Nearest) -> bool:
        """Put the visit into a route near it, moving another one out of its way if need be."""
        whole = with_visit(self.problem, self.routes, visit, nearest.of(visit))
        changed = with_room(self.problem, self.routes, visit, nearest.of) if whole is None else {whole.vehicle: whole}
        self.routes |= changed or {}
        return bool(changed)

    def _left(self) -> list[Visit]:
        served = {visit_id for route in self.routes.values() for visit_id in route.visits}
        return [visit for visit in self.problem.visits if visit.id not in served]

    def _passed(self) -> float:
        return time.monotonic() - self.began


class _Nearest:
    """The vehicles by how far a visit is from the middle of their routes."""

    def __init__(self, problem: Problem, routes: dict[int, Route]) -> None:
        self._problem = problem
        empty = (Route(vehicle.id, ()) for vehicle in problem.vehicles)
        self._anchors = anchors(problem, [routes.get(route.vehicle, route) for route in empty])

    def of(self, visit: Visit) -> list[Vehicle]:
        """The nearest of those who are qualified."""
        assert self._problem.coordinates is not None
        apart = self._anchors - flat(self._problem.coordinates[visit.place][None], self._problem.coordinates)
        able = [
            (distance, k)
            for k, distance in enumerate(np.hypot(apart[:, 0], apart[:, 1]).tolist())
            if who_barrier(visit, self._problem.vehicles[k]) is None
        ]
        return [self._problem.vehicles[k] for _, k in sorted(able)[:NEAREST]]
