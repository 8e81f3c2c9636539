"""Re-planning that keeps the times people were told: starts are held where they are, then given up one by one.

At first every visit that can still begin about when it was told is held there, and the rest of the day is planned
around them. Then what was left out goes where it moves the fewest of them, as far as the budget reaches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from routing.check import violations
from routing.insertion import inserted, insertions
from routing.joint import starts
from routing.mend import urgency
from routing.plan import Insertion, Plan, Route
from routing.problem import Problem, TimeWindow, Visit
from routing.schedule import stops

TRIED = 24
"""How many of the cheapest places are tried for each visit that was left out."""


@dataclass(frozen=True, slots=True)
class Told:
    """When visits were told to begin, and by how much they may begin earlier or later without being moved."""

    starts: Mapping[int, int]
    tolerance: int

    def is_moved(self, visit: int, start: int) -> bool:
        return visit in self.starts and abs(start - self.starts[visit]) > self.tolerance


def steady(problem: Problem, kept: Plan, told: Told) -> Problem:
    """The problem with every visit that `kept` does not move held where it was told to begin."""
    held = {visit for visit, start in starts(problem, kept).items() if not told.is_moved(visit, start)}
    frozen = {visit for vehicle in problem.vehicles for visit in vehicle.frozen}
    return replace(
        problem,
        visits=tuple(
            _held(visit, told) if visit.id in held - frozen and visit.id in told.starts else visit
            for visit in problem.visits
        ),
    )


def _held(visit: Visit, told: Told) -> Visit:
    earliest, latest = told.starts[visit.id] - told.tolerance, told.starts[visit.id] + told.tolerance
    spans = visit.windows or (TimeWindow(earliest, latest),)
    cut = (TimeWindow(max(span.earliest, earliest), min(span.latest, latest)) for span in spans)
    return replace(visit, windows=tuple(span for span in cut if span.earliest <= span.latest))


def loosened(problem: Problem, plan: Plan, told: Told, budget: int) -> Plan:
    """The plan with what it leaves out put in where that moves the fewest, at most `budget` visits moved in all."""
    moved = {visit for visit, start in starts(problem, plan).items() if told.is_moved(visit, start)}
    for visit in sorted((problem.visit(visit) for visit in plan.unassigned), key=urgency):
        places = insertions(problem, plan, visit)[:TRIED]
        tried = [(_newly_moved(problem, plan, visit, place, told) - moved, place) for place in places]
        for more, place in sorted(tried, key=lambda pair: len(pair[0])):
            if len(moved | more) > budget:
                break
            whole = _with(plan, visit.id, place)
            if not violations(problem, whole):
                plan, moved = whole, moved | more
                break
    return plan


def _newly_moved(problem: Problem, plan: Plan, visit: Visit, place: Insertion, told: Told) -> set[int]:
    route = inserted(_route(plan.routes, place.vehicle), visit.id, place.position)
    return {
        stop.visit for stop in stops(problem, route) if stop.visit is not None and told.is_moved(stop.visit, stop.start)
    }


def _with(plan: Plan, visit: int, place: Insertion) -> Plan:
    route = _route(plan.routes, place.vehicle)
    others = tuple(other for other in plan.routes if other.vehicle != place.vehicle)
    left = {other: why for other, why in plan.unassigned.items() if other != visit}
    return Plan((*others, inserted(route, visit, place.position)), left)


def _route(routes: Sequence[Route], vehicle: int) -> Route:
    return next((route for route in routes if route.vehicle == vehicle), Route(vehicle, ()))
