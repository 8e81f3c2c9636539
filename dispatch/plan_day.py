"""Planning one area's day from start to end: look, solve in a child process, check, keep as a draft."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import ortools
import structlog

from dispatch import plans
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
) -> Outcome:
    """Plan the day and keep the result as its draft.

    A booking made meanwhile is never lost: the day is looked at again and the plan mended, at most three times;
    then PlanOutOfDate. When the solver fails a greedy plan is kept in its place, with a warning.
    """
    start: Plan | None = None
    for attempt in range(TRIES):
        with system.transaction(read_only=True) as session:
            base = plans.shown(session, area_code, on_date)
            base_id = base.id if base else None
            snap = snapshot(session, system.travel_times, area_code, on_date, plan=base)
        planned, warning = _solved(snap, limits, start or snap.running, progress, cancelled)
        try:
            with system.transaction() as session:
                kept = plans.store(
                    session, snap, planned, based_on_id=base_id, solver=_origin(snap, limits, warning),
                    at=system.now(), by=by,
                )  # fmt: skip
                routes = [(r.travel, r.distance) for r in kept.routes if r.starts_at is not None]
                return Outcome(
                    plan_id=kept.id,
                    visits=len(snap.problem.visits),
                    placed=len(snap.problem.visits) - len(planned.unassigned),
                    technicians=len(routes),
                    travel=sum(travel for travel, _ in routes),
                    distance=sum(distance for _, distance in routes),
                    warning=warning,
                )
        except PlanOutOfDate:
            log.info("plan.mended", area=area_code, on_date=on_date.isoformat(), attempt=attempt + 1)
            start = planned
            limits = replace(limits, seconds=min(limits.seconds, SECONDS_TO_MEND))
    raise PlanOutOfDate(
        "The day kept changing while it was being planned.", remedy="Plan it again in a quieter moment."
    )


def _solved(
    snap: Snapshot,
    limits: Limits,
    start: Plan,
    progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[Plan, str | None]:
    try:
        planned = solve_in_child(snap.problem, limits, start=start, progress=progress, cancelled=cancelled)
    except SolverFailed as failed:
        log.error("plan.solver-failed", reason=str(failed))
        return greedy(snap.problem, snap.running), str(failed)
    broken = violations(snap.problem, planned)
    if broken:
        log.error("plan.broken", first=broken[0].detail, count=len(broken))
        return greedy(snap.problem, snap.running), f"The planner broke a rule: {broken[0].detail}"
    return planned, None


def _origin(snap: Snapshot, limits: Limits, warning: str | None) -> dict[str, Any]:
    """Seed, versions and input hash: enough to tell whether two plans came from the same question."""
    asked = [*map(asdict, snap.problem.visits), *map(asdict, snap.problem.vehicles)]
    question = json.dumps(asked, sort_keys=True, default=sorted).encode()
    return {
        "engine": "ortools",
        "version": ortools.__version__,
        "seed": limits.seed,
        "seconds": limits.seconds,
        "processes": limits.processes,
        "input": hashlib.sha256(question).hexdigest(),
        "warning": warning,
    }
