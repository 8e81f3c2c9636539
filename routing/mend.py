"""Makes any routes keepable: what breaks a rule is taken out, what was left out is tried everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from routing.check import route_violations
from routing.eligibility import reasons
from routing.insertion import fits, inserted, insertions
from routing.links import ends, groups, without
from routing.mend_links import ALL_STEPS, STEPS, of_frozen, together, with_group
from routing.mend_links import placed as placed
from routing.mend_links import urgency as urgency
from routing.mend_published import nearer_to_published, too_many_changed
from routing.plan import Insertion, Plan, Route
from routing.problem import Problem, Visit


def mended(problem: Problem, routes: Iterable[Route]) -> list[Route]:
    """The routes with unknown and repeated visits taken out, and every route that breaks a rule built anew.

    Routes begin with what is frozen, whatever that breaks. A pinned visit that is in no route is put before others
    into the route of the vehicle it is pinned to. Joined visits are all kept or all taken out; visits that changed
    vehicle go back to the published one where they fit, while there are more of them than may be.
    """
    kept = _with_pinned(problem, _with_frozen(problem, _accounted(problem, routes)))
    before: dict[int, Route] = {}
    while kept != before:
        before = kept
        kept = together(problem, {vehicle: _sound(problem, route) for vehicle, route in kept.items()})
    return list(nearer_to_published(problem, kept).values())


def rebuilt(problem: Problem, route: Route) -> Route:
    """As many of the route's visits as fit together, put in one by one: pinned first, then by priority.

    A route that begins frozen, or has joined visits, keeps its order.
    """
    joined = {visit for link in problem.links for visit in ends(link)}
    if problem.vehicle(route.vehicle).frozen or not joined.isdisjoint(route.visits):
        return _thinned(problem, route)
    order = {visit_id: i for i, visit_id in enumerate(route.visits)}
    whole = Route(route.vehicle, ())
    for visit in sorted(_visits(problem, route.visits), key=lambda visit: (*urgency(visit), order[visit.id])):
        place = fits(problem, whole, visit)
        if place is not None:
            whole = inserted(whole, visit.id, place.position)
    return whole


def filled(problem: Problem, routes: Sequence[Route]) -> Plan:
    """A plan of the routes, every visit left out put where it is cheapest or given the reason why not.

    Visits that links join are put in together. When more visits than may be have changed their vehicle, those left
    out go to the published one if they fit there.
    """
    plan = Plan(tuple(routes), {})
    loose = replace(problem, links=()) if problem.links else problem
    joined = {visit for link in problem.links for visit in ends(link)}
    unplaced: list[int] = []
    steps = iter(range(ALL_STEPS))
    for group in _by_urgency(problem, groups(problem.links, _missing(problem, routes))):
        if joined.isdisjoint(group):
            place = _best(problem, plan, group[0])
            unplaced += [] if place else group
            plan = placed(plan, place.vehicle, group[0], place.position) if place else plan
        else:
            plan, left = _grouped(problem, loose, plan, group, islice(steps, STEPS))
            unplaced += left
    return Plan(tuple(route for route in plan.routes if route.visits), reasons(problem, plan, unplaced))


def _best(problem: Problem, plan: Plan, visit_id: int) -> Insertion | None:
    places = insertions(problem, plan, visit_id)
    if problem.published is None or too_many_changed(problem, plan.routes) <= 0:
        return next(iter(places), None)
    told = problem.published.vehicles.get(visit_id)
    return min(places, key=lambda place: place.vehicle != told, default=None)


def _grouped(
    problem: Problem, loose: Problem, plan: Plan, group: list[int], steps: Iterator[int]
) -> tuple[Plan, list[int]]:
    """The plan with as much of the group as can be, from its beginning, and what is left."""
    for many in range(len(group), 0, -1):
        out = without(problem.links, group[many:])
        whole = with_group(problem, loose, plan, [visit for visit in group if visit not in out], steps)
        if whole is not None:
            return whole, [visit for visit in group if visit in out]
    return plan, group


def _sound(problem: Problem, route: Route) -> Route:
    broken = set(route_violations(problem, route))
    return rebuilt(problem, route) if broken and broken - of_frozen(problem, (route,)) else route


def _thinned(problem: Problem, route: Route) -> Route:
    """As many of the route's visits as fit together in their order: the frozen, then pinned ones, then by priority."""
    frozen = problem.vehicle(route.vehicle).frozen
    allowed = of_frozen(problem, (route,))
    kept = Route(route.vehicle, frozen)
    links = [link for link in problem.links if not set(ends(link)).isdisjoint(route.visits)]
    for group in _by_urgency(problem, groups(links, (v for v in route.visits if v not in frozen))):
        more = {*kept.visits, *group}
        tried = Route(route.vehicle, tuple(visit for visit in route.visits if visit in more))
        if allowed.issuperset(route_violations(problem, tried)):
            kept = tried
    return kept


def _by_urgency(problem: Problem, found: Iterable[list[int]]) -> list[list[int]]:
    """Groups of visits, by their most urgent one."""
    return sorted(found, key=lambda group: min(urgency(visit) for visit in _visits(problem, group)))


def _accounted(problem: Problem, routes: Iterable[Route]) -> dict[int, Route]:
    seen: set[int] = set()
    kept: dict[int, Route] = {}
    for route in routes:
        if problem.has_vehicle(route.vehicle) and route.vehicle not in kept:
            fresh = [v for v in dict.fromkeys(route.visits) if v not in seen and problem.has_visit(v)]
            seen.update(fresh)
            kept[route.vehicle] = Route(route.vehicle, tuple(fresh))
    return kept


def _with_frozen(problem: Problem, kept: Mapping[int, Route]) -> dict[int, Route]:
    """The routes with every frozen visit where it is frozen."""
    heads = {vehicle.id: vehicle.frozen for vehicle in problem.vehicles if vehicle.frozen}
    frozen = {visit for head in heads.values() for visit in head}
    found = {
        vehicle: Route(vehicle, heads.get(vehicle, ()) + tuple(visit for visit in route.visits if visit not in frozen))
        for vehicle, route in kept.items()
    }
    return found | {vehicle: Route(vehicle, head) for vehicle, head in heads.items() if vehicle not in kept}


def _with_pinned(problem: Problem, kept: Mapping[int, Route]) -> dict[int, Route]:
    found = dict(kept)
    for visit_id in _missing(problem, found.values()):
        visit = problem.visit(visit_id)
        if visit.pin is not None and visit.pin.vehicle is not None and problem.has_vehicle(visit.pin.vehicle):
            route = found.get(visit.pin.vehicle, Route(visit.pin.vehicle, ()))
            place = fits(problem, route, visit)
            position = len(route.visits) if place is None else place.position
            found[route.vehicle] = inserted(route, visit_id, position)
    return found


def _missing(problem: Problem, routes: Iterable[Route]) -> list[int]:
    served = {visit_id for route in routes for visit_id in route.visits}
    return [visit.id for visit in problem.visits if visit.id not in served]


def _visits(problem: Problem, visit_ids: Iterable[int]) -> list[Visit]:
    return [problem.visit(visit_id) for visit_id in visit_ids]
