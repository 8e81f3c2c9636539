"""Visits that came to nothing: how many, whose they were, and whether the next appointment was made in time."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from dispatch.booking_period import COUNTY_OF_ORDER, Asked, lies_in
from dispatch.site_records import WastedTrip, Whose
from dispatch.work_order import Appointment, AppointmentState, Visit, VisitCause, WorkOrder
from technicians.place import County, PlanningArea

AGAIN = (VisitCause.SECOND_VISIT, VisitCause.DELIVERY)
NEVER_PROMISED = (AppointmentState.HELD, AppointmentState.EXPIRED, AppointmentState.RELEASED)


class WastedRow(NamedTuple):
    """The failed visits of a product in a county. `next_in_time`: of those the ones whose next appointment was made
    before their window had ended; `by_…`: whose they were."""

    county: str
    product: str
    failed: int
    next_in_time: int
    by_consumer: int
    by_merchant: int
    by_us: int


def rows(session: Session, asked: Asked) -> list[WastedRow]:
    """Failed visits whose promised window began on the days asked for; one statement."""
    later = aliased(Appointment)
    last = select(func.max(later.id)).where(later.visit_id == Visit.id, later.state.not_in(NEVER_PROMISED))
    query = (
        select(
            WorkOrder.county_code,
            WorkOrder.product_code,
            func.count(WastedTrip.id),
            _number(_next_in_time()),
            *(_number(WastedTrip.whose == whose) for whose in (Whose.CONSUMER, Whose.MERCHANT, Whose.OURS)),
        )
        .select_from(WastedTrip)
        .join(Visit, Visit.id == WastedTrip.visit_id)
        .join(Appointment, Appointment.id == last.scalar_subquery())
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == COUNTY_OF_ORDER)
        .join(PlanningArea, PlanningArea.code == County.area_code)
        .where(lies_in(session, asked, Appointment.window_starts_at))
        .group_by(WorkOrder.county_code, WorkOrder.product_code)
    )
    return [WastedRow._make(row) for row in session.execute(query)]


def _next_in_time() -> ColumnElement[bool]:
    """Whether the trip made again was promised a window, by whomever, before the old window had ended."""
    again, promise = aliased(Visit), aliased(Appointment)
    return (
        select(promise.id)
        .join(again, again.id == promise.visit_id)
        .where(
            again.work_order_id == Visit.work_order_id,
            again.sequence > Visit.sequence,
            again.cause.in_(AGAIN),
            promise.state.not_in(NEVER_PROMISED),
            func.coalesce(promise.confirmed_at, promise.created_at) <= Appointment.window_ends_at,
        )
        .correlate(Visit, Appointment)
        .exists()
    )


def _number(condition: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
