"""Sending what the outbox promised to consumers: worded and checked now, sent outside of any transaction.

At least once: a worker that dies after the provider took the message sends it again, under the same id.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from dispatch import audit, later, wording
from dispatch.later import TryLater
from dispatch.moot import why_moot
from dispatch.notify.message import Message, NotSent
from dispatch.outbox import Outbox
from dispatch.sms_length import parts
from dispatch.system import System
from dispatch.work_order import WorkOrder
from technicians.errors import ShifuError

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# Together a day, but for the spread: a provider that is down over night costs nobody a message.
PAUSES = (MINUTE / 2, MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 16 * MINUTE, 32 * MINUTE, HOUR, 2 * HOUR,
          *[3 * HOUR] * 6)  # fmt: skip
BY = "notifier"
log = structlog.get_logger()


class NotDelivered(ShifuError):
    """A message that could not be sent in a day, or that never can be."""

    code = "not-delivered"


def send(system: System, outbox_id: int) -> dict[str, Any]:
    """Send a claimed row's message; what became of it. TryLater when it did not go out, NotDelivered for the last time.

    A message that has become moot is skipped: `{"skipped": why}`.
    """
    with system.transaction() as session:
        row = session.get_one(Outbox, outbox_id)
        order = session.get(WorkOrder, row.payload.get("order_id", 0))
        moot = why_moot(order, row.payload, system.now()) if order else "no-order"
        if moot:
            return {"skipped": moot}
        message, message_id = _composed(system, session, row), stable_id(row)
        tried, order_id = later.times(row), row.payload["order_id"]
    try:
        reference = system.notifier.send(message, message_id)
    except NotSent as failure:
        _failed(system, order_id, message, failure, tried)
    _note(system, order_id, "message.sent", message)
    return {"sent_by": system.notifier.name, "parts": parts(message.text)} | ({"as": reference} if reference else {})


def stable_id(row: Outbox) -> str:
    """The same for every try of a row, and never that of a row in an older copy of the database."""
    return hashlib.sha256(f"message:{row.id}:{row.created_at.isoformat()}".encode()).hexdigest()[:32]


def _composed(system: System, session: Session, row: Outbox) -> Message:
    settings = system.settings
    return wording.compose(
        session, row.payload, base_url=settings.link_base, secret=settings.secret_key, at=system.now()
    )


def _failed(system: System, order_id: int, message: Message, failure: NotSent, tried: int) -> None:
    wait = later.pause(PAUSES, tried) if failure.again else None
    log.warning("message.not-sent", template=message.template, by=system.notifier.name, reason=str(failure))
    if wait is not None:
        raise TryLater(str(failure), system.now() + wait)
    _note(system, order_id, "message.failed", message, why=failure.obstacle)
    raise NotDelivered(f"{system.notifier.name}: {failure}", remedy="Call the consumer.")


def _note(system: System, order_id: int, what: str, message: Message, why: str = "") -> None:
    with system.transaction() as session:
        audit.note(
            session, BY, what, "work-order", order_id, at=system.now(), why=why,
            after={"template": message.template, "by": system.notifier.name},
        )  # fmt: skip
