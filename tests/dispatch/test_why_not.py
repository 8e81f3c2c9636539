"""The reasons hold against the planner's own explanation, in towns drawn by lot."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from dispatch.why_not import Asked, Person, Region, WhyNot, is_at_work
from routing.day import Day
from routing.explain import explain
from routing.insertion import inserted, insertions
from routing.plan import Plan, Route, Rule
from routing.problem import Break, Problem, TimeWindow, Vehicle, Visit
from routing.schedule import stops
from routing.travel import GreatCircle

HOUR = 3600
TRAVEL = GreatCircle()
HELD_BACK: dict[WhyNot, set[object]] = {
    WhyNot.NO_COVERAGE: {Rule.COUNTY},
    WhyNot.NO_SKILL: {Rule.COUNTY, Rule.SKILL, Rule.LEVEL},
    WhyNot.NOT_AT_WORK: {Rule.WINDOW, Rule.SHIFT, Rule.BREAK, Rule.CAPACITY, None},
    WhyNot.VAN_FULL: {Rule.CAPACITY, Rule.NO_TIME},
    WhyNot.DAY_FULL: {Rule.NO_TIME, Rule.MAX_VISITS, Rule.BREAK, Rule.WINDOW, Rule.SHIFT},
    WhyNot.FARTHER: {"free", Rule.WINDOW, Rule.SHIFT},
}
hours = some.integers(8, 16)
places = some.integers(0, 29)


@dataclass(frozen=True)
class Drawn:
    """A planned day along a street of thirty doors, and everybody who lives there."""

    problem: Problem
    plan: Plan
    staff: list[Person]

    @property
    def region(self) -> Region:
        starts = {route.vehicle: stops(self.problem, route) for route in self.plan.routes}
        tracks = {
            vehicle: [(s.start, point(self.problem.visit(s.visit).place)) for s in timed if s.visit is not None]
            for vehicle, timed in starts.items()
        }
        return Region(self.staff, Day.of(self.problem, self.plan), tracks, TRAVEL)

    def asked(self) -> list[Asked]:
        """What stands in the routes."""
        return [
            Asked(v, self.problem.visit(v), point(self.problem.visit(v).place), s.start, route.vehicle, frozenset())
            for route in self.plan.routes
            for s in stops(self.problem, route)
            if (v := s.visit) is not None
        ]


def point(place: int) -> tuple[float, float]:
    return round(121.40 + 0.01 * place, 6), 31.22


@some.composite
def _visits(draw: some.DrawFn) -> Visit:
    opens = draw(hours) * HOUR
    return Visit(
        id=0, place=draw(places), service=draw(some.sampled_from([1800, 5400])),
        windows=(TimeWindow(opens, opens + draw(some.sampled_from([1800, 7200]))),),
        skills={"lamp": draw(some.integers(1, 2))}, county=draw(some.sampled_from("AB")),
        load=(draw(some.integers(0, 3)),),
    )  # fmt: skip


@some.composite
def _vehicles(draw: some.DrawFn) -> Vehicle:
    begins, home = draw(some.integers(8, 12)) * HOUR, draw(places)
    away = draw(some.none() | some.integers(9, 14))
    return Vehicle(
        id=0, start=home, end=home, shift=TimeWindow(begins, begins + 8 * HOUR), soft_end=begins + 8 * HOUR,
        breaks=(Break(-1, (TimeWindow(away * HOUR, away * HOUR),), HOUR),) if away else (),
        skills={"lamp": level} if (level := draw(some.integers(0, 2))) else {},
        counties=draw(some.sampled_from([frozenset("A"), frozenset("AB")])), capacity=(draw(some.integers(1, 6)),),
    )  # fmt: skip


@some.composite
def towns(draw: some.DrawFn) -> Drawn:
    people = draw(some.lists(_vehicles(), min_size=2, max_size=6))
    vehicles = tuple(replace(vehicle, id=n) for n, vehicle in enumerate(people, start=1))
    visits = tuple(replace(v, id=n) for n, v in enumerate(draw(some.lists(_visits(), min_size=2, max_size=8)), start=1))
    problem = Problem.over(visits, vehicles, np.array([point(place) for place in range(30)]), TRAVEL)
    staff = [Person(v.id, str(v.id), point(v.start or 0), v.counties or frozenset(), v.skills) for v in vehicles]
    home = draw(places)
    return Drawn(problem, _planned(problem), [*staff, Person(99, "99", point(home), frozenset("AB"), {"lamp": 2})])


def _planned(problem: Problem) -> Plan:
    """Every visit with whoever it costs least, while it fits."""
    plan = Plan(tuple(Route(vehicle.id, ()) for vehicle in problem.vehicles), {})
    for visit in problem.visits:
        found = insertions(problem, plan, visit)
        if found:
            best = found[0]
            routes = (inserted(r, visit.id, best.position) if r.vehicle == best.vehicle else r for r in plan.routes)
            plan = Plan(tuple(routes), {})
    return plan


@settings(max_examples=60, deadline=None)
@given(towns())
def test_every_reason_is_what_the_planner_itself_says(town: Drawn) -> None:
    region = town.region
    for asked in town.asked():
        found = region.reasons(asked)
        told = explain(town.problem, town.plan, asked.visit_id)
        rules: dict[str, object] = {str(one.vehicle): one.rule for one in told.obstacles}
        free = {place.vehicle for place in told.places}
        for other in found.others:
            why = "free" if int(other.name) in free else rules.get(other.name)
            assert (other, why in HELD_BACK[other.reason]) == (other, True)


@settings(max_examples=60, deadline=None)
@given(towns())
def test_counts_only_shrink_and_the_rank_counts_those_with_room_who_are_nearer(town: Drawn) -> None:
    region = town.region
    for asked in town.asked():
        found = region.reasons(asked)
        counts = [found.technicians, found.covering, found.skilled, found.at_work, found.able]
        assert counts == sorted(counts, reverse=True)
        free = {place.vehicle for place in explain(town.problem, town.plan, asked.visit_id).places}
        assert found.able == len(free | {asked.mine})
        assert 1 <= found.rank <= found.able
        assert [other.minutes for other in found.others] == sorted(other.minutes for other in found.others)
        assert all(other.minutes >= found.minutes for other in found.others if other.reason == WhyNot.FARTHER)


@settings(max_examples=100, deadline=None)
@given(_vehicles(), _visits())
def test_who_has_a_place_on_an_empty_day_is_at_work(vehicle: Vehicle, visit: Visit) -> None:
    person, wanted = replace(vehicle, id=1), replace(visit, id=1)
    problem = Problem.over((wanted,), (person,), np.array([point(place) for place in range(30)]), TRAVEL)
    if insertions(problem, Plan((Route(1, ()),), {}), wanted):
        assert is_at_work(person, wanted)
