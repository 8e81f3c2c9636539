"""Background improvement: between bookings a draft is made shorter, so that later consumers find more windows.

What is stored is compared and set route by route: the improved plan falls into groups of routes that exchange visits,
and each group is written if none of its routes has moved on meanwhile. So a booking made meanwhile is never lost, and
keeps only the routes near it from being improved this time. No promise is moved; none becomes unlikely.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy.orm import Session

from dispatch import outlook, plans, routes, waitlist
from dispatch.crews import visits_of
from dispatch.day_plan import DayPlan, DayPlanState
from dispatch.day_plan import Route as RouteRow
from dispatch.engines import Tuned
from dispatch.newcomers import are_still_promised
from dispatch.planning import Snapshot, snapshot
from dispatch.slot_policy import highest_floor
from dispatch.solver_process import solve_in_child
from dispatch.standing import spreads
from dispatch.system import System
from routing.check import violations
from routing.exchange import Exchange, exchanges
from routing.joint import timed_routes
from routing.limits import Limits
from routing.plan import Plan, Route
from routing.spread import Spreads
from technicians.place import PlanningArea

ENGINE = "routing.robust:improved"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Improvement:
    """What was gained: seconds of travel, in how many routes; `skipped` had moved on meanwhile."""

    routes: int
    travel: int
    skipped: int


@dataclass(frozen=True, slots=True)
class _Look:
    """The day as it was looked at."""

    plan_id: int
    snap: Snapshot
    served: frozenset[int]
    kinds: dict[int, str]
    spreads: Spreads
    floor: float


def improve(system: System, area_code: str, on_date: date, limits: Limits) -> Improvement:
    """Improve the draft of a day for some seconds. Nothing is done about a day that is published or has no plan."""
    with system.transaction(read_only=True) as session:
        look = _look(system, session, area_code, on_date)
    if look is None:
        return Improvement(0, 0, 0)
    engine = Tuned(ENGINE, {"spreads": look.spreads, "kinds": look.kinds, "floor": look.floor})
    planned = solve_in_child(look.snap.problem, limits, look.snap.running, engine=engine)
    if not look.served <= _served(planned) or violations(look.snap.problem, planned):
        log.warning("improve.refused", area=area_code, on_date=on_date.isoformat())
        return Improvement(0, 0, 0)
    groups = list(exchanges(look.snap.running, planned, look.snap.problem.links))
    kept = [group for group in groups if _store(system, look, group)]
    if kept:
        with system.transaction() as session:
            waitlist.freed(session, area_code, on_date, at=system.now())
    travel = sum(_travel(look.snap, group.before) - _travel(look.snap, group.after) for group in kept)
    return Improvement(sum(len(group.after) for group in kept), travel, len(groups) - len(kept))


def _look(system: System, session: Session, area_code: str, on_date: date) -> _Look | None:
    plan = plans.current(session, area_code, on_date)
    if plan is None or plan.state != DayPlanState.DRAFT:
        return None
    snap = snapshot(session, system.travel_times, area_code, on_date, plan=plan)
    served = _served(snap.running)
    if not served:
        return None
    kinds = outlook.kinds(session, [visit.id for visit in snap.problem.visits])
    area = session.get_one(PlanningArea, area_code)
    return _Look(plan.id, snap, served, kinds, spreads(session, area, system.now()), highest_floor(session))


def _served(plan: Plan) -> frozenset[int]:
    return frozenset(visit for route in plan.routes for visit in route.visits)


def _travel(snap: Snapshot, chosen: tuple[Route, ...]) -> int:
    times = timed_routes(snap.problem, chosen)
    return sum(
        moment.travel for route, moments in zip(chosen, times, strict=True) if route.visits for moment in moments
    )


def _store(system: System, look: _Look, group: Exchange) -> bool:
    """Write the group's routes unless one of them, or the plan, has moved on since they were looked at."""
    with system.transaction() as session:
        if not are_still_promised(session, look.snap, visits_of(group.more)):
            return False
        locked = routes.lock(session, look.plan_id, [route.vehicle for route in group.after])
        plan = session.get_one(DayPlan, look.plan_id, populate_existing=True)
        if plan.state != DayPlanState.DRAFT or len(locked) < len(group.after):
            return False
        if not is_unchanged(look.snap, locked.values()):
            return False
        changed = [new for old, new in zip(group.before, group.after, strict=True) if old != new]
        waiting = [new for old, new in zip(group.before, group.after, strict=True) if old == new]
        moved = {route.vehicle: locked[route.vehicle] for route in changed}
        routes.rewrite(session, moved, [*changed, *waiting], look.snap)
    return True


def is_unchanged(snap: Snapshot, locked: Iterable[RouteRow]) -> bool:
    """Whether these routes are as they were when the day was looked at."""
    return all(snap.basis.get(str(row.id)) == row.revision for row in locked)
