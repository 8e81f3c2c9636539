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
PROMISED = 90
"""The priority of what was promised and can be kept; new visits with a higher one may take its place."""
TRIED = 24
"""How many of the cheapest places are tried for each visit that was left out."""


@dataclass(frozen=True, slots=True)
class Told:
    """When visits were told to begin, and by how much they may begin earlier or later without being moved."""

    starts: Mapping[int, int]
    tolerance: int

    def is_moved(self, visit: int, start: int, *, only_later: bool = False) -> bool:
        if visit not in self.starts:
            return False
        later = start - self.starts[visit]
        return (later if only_later else abs(later)) > self.tolerance

    def latest(self, visit: int) -> int:
        """When a visit has to begin so as not to be moved."""
        return self.starts[visit] + self.tolerance


def faithful(problem: Problem, kept: Plan, told: Told) -> Problem:
    """The problem with what was promised worth more than what is new, and with a price for being later than was told.

    `kept` is what can stay as it is. Its visits are not left out for the sake of others, and those it cannot begin
    in time any more should still begin as soon as can be.
    """
    late = {visit for visit, start in starts(problem, kept).items() if told.is_moved(visit, start, only_later=True)}
    served = {visit for route in kept.routes for visit in route.visits}
    return replace(
        problem,
        visits=tuple(
            _valued(visit, told.latest(visit.id) if visit.id in late else None) if visit.id in served else visit
            for visit in problem.visits
        ),
    )


def _valued(visit: Visit, due: int | None) -> Visit:
    dues = [at for at in (visit.due, due) if at is not None]
    return replace(visit, priority=max(visit.priority, PROMISED), due=min(dues, default=None))


def steady(problem: Problem, kept: Plan, told: Told) -> Problem:
    """The problem with every visit that `kept` does not move held where it was told to begin."""
    held = {visit for visit, start in starts(problem, kept).items() if not told.is_moved(visit, start)}
    free = {visit for vehicle in problem.vehicles for visit in vehicle.frozen}
    return replace(
        problem,
        visits=tuple(
            _held(visit, told) if visit.id in held - free and visit.id in told.starts else visit
            for visit in problem.visits
        ),
    )


def _held(visit: Visit, told: Told) -> Visit:
    earliest, latest = told.starts[visit.id] - told.tolerance, told.latest(visit.id)
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
    return _moved_on(problem, inserted(_route(plan.routes, place.vehicle), visit.id, place.position), told)


def _moved_on(problem: Problem, route: Route, told: Told) -> set[int]:
    """The visits of one route that begin at another time than was told."""
    at = {stop.visit: stop.start for stop in stops(problem, route) if stop.visit is not None}
    return {visit for visit, start in at.items() if told.is_moved(visit, start)}


def _moved_in(problem: Problem, plan: Plan, told: Told) -> set[int]:
    """The visits of a plan that begin at another time than was told."""
    return {visit for visit, start in starts(problem, plan).items() if told.is_moved(visit, start)}


def _with(plan: Plan, visit: int, place: Insertion) -> Plan:
    route = _route(plan.routes, place.vehicle)
    others = tuple(other for other in plan.routes if other.vehicle != place.vehicle)
    left = {other: why for other, why in plan.unassigned.items() if other != visit}
    return Plan((*others, inserted(route, visit, place.position)), left)


def _route(routes: Sequence[Route], vehicle: int) -> Route:
    return next((route for route in routes if route.vehicle == vehicle), Route(vehicle, ()))
