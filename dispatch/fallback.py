"""A plan when the planner fails: what is running is kept, the rest is put in greedily, in seconds."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from routing.eligibility import reason, who_barrier
from routing.insertion import fits, inserted
from routing.joint import starts
from routing.links import ends, groups
from routing.mend import mended, urgency
from routing.mend_links import STEPS, with_group
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Pin, Problem, Vehicle, Visit

FALLBACK_SECONDS = 5.0
NEAREST = 12


def greedy(problem: Problem, start: Plan | None = None, seconds: float = FALLBACK_SECONDS) -> Plan:
    """Every visit where it is cheapest among the nearest technicians, pinned and urgent ones first.

    Keeps the routes of `start` as far as they break no rule. What links join comes first, together, and keeps its
    start. Visits whose turn did not come within `seconds` are left out with that reason.
    """
    deadline = time.monotonic() + seconds
    plan = Plan(tuple(mended(problem, start.routes if start else ())), {})
    joined = {visit for link in problem.links for visit in ends(link)}
    plan = _with_joined(problem, plan, joined, deadline) if joined else plan
    settled = _settled(problem, plan, joined) if joined else problem
    nearest = _Nearest(problem)
    routes = {route.vehicle: route for route in plan.routes}
    served = {visit_id for route in plan.routes for visit_id in route.visits}
    left_out: dict[int, Reason] = {}
    for visit in sorted(problem.visits, key=urgency):
        if visit.id in served:
            continue
        if time.monotonic() > deadline:
            left_out[visit.id] = Reason(Rule.NO_TIME, "its turn did not come before the time was up")
        elif visit.id in joined or not _place(settled, routes, visit, nearest.of(visit)):
            left_out[visit.id] = reason(problem, Plan(tuple(routes.values()), {}), visit)
    return Plan(tuple(route for route in routes.values() if route.visits), left_out)


def _with_joined(problem: Problem, plan: Plan, joined: set[int], deadline: float) -> Plan:
    """The plan with the visits that links join, each group whole or not at all."""
    served = {visit for route in plan.routes for visit in route.visits}
    loose = replace(problem, links=())
    for group in groups(problem.links, (visit.id for visit in problem.visits if visit.id in joined - served)):
        if time.monotonic() <= deadline:
            plan = with_group(problem, loose, plan, group, iter(range(STEPS))) or plan
    return plan


def _settled(problem: Problem, plan: Plan, joined: set[int]) -> Problem:
    """The problem without links, in which what they join begins when it is planned to."""
    at = {visit: start for visit, start in starts(problem, plan).items() if visit in joined}
    visits = tuple(
        replace(visit, pin=Pin(visit.pin.vehicle if visit.pin else None, at[visit.id])) if visit.id in at else visit
        for visit in problem.visits
    )
    return replace(problem, visits=visits, links=())


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
