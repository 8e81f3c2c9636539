"""From one plan to a better one in parts: routes that exchange visits among themselves, each part judged on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from routing.chance import Chances
from routing.day import Day
from routing.links import ends
from routing.plan import Plan, Route
from routing.problem import Link, Problem
from routing.score import travel_cost
from routing.spread import Spreads

LEAST_GAIN = 60
"""Seconds of travel for which it is worth while to change somebody's day."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Routes of the same vehicles `before` and `after`, in the same order."""

    before: tuple[Route, ...]
    after: tuple[Route, ...]

    @property
    def more(self) -> frozenset[int]:
        """The visits that stood in none of the routes before."""
        return _served(self.after) - _served(self.before)

    @property
    def lost(self) -> frozenset[int]:
        """The visits that stand in none of them any more."""
        return _served(self.before) - _served(self.after)


def exchanges(before: Plan, after: Plan, links: Sequence[Link] = ()) -> Iterator[Exchange]:
    """The changed routes, in the smallest parts that share no visit and no link with each other."""
    old, new = ({route.vehicle: route for route in plan.routes} for plan in (before, after))
    nobody = {vehicle: Route(vehicle, ()) for vehicle in old.keys() | new.keys()}
    old, new = nobody | old, nobody | new
    holders: dict[int, set[int]] = {}
    for route in (*old.values(), *new.values()):
        for visit in route.visits:
            holders.setdefault(visit, set()).add(route.vehicle)
    linked = [set().union(*(holders.get(visit, set()) for visit in ends(link))) for link in links]
    for vehicles in _apart([*holders.values(), *linked]):
        part = sorted(vehicles)
        if any(old[each] != new[each] for each in part):
            yield Exchange(tuple(old[each] for each in part), tuple(new[each] for each in part))


def with_better(
    problem: Problem,
    before: Plan,
    after: Plan,
    *,
    spreads: Spreads,
    kinds: Mapping[int, str],
    floor: float,
    worth: float,
) -> Plan:
    """The plan before, with those exchanges of the plan after that make it better.

    That is: nothing served is lost, no promise becomes less likely than `floor` or than it was, and either more is
    served, or what is saved in seconds of travel, with promises kept in expectation at `worth` seconds each, is
    LEAST_GAIN at least.
    """
    old = _Likely.of(problem, before, spreads, kinds)
    new = old.changed(after)
    routes = {route.vehicle: route for route in before.routes}
    for each in exchanges(before, after, problem.links):
        if _is_better(problem, each, old.chances(each.before), new.chances(each.after), floor, worth):
            routes |= {route.vehicle: route for route in each.after}
    left = {visit: reason for visit, reason in before.unassigned.items() if visit not in _served(routes.values())}
    return Plan(tuple(route for route in routes.values() if route.visits), left)


def _is_better(
    problem: Problem, part: Exchange, before: dict[int, float], after: dict[int, float], floor: float, worth: float
) -> bool:
    if part.lost or any(chance < min(floor, before.get(visit, 0.0)) for visit, chance in after.items()):
        return False
    saved = travel_cost(problem, part.before) - travel_cost(problem, part.after)
    likelier = sum(after[visit] - chance for visit, chance in before.items())
    return bool(part.more) or saved + worth * likelier >= LEAST_GAIN


@dataclass(frozen=True, slots=True)
class _Likely:
    """A plan with the chances of its promises."""

    known: Chances
    rows: dict[int, int]

    @staticmethod
    def of(problem: Problem, plan: Plan, spreads: Spreads, kinds: Mapping[int, str]) -> _Likely:
        day = Day.of(problem, plan)
        return _Likely(Chances.of(day, spreads, kinds), {route.vehicle: row for row, route in enumerate(day.routes)})

    def changed(self, plan: Plan) -> _Likely:
        return _Likely(self.known.following(self.known.day.changed(plan)), self.rows)

    def chances(self, chosen: Sequence[Route]) -> dict[int, float]:
        """By visit id; those of whom nothing is promised are left out."""
        planned = self.known.planned(np.array([self.rows[route.vehicle] for route in chosen], np.int64))
        return {
            visit: float(chance)
            for route, chances in zip(chosen, planned, strict=True)
            for visit, chance in zip(route.visits, chances, strict=False)
            if chance == chance
        }


def _served(routes: Iterable[Route]) -> frozenset[int]:
    return frozenset(visit for route in routes for visit in route.visits)


def _apart(sets: Iterable[set[int]]) -> list[set[int]]:
    """Sets that share a member put together, until none do."""
    apart: list[set[int]] = []
    for each in sets:
        touching = [other for other in apart if not other.isdisjoint(each)]
        apart = [other for other in apart if other.isdisjoint(each)] + [each.union(*touching)]
    return apart
