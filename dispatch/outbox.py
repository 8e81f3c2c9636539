"""Work that is promised in the same transaction as its cause: messages, webhooks, plans. Redis only wakes workers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, String, func, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from technicians.base import Base, Stateful, choice

LEASE = timedelta(minutes=2)


class OutboxState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class OutboxKind(StrEnum):
    PLAN = "plan"
    SETTLE = "settle"
    MESSAGE = "message"
    SOLVE = "solve"
    WEBHOOK = "webhook"
    CLOCK = "clock"
    EXPIRE = "expire"
    IMPROVE = "improve"
    WAITLIST = "waitlist"
    WISHES = "wishes"


class Outbox(Base, Stateful[OutboxState]):
    """One piece of work off the request: a lease while somebody does it, then its result or its error.

    `about` says what it concerns, for kinds of which one waiting row is enough.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        Index("ix_outbox_state_due", "state", "due_at"),
        Index("ix_outbox_kind_about", "kind", "about"),
    )
    NEXT: ClassVar = {
        OutboxState.WAITING: frozenset({OutboxState.RUNNING, OutboxState.CANCELLED}),
        OutboxState.RUNNING: frozenset(
            {OutboxState.DONE, OutboxState.FAILED, OutboxState.WAITING, OutboxState.CANCELLED}
        ),
        OutboxState.DONE: frozenset(),
        OutboxState.FAILED: frozenset({OutboxState.WAITING}),
        OutboxState.CANCELLED: frozenset(),
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OutboxKind] = mapped_column(choice(OutboxKind))
    state: Mapped[OutboxState] = mapped_column(choice(OutboxState), default=OutboxState.WAITING)
    about: Mapped[str | None] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    asked_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    percent: Mapped[int] = mapped_column(default=0)
    progress: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    error: Mapped[str | None] = mapped_column(String(2000))
    ended_at: Mapped[datetime | None]


def add(
    session: Session,
    kind: OutboxKind,
    payload: dict[str, Any],
    *,
    asked_by: str,
    at: datetime,
    due_at: datetime | None = None,
) -> Outbox:
    """Promise a piece of work inside the caller's transaction."""
    row = Outbox(
        kind=kind,
        payload=payload,
        asked_by=asked_by,
        created_at=at,
        due_at=due_at or at,
        progress={},
        result={},
    )
    session.add(row)
    session.flush()
    return row


def add_once(
    session: Session,
    kind: OutboxKind,
    about: str,
    payload: dict[str, Any],
    *,
    asked_by: str,
    at: datetime,
    due_at: datetime | None = None,
) -> None:
    """Promise a piece of work unless one of the same kind about the same waits already."""
    waiting = select(Outbox.id).where(Outbox.kind == kind, Outbox.about == about, Outbox.state == OutboxState.WAITING)
    if session.scalar(waiting.limit(1)) is None:
        add(session, kind, payload, asked_by=asked_by, at=at, due_at=due_at).about = about
        session.info["wake"] = True


def add_all(
    session: Session,
    kind: OutboxKind,
    payloads: Iterable[dict[str, Any]],
    *,
    asked_by: str,
    at: datetime,
    due_at: datetime | None = None,
) -> None:
    """Promise many pieces of work at once, all due now or at `due_at`."""
    rows = [
        {
            "kind": kind, "payload": payload, "asked_by": asked_by, "created_at": at,
            "due_at": due_at or at, "progress": {}, "result": {},
        }
        for payload in payloads
    ]  # fmt: skip
    if rows:
        session.execute(insert(Outbox), rows)


def due(session: Session, at: datetime, limit: int = 100) -> list[int]:
    """Ids of the rows that are due, or whose worker's lease has run out: of each kind the oldest, at most `limit`.

    So that thousands of one kind, such as the webhooks of an import, do not keep a plan or a message waiting.
    """
    is_due = (Outbox.state == OutboxState.WAITING) & (Outbox.due_at <= at)
    is_lost = (Outbox.state == OutboxState.RUNNING) & (Outbox.lease_until < at)
    place = func.row_number().over(partition_by=Outbox.kind, order_by=Outbox.id).label("place")
    found = select(Outbox.id, place).where(or_(is_due, is_lost)).subquery()
    return list(session.scalars(select(found.c.id).where(found.c.place <= limit).order_by(found.c.id)))


def claim(session: Session, outbox_id: int, at: datetime) -> Outbox | None:
    """Take the lease of a row that is due, or None when somebody else has it or it has ended."""
    row = session.scalars(select(Outbox).where(Outbox.id == outbox_id).with_for_update()).one_or_none()
    if row is None:
        return None
    if row.state == OutboxState.RUNNING and row.lease_until is not None and row.lease_until < at:
        row.move_to(OutboxState.WAITING)
    if row.state != OutboxState.WAITING or row.due_at > at:
        return None
    row.move_to(OutboxState.RUNNING)
    row.attempts += 1
    row.lease_until = at + LEASE
    row.error = None
    return row


def finish(row: Outbox, result: dict[str, Any], at: datetime) -> None:
    row.move_to(OutboxState.DONE)
    row.percent, row.result, row.ended_at, row.lease_until = 100, result, at, None


def fail(row: Outbox, error: str, at: datetime) -> None:
    row.move_to(OutboxState.FAILED)
    row.error, row.ended_at, row.lease_until = error[:2000], at, None
