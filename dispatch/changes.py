"""A dispatcher's own changes to a plan: tried first, shown with what they break, then kept; never forbidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dispatch import audit, plans, routes
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop, Unassigned
from dispatch.planning import Snapshot, snapshot
from dispatch.work_order import Visit, VisitState
from routing.check import violations
from routing.plan import Plan, Violation
from routing.plan import Route as PlannedRoute
from routing.schedule import stops as timed
from routing.travel import TravelTimes
from technicians.errors import Conflict, InvalidInput, NotFound

DISPATCHERS_CHOICE = "taken-out"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: new violations, extra travel (s), and each route it touches with its revision."""

    violations: list[dict[str, Any]]
    cost: int
    routes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Change:
    plan: DayPlan
    snap: Snapshot
    before: Plan
    after: Plan
    revisions: dict[int, int]


def try_move(
    session: Session,
    travel_times: TravelTimes,
    plan_id: int,
    visit_id: int,
    technician_id: int | None,
    start_at: datetime | None = None,
) -> Preview:
    """What would happen if the visit were given to a technician (None: to nobody), about `start_at` or where best."""
    return _preview(_change(session, travel_times, plan_id, visit_id, technician_id, start_at))


def move(
    session: Session,
    travel_times: TravelTimes,
    plan_id: int,
    visit_id: int,
    technician_id: int | None,
    start_at: datetime | None = None,
    *,
    revisions: dict[int, int],
    by: str,
    at: datetime,
) -> Preview:
    """Make the change. `revisions` (by technician id) is what the dispatcher saw; PlanOutOfDate if it moved on."""
    touched = {t for t in (_technician_of(session, plan_id, visit_id), technician_id) if t is not None}
    locked = routes.lock(session, plan_id, touched)
    routes.require_revisions(locked.values(), revisions)
    change = _change(session, travel_times, plan_id, visit_id, technician_id, start_at)
    if change.plan.state == DayPlanState.SUPERSEDED:
        raise Conflict("This plan has been superseded.", field="plan", remedy="Reload the board.")
    preview = _preview(change)
    routes.rewrite(session, locked, change.after.routes, change.snap)
    _account_for(session, change.plan.id, visit_id, is_planned=technician_id is not None)
    audit.note(
        session, by, "visit.moved", "visit", visit_id, at=at,
        before={"technician": _holder(change.before, visit_id)}, after={"technician": technician_id},
        why="; ".join(dict.fromkeys(v["rule"] for v in preview.violations)),
    )  # fmt: skip
    now = {t: route.revision for t, route in locked.items()}
    return Preview(
        preview.violations,
        preview.cost,
        [{**r, "revision": now.get(r["technician_id"], r["revision"])} for r in preview.routes],
    )


def pin(
    session: Session,
    visit_id: int,
    technician_id: int | None,
    start_at: datetime | None,
    *,
    by: str,
    at: datetime,
) -> Visit:
    """Fix a visit's technician, its start, both, or (None, None) neither: what a re-plan may not touch."""
    visit = session.get(Visit, visit_id)
    if visit is None:
        raise NotFound("There is no visit {id}.", field="visit", remedy="Reload the board.", id=visit_id)
    before = {"technician": visit.pinned_technician_id, "start": _text(visit.pinned_start_at)}
    visit.pinned_technician_id, visit.pinned_start_at = technician_id, start_at
    visit.revision += 1
    audit.note(
        session, by, "visit.pinned", "visit", visit_id, at=at, before=before,
        after={"technician": technician_id, "start": _text(start_at)},
    )  # fmt: skip
    return visit


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _technician_of(session: Session, plan_id: int, visit_id: int) -> int | None:
    return session.scalar(
        select(Route.technician_id)
        .join(Stop, Stop.route_id == Route.id)
        .where(Stop.day_plan_id == plan_id, Stop.visit_id == visit_id)
    )


def _change(
    session: Session,
    travel_times: TravelTimes,
    plan_id: int,
    visit_id: int,
    technician_id: int | None,
    start_at: datetime | None,
) -> _Change:
    plan = plans.find(session, plan_id)
    visit = session.get(Visit, visit_id)
    if visit is None:
        raise NotFound("There is no visit {id}.", field="visit", remedy="Reload the board.", id=visit_id)
    if visit.state != VisitState.WAITING:
        raise Conflict(
            "The visit is {state}; only one that has not begun can be moved.",
            state=visit.state,
            field="visit",
            remedy="Call the technician instead.",
        )
    source = _technician_of(session, plan_id, visit_id)
    touched = {t for t in (source, technician_id) if t is not None}
    stops = select(Route.technician_id, Route.revision, Stop.visit_id).outerjoin(
        Stop, (Stop.route_id == Route.id) & Stop.visit_id.is_not(None)
    )
    found = session.execute(stops.where(Route.day_plan_id == plan_id, Route.technician_id.in_(touched))).all()
    visits = {row.visit_id for row in found if row.visit_id is not None} | {visit_id}
    snap = snapshot(
        session,
        travel_times,
        plan.area_code,
        plan.on_date,
        plan=plan,
        technician_ids=touched,
        visit_ids=visits,
    )
    _require(snap, visit_id, technician_id, {row.technician_id for row in found})
    after = _moved(snap, visit_id, technician_id, start_at)
    return _Change(plan, snap, snap.running, after, {row.technician_id: row.revision for row in found})


