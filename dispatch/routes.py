"""Writing planned routes into rows: stops timed by `routing.stops`, revisions bumped."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from dispatch.day import Day
from dispatch.day_plan import DayPlan, Route, Stop
from dispatch.errors import PlanOutOfDate
from dispatch.planning import Snapshot
from routing.plan import Route as PlannedRoute
from routing.plan import Stop as PlannedStop
from routing.schedule import stops as timed


def lock(session: Session, plan_id: int, technician_ids: Iterable[int]) -> dict[int, Route]:
    """The routes of these technicians, row locks taken in sorted order; absent ones are left out."""
    wanted = sorted(set(technician_ids))
    query = (
        select(Route)
        .where(Route.day_plan_id == plan_id, Route.technician_id.in_(wanted))
        .order_by(Route.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
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


def rewrite(session: Session, routes: dict[int, Route], planned: Iterable[PlannedRoute], snap: Snapshot) -> None:
    """Replace the stops of locked routes (by technician id) and bump their revisions."""
    changed = [(routes[new.vehicle], new) for new in planned]
    session.execute(delete(Stop).where(Stop.route_id.in_([route.id for route, _ in changed])))
    fresh = []
    for route, new in changed:
        moments = timed(snap.problem, new)
        _sum_up(route, moments, bool(new.visits), snap.day)
        route.revision += 1
        fresh += stop_rows(route.day_plan_id, route.id, moments, snap.day)
    if fresh:
        session.execute(insert(Stop), fresh)
    session.flush()
    for route, _ in changed:
        session.expire(route, ["stops"])


def write_all(
    session: Session,
    plan: DayPlan,
    planned: Iterable[PlannedRoute],
    snap: Snapshot,
    technician_ids: Iterable[int],
) -> None:
    """The routes of a new plan: one per working technician, with or without stops."""
    by_technician = {route.vehicle: route for route in planned}
    timed_routes = {}
    for technician_id in sorted(technician_ids):
        new = by_technician.get(technician_id, PlannedRoute(technician_id, ()))
        moments = timed(snap.problem, new) if new.visits else []
        row = Route(day_plan_id=plan.id, technician_id=technician_id)
        _sum_up(row, moments, bool(new.visits), snap.day)
        timed_routes[technician_id] = (row, moments)
    session.add_all([row for row, _ in timed_routes.values()])
    session.flush()
    fresh = [stop for row, moments in timed_routes.values() for stop in stop_rows(plan.id, row.id, moments, snap.day)]
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
            "visit_id": moment.visit if moment.kind == "visit" else None,
            "scheduled_arrival": day.instant(moment.arrive),
            "scheduled_start": day.instant(moment.start),
            "scheduled_leave": day.instant(moment.leave),
            "travel": moment.travel,
            "distance": moment.distance,
        }
        for position, moment in enumerate(elements)
    ]
