"""Who else could make a visit that its technician asks to be rid of: moves that were tried, cheapest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import changes, plans
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.moving import Preview
from dispatch.partners import holders
from dispatch.planning import snapshot
from dispatch.request_records import TechnicianRequest
from dispatch.work_order import VisitState
from routing.insertion import insertions
from routing.travel import TravelTimes
from technicians.people import Technician

MOST = 3


@dataclass(frozen=True, slots=True)
class Move:
    """The visit given to somebody else: extra travel in seconds, what it breaks, route revisions by technician id."""

    plan_id: int
    technician_id: int
    name: str
    cost: int
    violations: tuple[dict[str, Any], ...]
    revisions: dict[int, int]


@dataclass(frozen=True, slots=True)
class Moves:
    """`plan` in which the visit stands with the technician now; None when it does not, or has begun."""

    plan: DayPlan | None
    moves: tuple[Move, ...]


def of(session: Session, travel_times: TravelTimes, request: TechnicianRequest) -> Moves:
    """At most three technicians into whose day the visit fits, each move tried as on the board."""
    plan = _plan(session, request)
    visit = request.visit
    if plan is None or visit is None or visit.state != VisitState.WAITING:
        return Moves(None, ())
    held = holders(session, plan.id, visit.id)
    half = next(half for half, technician_id in held.items() if technician_id == request.technician_id)
    snap = snapshot(session, travel_times, plan.area_code, plan.on_date, plan=plan)
    found = insertions(snap.problem, snap.running, half) if snap.problem.has_visit(half) else []
    rows = {route.technician_id for route in plan.routes} - set(held.values())
    others = dict.fromkeys(place.vehicle for place in found if place.vehicle in rows)
    tried = [_tried(session, travel_times, plan, request, other) for other in list(others)[:MOST]]
    return Moves(plan, tuple(sorted(tried, key=lambda move: (len(move.violations), move.cost))))


def _plan(session: Session, request: TechnicianRequest) -> DayPlan | None:
    """The plan of the board: the draft being worked on, else the published one."""
    query = (
        select(DayPlan)
        .join(Route, Route.day_plan_id == DayPlan.id)
        .join(Stop, Stop.route_id == Route.id)
        .where(
            Stop.visit_id == request.visit_id, Route.technician_id == request.technician_id,
            DayPlan.state != DayPlanState.SUPERSEDED,
        )
        .order_by(DayPlan.version.desc())
    )  # fmt: skip
    found = session.scalars(query).first()
    shown = plans.shown(session, found.area_code, found.on_date) if found else None
    return found if shown is not None and found is not None and shown.id == found.id else None


def _tried(
    session: Session, travel_times: TravelTimes, plan: DayPlan, request: TechnicianRequest, technician_id: int
) -> Move:
    if request.visit_id is None:
        raise ValueError("a swap has a visit")
    preview: Preview = changes.try_move(
        session, travel_times, plan.id, request.visit_id, technician_id, source_id=request.technician_id
    )
    return Move(
        plan.id,
        technician_id,
        session.get_one(Technician, technician_id).name,
        preview.cost,
        tuple(preview.violations),
        {route["technician_id"]: route["revision"] for route in preview.routes},
    )
