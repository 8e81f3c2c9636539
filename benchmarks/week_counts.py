"""A week booked by fixed counts: so many visits in each window of every day, planned the night before.

The counts get every benefit of doubt. Their mix over windows (and skills) is what fitted in the week before; nobody is
offered a window that no technician could keep with nothing else to do; how many there are in all is searched for with
the very orders they are judged on; and the nights are planned by our own search for robust plans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.week_nights import Kind, Night, Result
from benchmarks.week_orders import DAYS, WINDOWS, Cell, Consumer, Week
from benchmarks.week_ours import Booking
from routing.limits import Limits
from routing.plan import Plan
from routing.problem import Problem
from routing.robust import hedged, with_slack
from routing.solve import solve
from routing.spread import Spreads
from routing.travel import GreatCircle

Reach = Mapping[int, Collection[int]]

MIXES: dict[str, Callable[[Kind], Kind]] = {
    "by window": lambda kind: (kind[0], "", 0),
    "and skill": lambda kind: (kind[0], kind[1], 0),
    "and level": lambda kind: kind,
}
AIM = 0.99
LEAST, MOST = 0.6, 1.2
STEPS = 4
LOOKED_AT = (1, 3, 5)
"""The nights that are planned while the counts are searched for."""
SLACK, LEFT_OUT, WARM = 0.6, 80_000, 0.01
LONG, SEARCHED, HEDGED = 600.0, 8_000, 300


@dataclass(frozen=True, slots=True)
class Tried:
    """Counts `scale` times those of the mix: what they book, the nights looked at, and the share of promises kept."""

    scale: float
    result: Result
    kept: float


def reach(week: Week, floor: float, spreads: Spreads) -> Reach:
    """The windows of each consumer that some technician with an empty day would keep."""
    empty = Booking.of(week, 0, spreads)
    return {consumer.id: set(empty.cheapest(consumer, floor)) for consumer in week.consumers}


@dataclass(frozen=True, slots=True)
class Counted:
    """A stream of orders, the mix of the counts (visits a day), and the nights `looked_at` in a search."""

    week: Week
    reach: Reach
    spreads: Spreads
    mix: Mapping[Kind, float]
    told_apart: Callable[[Kind], Kind]
    looked_at: tuple[int, ...] = LOOKED_AT

    @staticmethod
    def like(week: Week, within: Reach, spreads: Spreads, booked: Mapping[Kind, int], name: str) -> Counted:
        """With the mix of what was `booked` in another week."""
        told_apart, mix = MIXES[name], Counter[Kind]()
        for kind, many in booked.items():
            mix[told_apart(kind)] += many
        return Counted(week, within, spreads, {kind: many / DAYS for kind, many in mix.items()}, told_apart)

    def book(self, scale: float) -> Result:
        """Everybody who asks, one after the other; nothing is planned yet."""
        left = {(on_day, kind): round(scale * many) for kind, many in self.mix.items() for on_day in range(DAYS)}
        taken: dict[int, Cell] = {}
        found = 0
        for consumer in self.week.consumers:
            offered = [cell for cell in consumer.wants if self._is_offered(left, consumer, cell)]
            found += len(offered)
            if offered:
                taken[consumer.id] = offered[0]
                left[offered[0][0], self._kind(consumer, offered[0])] -= 1
        return Result((), taken, found / len(self.week.consumers))

    def _is_offered(self, left: Mapping[tuple[int, Kind], int], consumer: Consumer, cell: Cell) -> bool:
        return cell[1] in self.reach[consumer.id] and left.get((cell[0], self._kind(consumer, cell)), 0) > 0

    def _kind(self, consumer: Consumer, cell: Cell) -> Kind:
        return self.told_apart((cell[1], consumer.skill, consumer.level))

    def nights(self, taken: Mapping[int, Cell], numbers: Iterable[int]) -> tuple[Night, ...]:
        """Some days, planned with all that is known of them."""
        return tuple(self._night(taken, number) for number in numbers)

    def _night(self, taken: Mapping[int, Cell], number: int) -> Night:
        asked = [one for one in self.week.consumers if one.id in taken and taken[one.id][0] == number]
        homes = len(self.week.homes)
        visits = tuple(one.visit((WINDOWS[taken[one.id][1]],), homes + n) for n, one in enumerate(asked))
        points = np.concatenate([self.week.homes, np.array([one.point for one in asked]).reshape(-1, 2)])
        problem = Problem.over(visits, self.week.vehicles, points, GreatCircle())
        kinds = {one.id: one.skill for one in asked}
        return Night(problem, overnight(problem, kinds, self.spreads), kinds)

    def tried(self, scale: float) -> Tried:
        """Book, and plan some of the nights."""
        result = self.book(scale)
        result = replace(result, nights=self.nights(result.taken, self.looked_at))
        return Tried(scale, result, result.kept(self.spreads))

    def search(self) -> list[Tried]:
        """Counts by bisection to where the aim is just met, the smallest first."""
        least, most, tried = LEAST, MOST, list[Tried]()
        for _ in range(STEPS):
            tried.append(self.tried((least + most) / 2))
            least, most = (tried[-1].scale, most) if tried[-1].kept >= AIM else (least, tried[-1].scale)
        return sorted(tried, key=lambda one: one.scale)


def overnight(problem: Problem, kinds: Mapping[int, str], spreads: Spreads) -> Plan:
    """As good a plan as some seconds give, the same on every machine: as many promises kept as can be."""
    worth = replace(problem, weights=replace(problem.weights, left_out=LEFT_OUT))
    first = solve(with_slack(worth, SLACK, spreads, kinds), Limits(LONG, iterations=SEARCHED))
    limits = Limits(LONG, iterations=HEDGED)
    return hedged(worth, first, limits, spreads=spreads, kinds=kinds, price=1.0, floor=0.0, hot=WARM)


def best(tried: Sequence[Tried]) -> Tried:
    """Of those that meet the aim the one that books most; of those that do not the one that keeps most."""
    enough = [one for one in tried if one.kept >= AIM]
    return max(enough, key=lambda one: one.result.booked) if enough else max(tried, key=lambda one: one.kept)


def at_aim(tried: Sequence[Tried]) -> float:
    """How many could be booked with the aim just met, read between the counts on both sides of it."""
    least = best(tried)
    over = [one for one in tried if one.kept < AIM and one.result.booked > least.result.booked]
    if least.kept < AIM or not over:
        return float(least.result.booked)
    most = min(over, key=lambda one: one.result.booked)
    share = (least.kept - AIM) / (least.kept - most.kept)
    return least.result.booked + share * (most.result.booked - least.result.booked)
