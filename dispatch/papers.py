"""What lies beside a visit's own row: its photos, what was agreed at the door, and the visit that failed before it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session, aliased

from dispatch.evidence import Proof, ProofKind
from dispatch.site_records import Surcharge
from dispatch.work_order import FailureReason, Visit, VisitCause, VisitState


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that has arrived, for one entry of the shot list."""

    id: int
    shot_code: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """Pieces of one surcharge the consumer agreed to, at `amount` minor units each."""

    code: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Before:
    """Why the last visit for the same failed, of a second one; bringing the goods and the work are two things."""

    reason: FailureReason
    note: str
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Papers:
    """Photos oldest first, surcharges as they were agreed."""

    photos: Sequence[Photo] = ()
    agreed: Sequence[Agreed] = ()
    before: Before | None = None


NONE = Papers()
_failed = aliased(Visit)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
PHOTOS = (
    select(Proof.visit_id, Proof.id, Proof.shot_code)
    .where(Proof.visit_id.in_(_IDS), Proof.kind == ProofKind.PHOTO)
    .order_by(Proof.id)
)
AGREED = (
    select(Surcharge.visit_id, Surcharge.code, Surcharge.count, Surcharge.amount)
    .where(Surcharge.visit_id.in_(_IDS))
    .order_by(Surcharge.agreed_at, Surcharge.id)
)
BEFORE = (
    select(Visit.id, _failed.failure_reason, _failed.failure_note, _failed.left_at)
    .join(_failed, (_failed.work_order_id == Visit.work_order_id) & (_failed.sequence < Visit.sequence))
    .where(
        Visit.id.in_(_IDS),
        Visit.cause.in_([VisitCause.SECOND_VISIT, VisitCause.DELIVERY]),
        (Visit.cause == VisitCause.DELIVERY) == (_failed.cause == VisitCause.DELIVERY),
        _failed.state == VisitState.COULD_NOT_COMPLETE,
    )
    .order_by(_failed.sequence)
)


def of_visits(session: Session, visit_ids: Collection[int]) -> Mapping[int, Papers]:
    """By visit id; a visit beside which nothing lies has an entry, too. Three statements, none for no visits."""
    if not visit_ids:
        return {}
    ids = {"ids": list(visit_ids)}
    photos: dict[int, list[Photo]] = {each: [] for each in visit_ids}
    agreed: dict[int, list[Agreed]] = {each: [] for each in visit_ids}
    for visit_id, photo_id, shot_code in session.execute(PHOTOS, ids):
        photos[visit_id].append(Photo(photo_id, shot_code))
    for visit_id, code, count, amount in session.execute(AGREED, ids):
        agreed[visit_id].append(Agreed(code, count, amount))
    before = {
        visit_id: Before(reason, note, left_at)
        for visit_id, reason, note, left_at in session.execute(BEFORE, ids)
        if reason is not None
    }
    return {each: Papers(tuple(photos[each]), tuple(agreed[each]), before.get(each)) for each in visit_ids}
