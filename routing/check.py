"""The referee: judges any plan against its problem. It shares only the times (`stops`) with what makes plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from routing.check_links import Spot, broken_links, broken_promises, broken_sequence, links_inside, spots
from routing.joint import timed_routes
from routing.plan import Plan, Route, Rule, Stop, Violation
from routing.problem import Problem, TimeWindow, Vehicle, Visit


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every rule the plan breaks; empty for a plan that can be carried out and accounts for all visits."""
    routes = [
        Route(route.vehicle, tuple(visit_id for visit_id in route.visits if problem.has_visit(visit_id)))
        for route in plan.routes
        if problem.has_vehicle(route.vehicle)
    ]
    times = timed_routes(problem, routes)
    served = spots(routes, times)
    found = list(_accounts(problem, plan))
    found.extend(_routes(problem, routes, times, served))
    found.extend(_without_route(problem, routes))
    found.extend(broken_promises(problem, served))
    return found


def joint_violations(problem: Problem, routes: Sequence[Route]) -> Iterator[Violation]:
    """Every rule these routes break when they are all there is; vehicles and visits must be in the problem."""
    times = timed_routes(problem, routes)
    yield from _routes(problem, routes, times, spots(routes, times))


def route_violations(problem: Problem, route: Route) -> Iterator[Violation]:
    """Every rule one route breaks, whatever the others do; its vehicle and visits must be in the problem.

    Of the links those that the route alone decides, times being what they are without other routes.
    """
    times = timed_routes(problem, (route,))
    yield from _route(problem, route, times[0])
    links = links_inside(problem.links, route.visits)
    yield from broken_links(problem, links, spots((route,), times))


def _routes(
    problem: Problem, routes: Sequence[Route], times: Sequence[Sequence[Stop]], served: Mapping[int, Spot]
) -> Iterator[Violation]:
    for route, timed in zip(routes, times, strict=True):
        yield from _route(problem, route, timed)
    yield from broken_links(problem, problem.links, served)


def _without_route(problem: Problem, routes: Sequence[Route]) -> Iterator[Violation]:
    """The frozen visits of vehicles that have no route at all."""
    routed = {route.vehicle for route in routes}
    for vehicle in problem.vehicles:
        if vehicle.id not in routed:
            yield from broken_sequence(vehicle, ())


def _accounts(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Each vehicle at most once; each visit exactly once, in a route or with a reason."""
    vehicles = Counter(route.vehicle for route in plan.routes)
    for vehicle, times in vehicles.items():
        if not problem.has_vehicle(vehicle):
            yield Violation(Rule.UNKNOWN, vehicle, None, 0, f"vehicle {vehicle} is not in the problem")
        if times > 1:
            yield Violation(Rule.DUPLICATE, vehicle, None, times - 1, f"vehicle {vehicle} has {times} routes")
    seen = Counter(visit_id for route in plan.routes for visit_id in route.visits)
    for visit_id in [*seen, *(v for v in plan.unassigned if v not in seen)]:
        if not problem.has_visit(visit_id):
            yield Violation(Rule.UNKNOWN, None, visit_id, 0, f"visit {visit_id} is not in the problem")
        times = seen[visit_id] + (visit_id in plan.unassigned)
        if times > 1:
            yield Violation(Rule.DUPLICATE, None, visit_id, times - 1, f"visit {visit_id} appears {times} times")
    for visit in problem.visits:
        if visit.id not in seen and visit.id not in plan.unassigned:
            yield Violation(Rule.MISSING, None, visit.id, 0, f"visit {visit.id} is neither served nor left out")


def _route(problem: Problem, route: Route, timed: Sequence[Stop]) -> Iterator[Violation]:
    vehicle = problem.vehicle(route.vehicle)
    yield from broken_sequence(vehicle, route.visits)
    for visit_id in route.visits:
        yield from _person(problem.visit(visit_id), vehicle)
    for stop in timed:
        if stop.kind == "visit" and stop.visit is not None:
            yield from _start(problem.visit(stop.visit), vehicle, stop)
        elif stop.kind == "break":
            yield from _break(vehicle, stop)
    if timed:
        yield from _totals(vehicle, timed, len(route.visits))


def _person(visit: Visit, vehicle: Vehicle) -> Iterator[Violation]:
    def broken(rule: Rule, amount: int, detail: str) -> Violation:
        return Violation(rule, vehicle.id, visit.id, amount, detail)

    if visit.county is not None and vehicle.counties is not None and visit.county not in vehicle.counties:
        yield broken(Rule.COUNTY, 0, f"vehicle {vehicle.id} does not cover county {visit.county}")
    for skill, level in visit.skills.items():
        has = vehicle.skills.get(skill)
        if has is None:
            yield broken(Rule.SKILL, 0, f"vehicle {vehicle.id} lacks skill {skill}")
        elif has < level:
            yield broken(Rule.LEVEL, level - has, f"vehicle {vehicle.id} has {skill} at level {has}, not {level}")
    if vehicle.id in visit.forbidden or (visit.allowed is not None and vehicle.id not in visit.allowed):
        yield broken(Rule.NOT_ALLOWED, 0, f"vehicle {vehicle.id} is not allowed to make visit {visit.id}")
    if visit.pin is not None and visit.pin.vehicle not in (None, vehicle.id):
        yield broken(Rule.PIN, 0, f"visit {visit.id} is pinned to vehicle {visit.pin.vehicle}")


def _start(visit: Visit, vehicle: Vehicle, stop: Stop) -> Iterator[Violation]:
    off = _outside(visit.windows, stop.start)
    if off:
        yield Violation(Rule.WINDOW, vehicle.id, visit.id, off, f"service begins {off} s outside its windows")
    if visit.pin is not None and visit.pin.start is not None and visit.pin.start != stop.start:
        off = abs(stop.start - visit.pin.start)
        yield Violation(Rule.PIN, vehicle.id, visit.id, off, f"service begins {off} s off its pinned start")


def _break(vehicle: Vehicle, stop: Stop) -> Iterator[Violation]:
    pause = next(pause for pause in vehicle.breaks if pause.id == stop.rest)
    off = _outside(pause.windows, stop.start)
    if off:
        yield Violation(Rule.BREAK, vehicle.id, None, off, f"break {pause.id} begins {off} s outside its windows")


def _totals(vehicle: Vehicle, timed: Sequence[Stop], visits: int) -> Iterator[Violation]:
    def over(rule: Rule, amount: int, limit: int | None, unit: str) -> Iterator[Violation]:
        if limit is not None and amount > limit:
            excess = amount - limit
            yield Violation(rule, vehicle.id, None, excess, f"{excess} {unit} more than vehicle {vehicle.id} may")

    yield from over(Rule.SHIFT, timed[-1].leave, vehicle.shift.latest, "seconds")
    yield from over(Rule.MAX_VISITS, visits, vehicle.max_visits, "visits")
    yield from over(Rule.MAX_TRAVEL, sum(stop.travel for stop in timed), vehicle.max_travel, "seconds of travel")
    yield from over(Rule.MAX_DISTANCE, sum(stop.distance for stop in timed), vehicle.max_distance, "metres")
    for dimension, limit in enumerate(vehicle.capacity):
        fullest = max(stop.load[dimension] for stop in timed)
        yield from over(Rule.CAPACITY, fullest, limit, f"units of load {dimension}")


def _outside(windows: tuple[TimeWindow, ...], at: int) -> int:
    """Seconds from `at` to the nearest window; 0 inside one, or when there is none."""
    return min((max(window.earliest - at, at - window.latest, 0) for window in windows), default=0)
