"""Visits planned with a technician that a change of their working time would break, with what was promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from dispatch.board_rows import PROMISED
from dispatch.catalogue import ServiceProduct
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.work_order import Appointment, Visit, VisitState, WorkOrder
from technicians.place import County

OPEN = (VisitState.WAITING, VisitState.EN_ROUTE, VisitState.ON_SITE)
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Stake:
    """One visit as it is planned. `promised` is its window; `is_published` tells whether phones know of it."""

    is_published: bool
    starts_at: datetime
    ends_at: datetime
    promised: Stretch | None
    visit_id: int
    order_id: int
    number: str
    product_zh: str
    product_en: str
    icon: str
    county_zh: str
    county_en: str
    consumer_name: str
    on_date: date


def within(session: Session, technician_id: int, stretches: Iterable[Stretch]) -> list[Stake]:
    """What is planned with somebody in these times and has not ended, each visit once, by time.

    A visit counts from when the technician arrives until it ends. Where a draft lies over a published plan, the
    published one is told: it is what was promised.
    """
    overlaps = [and_(Stop.scheduled_arrival < until, Stop.scheduled_leave > since) for since, until in stretches]
    if not overlaps:
        return []
    query = (
        select(
            Visit.id, WorkOrder.id, WorkOrder.number, ServiceProduct.name_zh, ServiceProduct.name_en,
            ServiceProduct.icon, County.name, County.name_en, WorkOrder.consumer_name, DayPlan.on_date, DayPlan.state,
            Stop.scheduled_start, Stop.scheduled_leave, Appointment.window_starts_at, Appointment.window_ends_at,
        )
        .join(Stop, Stop.visit_id == Visit.id)
        .join(Route, Route.id == Stop.route_id)
        .join(DayPlan, DayPlan.id == Route.day_plan_id)
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
        .join(County, County.code == WorkOrder.county_code)
        .outerjoin(Appointment, and_(Appointment.visit_id == Visit.id, Appointment.state.in_(PROMISED)))
        .where(
            Route.technician_id == technician_id, DayPlan.state != DayPlanState.SUPERSEDED, Visit.state.in_(OPEN),
            or_(*overlaps),
        )
    )  # fmt: skip
    found: dict[int, Stake] = {}
    for *known, state, starts_at, ends_at, since, until in session.execute(query):
        is_published = state == DayPlanState.PUBLISHED
        stake = Stake(is_published, starts_at, ends_at, (since, until) if since else None, *known)
        if is_published or stake.visit_id not in found:
            found[stake.visit_id] = stake
    return sorted(found.values(), key=lambda stake: (stake.starts_at, stake.visit_id))
