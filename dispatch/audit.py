"""Who changed what, when and why: append-only entries, each sealed with the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, func, insert, select
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
) -> AuditEntry:
    """Append an entry in the caller's transaction; writers queue for the chain until they commit."""
    entry = AuditEntry(
        at=at, actor=actor, action=action, subject=subject, subject_id=str(subject_id), why=why,
        before=before or {}, after=after or {}, previous_hash=_end_of_chain(session),
    )  # fmt: skip
    entry.hash = entry.sealed()
    session.add(entry)
    session.flush()
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
    previous = _end_of_chain(session)
    rows = []
    for subject_id, after in changes:
        content: dict[str, Any] = {
            "at": at, "actor": actor, "action": action, "subject": subject, "subject_id": str(subject_id), "why": "",
            "before": {}, "after": after, "previous_hash": previous,
        }  # fmt: skip
        previous = seal(**content)
        rows.append({**content, "hash": previous})
    if rows:
        session.execute(insert(AuditEntry), rows)


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
