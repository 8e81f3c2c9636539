"""What a booking brings about elsewhere, promised in its own transaction: who is told, and what is looked at next."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch import messages, order_events, outbox, sla, touched, waitlist
from dispatch.messages import Template
from dispatch.order_events import OrderEvent
from dispatch.outbox import OutboxKind
from dispatch.slots import area_of
from dispatch.work_order import Appointment, Visit

GRACE = timedelta(seconds=5)
QUIET = timedelta(seconds=30)
MESSAGES = {
    OrderEvent.CONFIRMED: Template.BOOKED,
    OrderEvent.MOVED: Template.MOVED,
    OrderEvent.APPOINTMENT_CANCELLED: Template.CANCELLED,
}


def changed(session: Session, visit: Visit, event: OrderEvent, promise: Appointment, *, by: str, at: datetime) -> None:
    """Tell merchant, consumer, clock and open boards; the day is improved once it has been quiet for a while."""
    order = visit.work_order
    touched.visit(session, visit)
    order_events.announce(session, order, event, at=at, visit=visit, promise=promise)
    if event in MESSAGES:
        told = None if event == OrderEvent.APPOINTMENT_CANCELLED else promise
        messages.tell(session, order, MESSAGES[event], by=by, at=at, promise=told)
    if event in {OrderEvent.CONFIRMED, OrderEvent.MOVED}:
        sla.appointment_made(session, order, at, by)
        waitlist.booked(session, visit, promise, at=at)
        improve(session, visit, promise, at)
    if event == OrderEvent.APPOINTMENT_CANCELLED:
        sla.appointment_cancelled(session, order, at, by)


def held(session: Session, promise: Appointment, at: datetime) -> None:
    """See to it that the hold ends."""
    due_at = (promise.held_until or at) + GRACE
    payload = {"appointment": promise.id}
    outbox.add(session, OutboxKind.EXPIRE, payload, asked_by="booking", at=at, due_at=due_at)


def freed(session: Session, visit: Visit, promise: Appointment, at: datetime) -> None:
    """Time has become free on the promised day: who waits for it is asked."""
    area = area_of(visit)
    on_date = days.date_of(area, promise.window_starts_at)
    waitlist.freed(session, area.code, on_date, at=at)


def improve(session: Session, visit: Visit, promise: Appointment, at: datetime) -> None:
    """Ask for the promised day to be improved, once for all bookings of the next half minute."""
    area = area_of(visit)
    on_date = days.date_of(area, promise.window_starts_at)
    payload = {"area": area.code, "date": on_date.isoformat()}
    outbox.add_once(
        session, OutboxKind.IMPROVE, f"{area.code} {on_date}", payload, asked_by="booking", at=at, due_at=at + QUIET
    )
