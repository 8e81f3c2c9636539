"""The seven days of a booked week, and what simulated days say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.week_orders import Cell, Consumer
from routing.joint import timed_routes
from routing.plan import Plan
from routing.problem import Problem
from routing.simulate import simulate
from routing.spread import Spreads

Kind = tuple[int, str, int]
"""A window, a skill and a level; those that are not told apart are left empty."""
SIMULATED = 1000
UNSEEN = 99


@dataclass(frozen=True, slots=True)
class Night:
    """A day as it is planned when it begins: all that was promised, and of which kind it is."""

    problem: Problem
    plan: Plan
    kinds: Mapping[int, str]

    def kept(self, true: Spreads) -> float:
        """How many promises are kept, in expectation, on days that nobody has planned for; those left out are not."""
        return simulate(self.problem, self.plan, SIMULATED, UNSEEN, true, self.kinds).kept

    @property
    def travel(self) -> int:
        """Seconds on the road."""
        times = timed_routes(self.problem, self.plan.routes)
        return sum(moment.travel for moments in times for moment in moments)


@dataclass(frozen=True, slots=True)
class Result:
    """A week under one rule. `taken` are day and window of each consumer who booked; `found` how many of the times a
    consumer wanted were on offer, in the mean.
    """

    nights: tuple[Night, ...]
    taken: Mapping[int, Cell]
    found: float

    @property
    def booked(self) -> int:
        return len(self.taken)

    def kept(self, true: Spreads) -> float:
        """The share of promises that are kept, of the nights that were planned."""
        promised = sum(len(night.problem.visits) for night in self.nights)
        return sum(night.kept(true) for night in self.nights) / max(1, promised)

    @property
    def travel(self) -> float:
        """Minutes on the road for each visit."""
        visits = sum(len(night.problem.visits) for night in self.nights)
        return sum(night.travel for night in self.nights) / 60 / max(1, visits)


def booked_by_skill(consumers: Sequence[Consumer], taken: Mapping[int, Cell]) -> Counter[Kind]:
    """How many visits of each skill and level were booked in each window, over all days."""
    return Counter((taken[one.id][1], one.skill, one.level) for one in consumers if one.id in taken)
