"""Addresses that merchants' programs listen at: kept, tried, switched on again; what they were sent, sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from dispatch import audit, order_events, outbox, signature, webhook_address
from dispatch.integration_records import WebhookEndpoint
from dispatch.order_events import OrderEvent
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from technicians.errors import Conflict, InvalidInput, NotFound

MOST_ENDPOINTS = 10
MOST_SHOWN = 50
CAUGHT_UP = timedelta(days=7)


def add(
    session: Session,
    merchant_id: int,
    url: str,
    events: Sequence[str],
    *,
    is_private_allowed: bool,
    by: str,
    at: datetime,
) -> WebhookEndpoint:
    """A new address with a secret of its own; without `events` it is told of all. Raises InvalidInput and Conflict."""
    webhook_address.require_usable(url, is_private_allowed=is_private_allowed)
    _require_known(events)
    count = session.scalar(select(func.count(WebhookEndpoint.id)).where(WebhookEndpoint.merchant_id == merchant_id))
    if count is not None and count >= MOST_ENDPOINTS:
        raise Conflict(
            "There are {most} addresses already.", field="url", remedy="Delete one first.", most=MOST_ENDPOINTS
        )
    endpoint = WebhookEndpoint(
        merchant_id=merchant_id, url=url, secret=signature.new_secret(), events=sorted(set(events)), created_at=at
    )
    session.add(endpoint)
    session.flush()
    audit.note(session, by, "webhook.added", "webhook", endpoint.id, at=at, after={"events": endpoint.events})
    return endpoint


def everything(session: Session, merchant_id: int) -> list[WebhookEndpoint]:
    """The merchant's addresses, the oldest first."""
    mine = select(WebhookEndpoint).where(WebhookEndpoint.merchant_id == merchant_id)
    return list(session.scalars(mine.order_by(WebhookEndpoint.id)))


def find(session: Session, merchant_id: int, endpoint_id: int) -> WebhookEndpoint:
    """The address; NotFound also for another merchant's."""
    endpoint = session.get(WebhookEndpoint, endpoint_id)
    if endpoint is None or endpoint.merchant_id != merchant_id:
        raise NotFound(
            "There is no webhook {id} of yours.", field="id", remedy="Look at the list of webhooks.", id=endpoint_id
        )
    return endpoint


def remove(session: Session, endpoint: WebhookEndpoint, *, by: str, at: datetime) -> None:
    """Tell the address nothing more, also not what waits to be told."""
    session.refresh(endpoint, with_for_update=True)
    for row in session.scalars(_rows(endpoint).where(Outbox.state == OutboxState.WAITING).with_for_update()):
        row.move_to(OutboxState.CANCELLED)
        row.ended_at = at
    audit.note(session, by, "webhook.removed", "webhook", endpoint.id, at=at)
    session.delete(endpoint)


def enable(session: Session, endpoint: WebhookEndpoint, *, by: str, at: datetime) -> int:
    """Switch an address on again and send it what failed in the last seven days; how much that is."""
    session.refresh(endpoint, with_for_update=True)
    endpoint.disabled_at, endpoint.failures, endpoint.last_error = None, 0, ""
    failed = _rows(endpoint).where(Outbox.state == OutboxState.FAILED, Outbox.ended_at > at - CAUGHT_UP)
    rows = session.scalars(failed.with_for_update()).all()
    for row in rows:
        row.move_to(OutboxState.WAITING)
        row.due_at, row.ended_at, row.progress, row.attempts = at, None, {}, 0
    audit.note(session, by, "webhook.enabled", "webhook", endpoint.id, at=at, after={"sent_again": len(rows)})
    session.info["wake"] = True
    return len(rows)


def test(session: Session, endpoint: WebhookEndpoint, at: datetime) -> Outbox:
    """Send the address an event that means nothing, also when it is switched off."""
    return _promise(session, endpoint, order_events.payload_of(endpoint.id, order_events.TEST, {}, at), at)


def deliveries(session: Session, endpoint: WebhookEndpoint) -> list[Outbox]:
    """The last fifty things sent or to be sent to the address, the latest first."""
    return list(session.scalars(_rows(endpoint).order_by(Outbox.id.desc()).limit(MOST_SHOWN)))


def resend(session: Session, endpoint: WebhookEndpoint, delivery_id: int, at: datetime) -> Outbox:
    """Send a delivery once more, at once, under the same webhook-id; one that waits is brought forward."""
    row = session.scalars(_rows(endpoint).where(Outbox.id == delivery_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(
            "There is no delivery {id} to this address.", field="delivery", remedy="Look at the list of deliveries.",
            id=delivery_id,
        )  # fmt: skip
    if row.state in (OutboxState.WAITING, OutboxState.RUNNING):
        row.due_at, session.info["wake"] = min(row.due_at, at), True
        return row
    return _promise(session, endpoint, dict(row.payload), at)


def _promise(session: Session, endpoint: WebhookEndpoint, payload: dict[str, Any], at: datetime) -> Outbox:
    row = outbox.add(session, OutboxKind.WEBHOOK, payload, asked_by=order_events.ASKED_BY, at=at)
    row.about, session.info["wake"] = order_events.about(endpoint.id), True
    return row


def _rows(endpoint: WebhookEndpoint) -> Select[Outbox]:
    about = order_events.about(endpoint.id)
    return select(Outbox).where(Outbox.kind == OutboxKind.WEBHOOK, Outbox.about == about)


def _require_known(events: Sequence[str]) -> None:
    unknown = sorted(set(events) - {*OrderEvent})
    if unknown:
        raise InvalidInput(
            "There is no event “{event}”.", field="events", remedy="Use: {known}.", event=unknown[0][:60],
            known=tuple(OrderEvent),
        )  # fmt: skip
