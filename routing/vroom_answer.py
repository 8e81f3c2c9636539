"""Writes a plan in VROOM's JSON form (its API page: output), with a `reason` for every unassigned job."""

from __future__ import annotations

from typing import Any

from routing.check import route_violations
from routing.load import Load
from routing.plan import Plan, Reason, Route, Rule, Stop
from routing.problem import Problem
from routing.schedule import stops

Json = dict[str, Any]

CAUSES = {
    Rule.WINDOW: "delay",
    Rule.SHIFT: "delay",
    Rule.BREAK: "missing_break",
    Rule.CAPACITY: "load",
    Rule.SKILL: "skills",
    Rule.LEVEL: "skills",
    Rule.MAX_VISITS: "max_tasks",
    Rule.MAX_TRAVEL: "max_travel_time",
    Rule.MAX_DISTANCE: "max_distance",
}

SUMS = ("cost", "setup", "service", "duration", "waiting_time", "priority", "distance")


def to_vroom(problem: Problem, plan: Plan) -> Json:
    """The VROOM output of a plan: code, summary, unassigned, routes with timed steps."""
    routes = [_route(problem, route) for route in plan.routes if route.visits]
    known = SUMS if _has_distances(problem) else SUMS[:-1]
    summary: Json = {name: sum(route[name] for route in routes) for name in known}
    summary["routes"] = len(routes)
    summary["unassigned"] = len(plan.unassigned)
    for name in ("delivery", "pickup", "amount"):
        summary[name] = _total([tuple(route[name]) for route in routes])
    summary["violations"] = [violation for route in routes for violation in route["violations"]]
    unassigned = [_unassigned(problem, visit_id, why) for visit_id, why in plan.unassigned.items()]
    return {"code": 0, "summary": summary, "unassigned": unassigned, "routes": routes}


def _unassigned(problem: Problem, visit_id: int, why: Reason) -> Json:
    visit = problem.visit(visit_id)
    row = {"id": visit_id, "type": "job", **_located(problem, visit.place)}
    return row | _described(visit.description) | {"reason": why.rule.value, "detail": why.detail}


def _route(problem: Problem, route: Route) -> Json:
    timed = stops(problem, route)
    vehicle = problem.vehicle(route.vehicle)
    visits = [problem.visit(visit_id) for visit_id in route.visits]
    steps, driven, metres = [], 0, 0
    for stop in timed:
        driven, metres = driven + stop.travel, metres + stop.distance
        steps.append(_step(problem, stop, driven, metres))
    row: Json = {
        "vehicle": route.vehicle,
        "cost": _cost(problem, timed),
        "delivery": _total([visit.load for visit in visits]),
        "pickup": _total([visit.pickup for visit in visits]),
        "amount": _total([visit.load for visit in visits]),
        "setup": sum(stop.setup for stop in timed),
        "service": sum(stop.service for stop in timed),
        "duration": driven,
        "waiting_time": sum(stop.waiting for stop in timed),
        "priority": sum(visit.priority for visit in visits),
    }
    if _has_distances(problem):
        row["distance"] = metres
    broken = [
        {"cause": CAUSES.get(violation.rule, violation.rule.value), "duration": violation.amount}
        for violation in route_violations(problem, route)
    ]
    return row | _described(vehicle.description) | {"steps": steps, "violations": broken}


def _step(problem: Problem, stop: Stop, driven: int, metres: int) -> Json:
    row: Json = {"type": "job" if stop.kind == "visit" else stop.kind}
    if stop.kind == "visit" and stop.visit is not None:
        row |= {"id": stop.visit, "job": stop.visit} | _described(problem.visit(stop.visit).description)
    if stop.kind == "break":
        row["id"] = stop.rest
    elif stop.place is not None:
        row |= _located(problem, stop.place)
    row |= {
        "arrival": stop.arrive,
        "duration": driven,
        "setup": stop.setup,
        "service": stop.service,
        "waiting_time": stop.waiting,
        "load": list(stop.load),
        "violations": [],
    }
    return row | {"distance": metres} if _has_distances(problem) else row


def _cost(problem: Problem, timed: list[Stop]) -> int:
    if problem.costs is None:
        return sum(stop.travel for stop in timed)
    along = [stop.place for stop in timed if stop.kind != "break" and stop.place is not None]
    return int(problem.costs[along[:-1], along[1:]].sum())


def _has_distances(problem: Problem) -> bool:
    return problem.distances is not None or problem.durations is None


def _located(problem: Problem, place: int) -> Json:
    row: Json = {"location_index": place}
    if problem.coordinates is not None:
        row["location"] = problem.coordinates[place].tolist()
    return row


def _described(description: str) -> Json:
    return {"description": description} if description else {}


def _total(loads: list[Load]) -> list[int]:
    width = max((len(load) for load in loads), default=0)
    return [sum(load[d] for load in loads if d < len(load)) for d in range(width)]
