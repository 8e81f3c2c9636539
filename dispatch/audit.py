"""Who changed what, when and why: append-only entries, each sealed with the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Index, String, event, func, insert, select
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, SessionTransaction, mapped_column

from technicians.base import Base

CHAIN_LOCK = 0x5417F0
WAITING, MARKS = "audit-waiting", "audit-marks"


class AuditEntry(Base):
    """One change. `before` and `after` hold only the fields that changed, and no personal data."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(String(500), default="")
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    def sealed(self) -> str:
        """What the entry's seal has to be, from its content and the previous entry's hash."""
        return seal(
            self.at, self.actor, self.action, self.subject, self.subject_id, self.why, self.before, self.after,
            self.previous_hash,
        )  # fmt: skip


def seal(
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    subject_id: str,
    why: str,
    before: dict[str, Any],
    after: dict[str, Any],
    previous_hash: str,
) -> str:
    """SHA-256 over an entry's content and the previous entry's hash, in hexadecimal."""
    content = [at.isoformat(), actor, action, subject, subject_id, why, before, after, previous_hash]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def note(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    subject_id: object,
    *,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    why: str = "",
) -> None:
    """Append an entry when the caller's transaction commits."""
    _wait_for_the_end(
        session,
        [_content(at, actor, action, subject, subject_id, before=before or {}, after=after or {}, why=why)],
    )


def note_all(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    changes: Iterable[tuple[object, dict[str, Any]]],
    *,
    at: datetime,
) -> None:
    """Append one entry for each (subject id, after), for changes that are made many at a time."""
    contents = [
        _content(at, actor, action, subject, subject_id, before={}, after=after, why="")
        for subject_id, after in changes
    ]
    _wait_for_the_end(session, contents)


def _content(at: datetime, actor: str, action: str, subject: str, subject_id: object, **more: Any) -> dict[str, Any]:
    return {"at": at, "actor": actor, "action": action, "subject": subject, "subject_id": str(subject_id), **more}


def _wait_for_the_end(session: Session, contents: list[dict[str, Any]]) -> None:
    """Keep entries until the transaction is about to commit.

    All writers queue for the end of the chain. Whoever stood there earlier would make everybody wait for the rest of
    their transaction, and would wait for rows that somebody behind them has locked.
    """
    if WAITING not in session.info:
        session.info[WAITING], session.info[MARKS] = [], WeakKeyDictionary()
        event.listen(session, "before_commit", append)
        event.listen(session, "do_orm_execute", _append_before_reading)
        event.listen(session, "after_transaction_create", _mark)
        event.listen(session, "after_soft_rollback", _forget)
    session.info[WAITING] += contents


def append(session: Session) -> None:
    """Seal what waits, one entry after the other, behind the end of the chain; it is done anyway before the commit.

    Whoever comes there second sees what the first has committed.
    """
    waiting: list[dict[str, Any]] = session.info[WAITING]
    if session.in_nested_transaction() or not waiting:
        return
    session.info[WAITING] = []
    previous, rows = _end_of_chain(session), []
    for content in waiting:
        row = {**content, "previous_hash": previous}
        previous = seal(**row)
        rows.append({**row, "hash": previous})
    session.execute(insert(AuditEntry), rows)


def _append_before_reading(state: ORMExecuteState) -> None:
    """Whoever reads the audit in the same transaction finds what was noted."""
    if AuditEntry.__mapper__ in state.all_mappers:
        append(state.session)


def _mark(session: Session, transaction: SessionTransaction) -> None:
    """Remember what waited before a savepoint."""
    session.info[MARKS][transaction] = len(session.info[WAITING])


def _forget(session: Session, transaction: SessionTransaction) -> None:
    """What was noted in a transaction, or behind a savepoint, that was rolled back never happened."""
    del session.info[WAITING][session.info[MARKS].pop(transaction, 0) :]


def _end_of_chain(session: Session) -> str:
    """The last entry's hash; on PostgreSQL under the lock for which writers queue."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    return session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or ""


def broken_at(session: Session) -> int | None:
    """Id of the first entry whose seal does not hold, or None when the chain is whole."""
    previous = ""
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.previous_hash != previous or entry.hash != entry.sealed():
            return entry.id
        previous = entry.hash
    return None
