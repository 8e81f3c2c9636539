"""Promises that came due: kept, broken, and what chance they had been given when they were made."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from dispatch.booking_period import COUNTY_OF_ORDER, Asked, lies_in
from dispatch.work_order import Appointment, AppointmentState, Visit, WorkOrder
from technicians.place import County, PlanningArea

DUE = (AppointmentState.KEPT, AppointmentState.BROKEN)


class PromiseRow(NamedTuple):
    """The promises of a product in a county. `chances` is the sum of the chances of the `predicted` ones that had
    one, of which `predicted_kept` were kept."""

    county: str
    product: str
    kept: int
    broken: int
    predicted: int
    predicted_kept: int
    chances: float


def rows(session: Session, asked: Asked) -> list[PromiseRow]:
    """Promises whose window began on the days asked for, whatever visit they were for; one statement."""
    is_kept = case((Appointment.state == AppointmentState.KEPT, 1), else_=0)
    has_chance = case((Appointment.chance.is_not(None), 1), else_=0)
    query = (
        select(
            WorkOrder.county_code,
            WorkOrder.product_code,
            func.sum(is_kept),
            func.sum(1 - is_kept),
            func.sum(has_chance),
            func.sum(is_kept * has_chance),
            func.coalesce(func.sum(Appointment.chance), 0.0),
        )
        .join(Visit, Visit.id == Appointment.visit_id)
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == COUNTY_OF_ORDER)
        .join(PlanningArea, PlanningArea.code == County.area_code)
        .where(Appointment.state.in_(DUE), lies_in(session, asked, Appointment.window_starts_at))
        .group_by(WorkOrder.county_code, WorkOrder.product_code)
    )
    return [PromiseRow._make(row) for row in session.execute(query)]
