"""Re-planning that keeps the times people were told: starts are held where they are, then given up one by one.

At first every visit that can still begin about when it was told is held there, and the rest of the day is planned
around them. Then what was left out goes where it moves the fewest of them, as far as the budget reaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from routing.check import violations
from routing.eligibility import reason
from routing.insertion import inserted, insertions
from routing.joint import starts
from routing.mend import urgency
from routing.plan import Insertion, Plan, Reason, Route, Rule
from routing.problem import Problem, TimeWindow, Visit
from routing.schedule import stops

TOO_MANY = Reason(Rule.DISRUPTION, "there is room for it only where more visits would begin at another time than may")
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
    moved = _moved_in(problem, plan, told)
    left = {}
    for visit in sorted((problem.visit(visit) for visit in plan.unassigned), key=urgency):
        places = insertions(problem, plan, visit)[:TRIED]
        tried = sorted(
            ((len(moved | _moved(problem, plan, visit, place, told)), place) for place in places), key=itemgetter(0)
        )
        whole = next(_sound(problem, plan, visit, [place for many, place in tried if many <= budget]), None)
        if whole is not None:
            plan, moved = whole, moved | _moved_in(problem, whole, told)
        else:
            left[visit.id] = TOO_MANY if places else reason(problem, plan, visit)
    return replace(plan, unassigned=left)


def _sound(problem: Problem, plan: Plan, visit: Visit, places: Sequence[Insertion]) -> Iterator[Plan]:
    """The plans with the visit at one of the places that break no rule."""
    for place in places:
        whole = _with(plan, visit.id, place)
        if not violations(problem, whole):
            yield whole


def _moved(problem: Problem, plan: Plan, visit: Visit, place: Insertion, told: Told) -> set[int]:
    route = inserted(_route(plan.routes, place.vehicle), visit.id, place.position)
    at = {stop.visit: stop.start for stop in stops(problem, route) if stop.visit is not None}
    return {visit for visit, start in at.items() if told.is_moved(visit, start)}


def _moved_in(problem: Problem, plan: Plan, told: Told) -> set[int]:
    return {visit for visit, start in starts(problem, plan).items() if told.is_moved(visit, start)}


def _with(plan: Plan, visit: int, place: Insertion) -> Plan:
    route = _route(plan.routes, place.vehicle)
    others = tuple(other for other in plan.routes if other.vehicle != place.vehicle)
    left = {other: why for other, why in plan.unassigned.items() if other != visit}
    return Plan((*others, inserted(route, visit, place.position)), left)


def _route(routes: Sequence[Route], vehicle: int) -> Route:
    return next((route for route in routes if route.vehicle == vehicle), Route(vehicle, ()))
