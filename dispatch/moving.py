"""What a dispatcher's move makes of the routes it touches: computed and shown, not yet kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import plans
from dispatch.crews import FIRST, SECOND, half_id, visit_of
from dispatch.day_plan import DayPlan, Route, Stop
from dispatch.partners import holders, with_partners
from dispatch.planning import Snapshot, snapshot
from dispatch.work_order import Visit, VisitState
from routing.check import violations
from routing.joint import timed
from routing.plan import Plan, Violation
from routing.plan import Route as PlannedRoute
from routing.schedule import stops
from routing.travel import TravelTimes
from technicians.errors import Conflict, InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: new violations, extra travel (s), and each route it touches with its revision."""

    violations: list[dict[str, Any]]
    cost: int
    routes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """Routes before and after; `revisions` (by technician id) of all of them, `rewritten` are those that change."""

    plan: DayPlan
    snap: Snapshot
    before: Plan
    after: Plan
    revisions: dict[int, int]
    source_id: int | None
    rewritten: frozenset[int]


def touched(session: Session, plan_id: int, visit_id: int, technician_id: int | None) -> set[int]:
    """The technicians whose routes a move may change: who has the visit, who gets it, and who waits for them."""
    given = set() if technician_id is None else {technician_id}
    return with_partners(session, plan_id, given | set(holders(session, plan_id, visit_id).values()))


def change(
    session: Session,
    travel_times: TravelTimes,
    plan_id: int,
    visit_id: int,
    technician_id: int | None,
    start_at: datetime | None,
    source_id: int | None,
) -> Change:
    """The move, worked out. NotFound, Conflict and InvalidInput for what cannot be moved so."""
    plan, visit = plans.find(session, plan_id), _movable(session, visit_id)
    held = holders(session, plan_id, visit_id)
    people = touched(session, plan_id, visit_id, technician_id)
    query = (
        select(Route.technician_id, Route.revision, Stop.visit_id)
        .outerjoin(Stop, (Stop.route_id == Route.id) & Stop.visit_id.is_not(None))
        .where(Route.day_plan_id == plan_id, Route.technician_id.in_(people))
    )
    found = session.execute(query).all()
    visits = {row.visit_id for row in found if row.visit_id is not None} | {visit_id}
    snap = snapshot(
        session, travel_times, plan.area_code, plan.on_date, plan=plan, technician_ids=people, visit_ids=visits
    )
    _require(snap, visit_id, technician_id, {row.technician_id for row in found})
    chosen = _chosen(visit, held, technician_id, source_id)
    after = _moved(snap, chosen, technician_id, start_at)
    ends = {held[half] for half in chosen if half in held} | ({technician_id} if technician_id is not None else set())
    return Change(
        plan, snap, snap.running, after, {row.technician_id: row.revision for row in found},
        next((held[half] for half in chosen if half in held), None), _rewritten(snap, after, ends),
    )  # fmt: skip


def preview(change: Change) -> Preview:
    """What the change breaks that was not broken before, what it costs, and the routes it changes."""
    before = _broken(change.snap, change.before.routes)
    known = {(v.rule, v.vehicle, v.visit, v.amount) for v in before}
    new = [v for v in _broken(change.snap, change.after.routes) if (v.rule, v.vehicle, v.visit, v.amount) not in known]
    return Preview(
        violations=[
            {
                "rule": v.rule.value,
                "technician_id": v.vehicle,
                "visit_id": visit_of(v.visit) if v.visit is not None else None,
                "amount": v.amount,
                "detail": v.detail,
            }
            for v in new
        ],
        cost=_travel(change.snap, change.after.routes) - _travel(change.snap, change.before.routes),
        routes=_shown(change),
    )


def _movable(session: Session, visit_id: int) -> Visit:
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
    return visit


def _require(snap: Snapshot, visit_id: int, technician_id: int | None, with_route: set[int]) -> None:
    if not snap.problem.has_visit(visit_id) and not snap.problem.has_visit(half_id(visit_id, SECOND)):
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


def _chosen(visit: Visit, held: dict[int, int], technician_id: int | None, source_id: int | None) -> list[int]:
    """The halves that move: to nobody all; within a route the technician's own; else as `try_move` says."""
    first, second = half_id(visit.id, FIRST), half_id(visit.id, SECOND)
    if visit.work_order.product.crew_size == 1:
        return [first, *held]
    if technician_id is None:
        return [first, second]
    of = {holder: half for half, holder in held.items()}
    if technician_id in of:
        return [of[technician_id]]
    if source_id in of:
        return [of[source_id]]
    return [first if first not in held else second]


def _moved(snap: Snapshot, chosen: Sequence[int], technician_id: int | None, start_at: datetime | None) -> Plan:
    planned = {route.vehicle: tuple(v for v in route.visits if v not in chosen) for route in snap.running.routes}
    if technician_id is not None:
        others = planned.setdefault(technician_id, ())
        position = (
            _position_at(snap, technician_id, others, snap.day.seconds(start_at))
            if start_at is not None
            else _best_position(snap, technician_id, planned, chosen[0])
        )
        planned[technician_id] = (*others[:position], chosen[0], *others[position:])
    return Plan(tuple(PlannedRoute(vehicle, visits) for vehicle, visits in planned.items()), {})


def _position_at(snap: Snapshot, technician_id: int, others: tuple[int, ...], start: int) -> int:
    moments = stops(snap.problem, PlannedRoute(technician_id, others))
    return sum(1 for moment in moments if moment.kind == "visit" and moment.start < start)


def _best_position(snap: Snapshot, technician_id: int, planned: dict[int, tuple[int, ...]], half: int) -> int:
    """Where it breaks least, then costs least."""
    others = planned[technician_id]

    def badness(position: int) -> tuple[int, int]:
        tried = planned | {technician_id: (*others[:position], half, *others[position:])}
        routes = [PlannedRoute(vehicle, visits) for vehicle, visits in tried.items()]
        return sum(max(v.amount, 1) for v in _broken(snap, routes)), _travel(snap, routes)

    return min(range(len(others) + 1), key=badness)


def _broken(snap: Snapshot, routes: Collection[PlannedRoute]) -> list[Violation]:
    """What these routes break. Visits in no route are another matter: they are listed as unassigned."""
    return [v for v in violations(snap.problem, Plan(tuple(routes), {})) if v.vehicle is not None]


def _travel(snap: Snapshot, routes: Collection[PlannedRoute]) -> int:
    return sum(moment.travel for route in routes if route.visits for moment in stops(snap.problem, route))


def _rewritten(snap: Snapshot, after: Plan, ends: set[int]) -> frozenset[int]:
    """The technicians whose routes change: both ends of the move, and whoever begins something at another time."""
    before, now = timed(snap.problem, snap.running), timed(snap.problem, after)
    return frozenset(vehicle for vehicle in now if vehicle in ends or now[vehicle] != before.get(vehicle))


def _shown(change: Change) -> list[dict[str, Any]]:
    day, times = change.snap.day, timed(change.snap.problem, change.after)
    return [
        {
            "technician_id": technician_id,
            "revision": change.revisions[technician_id],
            "stops": [
                {
                    "kind": moment.kind,
                    "visit_id": visit_of(moment.visit) if moment.visit is not None else None,
                    "arrive_at": day.instant(moment.arrive),
                    "start_at": day.instant(moment.start),
                    "leave_at": day.instant(moment.leave),
                    "travel": moment.travel,
                    "distance": moment.distance,
                }
                for moment in times[technician_id]
                if moment.kind in {"visit", "break"}
            ],
        }
        for technician_id in times
        if technician_id in change.rewritten
    ]
