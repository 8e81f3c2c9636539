"""Background improvement: between bookings a draft is made shorter, so that later consumers find more windows.

What is stored is compared and set route by route: the improved plan falls into groups of routes that exchange visits,
and each group is written if none of its routes has moved on meanwhile. So a booking made meanwhile is never lost, and
keeps only the routes near it from being improved this time. No promise is moved; none becomes unlikely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import structlog
from sqlalchemy.orm import Session

from dispatch import outlook, plans, routes, waitlist
from dispatch.crews import visit_of, visits_of
from dispatch.day_plan import DayPlan, DayPlanState
from dispatch.day_plan import Route as RouteRow
from dispatch.engines import Tuned
from dispatch.newcomers import are_still_promised
from dispatch.planning import Snapshot, snapshot
from dispatch.slot_policy import USUAL
from dispatch.solver_process import solve_in_child
from dispatch.standing import spreads
from dispatch.system import System
from routing.chance import Chances
from routing.check import violations
from routing.day import Day
from routing.joint import timed_routes
from routing.limits import Limits
from routing.plan import Plan, Route
from routing.spread import Spreads
from technicians.place import PlanningArea

LEAST_GAIN = 60
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


@dataclass(frozen=True, slots=True)
class _Group:
    """Routes of the same technicians before and after, in the same order."""

    before: tuple[Route, ...]
    after: tuple[Route, ...]

    @property
    def more(self) -> set[int]:
        """The visits that stood in no route before."""
        first, now = ({v for route in routes for v in route.visits} for routes in (self.before, self.after))
        return now - first


def improve(system: System, area_code: str, on_date: date, limits: Limits) -> Improvement:
    """Improve the draft of a day for some seconds. Nothing is done about a day that is published or has no plan."""
    with system.transaction(read_only=True) as session:
        look = _look(system, session, area_code, on_date)
    if look is None:
        return Improvement(0, 0, 0)
    engine = Tuned(ENGINE, {"spreads": look.spreads, "kinds": look.kinds, "floor": USUAL.floor})
    planned = solve_in_child(look.snap.problem, limits, look.snap.running, engine=engine)
    if not look.served <= _served(planned) or violations(look.snap.problem, planned):
        log.warning("improve.refused", area=area_code, on_date=on_date.isoformat())
        return Improvement(0, 0, 0)
    groups = [group for group in _groups(look.snap, planned) if _is_better(look, group)]
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
    return _Look(plan.id, snap, served, kinds, spreads(session, area, system.now()))


def _served(plan: Plan) -> frozenset[int]:
    return frozenset(visit for route in plan.routes for visit in route.visits)


def _groups(snap: Snapshot, planned: Plan) -> Iterator[_Group]:
    """The changed routes in groups that exchange visits, or are joined by a visit for two, among themselves only."""
    before = {route.vehicle: route for route in snap.running.routes}
    after = {route.vehicle: route for route in planned.routes}
    nobody = {each: Route(each, ()) for each in before.keys() | after.keys()}
    before, after = nobody | before, nobody | after
    holders: dict[int, set[int]] = {}
    for route in (*before.values(), *after.values()):
        for visit in route.visits:
            holders.setdefault(visit_of(visit), set()).add(route.vehicle)
    for people in _joined(holders.values()):
        if any(before[each] != after[each] for each in people):
            order = sorted(people)
            yield _Group(tuple(before[each] for each in order), tuple(after[each] for each in order))


def _joined(sets: Iterable[set[int]]) -> list[set[int]]:
    """Sets that share a member put together, until none do."""
    apart: list[set[int]] = []
    for each in sets:
        touching = [other for other in apart if not other.isdisjoint(each)]
        apart = [other for other in apart if other.isdisjoint(each)] + [each.union(*touching)]
    return apart


def _is_better(look: _Look, group: _Group) -> bool:
    """Shorter, or with a visit that stood in no route; and no promise is less likely than the floor because of it."""
    if _travel(look.snap, group.before) - _travel(look.snap, group.after) < LEAST_GAIN and not group.more:
        return False
    before, after = _chances(look, group.before), _chances(look, group.after)
    return all(chance >= min(USUAL.floor, before.get(visit, 0.0)) for visit, chance in after.items())


def _chances(look: _Look, chosen: tuple[Route, ...]) -> dict[int, float]:
    """The chance of each promise on these routes, by visit."""
    day = Day.of(look.snap.problem, Plan(chosen, {}))
    rows = np.array([number for number, route in enumerate(day.routes) if route.visits], dtype=np.int64)
    planned = Chances.of(day, look.spreads, look.kinds).planned(rows)
    return {
        visit: float(chance)
        for row, chances in zip(rows.tolist(), planned, strict=True)
        for visit, chance in zip(day.routes[row].visits, chances, strict=False)
        if chance == chance
    }


def _travel(snap: Snapshot, chosen: tuple[Route, ...]) -> int:
    times = timed_routes(snap.problem, chosen)
    return sum(
        moment.travel for route, moments in zip(chosen, times, strict=True) if route.visits for moment in moments
    )


def _store(system: System, look: _Look, group: _Group) -> bool:
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
