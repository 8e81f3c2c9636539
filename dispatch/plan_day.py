"""Planning one area's day from start to end: look, solve in a child process, check, keep as a draft."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import structlog

from dispatch import plans
from dispatch.crews import visits_of
from dispatch.engines import AnyEngine, EngineName, origin
from dispatch.errors import PlanOutOfDate, SolverFailed
from dispatch.fallback import greedy
from dispatch.planning import Snapshot, snapshot
from dispatch.solver_process import solve_in_child
from dispatch.system import System
from routing.check import violations
from routing.limits import Limits, Progress
from routing.plan import Plan

TRIES = 3
SECONDS_TO_MEND = 3.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a planning made: travel in seconds, distance in metres. `warning` says why it is only a fallback."""

    plan_id: int
    visits: int
    placed: int
    technicians: int
    travel: int
    distance: int
    warning: str | None = None


def run(
    system: System,
    area_code: str,
    on_date: date,
    limits: Limits,
    *,
    by: str,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    engine: AnyEngine = EngineName.SISR,
) -> Outcome:
    """Plan the day and keep the result as its draft.

    A booking made meanwhile is never lost: the day is looked at again and the plan mended, at most three times;
    then PlanOutOfDate. When the solver fails a greedy plan is kept in its place, with a warning.
    """
    ask = partial(solve_in_child, progress=progress, cancelled=cancelled, engine=engine)
    start: Plan | None = None
    for attempt in range(TRIES):
        with system.transaction(read_only=True) as session:
            base = plans.shown(session, area_code, on_date)
            snap = snapshot(session, system.travel_times, area_code, on_date, plan=base)
        planned, warning = _solved(snap, partial(ask, snap.problem, limits, start or snap.running))
        try:
            solver = origin(engine) | _asked(snap, limits) | {"warning": warning}
            return _kept(system, snap, planned, base.id if base else None, solver, by)
        except PlanOutOfDate:
            log.info("plan.mended", area=area_code, on_date=on_date.isoformat(), attempt=attempt + 1)
            start = planned
            limits = replace(limits, seconds=min(limits.seconds, SECONDS_TO_MEND))
    raise PlanOutOfDate(
        "The day kept changing while it was being planned.", remedy="Plan it again in a quieter moment."
    )


def _solved(snap: Snapshot, ask: Callable[[], Plan]) -> tuple[Plan, str | None]:
    """The engine's plan if it breaks no rule; else a greedy one, and what was wrong."""
    try:
        planned = ask()
    except SolverFailed as failed:
        log.error("plan.solver-failed", reason=str(failed))
        return greedy(snap.problem, snap.running), str(failed)
    broken = violations(snap.problem, planned)
    if broken:
        log.error("plan.broken", first=broken[0].detail, count=len(broken))
        return greedy(snap.problem, snap.running), f"The planner broke a rule: {broken[0].detail}"
    return planned, None


def _kept(
    system: System, snap: Snapshot, planned: Plan, based_on_id: int | None, solver: dict[str, Any], by: str
) -> Outcome:
    with system.transaction() as session:
        plan = plans.store(session, snap, planned, based_on_id=based_on_id, solver=solver, at=system.now(), by=by)
        driven = [route for route in plan.routes if route.starts_at is not None]
        visits = len(visits_of(visit.id for visit in snap.problem.visits))
        return Outcome(
            plan_id=plan.id,
            visits=visits,
            placed=visits - len(visits_of(planned.unassigned)),
            technicians=len(driven),
            travel=sum(route.travel for route in driven),
            distance=sum(route.distance for route in driven),
            warning=solver["warning"],
        )


def _asked(snap: Snapshot, limits: Limits) -> dict[str, Any]:
    """Limits and input hash: enough to tell whether two plans came from the same question."""
    problem = snap.problem
    asked = [*map(asdict, problem.visits), *map(asdict, problem.vehicles), *map(asdict, problem.links)]
    question = json.dumps(asked, sort_keys=True, default=sorted).encode()
    return {
        "seed": limits.seed,
        "seconds": limits.seconds,
        "processes": limits.processes,
        "input": hashlib.sha256(question).hexdigest(),
    }
