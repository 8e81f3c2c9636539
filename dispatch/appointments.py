"""Choosing, moving and giving up the window of an order: the same for consumer and merchant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import booking, planted, slots
from dispatch.planted import Point
from dispatch.slots import Offered
from dispatch.work_order import (
    IN_FORCE,
    Appointment,
    BookedBy,
    Visit,
    VisitCause,
    VisitState,
    WorkOrder,
    WorkOrderState,
)
from routing.travel import TravelTimes
from technicians.errors import Conflict

OPEN = (VisitState.WAITING, VisitState.EN_ROUTE, VisitState.ON_SITE)


def can_choose(order: WorkOrder) -> bool:
    """Whether a window can be chosen, moved or given back: there is a visit to come and nobody is on the way."""
    is_ready = order.state in {WorkOrderState.BOOKABLE, WorkOrderState.BOOKED}
    return is_ready and {visit.state for visit in order.visits if visit.is_open} == {VisitState.WAITING}


def offers(session: Session, travel_times: TravelTimes, order: WorkOrder, at: datetime) -> Offered:
    """The windows the order can be promised now, or moved to, or why there is none; Conflict if it cannot be booked."""
    visit = visit_to_come(session, order.id, lock=False)
    booking.require_open(visit)
    return slots.offers(session, travel_times, visit, at)


def hold(
    session: Session,
    travel_times: TravelTimes,
    order: WorkOrder,
    starts_at: datetime,
    *,
    booked_by: BookedBy,
    by: str,
    at: datetime,
) -> Appointment:
    """Keep a window for some minutes while the consumer decides; the same one twice is one hold.

    Raises SlotTaken, InvalidInput for a window that is never on offer, TooMuchHeld, Conflict when there is an
    appointment already: `choose` moves it.
    """
    visit = visit_to_come(session, order.id, lock=True)
    return booking.hold(session, travel_times, visit, starts_at, booked_by=booked_by, by=by, at=at)


def confirm(
    session: Session, travel_times: TravelTimes, order: WorkOrder, *, booked_by: BookedBy, by: str, at: datetime
) -> Appointment:
    """Make what is held a promise; twice is as good as once. Raises HoldExpired when nothing is held any more."""
    visit = visit_to_come(session, order.id, lock=True)
    return booking.confirm(session, travel_times, visit, booked_by=booked_by, by=by, at=at)


def release(session: Session, travel_times: TravelTimes, order: WorkOrder, *, by: str, at: datetime) -> None:
    """Give what is held back; without a hold nothing happens."""
    visit = visit_to_come(session, order.id, lock=True)
    booking.release(session, travel_times, visit, by=by, at=at)


def expire(session: Session, travel_times: TravelTimes, appointment_id: int, *, at: datetime) -> bool:
    """Give a hold back if its time has run out, or a promise whose goods could not be brought; whether it did."""
    held = session.get(Appointment, appointment_id)
    if held is None or held.state not in IN_FORCE or held.visit.state != VisitState.WAITING:
        return False
    visit = visit_to_come(session, held.visit.work_order_id, lock=True)
    return booking.expire(session, travel_times, visit, at=at) or booking.let_go(session, travel_times, visit, at=at)


def choose(
    session: Session,
    travel_times: TravelTimes,
    order: WorkOrder,
    starts_at: datetime,
    *,
    booked_by: BookedBy,
    by: str,
    at: datetime,
) -> Appointment:
    """Promise the window, or move the promise there. The same choice twice, even at once, is one appointment.

    Raises SlotTaken, InvalidInput for a window that is never on offer, Conflict once the technician has left.
    """
    visit = visit_to_come(session, order.id, lock=True)
    return booking.book(session, travel_times, visit, starts_at, booked_by=booked_by, by=by, at=at)


def call_off(
    session: Session, travel_times: TravelTimes, order: WorkOrder, *, by: str, at: datetime, why: str = ""
) -> None:
    """Give the window back; the order can be booked anew. Twice is as good as once."""
    visit = visit_to_come(session, order.id, lock=True)
    if visit.appointment is None and visit.state == VisitState.WAITING:
        return
    booking.cancel(session, travel_times, visit, by=by, at=at, why=why)


def visit_to_come(session: Session, order_id: int, *, lock: bool) -> Visit:
    """The visit to come, not the trip that brings its goods; locked first, so that choices follow each other.

    Conflict when there is none.
    """
    query = (
        select(Visit)
        .where(Visit.work_order_id == order_id, Visit.state.in_(OPEN))
        .order_by(Visit.cause == VisitCause.DELIVERY, Visit.sequence.desc())
        .limit(1)
    )
    if lock:
        # Not for its key: who has locked its route writes stops that refer to it, and would wait for us.
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    visit = session.scalars(query).one_or_none()
    if visit is None:
        raise Conflict(
            "There is no visit to come for this order.",
            field="order",
            remedy="Ask the shop what happens next.",
        )
    if lock:
        planted.at(session, Point.VISIT_LOCKED)
        _read_again(session, visit)
        session.refresh(visit.work_order)
    return visit


def _read_again(session: Session, visit: Visit) -> None:
    """The visit's appointments as they are now that it is locked: whoever had it may have confirmed or ended one."""
    query = select(Appointment).where(Appointment.visit_id == visit.id)
    session.scalars(query.execution_options(populate_existing=True)).all()
    session.expire(visit, ["appointments"])
