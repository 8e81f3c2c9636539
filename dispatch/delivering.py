"""Delivering webhooks: signed, to public addresses only, again and again for three days, then the address is off.

At least once, in no certain order. What fails for one delivery holds the address's others back for a while, so that
one that is down costs a worker one try at a time.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from dispatch import later, order_events, outgoing, signature
from dispatch.integration_records import WebhookEndpoint
from dispatch.later import TryLater
from dispatch.order_events import TEST
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.outgoing import NoAnswer, is_public
from dispatch.system import System
from technicians.errors import ShifuError

SECONDS = 10.0
GONE = 410
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAUSES = (timedelta(seconds=5), 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
HELD_BACK = 5 * MINUTE
log = structlog.get_logger()


class NotDelivered(ShifuError):
    """Nobody at the address took the event."""

    code = "not-delivered"


@dataclass(frozen=True, slots=True)
class _Parcel:
    outbox_id: int
    endpoint_id: int
    url: str
    secret: str
    message_id: str
    body: bytes
    promised_at: datetime
    tried: int


def deliver(system: System, outbox_id: int) -> dict[str, Any]:
    """Send a claimed row's event; the status it was taken with. TryLater when it was not, NotDelivered at the end."""
    parcel = _packed(system, outbox_id)
    if isinstance(parcel, str):
        raise NotDelivered(parcel)
    began = time.monotonic()
    status, reason = _sent(system, parcel)
    if reason:
        _failed(system, parcel, status, reason)
    with system.transaction() as session:
        endpoint = session.get(WebhookEndpoint, parcel.endpoint_id, with_for_update=True)
        if endpoint is not None:
            endpoint.failures, endpoint.last_error, endpoint.last_sent_at = 0, "", system.now()
    return {"status": status, "ms": round((time.monotonic() - began) * 1000)}


def _packed(system: System, outbox_id: int) -> _Parcel | str:
    """What is to be sent, or why nothing is."""
    with system.transaction(read_only=True) as session:
        row = session.get_one(Outbox, outbox_id)
        endpoint = session.get(WebhookEndpoint, row.payload["endpoint"])
        if endpoint is None:
            return "The address was deleted."
        if endpoint.disabled_at is not None and row.payload["message"]["type"] != TEST:
            return "The address is switched off."
        body = json.dumps(row.payload["message"], ensure_ascii=False, separators=(",", ":")).encode()
        return _Parcel(
            row.id, endpoint.id, endpoint.url, endpoint.secret, row.payload["id"], body, row.created_at,
            later.times(row),
        )  # fmt: skip


def _sent(system: System, parcel: _Parcel) -> tuple[int, str]:
    """The status of the answer (0: none), and what was wrong with it."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "shifu-dispatch",
        **signature.headers(parcel.secret, parcel.message_id, system.now(), parcel.body),
    }
    is_private_allowed = system.settings.webhook_private
    try:
        answer = outgoing.post(
            parcel.url, parcel.body, headers,
            seconds=SECONDS, allows=lambda address: is_private_allowed or is_public(address),
        )  # fmt: skip
    except NoAnswer as silent:
        return 0, str(silent)
    return answer.status, "" if answer.is_success else f"it answered with status {answer.status}"


def _failed(system: System, parcel: _Parcel, status: int, reason: str) -> None:
    """Note the failure, hold the others back, and switch the address off when it is gone or nothing gets through."""
    at = system.now()
    pause = None if status == GONE else later.pause(PAUSES, parcel.tried)
    log.warning("webhook.not-delivered", endpoint=parcel.endpoint_id, outbox_id=parcel.outbox_id, reason=reason)
    with system.transaction() as session:
        endpoint = session.get(WebhookEndpoint, parcel.endpoint_id, with_for_update=True)
        if endpoint is not None:
            endpoint.failures, endpoint.last_error = endpoint.failures + 1, reason[:500]
            is_dead = endpoint.last_sent_at is None or endpoint.last_sent_at < parcel.promised_at
            if status == GONE or (pause is None and is_dead):
                endpoint.disabled_at = endpoint.disabled_at or at
        if pause is not None:
            _hold_back(session, parcel.endpoint_id, at + min(pause, HELD_BACK))
    if pause is not None:
        raise TryLater(reason, at + pause)
    raise NotDelivered(f"{reason[:1].upper()}{reason[1:]}.")


def _hold_back(session: Session, endpoint_id: int, until: datetime) -> None:
    waiting = update(Outbox).where(
        Outbox.kind == OutboxKind.WEBHOOK,
        Outbox.about == order_events.about(endpoint_id),
        Outbox.state == OutboxState.WAITING,
        Outbox.due_at < until,
    )
    session.execute(waiting.values(due_at=until))
