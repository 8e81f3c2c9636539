"""What happens to an order, told to its merchant's programs: one outbox row per address, in the cause's transaction.

An event names the order by the merchant's own number and says nothing about the consumer.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from dispatch.gathered import gathered
from dispatch.integration_records import WebhookEndpoint
from dispatch.outbox import Outbox, OutboxKind
from dispatch.work_order import Appointment, AppointmentState, Visit, WorkOrder, WorkOrderState

ASKED_BY = "order-events"
TEST = "webhook.test"
LATER = "order-events-later"


class OrderEvent(StrEnum):
    """What can happen. The values are the `type` of a webhook; new ones may come."""

    SUBMITTED = "order.submitted"
    PARKED = "order.parked"
    BOOKABLE = "order.bookable"
    CANCELLED = "order.cancelled"
    SLOT_HELD = "slot.held"
    SLOT_RELEASED = "slot.released"
    SLOT_EXPIRED = "slot.expired"
    CONFIRMED = "appointment.confirmed"
    MOVED = "appointment.moved"
    APPOINTMENT_CANCELLED = "appointment.cancelled"
    KEPT = "appointment.kept"
    BROKEN = "appointment.broken"
    EN_ROUTE = "visit.en-route"
    ON_SITE = "visit.on-site"
    COMPLETED = "visit.completed"
    COULD_NOT_COMPLETE = "visit.could-not-complete"
    ISSUE_OPENED = "issue.opened"
    ISSUE_ANSWERED = "issue.answered"
    ISSUE_RESOLVED = "issue.resolved"


DECIDED = {
    AppointmentState.KEPT: OrderEvent.KEPT,
    AppointmentState.BROKEN: OrderEvent.BROKEN,
    AppointmentState.CANCELLED: OrderEvent.APPOINTMENT_CANCELLED,
}


def announce(
    session: Session,
    order: WorkOrder,
    event: OrderEvent,
    *,
    at: datetime,
    visit: Visit | None = None,
    promise: Appointment | None = None,
    **facts: str | int | None,
) -> int:
    """Promise the event to every address of the order's merchant that asked for it; how many there are.

    Call it after the records have moved: it tells the order's state as it is now. `promise` gives the window (and,
    for a hold, until when it is kept), `visit` which trip; other facts are told as they are and must not be personal.
    """
    data: dict[str, Any] = {"order": order.number, "state": order.state, **facts}
    if visit is not None:
        data["visit"] = visit.sequence
    if promise is not None:
        data["window"] = _window(promise)
    if LATER in session.info:
        session.info[LATER].setdefault(order.merchant_id, []).append((event, data))
        return 0
    return announce_all(session, order.merchant_id, [(event, data)], at=at)


def announce_all(
    session: Session, merchant_id: int, happened: Sequence[tuple[OrderEvent, Mapping[str, Any]]], *, at: datetime
) -> int:
    """The same for many events of one merchant, as (event, data): the same few statements for one and for thousands."""
    endpoints = session.scalars(
        select(WebhookEndpoint)
        .where(WebhookEndpoint.merchant_id == merchant_id, WebhookEndpoint.disabled_at.is_(None))
        .order_by(WebhookEndpoint.id)
    ).all()
    payloads = [
        payload_of(endpoint.id, event, data, at)
        for event, data in happened
        for endpoint in endpoints
        if not endpoint.events or event in endpoint.events
    ]
    if payloads:
        _promise_all(session, payloads, at)
    return len(payloads)


@contextmanager
def together(session: Session, at: datetime) -> Iterator[None]:
    """Promise what is announced meanwhile at the end, with one look at each merchant's addresses."""
    with gathered(session, LATER, dict[int, list[tuple[OrderEvent, dict[str, Any]]]]()) as later:
        yield
    for merchant_id, happened in sorted(later.items()):
        announce_all(session, merchant_id, happened, at=at)


def announce_decided(session: Session, promise: Appointment, *, at: datetime) -> int:
    """Tell how a promise ended: kept, broken or cancelled."""
    visit = promise.visit
    return announce(session, visit.work_order, DECIDED[promise.state], at=at, visit=visit, promise=promise)


def on_intake(number: str, state: WorkOrderState) -> list[tuple[OrderEvent, dict[str, Any]]]:
    """The events of a new order: that it is there, and that it is parked or can be booked."""
    told = {"order": number, "state": state}
    further = {WorkOrderState.PARKED: OrderEvent.PARKED, WorkOrderState.BOOKABLE: OrderEvent.BOOKABLE}
    events = [OrderEvent.SUBMITTED, *([further[state]] if state in further else [])]
    return [(event, told) for event in events]


def payload_of(endpoint_id: int, event: str, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What a row of the outbox keeps: where it goes and what it says. `id` stays the same however often it is sent."""
    message = {"type": event, "timestamp": at.isoformat(), "data": dict(data)}
    return {"endpoint": endpoint_id, "id": f"msg_{secrets.token_hex(16)}", "message": message}


def _promise_all(session: Session, payloads: Sequence[dict[str, Any]], at: datetime) -> None:
    rows = [
        {
            "kind": OutboxKind.WEBHOOK, "about": about(payload["endpoint"]), "payload": payload, "asked_by": ASKED_BY,
            "created_at": at, "due_at": at, "progress": {}, "result": {},
        }
        for payload in payloads
    ]  # fmt: skip
    session.info["wake"] = True
    session.execute(insert(Outbox), rows)


def about(endpoint_id: int) -> str:
    """How the outbox names what is for one address."""
    return f"webhook:{endpoint_id}"


def _window(promise: Appointment) -> dict[str, Any]:
    window = {
        "state": promise.state,
        "starts_at": promise.window_starts_at.isoformat(),
        "ends_at": promise.window_ends_at.isoformat(),
        "booked_by": promise.booked_by,
    }
    if promise.state == AppointmentState.HELD and promise.held_until is not None:
        window["held_until"] = promise.held_until.isoformat()
    return window
