"""Writing planned routes into rows: stops timed together, revisions bumped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from dispatch import planted
from dispatch.crews import FIRST, half_of, visit_of
from dispatch.day import Day
from dispatch.day_plan import DayPlan, Route, Stop
from dispatch.errors import PlanOutOfDate
from dispatch.planning import Snapshot
from routing.joint import timed_routes
from routing.plan import Route as PlannedRoute
from routing.plan import Stop as PlannedStop


def lock(session: Session, plan_id: int, technician_ids: Iterable[int]) -> dict[int, Route]:
    """The routes of these technicians, row locks taken in sorted order; absent ones are left out."""
    wanted = sorted(set(technician_ids))
    query = (
        select(Route)
        .where(Route.day_plan_id == plan_id, Route.technician_id.in_(wanted))
        .order_by(Route.id)
        .execution_options(populate_existing=True)
    )
    if planted.of(session).locks:
        query = query.with_for_update()
    return {route.technician_id: route for route in session.scalars(query)}


def require_revisions(routes: Iterable[Route], expected: dict[int, int]) -> None:
    """PlanOutOfDate when a locked route is not at the revision (by technician id) that the caller saw."""
    for route in routes:
        seen = expected.get(route.technician_id)
        if seen is not None and seen != route.revision:
            raise PlanOutOfDate(
                "Somebody changed this route in the meantime.",
                field="revision",
                remedy="Look at the route as it is now and try again.",
            )


def rewrite(session: Session, routes: dict[int, Route], planned: Sequence[PlannedRoute], snap: Snapshot) -> None:
    """Replace the stops of locked routes (by technician id) and bump their revisions.

    `planned` may have routes that stay as they are, to be waited for: they are not locked.
    """
    changed = [
        (routes[new.vehicle], new, moments)
        for new, moments in zip(planned, timed_routes(snap.problem, planned), strict=True)
        if new.vehicle in routes
    ]
    session.execute(delete(Stop).where(Stop.route_id.in_([route.id for route, _, _ in changed])))
    fresh = []
    for route, new, moments in changed:
        _sum_up(route, moments, bool(new.visits), snap.day)
        route.revision += 1
        fresh += stop_rows(route.day_plan_id, route.id, moments, snap.day)
    if fresh:
        session.execute(insert(Stop), fresh)
    session.flush()
    for route, _, _ in changed:
        session.expire(route, ["stops"])


def write_all(
    session: Session,
    plan: DayPlan,
    planned: Iterable[PlannedRoute],
    snap: Snapshot,
    technician_ids: Iterable[int],
) -> None:
    """The routes of a new plan: one per working technician, with or without stops."""
    busy = [route for route in planned if route.visits]
    times = {
        route.vehicle: moments
        for route, moments in zip(busy, timed_routes(snap.problem, busy), strict=True)
    }  # fmt: skip
    rows = {each: Route(day_plan_id=plan.id, technician_id=each) for each in sorted(technician_ids)}
    for technician_id, row in rows.items():
        _sum_up(row, times.get(technician_id, []), technician_id in times, snap.day)
    session.add_all(rows.values())
    session.flush()
    fresh = [stop for each, moments in times.items() for stop in stop_rows(plan.id, rows[each].id, moments, snap.day)]
    if fresh:
        session.execute(insert(Stop), fresh)


def _sum_up(route: Route, moments: list[PlannedStop], has_work: bool, day: Day) -> None:
    route.travel = sum(moment.travel for moment in moments) if has_work else 0
    route.distance = sum(moment.distance for moment in moments) if has_work else 0
    route.starts_at = day.instant(moments[0].leave) if has_work else None
    route.ends_at = day.instant(moments[-1].arrive) if has_work else None


def stop_rows(plan_id: int, route_id: int, moments: list[PlannedStop], day: Day) -> list[dict[str, object]]:
    """Values of the stop rows for the visits and breaks among the timed stops of a route."""
    elements = [moment for moment in moments if moment.kind in {"visit", "break"}]
    return [
        {
            "day_plan_id": plan_id,
            "route_id": route_id,
            "position": position,
            "visit_id": visit_of(moment.visit) if moment.visit is not None else None,
            "half": half_of(moment.visit) if moment.visit is not None else FIRST,
            "scheduled_arrival": day.instant(moment.arrive),
            "scheduled_start": day.instant(moment.start),
            "scheduled_leave": day.instant(moment.leave),
            "travel": moment.travel,
            "distance": moment.distance,
        }
        for position, moment in enumerate(elements)
    ]
