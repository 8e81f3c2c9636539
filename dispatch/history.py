"""How long work and drives really took: the distributions of an area, learnt from its finished visits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from dispatch.catalogue import ServiceProduct
from dispatch.day import find_area
from dispatch.day_plan import DayPlan, DayPlanState, Stop
from dispatch.trips import kind_column
from dispatch.work_order import Appointment, AppointmentState, Visit, VisitState, WorkOrder
from routing.learning import History, Observed, learnt
from routing.spread import Spreads
from technicians.place import County

LOOK_BACK = timedelta(days=90)
MOST_VISITS = 20_000
SHORTEST_DRIVE = 120
BELIEVABLE = 6.0
"""A duration more than this many times too long or too short is a forgotten check-out, not a duration."""


def spreads(session: Session, area_code: str, at: datetime) -> Spreads:
    """The distributions of the area's last 90 days; the usual ones as far as it has none. NotFound for no such area."""
    return learnt(of_area(session, area_code, at))


def of_area(session: Session, area_code: str, at: datetime) -> History:
    """What the phones reported of the area's visits in the 90 days before `at`."""
    zone = find_area(session, area_code).zone
    rows = session.execute(_finished(area_code, at)).all()
    services, drives, no_shows = [], [], []
    for row in rows:
        day = row.arrived_at.astimezone(zone).date()
        if row.state == VisitState.COULD_NOT_COMPLETE:
            no_shows.append(round((row.left_at - row.arrived_at).total_seconds()))
        elif _is_believable(worked := _worked(row) / (row.service + row.setup)):
            services.append(Observed(row.kind, (row.technician_id, day), worked))
        if _was_driven_at_once(row) and _is_believable(driven := _driven(row) / row.travel):
            drives.append(Observed(row.en_route_at.astimezone(zone).hour, day, driven))
    return History(tuple(services), tuple(drives), tuple(no_shows))


def _is_believable(factor: float) -> bool:
    return 1 / BELIEVABLE <= factor <= BELIEVABLE


def _worked(row: Row[Any]) -> float:
    """Seconds from the beginning of set-up; who arrives before the window waits for it."""
    begins = row.arrived_at
    if row.window_starts_at is not None:
        begins = max(begins, row.window_starts_at - timedelta(seconds=row.setup))
    return float((row.left_at - begins).total_seconds())


def _driven(row: Row[Any]) -> float:
    return float((row.arrived_at - row.en_route_at).total_seconds())


def _was_driven_at_once(row: Row[Any]) -> bool:
    """Whether the drive says how long one takes: who would have come before the window had time to spare."""
    if row.en_route_at is None or (row.travel or 0) < SHORTEST_DRIVE:
        return False
    expected = row.en_route_at + timedelta(seconds=row.travel + row.setup)
    return row.window_starts_at is None or bool(expected >= row.window_starts_at)


def _finished(area_code: str, at: datetime) -> Any:
    """Visits with a check-in and an end, newest first; their promise; the drive that the plan had for them."""
    ended = or_(
        Visit.state == VisitState.COMPLETED,
        and_(Visit.state == VisitState.COULD_NOT_COMPLETE, Visit.failure_reason == "nobody-home"),
    )
    promise = select(func.max(Appointment.window_starts_at)).where(
        Appointment.visit_id == Visit.id, Appointment.state.in_([AppointmentState.KEPT, AppointmentState.BROKEN])
    )
    planned = (
        select(func.max(Stop.travel))
        .join(DayPlan, DayPlan.id == Stop.day_plan_id)
        .where(Stop.visit_id == Visit.id, DayPlan.state == DayPlanState.PUBLISHED)
    )
    return (
        select(
            Visit.id, Visit.state, Visit.service, Visit.setup, Visit.technician_id,
            Visit.en_route_at, Visit.arrived_at, Visit.left_at, kind_column().label("kind"),
            promise.scalar_subquery().label("window_starts_at"), planned.scalar_subquery().label("travel"),
        )
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
        .join(County, County.code == WorkOrder.county_code)
        .where(
            County.area_code == area_code, ended, Visit.arrived_at >= at - LOOK_BACK, Visit.left_at <= at,
            Visit.left_at > Visit.arrived_at,
        )
        .order_by(Visit.arrived_at.desc(), Visit.id)
        .limit(MOST_VISITS)
    )  # fmt: skip
