"""The consumer's link: a token in a text message, of which only the digest is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import orders
from dispatch.work_order import ConsumerLink, WorkOrderState
from technicians.errors import Conflict, NotFound

BYTES = 24
SHORT_BYTES = 18
LONGEST = 64
VALID_FOR = timedelta(days=60)


def create(session: Session, order_id: int, at: datetime, *, merchant_id: int | None = None) -> str:
    """A new link's token (192 random bits), good for 60 days; earlier links stay good.

    Raises NotFound for an unknown (or another merchant's) order and Conflict for a cancelled one.
    """
    order = orders.find(session, order_id, merchant_id=merchant_id)
    if order.state == WorkOrderState.CANCELLED:
        raise Conflict("The order is cancelled.", field="order", remedy="Hand in a new order.")
    token = secrets.token_urlsafe(BYTES)
    session.add(
        ConsumerLink(work_order_id=order.id, token_hash=_digest(token), created_at=at, expires_at=at + VALID_FOR)
    )
    session.flush()
    return token


def standing(session: Session, order_id: int, secret: str, at: datetime) -> str:
    """The token of the one link that all messages of an order share; good for 60 days from now.

    It is worked out from the installation's secret, the order and the instant at which it was made (144 bits of
    HMAC-SHA256), so that it can be told again although only its digest is kept. A revoked one is followed by another.
    Raises NotFound and Conflict as `create` does.
    """
    order = orders.find(session, order_id)
    if order.state == WorkOrderState.CANCELLED:
        raise Conflict("The order is cancelled.", field="order", remedy="Hand in a new order.")
    alive = select(ConsumerLink).where(ConsumerLink.work_order_id == order_id, ConsumerLink.expires_at > at)
    for link in session.scalars(alive.order_by(ConsumerLink.id.desc())):
        token = _worked_out(secret, order_id, link.created_at)
        if link.token_hash == _digest(token):
            link.expires_at = at + VALID_FOR
            return token
    token = _worked_out(secret, order_id, at)
    session.add(
        ConsumerLink(work_order_id=order_id, token_hash=_digest(token), created_at=at, expires_at=at + VALID_FOR)
    )
    session.flush()
    return token


def _worked_out(secret: str, order_id: int, created_at: datetime) -> str:
    said = f"consumer-link:{order_id}:{created_at.isoformat()}".encode()
    sealed = hmac.new(secret.encode(), said, hashlib.sha256).digest()[:SHORT_BYTES]
    return base64.urlsafe_b64encode(sealed).decode()


def find(session: Session, token: str, at: datetime) -> ConsumerLink:
    """The link of a token; NotFound alike for one that was never given out and one that has expired."""
    link = None
    if len(token) <= LONGEST:
        link = session.scalars(select(ConsumerLink).where(ConsumerLink.token_hash == _digest(token))).one_or_none()
    if link is None or link.expires_at <= at:
        raise NotFound(
            "This link is not valid, or no longer.",
            field="link",
            remedy="Ask whoever sold you the goods for a new one.",
        )
    return link


def revoke_all(session: Session, order_id: int, at: datetime) -> int:
    """End every link of an order; how many there were."""
    links = session.scalars(
        select(ConsumerLink).where(ConsumerLink.work_order_id == order_id, ConsumerLink.expires_at > at)
    ).all()
    for link in links:
        link.expires_at = at
    return len(links)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
