"""Requests that may arrive twice: the second one gets the first one's answer, and the work is done once.

The key is claimed in the transaction of the work: who comes second waits for the first, and what fails claims nothing.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dispatch.integration_records import IdempotencyKey
from technicians.errors import InvalidInput, ShifuError

HEADER = "Idempotency-Key"
KEPT = timedelta(days=30)
SWEPT_AT_ONCE = 100
KEY = re.compile(r"[\x21-\x7e]{1,200}")
NOT_TO_BE_KEPT = 0


class KeyMissing(ShifuError):
    """A request that would do its work twice came without a key."""

    code = "idempotency-key-missing"


class KeyReused(InvalidInput):
    """The key was used for another request."""

    code = "idempotency-key-reused"


def require(key: str | None) -> str:
    """The key of a request that needs one."""
    if not key:
        raise KeyMissing(
            "The header Idempotency-Key is missing.",
            field=HEADER,
            remedy="Send a random value of your own with it, the same one when you send the request again.",
        )
    return key


def claim(session: Session, actor: str, key: str, request_sha256: str, at: datetime) -> tuple[IdempotencyKey, bool]:
    """The row of a key, and whether its answer is there already: then the work must not be done again.

    Somebody who holds the same key at this moment is waited for, at most as long as the database waits for a lock;
    then it is a Conflict. Raises KeyReused for a key of another request, InvalidInput for what is no key.
    """
    if not KEY.fullmatch(key):
        raise InvalidInput(
            "It is not one to 200 visible ASCII characters.", field=HEADER, remedy="Use a UUID, for example."
        )
    is_new = _claimed(session, actor, key, request_sha256, at)
    found = select(IdempotencyKey).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
    row = session.scalars(found).one()
    if row.request_sha256 != request_sha256:
        raise KeyReused(
            "This key belongs to another request.",
            field=HEADER,
            remedy="Use a new key for a new request; send the old request unchanged.",
        )
    if is_new:
        _sweep(session, at)
    return row, not is_new and row.status != NOT_TO_BE_KEPT


def keep(row: IdempotencyKey, status: int, answer: dict[str, Any]) -> None:
    """Remember the answer, in the transaction of the work."""
    row.status, row.answer = status, answer


def _claimed(session: Session, actor: str, key: str, request_sha256: str, at: datetime) -> bool:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {
        "actor": actor, "key": key, "request_sha256": request_sha256, "status": NOT_TO_BE_KEPT, "answer": {},
        "created_at": at,
    }  # fmt: skip
    made = insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.id)
    return session.scalar(made) is not None


def _sweep(session: Session, at: datetime) -> None:
    """Forget some of the keys that are older than they are kept; more than are claimed, so that none pile up."""
    old = select(IdempotencyKey.id).where(IdempotencyKey.created_at < at - KEPT).order_by(IdempotencyKey.created_at)
    some = session.scalars(old.limit(SWEPT_AT_ONCE).with_for_update(skip_locked=True)).all()
    if some:
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.id.in_(some)))
