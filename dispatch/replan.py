"""Re-planning a running day from its published plan: what happened is kept, the rest becomes a draft to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch import mishaps, phone_facts, plans
from dispatch.day_plan import DayPlan, DayPlanState
from dispatch.errors import PlanOutOfDate, SolverFailed
from dispatch.fallback import greedy
from dispatch.mishaps import Mishaps
from dispatch.planning import Snapshot, snapshot
from dispatch.solver_child import Engine
from dispatch.solver_process import solve_in_child
from dispatch.system import System
from routing.difference import Budget, Difference
from routing.events import Event, Ill
from routing.limits import Limits, Progress
from routing.plan import Plan
from routing.problem import Problem
from routing.replan import Replanned
from routing.replan import replan as core
from routing.solve import solve
from technicians.errors import Conflict, NotFound

TRIES = 3
NOTHING = Mishaps()
NO_BUDGET = Budget()
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The draft that was made, and what publishing it changes. `warning` says why it is only a fallback."""

    plan_id: int
    difference: Difference
    warning: str | None


@dataclass(frozen=True, slots=True)
class _Look:
    """A running day as it was looked at: published plan, events, and when visits were told to begin."""

    plan_id: int
    snap: Snapshot
    events: tuple[Event, ...]
    told: dict[int, int]

    @property
    def ill(self) -> list[Ill]:
        return [event for event in self.events if isinstance(event, Ill)]


def run(
    system: System,
    area_code: str,
    on_date: date,
    limits: Limits,
    *,
    by: str,
    happened: Mishaps = NOTHING,
    budget: Budget = NO_BUDGET,
    progress: Callable[[Progress], None] | None = None,
    engine: Engine = solve,
) -> Outcome:
    """Keep what happened, and the rest of the day planned anew as a draft beside the published plan.

    Raises NotFound without a published plan, Conflict beside a draft, PlanOutOfDate when the day keeps changing.
    What happened to visits is kept whatever becomes of the plan, an absence together with the draft.
    """
    with system.transaction() as session:
        plan, day = _published(session, area_code, on_date), days.of(session, area_code, on_date)
        mishaps.ill(session, area_code, plan.id, day, happened, system.now())
        mishaps.note_visits(session, system.travel_times, day, happened, by=by, at=system.now())
    asked = partial(solve_in_child, progress=progress, engine=engine)
    for attempt in range(TRIES):
        with system.transaction(read_only=True) as session:
            look = _look(session, system, area_code, on_date, happened)
        found, warning = _replanned(look, system.now(), limits, budget, asked)
        try:
            return _kept(system, look, found, _origin(found, limits, warning), by)
        except PlanOutOfDate:
            log.info("replan.repeated", area=area_code, on_date=on_date.isoformat(), attempt=attempt + 1)
    raise PlanOutOfDate(
        "The day kept changing while it was being planned.", remedy="Plan it again in a quieter moment."
    )


def _published(session: Session, area_code: str, on_date: date) -> DayPlan:
    """The plan that runs, with nothing being prepared beside it."""
    days.find_area(session, area_code)
    plan = plans.in_state(session, area_code, on_date, DayPlanState.PUBLISHED)
    if plan is None:
        raise NotFound(
            "Nothing is published for {day}, so there is nothing to plan anew.", field="date", day=on_date.isoformat(),
            remedy="Plan the day and publish it first.",
        )  # fmt: skip
    if plans.in_state(session, area_code, on_date, DayPlanState.DRAFT) is not None:
        raise Conflict(
            "A draft of this day is waiting to be published.", field="plan",
            remedy="Publish it or give it up on the board, then plan anew.",
        )  # fmt: skip
    return plan


def _look(session: Session, system: System, area_code: str, on_date: date, happened: Mishaps) -> _Look:
    plan = _published(session, area_code, on_date)
    snap = snapshot(session, system.travel_times, area_code, on_date, plan=plan)
    now = system.now()
    ill = mishaps.ill(session, area_code, plan.id, snap.day, happened, now)
    visits = [visit for route in snap.running.routes for visit in route.visits]
    facts = phone_facts.facts(session, snap.day, plan.id, visits, now)
    able = [one for one in ill if snap.problem.has_vehicle(one.vehicle)]
    return _Look(plan.id, snap, (*facts, *able), phone_facts.told(session, snap.day, plan.id))


def _replanned(
    look: _Look, now: datetime, limits: Limits, budget: Budget, asked: Callable[..., Plan]
) -> tuple[Replanned, str | None]:
    warnings: list[str] = []

    def solver(problem: Problem, limits: Limits, start: Plan | None = None) -> Plan:
        try:
            return asked(problem, limits, start)
        except SolverFailed as failed:
            log.error("replan.solver-failed", reason=str(failed))
            warnings.append(str(failed))
            return greedy(problem, start)

    snap = look.snap
    since = max(0, snap.day.seconds(now))
    found = core(snap.problem, snap.running, look.events, since, limits, budget, solver, look.told)
    return found, next(iter(warnings), None)


def _kept(system: System, look: _Look, found: Replanned, solver: dict[str, Any], by: str) -> Outcome:
    """Store the draft and who is ill in one transaction; PlanOutOfDate when the published plan has moved on."""
    gone = tuple(one for one in look.snap.problem.vehicles if not found.problem.has_vehicle(one.id))
    whole = replace(found.problem, vehicles=(*found.problem.vehicles, *gone))
    snap = replace(look.snap, problem=whole)
    with system.transaction() as session:
        plan = plans.store(
            session, snap, found.plan, based_on_id=look.plan_id, solver=solver, at=system.now(), by=by
        )  # fmt: skip
        mishaps.note_absences(session, snap.day, look.ill, by=by, at=system.now())
        return Outcome(plan.id, found.difference, solver["warning"])


def _origin(found: Replanned, limits: Limits, warning: str | None) -> dict[str, Any]:
    """Where the draft comes from, and what it changes: enough to show it later without planning again."""
    return {
        "engine": "replan",
        "seed": limits.seed,
        "seconds": limits.seconds,
        "processes": limits.processes,
        "warning": warning,
        "difference": as_data(found.difference),
    }


def as_data(found: Difference) -> dict[str, Any]:
    """A difference as JSON has it: what changes by visit (starts in seconds of the day), whom it touches, how much."""
    kept = [change for change in found.changes if change.kind not in {"unchanged", "begun"}]
    return {
        "changes": [asdict(change) for change in kept],
        "endangered": [
            {"visit": one.visit, "late": one.late, "reason": one.reason.detail if one.reason else None}
            for one in found.endangered
        ],
        "technicians": list(found.vehicles),
        "tell": list(found.tell),
        "forced": list(found.forced),
        "changed": found.changed,
        "moved": found.moved,
        "budget": asdict(found.budget),
    }
