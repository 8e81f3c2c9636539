"""Days on one straight street, worked out by hand: house n is n minutes and 500 n metres from the depot at 0."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Problem, TimeWindow, Vehicle, Visit

MINUTE, HOUR = 60, 3600
BEGIN = 8 * HOUR
HOUSES = 5
LONG_DAY = TimeWindow(BEGIN, 48 * HOUR)
LEFT_OUT = Reason(Rule.NO_TIME, "")


@dataclass(frozen=True)
class Day:
    """Two vehicles, both with visits, and the plan that breaks nothing."""

    problem: Problem
    plan: Plan

    def route(self, vehicle: int) -> tuple[int, ...]:
        return next(route.visits for route in self.plan.routes if route.vehicle == vehicle)

    def vehicle_of(self, visit: int) -> int:
        return next(route.vehicle for route in self.plan.routes if visit in route.visits)

    def with_visit(self, visit: int, **wishes: object) -> Day:
        made = tuple(replace(v, **wishes) if v.id == visit else v for v in self.problem.visits)  # type: ignore[arg-type]
        return Day(replace(self.problem, visits=made), self.plan)

    def with_vehicle(self, vehicle: int, **wishes: object) -> Day:
        made = tuple(
            replace(v, **wishes) if v.id == vehicle else v  # type: ignore[arg-type]
            for v in self.problem.vehicles
        )
        return Day(replace(self.problem, vehicles=made), self.plan)

    def where(self, **wishes: object) -> Day:
        return Day(replace(self.problem, **wishes), self.plan)  # type: ignore[arg-type]

    def planned(self, *routes: tuple[int, ...]) -> Day:
        """The same problem with other routes, for vehicles 1, 2; who is in none is left out."""
        left = {v.id: LEFT_OUT for v in self.problem.visits if not any(v.id in visits for visits in routes)}
        return Day(self.problem, Plan(tuple(Route(n, visits) for n, visits in enumerate(routes, 1)), left))


@dataclass(frozen=True)
class ByHand:
    """A route's times without windows or breaks."""

    starts: dict[int, int]
    end: int
    travel: int
    metres: int

    @staticmethod
    def of(day: Day, vehicle: int) -> ByHand:
        person = day.problem.vehicle(vehicle)
        now, place, travel, metres = person.shift.earliest, person.start, 0, 0
        starts = {}
        for visit in [*map(day.problem.visit, day.route(vehicle)), None]:
            goal = person.end if visit is None else visit.place
            houses = 0 if place is None or goal is None else abs(place - goal)
            drive = round(houses * MINUTE / person.speed)
            now, travel, metres = now + drive, travel + drive, metres + houses * 500
            if visit is not None:
                now += visit.setup if goal != place else 0
                starts[visit.id] = now
                now += visit.service
                place = goal
        return ByHand(starts, now, travel, metres)


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Two to six visits dealt to two vehicles that are free all day."""
    many = draw(st.integers(2, 6))
    visits = tuple(
        Visit(
            n,
            draw(st.integers(1, HOUSES)),
            draw(st.integers(1, 60)) * MINUTE,
            setup=draw(st.sampled_from((0, 5 * MINUTE))),
        )
        for n in range(1, many + 1)
    )
    first = draw(st.integers(1, many - 1))
    depot = st.sampled_from((0, 0, None))
    vehicles = tuple(
        Vehicle(n, draw(depot), draw(depot), LONG_DAY, speed=draw(st.sampled_from((1.0, 2.0, 0.5)))) for n in (1, 2)
    )
    return dealt(visits, vehicles, first)


def dealt(visits: tuple[Visit, ...], vehicles: tuple[Vehicle, ...], first: int) -> Day:
    """The visits in order, the `first` of them with vehicle 1, the others with vehicle 2."""
    street = np.arange(HOUSES + 1)
    apart = np.abs(street[:, None] - street[None]).astype(np.int32)
    problem = Problem(visits, vehicles, apart * MINUTE, apart * 500)
    ids = tuple(visit.id for visit in visits)
    return Day(problem, Plan((Route(1, ids[:first]), Route(2, ids[first:])), {}))


EXAMPLE = dealt(
    tuple(Visit(n, house, 30 * MINUTE) for n, house in enumerate((1, 4, 2), 1)),
    tuple(Vehicle(n, 0, 0, LONG_DAY) for n in (1, 2)),
    2,
)
