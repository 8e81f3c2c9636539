"""Re-planning a running day: what has begun stays, promises stay, and as few people as can be hear of a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from routing.check import violations
from routing.difference import Budget, Difference, Shown, difference
from routing.eligibility import reason
from routing.events import Event
from routing.freeze import frozen
from routing.happened import Day, happened
from routing.joint import starts
from routing.limits import Limits
from routing.mend import filled, mended
from routing.plan import Plan
from routing.problem import Problem, Published, Visit
from routing.solve import solve
from routing.steady import Told, faithful, loosened, steady
from routing.validate import validated

NO_BUDGET = Budget()


class Solver(Protocol):
    """Anything that plans like `routing.solve.solve`."""

    def __call__(self, problem: Problem, limits: Limits, start: Plan | None = None) -> Plan: ...


@dataclass(frozen=True, slots=True)
class Replanned:
    """The rest of the day as a problem, its plan, and what that changes for whom."""

    problem: Problem
    plan: Plan
    difference: Difference


def replan(
    problem: Problem,
    running: Plan,
    events: Sequence[Event],
    now: int,
    limits: Limits,
    budget: Budget = NO_BUDGET,
    solver: Solver = solve,
    told: Mapping[int, int] | None = None,
) -> Replanned:
    """A plan for the rest of a running day after `events`; it breaks no rule and keeps the budget.

    What has begun by `now` keeps its technician, order and start. The windows of visits stay as hard as they are: a
    promise that cannot be kept is left out with its reason and listed as endangered. With a budget for moved starts
    they are held first and given up one by one. `told` says when people expect each visit to begin; the times of the
    running plan if left out. Raises InvalidProblem for what events name and is not there.
    """
    validated(problem)
    day = happened(problem, running, events)
    rest = frozen(day.problem, day.plan, now, day.course)
    validated(rest)
    kept = _kept(rest, day.plan)
    forced = _forced(rest, kept)
    rest = replace(rest, published=_promised(rest, forced, budget))
    expected = {**starts(problem, running), **(told or {})}
    plan = _planned(rest, kept, expected, limits, budget, forced, solver)
    found = difference(
        Shown.of(running, expected),
        after := Shown.of(plan, starts(rest, plan)),
        rest,
        plan,
        forced | _pushed(rest, kept, expected, budget),
        budget,
        dict(_late(day, after, now)),
    )
    return Replanned(rest, plan, found)


def _kept(rest: Problem, running: Plan) -> Plan:
    """What is left of the running plan where nothing is moved."""
    known = (replace(route, visits=tuple(filter(rest.has_visit, route.visits))) for route in running.routes)
    routes = mended(replace(rest, published=None), [route for route in known if rest.has_vehicle(route.vehicle)])
    return Plan(tuple(route for route in routes if route.visits), {})


def _forced(rest: Problem, kept: Plan) -> frozenset[int]:
    """The visits that their technician cannot make any more, even if nothing else is changed."""
    assert rest.published is not None
    home = {visit: route.vehicle for route in kept.routes for visit in route.visits}
    told = rest.published.vehicles
    gone = {visit.id for visit in rest.visits if visit.id not in told}
    return frozenset({visit for visit, vehicle in told.items() if home.get(visit) != vehicle} | gone)


def _pushed(rest: Problem, kept: Plan, told: dict[int, int], budget: Budget) -> frozenset[int]:
    """The visits that begin another time though nothing was changed."""
    course = Told(told, budget.tolerance)
    return frozenset(visit for visit, start in starts(rest, kept).items() if course.is_moved(visit, start))


def _promised(rest: Problem, forced: frozenset[int], budget: Budget) -> Published:
    assert rest.published is not None
    kept = {visit: vehicle for visit, vehicle in rest.published.vehicles.items() if visit not in forced}
    return Published(kept, budget.changed)


def _planned(
    rest: Problem, kept: Plan, told: dict[int, int], limits: Limits, budget: Budget, forced: frozenset[int],
    solver: Solver,
) -> Plan:  # fmt: skip
    promised = faithful(rest, kept, Told(told, budget.tolerance))
    if budget.moved is None:
        return _checked(rest, kept, solver(promised, limits, kept))
    pushed = _pushed(rest, kept, told, budget)
    course = Told({visit: at for visit, at in told.items() if visit not in forced | pushed}, budget.tolerance)
    held = steady(promised, kept, course)
    return loosened(rest, _checked(held, kept, solver(held, limits, kept)), course, budget.moved)


def _checked(rest: Problem, kept: Plan, plan: Plan) -> Plan:
    """The plan when it breaks no rule; else what is kept, with what fits beside it."""
    if not violations(rest, plan):
        return plan
    fallback = filled(rest, kept.routes)
    return fallback if not violations(rest, fallback) else _bare(rest, kept)


def _bare(rest: Problem, kept: Plan) -> Plan:
    served = {visit for route in kept.routes for visit in route.visits}
    return replace(
        kept, unassigned={visit.id: reason(rest, kept, visit) for visit in rest.visits if visit.id not in served}
    )


def _late(day: Day, after: Shown, now: int) -> Iterator[tuple[int, int]]:
    """Visits that will begin after their last window, and by how many seconds."""
    for visit in day.problem.visits:
        start = after.starts.get(visit.id)
        if start is not None and start >= now and visit.windows and start > _closes(visit):
            yield visit.id, start - _closes(visit)


def _closes(visit: Visit) -> int:
    return max(window.latest for window in visit.windows)
