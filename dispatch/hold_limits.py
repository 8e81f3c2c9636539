"""Limits against hoarding: how much one consumer, and one address, may keep at a time while deciding."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dispatch.errors import TooMuchHeld
from dispatch.work_order import Appointment, AppointmentState, Visit, WorkOrder

MOST_OF_CONSUMER = 3
MOST_AT_ADDRESS = 5
MOST_AN_HOUR = 20
HOUR = timedelta(hours=1)


def require_room(session: Session, visit: Visit, at: datetime) -> None:
    """TooMuchHeld when the consumer, or the address, keeps enough already, or the visit was held again and again."""
    order = visit.work_order
    if _held(session, visit, WorkOrder.consumer_phone == order.consumer_phone) >= MOST_OF_CONSUMER:
        raise TooMuchHeld(
            "You are keeping {count} windows for other orders already.", count=MOST_OF_CONSUMER, field="hold",
            remedy="Confirm or give back one of them first.",
        )  # fmt: skip
    if _held(session, visit, WorkOrder.address == order.address) >= MOST_AT_ADDRESS:
        raise TooMuchHeld(
            "{count} windows are being kept for this address already.", count=MOST_AT_ADDRESS, field="hold",
            remedy="Confirm or give back one of them first.",
        )  # fmt: skip
    lately = select(func.count()).where(Appointment.visit_id == visit.id, Appointment.created_at > at - HOUR)
    if (session.scalar(lately) or 0) >= MOST_AN_HOUR:
        raise TooMuchHeld(
            "So many windows were tried for this order within an hour that we have to stop.", field="hold",
            remedy="Try again in an hour, or ask for a call.",
        )  # fmt: skip


def _held(session: Session, visit: Visit, whose: ColumnElement[bool]) -> int:
    """How many windows are held for other visits of the same consumer or address."""
    query = (
        select(func.count())
        .select_from(WorkOrder)
        .join(Visit, Visit.work_order_id == WorkOrder.id)
        .join(Appointment, Appointment.visit_id == Visit.id)
        .where(whose, Appointment.state == AppointmentState.HELD, Visit.id != visit.id)
    )
    return session.scalar(query) or 0
