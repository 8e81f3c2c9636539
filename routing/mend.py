"""Makes any routes keepable: what breaks a rule is taken out, what was left out is tried everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routing.check import route_violations
from routing.eligibility import reason
from routing.insertion import fits, inserted, insertions
from routing.plan import Plan, Route
from routing.problem import Problem, Visit


def mended(problem: Problem, routes: Iterable[Route]) -> list[Route]:
    """The routes with unknown and repeated visits taken out, and every route that breaks a rule built anew.

    A pinned visit that is in no route is put before others into the route of the vehicle it is pinned to.
    """
    kept = _accounted(problem, routes)
    for visit_id in _missing(problem, kept.values()):
        visit = problem.visit(visit_id)
        if visit.pin is not None and visit.pin.vehicle is not None and problem.has_vehicle(visit.pin.vehicle):
            route = kept.get(visit.pin.vehicle, Route(visit.pin.vehicle, ()))
            place = fits(problem, route, visit)
            position = len(route.visits) if place is None else place.position
            kept[route.vehicle] = inserted(route, visit_id, position)
    return [route if not _breaks_rules(problem, route) else rebuilt(problem, route) for route in kept.values()]


def rebuilt(problem: Problem, route: Route) -> Route:
    """As many of the route's visits as fit together, put in one by one: pinned first, then by priority."""
    order = {visit_id: i for i, visit_id in enumerate(route.visits)}
    whole = Route(route.vehicle, ())
    for visit in sorted(_visits(problem, route.visits), key=lambda visit: (*urgency(visit), order[visit.id])):
        place = fits(problem, whole, visit)
        if place is not None:
            whole = inserted(whole, visit.id, place.position)
    return whole


def filled(problem: Problem, routes: Sequence[Route]) -> Plan:
    """A plan of the routes, every visit left out put where it is cheapest or given the reason why not."""
    plan = Plan(tuple(routes), {})
    left = sorted(_visits(problem, _missing(problem, routes)), key=urgency)
    unplaced = []
    for visit in left:
        places = insertions(problem, plan, visit)
        if places:
            plan = placed(plan, places[0].vehicle, visit.id, places[0].position)
        else:
            unplaced.append(visit)
    reasons = {visit.id: reason(problem, plan, visit) for visit in unplaced}
    return Plan(tuple(route for route in plan.routes if route.visits), reasons)


def placed(plan: Plan, vehicle: int, visit_id: int, position: int) -> Plan:
    """The plan with the visit in the vehicle's route before `position`."""
    routes = {route.vehicle: route for route in plan.routes}
    routes[vehicle] = inserted(routes.get(vehicle, Route(vehicle, ())), visit_id, position)
    unassigned = {other: why for other, why in plan.unassigned.items() if other != visit_id}
    return Plan(tuple(routes.values()), unassigned)


def urgency(visit: Visit) -> tuple[bool, int]:
    """Sorts pinned visits first, then the higher priority."""
    return visit.pin is None, -visit.priority


def _accounted(problem: Problem, routes: Iterable[Route]) -> dict[int, Route]:
    seen: set[int] = set()
    kept: dict[int, Route] = {}
    for route in routes:
        if problem.has_vehicle(route.vehicle) and route.vehicle not in kept:
            fresh = [v for v in dict.fromkeys(route.visits) if v not in seen and problem.has_visit(v)]
            seen.update(fresh)
            kept[route.vehicle] = Route(route.vehicle, tuple(fresh))
    return kept


def _missing(problem: Problem, routes: Iterable[Route]) -> list[int]:
    served = {visit_id for route in routes for visit_id in route.visits}
    return [visit.id for visit in problem.visits if visit.id not in served]


def _visits(problem: Problem, visit_ids: Iterable[int]) -> list[Visit]:
    return [problem.visit(visit_id) for visit_id in visit_ids]


def _breaks_rules(problem: Problem, route: Route) -> bool:
    return next(route_violations(problem, route), None) is not None
