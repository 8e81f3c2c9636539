"""Links for consumers, good for sixty days. Whoever has one may act for its order."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.work_order import ConsumerLink
from technicians.errors import NotFound

VALID = timedelta(days=60)
RANDOM_BYTES = 32


def create(session: Session, order_id: int, at: datetime) -> str:
    """A new token for the order, URL-safe. It is told here and never again; earlier ones stay good."""
    token = secrets.token_urlsafe(RANDOM_BYTES)
    session.add(
        ConsumerLink(work_order_id=order_id, token_hash=_hash(token), created_at=at, expires_at=at + VALID)
    )
    session.flush()
    return token


def find(session: Session, token: str, at: datetime) -> ConsumerLink:
    """The link with its order; NotFound alike for a guessed token and for one that has expired."""
    link = session.scalars(select(ConsumerLink).where(ConsumerLink.token_hash == _hash(token))).one_or_none()
    if link is None or link.expires_at <= at:
        raise NotFound(
            "This link is not valid, or no longer.",
            field="link",
            remedy="Open the link of the newest message, or ask the shop for a new one.",
        )
    return link


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
