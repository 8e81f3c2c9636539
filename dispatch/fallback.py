"""A plan when the planner fails: what is running is kept, the rest is put in greedily, in seconds."""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from routing.eligibility import reason, who_barrier
from routing.insertion import fits, inserted
from routing.mend import mended, urgency
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Problem, Vehicle, Visit

FALLBACK_SECONDS = 5.0
NEAREST = 12


def greedy(problem: Problem, start: Plan | None = None, seconds: float = FALLBACK_SECONDS) -> Plan:
    """Every visit where it is cheapest among the nearest technicians, pinned and urgent ones first.

    Keeps the routes of `start` as far as they break no rule. Visits whose turn did not come within `seconds`
    are left out with that reason.
    """
    deadline = time.monotonic() + seconds
    nearest = _Nearest(problem)
    routes = {route.vehicle: route for route in mended(problem, start.routes if start else ())}
    served = {visit_id for route in routes.values() for visit_id in route.visits}
    left_out: dict[int, Reason] = {}
    for visit in sorted(problem.visits, key=urgency):
        if visit.id in served:
            continue
        if time.monotonic() > deadline:
            left_out[visit.id] = Reason(Rule.NO_TIME, "its turn did not come before the time was up")
        elif not _place(problem, routes, visit, nearest.of(visit)):
            left_out[visit.id] = reason(problem, Plan(tuple(routes.values()), {}), visit)
    return Plan(tuple(route for route in routes.values() if route.visits), left_out)


def _place(problem: Problem, routes: dict[int, Route], visit: Visit, vehicles: Iterable[Vehicle]) -> bool:
    """Insert the visit where it is cheapest among the first vehicles with room; False if none has any."""
    able = [vehicle for vehicle in vehicles if who_barrier(visit, vehicle) is None]
    for first in range(0, len(able), NEAREST):
        tried = (routes.get(v.id, Route(v.id, ())) for v in able[first : first + NEAREST])
        found = [(place, route) for route in tried if (place := fits(problem, route, visit)) is not None]
        if found:
            place, route = min(found, key=lambda pair: (pair[0].cost, pair[0].vehicle))
            routes[route.vehicle] = inserted(route, visit.id, place.position)
            return True
    return False


class _Nearest:
    """The vehicles in the order of how far a visit is from where they start."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._starts = np.array([vehicle.start or 0 for vehicle in problem.vehicles], dtype=np.intp)

    def of(self, visit: Visit) -> list[Vehicle]:
        vehicles = self._problem.vehicles
        return [vehicles[n] for n in np.argsort(self._distances(visit), kind="stable")] if vehicles else []

    def _distances(self, visit: Visit) -> NDArray[np.float64]:
        if self._problem.durations is not None:
            found: NDArray[np.float64] = self._problem.durations[self._starts, visit.place].astype(np.float64)
            return found
        assert self._problem.coordinates is not None
        apart = self._problem.coordinates[self._starts] - self._problem.coordinates[visit.place]
        apart[:, 0] *= np.cos(np.radians(self._problem.coordinates[visit.place, 1]))
        degrees: NDArray[np.float64] = np.hypot(apart[:, 0], apart[:, 1])
        return degrees
