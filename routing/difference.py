"""What a re-plan changes, visit by visit, for whom, and what it cannot keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from routing.plan import Plan, Reason
from routing.problem import Problem

MINUTE = 60


class Kind(StrEnum):
    """What becomes of a visit; the first that applies."""

    BEGUN = "begun"
    CANCELLED = "cancelled"
    DROPPED = "dropped"
    LEFT_OUT = "left-out"
    PLANNED = "planned"
    TECHNICIAN = "technician"
    TIME = "time"
    ORDER = "order"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a re-plan may disturb: visits given to another technician, and visits that begin another time.

    `moved` counts visits whose start differs by more than `tolerance` seconds from what was told. None is no limit.
    What an event itself makes impossible to keep is counted in neither.
    """

    changed: int | None = None
    moved: int | None = None
    tolerance: int = 15 * MINUTE


@dataclass(frozen=True, slots=True)
class Change:
    """One visit before and after; None where it was, or is, in no route. Starts in seconds."""

    visit: int
    kind: Kind
    vehicle_before: int | None
    vehicle_after: int | None
    start_before: int | None
    start_after: int | None

    @property
    def later(self) -> int:
        """Seconds by which it begins later than was told; negative for earlier, 0 when there is nothing to compare."""
        if self.start_before is None or self.start_after is None:
            return 0
        return self.start_after - self.start_before


@dataclass(frozen=True, slots=True)
class Endangered:
    """A promise that is not kept by the new plan: left out for a reason, or `late` by so many seconds."""

    visit: int
    reason: Reason | None
    late: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What a re-plan changes. `changes` has every visit of both plans, by id.

    `changed` and `moved` count against the budget; `forced` are the visits their technician could not keep, whatever
    was done. `tell` are the visits whose consumers expect something else, `vehicles` those whose route is another one.
    """

    changes: tuple[Change, ...]
    endangered: tuple[Endangered, ...]
    vehicles: tuple[int, ...]
    tell: tuple[int, ...]
    forced: tuple[int, ...]
    changed: int
    moved: int
    budget: Budget

    def of(self, kind: Kind) -> tuple[int, ...]:
        """The visits of that kind, by id."""
        return tuple(change.visit for change in self.changes if change.kind == kind)


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan with its starts, and the vehicle and rank of each visit; `begun` visits are not to be touched."""

    starts: Mapping[int, int]
    routes: Mapping[int, tuple[int, ...]]
    vehicles: Mapping[int, int]

    @staticmethod
    def of(plan: Plan, starts: Mapping[int, int]) -> Shown:
        routes = {route.vehicle: route.visits for route in plan.routes if route.visits}
        return Shown(starts, routes, {visit: vehicle for vehicle, visits in routes.items() for visit in visits})


def difference(
    before: Shown,
    after: Shown,
    problem: Problem,
    plan: Plan,
    forced: frozenset[int],
    budget: Budget,
    late: Mapping[int, int],
) -> Difference:
    """How `plan` for `problem` (as re-planned) differs from what was told; `late` are seconds by visit."""
    begun = {visit for vehicle in problem.vehicles for visit in vehicle.frozen}
    told = {*before.vehicles, *after.vehicles, *(visit.id for visit in problem.visits)}
    swapped = _swapped(before, after)
    changes = tuple(
        Change(visit, _kind(problem, before, after, visit, visit in begun, visit in swapped, budget),
               before.vehicles.get(visit), after.vehicles.get(visit),
               before.starts.get(visit), after.starts.get(visit))
        for visit in sorted(told)
    )  # fmt: skip
    voluntary = [change for change in changes if change.visit not in forced | begun]
    return Difference(
        changes,
        tuple(_endangered(problem, plan, after, late)),
        tuple(sorted(_rerouted(before, after))),
        tuple(change.visit for change in changes if _is_told(change)),
        tuple(sorted(forced)),
        sum(is_changed(change) for change in voluntary),
        sum(change.kind != Kind.CANCELLED and abs(change.later) > budget.tolerance for change in voluntary),
        budget,
    )


def is_changed(change: Change) -> bool:
    """Whether somebody else makes a visit, or nobody any more."""
    return change.kind in {Kind.TECHNICIAN, Kind.DROPPED}


def _kind(
    problem: Problem, before: Shown, after: Shown, visit: int, is_begun: bool, is_swapped: bool, budget: Budget
) -> Kind:
    was, now = before.vehicles.get(visit), after.vehicles.get(visit)
    if is_begun:
        return Kind.BEGUN
    if not problem.has_visit(visit):
        return Kind.CANCELLED
    if now is None:
        return Kind.LEFT_OUT if was is None else Kind.DROPPED
    if was is None:
        return Kind.PLANNED
    if was != now:
        return Kind.TECHNICIAN
    if abs(after.starts[visit] - before.starts[visit]) > budget.tolerance:
        return Kind.TIME
    return Kind.ORDER if is_swapped else Kind.UNCHANGED


def _swapped(before: Shown, after: Shown) -> set[int]:
    """The visits that stay with their vehicle, but not in their order among those that stay."""
    found = set()
    for vehicle, visits in after.routes.items():
        stayed = [visit for visit in visits if before.vehicles.get(visit) == vehicle]
        ordered = [visit for visit in before.routes.get(vehicle, ()) if visit in set(stayed)]
        found |= {one for one, other in zip(stayed, ordered, strict=True) if one != other}
    return found


def _endangered(problem: Problem, plan: Plan, after: Shown, late: Mapping[int, int]) -> Iterator[Endangered]:
    for visit in problem.visits:
        if visit.id not in after.vehicles:
            yield Endangered(visit.id, plan.unassigned.get(visit.id), 0)
        elif visit.id in late:
            yield Endangered(visit.id, None, late[visit.id])


def _rerouted(before: Shown, after: Shown) -> set[int]:
    every = before.routes.keys() | after.routes.keys()
    return {vehicle for vehicle in every if before.routes.get(vehicle) != after.routes.get(vehicle)}


def _is_told(change: Change) -> bool:
    """Whether a consumer expects another technician or time than the new plan has."""
    return change.kind not in {Kind.BEGUN, Kind.ORDER, Kind.UNCHANGED}
