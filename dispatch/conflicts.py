"""A dispatcher looks into what a phone said that did not fit, and writes down what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, touched
from dispatch.phone_records import PhoneConflict
from technicians.errors import Conflict, InvalidInput, NotFound

LONGEST_NOTE = 500


def resolve(session: Session, conflict_id: int, *, note: str, by: str, at: datetime) -> PhoneConflict:
    """Nothing more is to be done about it. Conflict when somebody has resolved it, InvalidInput for a long note.

    What counts is not touched: that was decided by the rule when the fact arrived.
    """
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(
            "That is {length} characters.", field="note", remedy="Say it in at most {most}, all told.",
            length=len(note), most=LONGEST_NOTE,
        )  # fmt: skip
    query = select(PhoneConflict).where(PhoneConflict.id == conflict_id).with_for_update(of=PhoneConflict)
    conflict = session.scalars(query).one_or_none()
    if conflict is None:
        raise NotFound("There is no such conflict.", field="conflict", remedy="Reload the page.")
    if conflict.resolved_at is not None:
        raise Conflict(
            "{by} has resolved this already.", field="conflict", remedy="Reload the page.", by=conflict.resolved_by
        )
    conflict.resolved_at, conflict.resolved_by, conflict.note = at, by, note
    after = {"conflict": conflict.id, "kind": conflict.kind}
    audit.note(session, by, "phone-conflict.resolved", "visit", conflict.visit_id, at=at, why=note, after=after)
    touched.visit(session, conflict.visit)
    return conflict
