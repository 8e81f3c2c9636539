"""Giving something up: the problem with a rule relaxed, and the plan that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from routing.explanation import Give, Relaxation, Remedy
from routing.insertion import inserted
from routing.plan import Plan, Route
from routing.problem import Pin, Problem, TimeWindow, Vehicle, Visit


def relaxed(problem: Problem, relaxations: Sequence[Relaxation]) -> Problem:
    """The problem with all of them given up; a visit that is moved needs no other problem. KeyError: unknown ids."""
    visits: dict[int, Visit] = {}
    vehicles: dict[int, Vehicle] = {}
    for one in relaxations:
        wanted = visits.get(one.visit, problem.visit(one.visit))
        if one.kind in VISIT:
            visits[one.visit] = VISIT[one.kind](wanted, one)
        if one.kind in VEHICLE:
            known = vehicles.get(one.vehicle, problem.vehicle(one.vehicle))
            vehicles[one.vehicle] = VEHICLE[one.kind](known, one, wanted)
    return replace(
        problem,
        visits=tuple(visits.get(visit.id, visit) for visit in problem.visits),
        vehicles=tuple(vehicles.get(vehicle.id, vehicle) for vehicle in problem.vehicles),
    )


def remedied(plan: Plan, visit_id: int, remedy: Remedy) -> Plan:
    """The plan with the visit where the remedy puts it."""
    routes = {route.vehicle: route for route in plan.routes}
    for one in remedy.relaxations:
        if one.kind == Give.MOVE and one.to_vehicle is not None and one.to_position is not None:
            left = tuple(v for v in routes[one.vehicle].visits if v != one.visit)
            routes[one.vehicle] = Route(one.vehicle, left)
            to = routes.get(one.to_vehicle, Route(one.to_vehicle, ()))
            routes[one.to_vehicle] = inserted(to, one.visit, one.to_position)
    route = routes.get(remedy.vehicle, Route(remedy.vehicle, ()))
    routes[remedy.vehicle] = inserted(route, visit_id, remedy.position)
    unassigned = {other: why for other, why in plan.unassigned.items() if other != visit_id}
    return Plan(tuple(routes.values()), unassigned)


def _window(earlier: int, later: int) -> Callable[[Visit, Relaxation], Visit]:
    def widened(visit: Visit, one: Relaxation) -> Visit:
        windows = list(visit.windows)
        window = windows[one.window]
        windows[one.window] = TimeWindow(window.earliest - earlier * one.amount, window.latest + later * one.amount)
        return replace(visit, windows=tuple(windows))

    return widened


def _allowed(visit: Visit, one: Relaxation) -> Visit:
    allowed = None if visit.allowed is None else visit.allowed | {one.vehicle}
    return replace(visit, allowed=allowed, forbidden=visit.forbidden - {one.vehicle})


def _unpinned(visit: Visit, one: Relaxation) -> Visit:
    start = visit.pin.start if visit.pin is not None else None
    return replace(visit, pin=None if start is None else Pin(one.vehicle, start))


def _longer(vehicle: Vehicle, one: Relaxation, visit: Visit) -> Vehicle:
    return replace(vehicle, shift=TimeWindow(vehicle.shift.earliest, vehicle.shift.latest + one.amount))


def _covering(vehicle: Vehicle, one: Relaxation, visit: Visit) -> Vehicle:
    return replace(vehicle, counties=None if vehicle.counties is None else vehicle.counties | {one.name})


def _skilled(vehicle: Vehicle, one: Relaxation, visit: Visit) -> Vehicle:
    return replace(vehicle, skills={**vehicle.skills, one.name: visit.skills[one.name]})


def _larger(vehicle: Vehicle, one: Relaxation, visit: Visit) -> Vehicle:
    return replace(vehicle, capacity=tuple(units + one.amount for units in vehicle.capacity))


def _more_visits(vehicle: Vehicle, one: Relaxation, visit: Visit) -> Vehicle:
    return replace(vehicle, max_visits=(vehicle.max_visits or 0) + one.amount)


def _more_travel(vehicle: Vehicle, one: Relaxation, visit: Visit) -> Vehicle:
    return replace(vehicle, max_travel=(vehicle.max_travel or 0) + one.amount)


def _farther(vehicle: Vehicle, one: Relaxation, visit: Visit) -> Vehicle:
    return replace(vehicle, max_distance=(vehicle.max_distance or 0) + one.amount)


VISIT: dict[Give, Callable[[Visit, Relaxation], Visit]] = {
    Give.EARLIER: _window(1, 0),
    Give.LATER: _window(0, 1),
    Give.ALLOW: _allowed,
    Give.UNPIN: _unpinned,
}
VEHICLE: dict[Give, Callable[[Vehicle, Relaxation, Visit], Vehicle]] = {
    Give.OVERTIME: _longer,
    Give.COUNTY: _covering,
    Give.SKILL: _skilled,
    Give.LEVEL: _skilled,
    Give.CAPACITY: _larger,
    Give.MAX_VISITS: _more_visits,
    Give.MAX_TRAVEL: _more_travel,
    Give.MAX_DISTANCE: _farther,
}
