"""How far orders came on their way to an appointment: one row of numbers for each whose goods arrived."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, String, and_, case, cast, extract, func, literal, select
from sqlalchemy.orm import Session, contains_eager

from dispatch.booking_period import COUNTY_OF_ORDER, Asked, lies_in
from dispatch.consumer_records import OfferLook
from dispatch.sla import FIRST_TRY
from dispatch.sla_clock import SlaClock, SlaEntry, SlaEvent, SlaKind
from dispatch.sla_standing import state_of
from dispatch.work_order import Appointment, AppointmentState, BookedBy, Visit, VisitCause, WorkOrder, WorkOrderState
from technicians.base import UtcDateTime
from technicians.place import County, PlanningArea

A_DAY = 24 * 3600
PROMISED = (
    AppointmentState.CONFIRMED,
    AppointmentState.KEPT,
    AppointmentState.BROKEN,
    AppointmentState.MOVED,
    AppointmentState.CANCELLED,
)


class OrderRow(NamedTuple):
    """One order; instants in seconds of the epoch, yes and no as 1 and 0.

    `clock_id` is that of its first 24-hour clock, with its start, end and target; None for an order that has none.
    `by_…` count the windows promised, moves included, by who chose them; technicians book second visits only, which are
    no part of this.
    """

    county: str
    product: str
    goods_at: int
    is_cancelled: int
    clock_id: int | None
    started_at: int | None
    ended_at: int | None
    target: int | None
    looked: int
    found: int
    nothing_because: str | None
    held: int
    held_booked: int
    first_booked_at: int | None
    moved: int
    cancelled: int
    by_consumer: int
    by_merchant: int
    by_dispatcher: int
    by_technician: int


def rows(session: Session, asked: Asked) -> Sequence[tuple[Any, ...]]:
    """The orders asked for that have a county: the values of their `OrderRow`s, one statement for all.

    As the driver gives them, in plain tuples: of a hundred thousand, everything else would cost as much again to make
    and to be looked through by the garbage collector as to read.
    """
    promise, visit = Appointment.state.in_(PROMISED), Visit.cause == VisitCause.FIRST
    held = Appointment.held_until.is_not(None)
    first_clock = and_(
        SlaClock.work_order_id == WorkOrder.id, SlaClock.kind == SlaKind.BOOKING, SlaClock.subject == FIRST_TRY
    )
    query = (
        select(
            WorkOrder.county_code,
            WorkOrder.product_code,
            _epoch(WorkOrder.goods_arrived_at),
            _one(WorkOrder.state == WorkOrderState.CANCELLED),
            SlaClock.id,
            _epoch(SlaClock.started_at),
            _epoch(SlaClock.ended_at),
            SlaClock.target,
            _one(OfferLook.work_order_id.is_not(None)),
            _one(OfferLook.ever_offered),
            cast(OfferLook.nothing_because, String),
            func.max(_one(held)),
            func.max(_one(and_(held, promise))),
            func.min(case((promise, _epoch(func.coalesce(Appointment.confirmed_at, Appointment.created_at))))),
            func.max(_one(Appointment.state == AppointmentState.MOVED)),
            func.max(_one(Appointment.state == AppointmentState.CANCELLED)),
            *(func.sum(_one(and_(promise, Appointment.booked_by == who))) for who in BookedBy),
        )
        .join(County, County.code == COUNTY_OF_ORDER)
        .join(PlanningArea, PlanningArea.code == County.area_code)
        .join(OfferLook, OfferLook.work_order_id == WorkOrder.id, isouter=True)
        .join(SlaClock, first_clock, isouter=True)
        .join(Visit, and_(Visit.work_order_id == WorkOrder.id, visit), isouter=True)
        .join(Appointment, Appointment.visit_id == Visit.id, isouter=True)
        .where(lies_in(session, asked, WorkOrder.goods_arrived_at))
        .group_by(WorkOrder.id, OfferLook.work_order_id, SlaClock.id)
    )
    with closing(session.connection().execute(query)) as answer:
        found: Sequence[tuple[Any, ...]] = answer.cursor.fetchall()
        return found


def rested(session: Session, asked: Asked, at: datetime) -> dict[int, int]:
    """Seconds that clocks have run which rested at times, of those that were late had they not; by their id."""
    ended_at = func.coalesce(SlaClock.ended_at, literal(at, UtcDateTime()))
    query = (
        select(SlaClock)
        .join(SlaClock.entries)
        .join(WorkOrder, WorkOrder.id == SlaClock.work_order_id)
        .join(County, County.code == COUNTY_OF_ORDER)
        .join(PlanningArea, PlanningArea.code == County.area_code)
        .where(
            SlaClock.id.in_(select(SlaEntry.clock_id).where(SlaEntry.event == SlaEvent.PAUSED)),
            SlaClock.kind == SlaKind.BOOKING,
            SlaClock.subject == FIRST_TRY,
            _epoch(ended_at) - _epoch(SlaClock.started_at) >= SlaClock.target,
            lies_in(session, asked, WorkOrder.goods_arrived_at),
        )
        .order_by(SlaEntry.id)
    )
    found = session.scalars(query.options(contains_eager(SlaClock.entries))).unique()
    return {clock.id: state_of(clock, clock.entries, at).elapsed for clock in found}


def _epoch(instant: Any) -> ColumnElement[int]:
    return cast(extract("epoch", instant), Integer)


def _one(condition: Any) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
