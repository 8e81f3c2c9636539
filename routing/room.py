"""Making room: a visit that fits nowhere takes the place of another one, which goes elsewhere.

An ejection chain of length one (F. Glover, "Ejection chains, reference structures and alternating path methods for
traveling salesman problems", Discrete Applied Mathematics 65, 1996).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from routing.eligibility import who_barrier
from routing.insertion import fits, inserted
from routing.mend import urgency
from routing.plan import Plan, Route
from routing.problem import Problem, Vehicle, Visit

Near = Callable[[Visit], Iterable[Vehicle]]


def with_room(problem: Problem, routes: Mapping[int, Route], visit: Visit, near: Near) -> dict[int, Route] | None:
    """The one or two routes that change so that `visit` is served as well, or None when no single step makes room.

    `near` says which vehicles to try for a visit, the best first. Pinned visits stay where they are.
    """
    for vehicle in near(visit):
        route = routes.get(vehicle.id, Route(vehicle.id, ()))
        for other in map(problem.visit, route.visits):
            shorter = Route(vehicle.id, tuple(v for v in route.visits if v != other.id))
            place = fits(problem, shorter, visit) if other.pin is None else None
            if place is None:
                continue
            taken = inserted(shorter, visit.id, place.position)
            elsewhere = with_visit(problem, {**routes, vehicle.id: taken}, other, near(other))
            if elsewhere is not None:
                return {vehicle.id: taken, elsewhere.vehicle: elsewhere}
    return None


def with_visit(
    problem: Problem, routes: Mapping[int, Route], visit: Visit, vehicles: Iterable[Vehicle]
) -> Route | None:
    """The route of these vehicles in which the visit costs least, with it; None where it fits into none."""
    tried = (routes.get(vehicle.id, Route(vehicle.id, ())) for vehicle in vehicles)
    found = [(place, route) for route in tried if (place := fits(problem, route, visit)) is not None]
    if not found:
        return None
    place, route = min(found, key=lambda pair: (pair[0].cost, pair[0].vehicle))
    return inserted(route, visit.id, place.position)


def room_made(problem: Problem, plan: Plan, in_time: Callable[[], bool]) -> Plan:
    """The plan with room made for as many of its left-out visits as can be while `in_time` says so."""
    routes = {route.vehicle: route for route in plan.routes}
    left = dict(plan.unassigned)

    def qualified(visit: Visit) -> list[Vehicle]:
        return [vehicle for vehicle in problem.vehicles if who_barrier(visit, vehicle) is None]

    for visit in sorted(map(problem.visit, plan.unassigned), key=urgency):
        changed = with_room(problem, routes, visit, qualified) if in_time() else None
        if changed is not None:
            routes |= changed
            del left[visit.id]
    return replace(plan, routes=tuple(routes.values()), unassigned=left)