def _require(snap: Snapshot, visit_id: int, technician_id: int | None, with_route: set[int]) -> None:
    if not snap.problem.has_visit(visit_id):
        raise Conflict(
            "This visit has no appointment on the day of this plan.",
            field="visit",
            remedy="Book it for this day first.",
        )
    if technician_id is not None and not (technician_id in with_route and snap.problem.has_vehicle(technician_id)):
        raise InvalidInput(
            "This technician does not work on that day.",
            field="technician",
            remedy="Choose somebody with a row on the board, or change the shift in the roster.",
        )


def _moved(snap: Snapshot, visit_id: int, technician_id: int | None, start_at: datetime | None) -> Plan:
    planned = {route.vehicle: route.visits for route in snap.running.routes}
    for vehicle, visits in planned.items():
        planned[vehicle] = tuple(v for v in visits if v != visit_id)
    if technician_id is not None:
        others = planned.get(technician_id, ())
        position = (
            _position_at(snap, technician_id, others, snap.day.seconds(start_at))
            if start_at is not None
            else _best_position(snap, technician_id, others, visit_id)
        )
        planned[technician_id] = (*others[:position], visit_id, *others[position:])
    return Plan(tuple(PlannedRoute(vehicle, visits) for vehicle, visits in planned.items()), {})


def _position_at(snap: Snapshot, technician_id: int, others: tuple[int, ...], start: int) -> int:
    moments = timed(snap.problem, PlannedRoute(technician_id, others))
    return sum(1 for moment in moments if moment.kind == "visit" and moment.start < start)


def _best_position(snap: Snapshot, technician_id: int, others: tuple[int, ...], visit_id: int) -> int:
    """Where the visit breaks least, then costs least."""

    def badness(position: int) -> tuple[int, int]:
        route = PlannedRoute(technician_id, (*others[:position], visit_id, *others[position:]))
        broken = _broken(snap, [route])
        return sum(max(v.amount, 1) for v in broken), _travel(snap, [route])

    return min(range(len(others) + 1), key=badness)


def _broken(snap: Snapshot, changed: Iterable[PlannedRoute]) -> list[Violation]:
    """What these routes break. Visits in no route are another matter: they are listed as unassigned."""
    return [v for v in violations(snap.problem, Plan(tuple(changed), {})) if v.vehicle is not None]


def _travel(snap: Snapshot, changed: Iterable[PlannedRoute]) -> int:
    return sum(moment.travel for route in changed if route.visits for moment in timed(snap.problem, route))


def _holder(plan: Plan, visit_id: int) -> int | None:
    return next((route.vehicle for route in plan.routes if visit_id in route.visits), None)


def _preview(change: _Change) -> Preview:
    before = _broken(change.snap, change.before.routes)
    known = {(v.rule, v.vehicle, v.visit, v.amount) for v in before}
    new = [v for v in _broken(change.snap, change.after.routes) if (v.rule, v.vehicle, v.visit, v.amount) not in known]
    return Preview(
        violations=[
            {
                "rule": v.rule.value,
                "technician_id": v.vehicle,
                "visit_id": v.visit,
                "amount": v.amount,
                "detail": v.detail,
            }
            for v in new
        ],
        cost=_travel(change.snap, change.after.routes) - _travel(change.snap, change.before.routes),
        routes=[_shown(change, route) for route in change.after.routes],
    )


def _shown(change: _Change, route: PlannedRoute) -> dict[str, Any]:
    day = change.snap.day
    return {
        "technician_id": route.vehicle,
        "revision": change.revisions[route.vehicle],
        "stops": [
            {
                "kind": moment.kind,
                "visit_id": moment.visit,
                "arrive_at": day.instant(moment.arrive),
                "start_at": day.instant(moment.start),
                "leave_at": day.instant(moment.leave),
                "travel": moment.travel,
                "distance": moment.distance,
            }
            for moment in timed(change.snap.problem, route)
            if moment.kind in {"visit", "break"}
        ],
    }


def _account_for(session: Session, plan_id: int, visit_id: int, *, is_planned: bool) -> None:
    """A visit is in a route or listed as left out, never both and never neither."""
    session.execute(delete(Unassigned).where(Unassigned.day_plan_id == plan_id, Unassigned.visit_id == visit_id))
    if not is_planned:
        session.add(
            Unassigned(
                day_plan_id=plan_id, visit_id=visit_id, rule=DISPATCHERS_CHOICE,
                detail="Taken out of the plan by a dispatcher.",
            )
        )  # fmt: skip
    session.flush()
