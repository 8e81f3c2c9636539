"""Work orders as they are looked for: by text, state, merchant and area, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from dispatch.catalogue import Merchant, ServiceProduct
from dispatch.work_order import (
    Appointment,
    AppointmentState,
    PositionQuality,
    Visit,
    VisitState,
    WorkOrder,
    WorkOrderState,
)
from technicians.errors import InvalidInput
from technicians.place import County, PlanningArea

PAGE = 100
MOST = 500
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for. `text` is looked for in number, name, phone and address; None means any.

    `area_code` also finds parked orders, which have no area yet.
    """

    text: str = ""
    state: WorkOrderState | None = None
    merchant_id: int | None = None
    area_code: str | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order in a list; the window is the promise in force or the last one, `zone` that of its county."""

    id: int
    number: str
    merchant: str
    product_code: str
    product_zh: str
    product_en: str
    icon: str
    state: WorkOrderState
    visit_state: VisitState | None
    parked_because: str | None
    consumer_name: str
    consumer_phone: str
    address: str
    county_code: str | None
    county_zh: str | None
    county_en: str | None
    quality: PositionQuality | None
    lng: float | None
    lat: float | None
    priority: int
    note: str
    goods_arrived_at: datetime | None
    window_starts_at: datetime | None
    window_ends_at: datetime | None
    created_at: datetime
    time_zone: str | None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone or "Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of orders, newest first. `next` is the cursor of the following page, None on the last."""

    rows: list[OrderLine]
    next: int | None


def search(session: Session, wanted: Wanted, *, cursor: int | None = None, limit: int = PAGE) -> Page:
    """One page. `cursor` is what the page before gave as `next`.

    The orders are found first and joined to the rest afterwards: a planner that thinks a text is rare would
    join everything before it sorts.
    """
    if not 1 <= limit <= MOST:
        raise InvalidInput(
            "{limit} rows is not between 1 and {most}.", field="limit", remedy="Ask for 100.", limit=limit, most=MOST
        )
    query = _narrowed(select(WorkOrder.id).join(County, County.code == WorkOrder.county_code, isouter=True), wanted)
    if cursor is not None:
        query = query.where(WorkOrder.id < cursor)
    found = session.scalars(query.order_by(WorkOrder.id.desc()).limit(limit + 1)).all()
    lines = _lines().where(WorkOrder.id.in_(found[:limit])).order_by(WorkOrder.id.desc())
    shown = [OrderLine(*row) for row in session.execute(lines)]
    return Page(shown, shown[-1].id if len(found) > limit else None)


def every(session: Session, wanted: Wanted) -> Iterator[OrderLine]:
    """All of them, oldest first, read from the database in portions."""
    query = _narrowed(_lines(), wanted).order_by(WorkOrder.id).execution_options(yield_per=1000)
    for row in session.execute(query):
        yield OrderLine(*row)


def counts(session: Session, wanted: Wanted) -> dict[WorkOrderState, int]:
    """How many there are in each state, whatever state is wanted."""
    query = select(WorkOrder.state, func.count()).join(County, County.code == WorkOrder.county_code, isouter=True)
    narrowed = _narrowed(query, Wanted(wanted.text, None, wanted.merchant_id, wanted.area_code))
    found = {state: number for state, number in session.execute(narrowed.group_by(WorkOrder.state))}
    return {state: found.get(state, 0) for state in WorkOrderState}


def _lines() -> Rows:
    last_visit = (
        select(func.max(Visit.id)).where(Visit.work_order_id == WorkOrder.id).correlate(WorkOrder).scalar_subquery()
    )
    promise = (
        select(func.max(Appointment.id))
        .where(Appointment.visit_id == Visit.id, Appointment.state != AppointmentState.MOVED)
        .correlate(Visit)
        .scalar_subquery()
    )
    return (
        select(
            WorkOrder.id,
            WorkOrder.number,
            Merchant.name,
            ServiceProduct.code,
            ServiceProduct.name_zh,
            ServiceProduct.name_en,
            ServiceProduct.icon,
            WorkOrder.state,
            Visit.state,
            WorkOrder.parked_because,
            WorkOrder.consumer_name,
            WorkOrder.consumer_phone,
            WorkOrder.address,
            WorkOrder.county_code,
            County.name,
            County.name_en,
            WorkOrder.position_quality,
            WorkOrder.lng,
            WorkOrder.lat,
            WorkOrder.priority,
            WorkOrder.note,
            WorkOrder.goods_arrived_at,
            Appointment.window_starts_at,
            Appointment.window_ends_at,
            WorkOrder.created_at,
            PlanningArea.time_zone,
        )
        .join(Merchant, Merchant.id == WorkOrder.merchant_id)
        .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
        .join(County, County.code == WorkOrder.county_code, isouter=True)
        .join(PlanningArea, PlanningArea.code == County.area_code, isouter=True)
        .join(Visit, Visit.id == last_visit, isouter=True)
        .join(
            Appointment,
            and_(Appointment.id == promise, Appointment.state != AppointmentState.CANCELLED),
            isouter=True,
        )
    )


def _narrowed(query: Rows, wanted: Wanted) -> Rows:
    if wanted.state is not None:
        query = query.where(WorkOrder.state == wanted.state)
    if wanted.merchant_id is not None:
        query = query.where(WorkOrder.merchant_id == wanted.merchant_id)
    if wanted.area_code is not None:
        query = query.where(or_(County.area_code == wanted.area_code, WorkOrder.county_code.is_(None)))
    text = wanted.text.strip().lower()[:120].replace("\0", "")
    if text:
        columns = (
            WorkOrder.number,
            WorkOrder.consumer_name,
            WorkOrder.consumer_phone,
            WorkOrder.address,
        )
        query = query.where(or_(*(func.lower(column).contains(text, autoescape=True) for column in columns)))
    return query
