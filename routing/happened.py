"""From what is told of a running day to the day as it is: visits and vehicles that came, and the course of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing.course import Course
from routing.errors import InvalidProblem
from routing.events import Back, Cancelled, Emergency, Event, Ill, NotBegun, Overrun, StartedAt
from routing.plan import Plan, Route
from routing.problem import Problem, Vehicle, Visit


@dataclass(frozen=True, slots=True)
class Day:
    """A problem with the plan that is being carried out, and what is known of how it goes."""

    problem: Problem
    plan: Plan
    course: Course


def happened(problem: Problem, running: Plan, events: Sequence[Event]) -> Day:
    """The day after the events, in their order. Raises InvalidProblem for what they name and is not there."""
    for route in running.routes:
        if not problem.has_vehicle(route.vehicle):
            says = f"vehicle {route.vehicle} is not in the problem; add it, or take its route out"
            raise InvalidProblem("running", says)
        for visit in route.visits:
            if not problem.has_visit(visit):
                raise InvalidProblem("running", f"visit {visit} is not in the problem; add it, or take it out")
    day = Day(problem, running, Course())
    for i, event in enumerate(events):
        day = _after(day, event, f"events[{i}]")
    return day


def _after(day: Day, event: Event, field: str) -> Day:
    course = day.course
    match event:
        case Ill(vehicle):
            if not day.problem.has_vehicle(vehicle):
                raise InvalidProblem(f"{field}.vehicle", f"vehicle {vehicle} is not in the problem; name one at work")
            return replace(day, course=replace(course, out={**course.out, vehicle: event}))
        case Back(vehicle):
            out = {ill: since for ill, since in course.out.items() if ill != vehicle.id}
            return Day(_with_vehicle(day.problem, vehicle), day.plan, replace(course, out=out))
        case Overrun(visit, until):
            _planned(day, visit, field)
            return replace(day, course=replace(course, ends={**course.ends, visit: until}))
        case StartedAt(visit, at):
            _planned(day, visit, field)
            known = replace(course, started={**course.started, visit: at}, waiting=course.waiting - {visit})
            return replace(day, course=known)
        case NotBegun(visit):
            _planned(day, visit, field)
            started = {other: at for other, at in course.started.items() if other != visit}
            return replace(day, course=replace(course, started=started, waiting=course.waiting | {visit}))
        case Emergency(visit):
            return _with_visit(day, visit)
        case Cancelled(visit):
            if not day.problem.has_visit(visit):
                raise InvalidProblem(f"{field}.visit", f"visit {visit} is not in the problem; name one of its visits")
            return replace(day, course=replace(course, cancelled=course.cancelled | {visit}))


def _planned(day: Day, visit: int, field: str) -> None:
    if not any(visit in route.visits for route in day.plan.routes):
        where = "in no route of the running plan" if day.problem.has_visit(visit) else "not in the problem"
        raise InvalidProblem(f"{field}.visit", f"visit {visit} is {where}; name one that a technician was given")


def _with_vehicle(problem: Problem, vehicle: Vehicle) -> Problem:
    others = tuple(other for other in problem.vehicles if other.id != vehicle.id)
    return replace(problem, vehicles=(*others, vehicle))


def _with_visit(day: Day, visit: Visit) -> Day:
    """The day with the visit; one that was called off and comes again is in no route any more."""
    others = tuple(other for other in day.problem.visits if other.id != visit.id)
    problem = replace(day.problem, visits=(*others, visit))
    if visit.id not in day.course.cancelled:
        return replace(day, problem=problem)
    routes = (Route(route.vehicle, tuple(v for v in route.visits if v != visit.id)) for route in day.plan.routes)
    course = replace(day.course, cancelled=day.course.cancelled - {visit.id})
    return Day(problem, replace(day.plan, routes=tuple(routes)), course)
