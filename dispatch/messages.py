"""Messages to consumers: promised in the transaction of their cause, worded when they are sent.

The outbox row names the order and the template only; name, number and link are not kept in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import outbox
from dispatch.outbox import Outbox, OutboxKind
from dispatch.work_order import Appointment, WorkOrder, WorkOrderState


class Template(StrEnum):
    """What there is to tell: the texts are in `dispatch.wording`, when one is moot in `dispatch.moot`."""

    BOOK = "book"
    REMINDER = "reminder"
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    AGAIN = "again"
    ORDER_CANCELLED = "order-cancelled"
    WINDOW_FREE = "window-free"
    EARLIER_FREE = "earlier-free"
    DAY_BEFORE = "day-before"
    ON_THE_WAY = "on-the-way"
    ARRIVING = "arriving"
    DONE = "done"
    ISSUE_ANSWERED = "issue-answered"


PROMISING = (Template.BOOKED, Template.MOVED)
EVENING = time(18)
LONG_AGO = timedelta(hours=12)


def tell(
    session: Session,
    order: WorkOrder,
    template: Template,
    *,
    by: str,
    at: datetime,
    promise: Appointment | None = None,
) -> Outbox:
    """Promise the message; it is sent if, and only if, the caller's transaction commits and it is still true then.

    A window that is promised is told again the evening before, unless it was promised less than twelve hours earlier.
    """
    payload: dict[str, Any] = {"template": template, "order_id": order.id}
    if promise is not None:
        payload["window"] = [promise.window_starts_at.isoformat(), promise.window_ends_at.isoformat()]
    session.info["wake"] = True
    told = outbox.add(session, OutboxKind.MESSAGE, payload, asked_by=by, at=at)
    due_at = _day_before(order, promise) if promise is not None and template in PROMISING else None
    if due_at is not None and due_at - at >= LONG_AGO:
        reminder = payload | {"template": Template.DAY_BEFORE}
        outbox.add(session, OutboxKind.MESSAGE, reminder, asked_by=by, at=at, due_at=due_at)
    return told


def _day_before(order: WorkOrder, promise: Appointment) -> datetime | None:
    """Six in the evening before the window, by the clock of where the consumer lives."""
    if order.county is None:
        return None
    zone = order.county.area.zone
    evening = promise.window_starts_at.astimezone(zone).date() - timedelta(days=1)
    return datetime.combine(evening, EVENING, zone).astimezone(UTC)


def invite(session: Session, order: WorkOrder, *, by: str, at: datetime) -> None:
    """Promise the link to book to the consumer of an order that has become bookable; to no other."""
    if order.state == WorkOrderState.BOOKABLE:
        tell(session, order, Template.BOOK, by=by, at=at)


def invite_all(session: Session, order_ids: Sequence[int], *, by: str, at: datetime) -> None:
    """Invite the consumers of many new orders at once, of those that are bookable."""
    first, last = min(order_ids, default=0), max(order_ids, default=0)
    bookable = select(WorkOrder.id).where(WorkOrder.id.between(first, last), WorkOrder.state == WorkOrderState.BOOKABLE)
    invited = sorted(set(order_ids) & set(session.scalars(bookable)))
    payloads = [{"template": Template.BOOK, "order_id": order_id} for order_id in invited]
    outbox.add_all(session, OutboxKind.MESSAGE, payloads, asked_by=by, at=at)
    session.info["wake"] = True
