"""Frozen heads made possible: what a head breaks by itself cannot be mended, so that a search has to live with it."""

from __future__ import annotations

from dataclasses import replace

from routing.check import route_violations
from routing.freeze_vehicle import with_room
from routing.plan import Route, Stop
from routing.problem import Break, Pin, Problem, TimeWindow, Vehicle, Visit
from routing.schedule import stops


def with_possible_heads(problem: Problem) -> Problem:
    """The problem, its vehicles and their frozen visits allowed whatever the heads of their routes break by themselves.

    Such a head is held at the times it has when the vehicle does nothing else. A head that breaks nothing is left as
    it is.
    """
    loose = replace(problem, links=(), published=None)
    broken = [v for v in problem.vehicles if v.frozen and any(route_violations(loose, Route(v.id, v.frozen)))]
    visits: dict[int, Visit] = {}
    vehicles: dict[int, Vehicle] = {}
    for vehicle in broken:
        timed = stops(loose, Route(vehicle.id, vehicle.frozen))
        head = tuple(_held(problem, vehicle, stop) for stop in timed if stop.visit is not None)
        visits |= {visit.id: visit for visit in head}
        rests = tuple(_rested(rest, timed) for rest in vehicle.breaks)
        vehicles[vehicle.id] = with_room(problem, replace(vehicle, breaks=rests), head)
    if not broken:
        return problem
    return replace(
        problem,
        visits=tuple(visits.get(visit.id, visit) for visit in problem.visits),
        vehicles=tuple(vehicles.get(vehicle.id, vehicle) for vehicle in problem.vehicles),
    )


def _held(problem: Problem, vehicle: Vehicle, stop: Stop) -> Visit:
    assert stop.visit is not None
    return replace(
        problem.visit(stop.visit),
        windows=(),
        skills={},
        county=None,
        allowed=None,
        forbidden=frozenset(),
        pin=Pin(vehicle.id, stop.start),
    )


def _rested(rest: Break, timed: list[Stop]) -> Break:
    taken = next(stop.start for stop in timed if stop.rest == rest.id)
    return replace(rest, windows=(*rest.windows, TimeWindow(taken, taken)))
