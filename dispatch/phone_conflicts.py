"""Facts that do not fit what the office knows, kept for a dispatcher to see."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.phone_heard import Heard, Result
from dispatch.phone_records import PhoneConflict, PhoneConflictKind, PhoneOutcome


def keep(session: Session, heard: Heard, kind: PhoneConflictKind) -> Result:
    """A fact beside the work that does not count: one row for all of a technician's about a visit, while it is open."""
    if not _is_open(session, heard, kind):
        add(session, heard, kind, counts=False)
    return PhoneOutcome.CONFLICT, kind, False


def add(session: Session, heard: Heard, kind: PhoneConflictKind, *, counts: bool) -> None:
    """A row of its own."""
    session.add(
        PhoneConflict(
            event=heard.event, visit_id=heard.visit_id, technician_id=heard.technician_id, kind=kind,
            counts=counts, opened_at=heard.event.received_at,
        )
    )  # fmt: skip


def _is_open(session: Session, heard: Heard, kind: PhoneConflictKind) -> bool:
    query = select(PhoneConflict.id).where(
        PhoneConflict.visit_id == heard.visit_id,
        PhoneConflict.technician_id == heard.technician_id,
        PhoneConflict.kind == kind,
        PhoneConflict.resolved_at.is_(None),
    )
    return session.scalars(query.limit(1)).first() is not None
