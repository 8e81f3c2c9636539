"""Writes a plan in VROOM's JSON form (its API page: output), with a `reason` for every unassigned task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from routing.check import violations
from routing.load import Load
from routing.plan import Plan, Reason, Route, Rule, Stop, Violation
from routing.schedule import stops
from routing.score import travel_cost
from routing.vroom_line import encoded
from routing.vroom_question import Question

Json = dict[str, Any]

INPUT_ERROR = 2
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
    Rule.PRECEDENCE: "precedence",
    Rule.PARTNER: "precedence",
}
LOADS = ("delivery", "amount", "pickup")
SUMS = ("setup", "service", "duration", "waiting_time", "priority", "distance")
UNTIMED: Mapping[str, int] = {"loading": 0, "solving": 0, "routing": 0}


def to_vroom(question: Question, plan: Plan, computing_times: Mapping[str, int] = UNTIMED) -> Json:
    """The VROOM output of a plan: code, summary, unassigned, routes with timed steps.

    `computing_times` are milliseconds of `loading`, `solving` and `routing`.
    """
    broken = violations(question.problem, plan)
    routes = [_route(question, route, _of(broken, route)) for route in plan.routes if route.visits]
    unassigned = [_unassigned(question, visit, why) for visit, why in plan.unassigned.items()]
    return {
        "code": 0,
        "summary": _summary(question, routes, len(unassigned), computing_times),
        "unassigned": unassigned,
        "routes": routes,
    }


def error_for_vroom(message: str, field: str | None = None, code: int = INPUT_ERROR) -> Json:
    """VROOM's form of an answer that is none: `code` 1 for a fault of ours, 2 for one of the question."""
    return {"code": code, "error": message} | ({"field": field} if field else {})


def _of(broken: Sequence[Violation], route: Route) -> list[Violation]:
    return [
        one for one in broken if one.vehicle == route.vehicle or (one.vehicle is None and one.visit in route.visits)
    ]


def _summary(question: Question, routes: list[Json], unassigned: int, computing_times: Mapping[str, int]) -> Json:
    summary: Json = {
        "cost": sum(route["cost"] for route in routes),
        "routes": len(routes),
        "unassigned": unassigned,
    }
    summary |= {name: _total([tuple(route[name]) for route in routes]) for name in LOADS}
    known = SUMS if _has_distances(question) else SUMS[:-1]
    summary |= {name: sum(route[name] for route in routes) for name in known}
    told = [violation for route in routes for violation in route["violations"]]
    return summary | {"violations": told, "computing_times": {**UNTIMED, **computing_times}}


def _unassigned(question: Question, visit_id: int, why: Reason) -> Json:
    visit, task = question.problem.visit(visit_id), question.tasks[visit_id]
    row = {"id": task.id, "type": task.kind, **_located(question, visit.place)}
    return row | _described(visit.description) | {"reason": why.rule.value, "detail": why.detail}


def _route(question: Question, route: Route, broken: list[Violation]) -> Json:
    problem = question.problem
    timed = stops(problem, route)
    vehicle = problem.vehicle(route.vehicle)
    steps = list(_steps(question, route, timed, broken))
    row: Json = {"vehicle": question.vehicles[route.vehicle], "cost": travel_cost(problem, [route])}
    row |= _loads(question, route)
    row |= {name: sum(step[name] for step in steps) for name in ("setup", "service")}
    row |= {
        "duration": sum(stop.travel for stop in timed),
        "waiting_time": sum(stop.waiting for stop in timed),
        "priority": sum(problem.visit(visit_id).priority for visit_id in route.visits),
    }
    if _has_distances(question):
        row["distance"] = sum(stop.distance for stop in timed)
    row |= _described(vehicle.description) | {"steps": steps, "violations": [_violation(one) for one in broken]}
    return row | _line(question, timed)


def _loads(question: Question, route: Route) -> Json:
    """Units delivered and picked up; what a shipment picks up it also delivers."""
    problem = question.problem
    visits = [problem.visit(visit_id) for visit_id in route.visits]
    shipped = [visit.pickup for visit in visits if question.tasks[visit.id].kind == "pickup"]
    delivered = _total([*(visit.load for visit in visits), *shipped])
    return {"delivery": delivered, "amount": delivered, "pickup": _total([visit.pickup for visit in visits])}


def _steps(question: Question, route: Route, timed: list[Stop], broken: list[Violation]) -> Iterator[Json]:
    driven = metres = 0
    for stop in timed:
        driven, metres = driven + stop.travel, metres + stop.distance
        if stop.kind in ("start", "end") and getattr(question.problem.vehicle(route.vehicle), stop.kind) is None:
            continue
        row = _step(question, route, stop) | {"arrival": stop.arrive, "duration": driven}
        row |= {"setup": stop.setup, "service": stop.service, "waiting_time": stop.waiting, "load": list(stop.load)}
        if stop.visit is not None:
            folded = question.tasks[stop.visit].folded
            row |= {"setup": stop.setup + folded, "service": stop.service - folded}
        told = [_violation(one) for one in broken if _is_at(one, stop)]
        yield row | {"violations": told} | ({"distance": metres} if _has_distances(question) else {})


def _step(question: Question, route: Route, stop: Stop) -> Json:
    """What the step is and where."""
    if stop.rest is not None:
        rest = question.rests[route.vehicle, stop.rest]
        return {"type": "break", "id": rest.id} | _described(rest.description)
    row = {"type": stop.kind} if stop.place is None else {"type": stop.kind, **_located(question, stop.place)}
    if stop.visit is None:
        return row
    task = question.tasks[stop.visit]
    named = {"type": task.kind, "id": task.id, "job": task.id}
    return row | named | _described(question.problem.visit(stop.visit).description)


def _is_at(broken: Violation, stop: Stop) -> bool:
    """Whether a rule is broken at this step: a visit's at its visit, the shift's at the end."""
    if broken.visit is not None:
        return broken.visit == stop.visit
    return broken.rule == Rule.SHIFT and stop.kind == "end"


def _violation(broken: Violation) -> Json:
    row: Json = {"cause": CAUSES.get(broken.rule, broken.rule.value), "detail": broken.detail}
    return row | ({"duration": broken.amount} if row["cause"] == "delay" else {})


def _line(question: Question, timed: list[Stop]) -> Json:
    """Straight lines from stop to stop, when they were asked for and all places are known."""
    along = [stop.place for stop in timed if stop.place is not None and stop.rest is None]
    if not question.has_line or not question.places.keys() >= set(along):
        return {}
    return {"geometry": encoded(question.places[place] for place in along)}


def _has_distances(question: Question) -> bool:
    return question.problem.distances is not None or question.problem.durations is None


def _located(question: Question, place: int) -> Json:
    row: Json = {}
    if place in question.places:
        row["location"] = list(question.places[place])
    return row | ({"location_index": place} if question.has_matrix else {})


def _described(description: str) -> Json:
    return {"description": description} if description else {}


def _total(loads: list[Load]) -> list[int]:
    width = max((len(load) for load in loads), default=0)
    return [sum(load[d] for load in loads if d < len(load)) for d in range(width)]
