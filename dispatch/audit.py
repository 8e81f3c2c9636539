"""Who changed what, when and why: append-only entries, each sealed with the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from technicians.base import Base

CHAIN_LOCK = 0x5417F0


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
        """SHA-256 over the entry's content and the previous entry's hash, in hexadecimal."""
        content = [
            self.at.isoformat(), self.actor, self.action, self.subject, self.subject_id,
            self.why, self.before, self.after, self.previous_hash,
        ]  # fmt: skip
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
) -> AuditEntry:
    """Append an entry in the caller's transaction; writers queue for the chain until they commit."""
    entry = AuditEntry(
        at=at, actor=actor, action=action, subject=subject, subject_id=str(subject_id), why=why,
        before=before or {}, after=after or {},
    )  # fmt: skip
    _append(session, [entry])
    return entry


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
    _append(
        session,
        [
            AuditEntry(
                at=at, actor=actor, action=action, subject=subject, subject_id=str(subject_id), why="",
                before={}, after=after,
            )
            for subject_id, after in changes
        ],
    )  # fmt: skip


def _append(session: Session, entries: Sequence[AuditEntry]) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    previous = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or ""
    for entry in entries:
        entry.previous_hash = previous
        entry.hash = previous = entry.sealed()
        session.add(entry)
    session.flush()


def broken_at(session: Session) -> int | None:
    """Id of the first entry whose seal does not hold, or None when the chain is whole."""
    previous = ""
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.previous_hash != previous or entry.hash != entry.sealed():
            return entry.id
        previous = entry.hash
    return None
