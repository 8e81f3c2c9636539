"""Keeps joined visits together while routes are mended: all that a link joins are planned, or none is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from routing.check import joint_violations, route_violations
from routing.insertion import inserted, insertions
from routing.links import ends, without
from routing.plan import Plan, Route, Violation
from routing.problem import Problem, Visit

TRIES = 5
"""How many places are tried for each visit of a group."""
STEPS, ALL_STEPS = 64, 600
"""How many attempts are made at visits of one group, and of all together: they take milliseconds each."""

Routes = Mapping[int, Route]


def urgency(visit: Visit) -> tuple[bool, int]:
    """Sorts pinned visits first, then the higher priority."""
    return visit.pin is None, -visit.priority


def placed(plan: Plan, vehicle: int, visit_id: int, position: int) -> Plan:
    """The plan with the visit in the vehicle's route before `position`."""
    routes = {route.vehicle: route for route in plan.routes}
    routes[vehicle] = inserted(routes.get(vehicle, Route(vehicle, ())), visit_id, position)
    unassigned = {other: why for other, why in plan.unassigned.items() if other != visit_id}
    return Plan(tuple(routes.values()), unassigned)


def of_frozen(problem: Problem, routes: Iterable[Route]) -> set[Violation]:
    """What the frozen heads of routes break by themselves: nothing put behind them can mend that."""
    heads = (Route(route.vehicle, problem.vehicle(route.vehicle).frozen) for route in routes)
    return {broken for head in heads if head.visits for broken in route_violations(problem, head)}


def with_group(
    problem: Problem, loose: Problem, plan: Plan, group: Sequence[int], steps: Iterator[object]
) -> Plan | None:
    """The plan with all visits of a group, each where it is cheap; None when no place tried keeps the links.

    `loose` is the problem without its links. Each attempt at a visit takes one of `steps`; without any it is given up.
    """
    if not group:
        return plan
    if next(steps, None) is None:
        return None
    for place in insertions(loose, plan, loose.visit(group[0]))[:TRIES]:
        whole = with_group(problem, loose, placed(plan, place.vehicle, group[0], place.position), group[1:], steps)
        if whole is not None and (group[1:] or keeps_links(problem, whole, place.vehicle)):
            return whole
    return None


def keeps_links(problem: Problem, plan: Plan, vehicle: int) -> bool:
    """Whether the vehicle's route and all that wait for each other with it can be kept."""
    routes = {route.vehicle: route for route in plan.routes}
    return next(_troubles(problem, _waiting_for_each_other(problem, routes, vehicle)), None) is None


def together(problem: Problem, routes: Routes) -> dict[int, Route]:
    """The routes without the joined visits that cannot keep their links; frozen ones stay whatever they break."""
    kept = dict(routes)
    while out := _spoilers(problem, kept):
        for route in routes.values():
            kept[route.vehicle] = Route(route.vehicle, tuple(v for v in kept[route.vehicle].visits if v not in out))
    return kept


def _spoilers(problem: Problem, routes: Routes) -> set[int]:
    """What has to go next: whatever misses its partner, else a joined visit that brings a route into trouble."""
    if not problem.links:
        return set()
    served = {visit for route in routes.values() for visit in route.visits}
    movable = served - {visit for vehicle in problem.vehicles for visit in vehicle.frozen}
    alone = without(problem.links, {visit.id for visit in problem.visits} - served) & movable
    return alone or next(
        (out for v in _blamed(problem, routes) if (out := without(problem.links, {v}) & movable)), set()
    )


def _blamed(problem: Problem, routes: Routes) -> Iterator[int]:
    """The joined visits that may be the cause of what routes break together, the least urgent of a route first."""
    joined = {visit for link in problem.links for visit in ends(link)}
    busy = [route for route in routes.values() if not joined.isdisjoint(route.visits)]
    for broken in _troubles(problem, busy):
        if broken.visit in joined:
            yield broken.visit
        elif broken.vehicle is not None:
            own = [visit for visit in routes[broken.vehicle].visits if visit in joined]
            yield from sorted(own, key=lambda visit: urgency(problem.visit(visit)), reverse=True)


def _troubles(problem: Problem, routes: Sequence[Route]) -> Iterator[Violation]:
    known = of_frozen(problem, routes)
    return (broken for broken in joint_violations(problem, routes) if broken not in known)


def _waiting_for_each_other(problem: Problem, routes: Routes, vehicle: int) -> list[Route]:
    """The routes that links join with the vehicle's, directly or by others, itself included."""
    home = {visit: route.vehicle for route in routes.values() for visit in route.visits}
    found = {vehicle}
    known = 0
    while known < len(found):
        known = len(found)
        for link in problem.links:
            joined = {home[visit] for visit in ends(link) if visit in home}
            if joined & found:
                found |= joined
    return [routes[one] for one in found if one in routes]
