"""A week booked by what fits: a window is on offer where the visit fits into a route and all promises will be kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from benchmarks.week_nights import Night, Result
from benchmarks.week_orders import DAYS, WINDOWS, Cell, Consumer, Week
from dispatch.day import Day as LocalDay
from dispatch.fitting import Asked, Fit, fits
from dispatch.planning import Snapshot
from dispatch.standing import Part
from routing.chance import Chances
from routing.day import Day
from routing.insertion import inserted
from routing.limits import Limits
from routing.plan import Plan
from routing.problem import Problem
from routing.robust import improved
from routing.spread import Spreads
from routing.travel import GreatCircle

BEGINS = datetime(2030, 1, 7, tzinfo=UTC)
LONG = 600.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What is offered, and how often and for how long a day is improved between bookings (0: never)."""

    floor: float = 0.97
    every: int = 20
    iterations: int = 20


@dataclass(slots=True)
class Booking:
    """One day that is being booked: its routes, ready to be asked."""

    part: Part
    kinds: dict[int, str] = field(default_factory=dict)
    since: int = 0

    @staticmethod
    def of(week: Week, number: int, spreads: Spreads) -> Booking:
        """A day on which nothing is booked yet."""
        begins = BEGINS + timedelta(days=number)
        local = LocalDay("310100", begins.date(), begins, begins + timedelta(days=1))
        problem = Problem((), week.vehicles, coordinates=week.homes, travel=GreatCircle())
        day = Day.of(problem, Plan((), {}))
        return Booking(Part(Snapshot(local, problem, Plan((), {}), {}), day, Chances.of(day, spreads)))

    def cheapest(self, consumer: Consumer, floor: float) -> dict[int, Fit]:
        """By window the cheapest place that is sure, as `dispatch.slots` offers it."""
        asked = Asked((consumer.visit(WINDOWS),), consumer.point, consumer.skill)
        found: dict[int, Fit] = {}
        for fit in sorted((fit for fit in fits(self.part, asked, floor) if fit.is_sure), key=lambda fit: fit.cost):
            found.setdefault(fit.window, fit)
        return found

    def take(self, consumer: Consumer, fit: Fit) -> None:
        """Put the visit there."""
        ((technician,), (position,)) = fit.technicians, fit.positions
        visit = consumer.visit((WINDOWS[fit.window],))
        route = next(route for route in self.part.day.routes if route.vehicle == technician)
        day = self.part.day.booked([visit], [inserted(route, visit.id, position)], consumer.point)
        self.kinds[visit.id] = consumer.skill
        self.part = replace(self.part, day=day, chances=self.part.chances.following(day, self.kinds))
        self.since += 1

    def improve(self, rules: Rules, spreads: Spreads) -> None:
        """Improve the routes as `dispatch.improving` does."""
        before, limits = self.night(), Limits(LONG, iterations=rules.iterations, seed=len(self.kinds))
        after = improved(before.problem, limits, before.plan, spreads=spreads, kinds=self.kinds, floor=rules.floor)
        day = self.part.day.changed(after)
        self.part = replace(self.part, day=day, chances=self.part.chances.following(day))
        self.since = 0

    def night(self) -> Night:
        """The day as it stands, with the matrix that planning needs."""
        known = self.part.day.problem
        assert known.coordinates is not None and known.travel is not None
        problem = Problem.over(known.visits, known.vehicles, known.coordinates, known.travel)
        return Night(problem, Plan(tuple(route for route in self.part.day.routes if route.visits), {}), self.kinds)


def book(week: Week, rules: Rules, spreads: Spreads) -> Result:
    """Everybody who asks, one after the other."""
    days = [Booking.of(week, number, spreads) for number in range(DAYS)]
    taken: dict[int, Cell] = {}
    found = 0
    for consumer in week.consumers:
        offered = _offered(days, consumer, rules.floor)
        found += len(offered)
        cell = next((cell for cell in consumer.wants if cell in offered), None)
        if cell is not None:
            taken[consumer.id] = cell
            days[cell[0]].take(consumer, offered[cell])
            if rules.every and days[cell[0]].since >= rules.every:
                days[cell[0]].improve(rules, spreads)
    return Result(tuple(day.night() for day in days), taken, found / len(week.consumers))


def _offered(days: Sequence[Booking], consumer: Consumer, floor: float) -> dict[Cell, Fit]:
    """What is on offer of the times the consumer wants."""
    wanted = {on_day for on_day, _ in consumer.wants}
    fit_at = {(on_day, window): fit for on_day in wanted for window, fit in _cheapest(days[on_day], consumer, floor)}
    return {cell: fit_at[cell] for cell in consumer.wants if cell in fit_at}


def _cheapest(day: Booking, consumer: Consumer, floor: float) -> Iterable[tuple[int, Fit]]:
    return day.cheapest(consumer, floor).items()
