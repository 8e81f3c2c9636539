"""A person looks at a photo that measurements doubt, and finds it fine: the doubts are put away, the figures stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, photo_checks, touched
from dispatch.photo_records import PhotoCheck
from technicians.errors import Conflict, NotFound


def looks_fine(session: Session, proof_id: int, *, by: str, at: datetime) -> PhotoCheck:
    """Nothing about it need be looked at any more. NotFound for no such photo, Conflict when that was said before."""
    query = select(PhotoCheck).where(PhotoCheck.proof_id == proof_id).with_for_update(of=PhotoCheck)
    check = session.scalars(query).one_or_none()
    if check is None:
        raise NotFound("There is no such photo.", field="photo", remedy="Reload the page.")
    if check.looked_at is not None:
        raise Conflict(
            "{by} has looked at this photo already.", field="photo", remedy="Reload the page.", by=check.looked_by
        )
    check.looked_at, check.looked_by = at, by
    flags = [doubt.flag.value for doubt in photo_checks.doubts(check.proof, check)]
    audit.note(
        session, by, "photo.looks-fine", "visit", check.proof.visit_id, at=at, after={"photo": proof_id, "flags": flags}
    )
    touched.visit(session, check.proof.visit)
    return check
