"""What phones have told of one visit, as a dispatcher sees it: facts, photos, what is still to come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import charged, order_history, photo_album, signing, trips
from dispatch.charged import Charged
from dispatch.evidence import EventType
from dispatch.order_history import Happening
from dispatch.phone_records import PhoneConflict, PhoneEvent, PhoneOutcome
from dispatch.phone_story import Item
from dispatch.photo_album import Print, Promised
from dispatch.photo_store import PhotoStore
from dispatch.signing import Signature
from dispatch.work_order import Visit, VisitState
from technicians.errors import NotFound

TOLD_OTHERWISE = {EventType.PROOF, EventType.SURCHARGE, EventType.SIGNATURE}
BEGUN = {VisitState.ON_SITE, VisitState.COMPLETED}


@dataclass(frozen=True, slots=True)
class VisitReport:
    """`told` is what happened, the latest first, without what is shown for itself: photos, surcharges, signature.

    `missing`: photos that are asked for, neither here nor promised. `held`: facts that wait for one before them.
    `wants_code`: the consumer's code is asked for and was not given although the work is done.
    """

    told: tuple[Happening, ...]
    photos: tuple[Print, ...]
    promised: tuple[Promised, ...]
    missing: tuple[Item, ...]
    charged: tuple[Charged, ...]
    serial: str
    signature: Signature | None
    accepted_at: datetime | None
    code_tries: int
    wants_code: bool
    held: int
    conflicts: tuple[PhoneConflict, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.told or self.photos or self.promised or self.held or self.conflicts)

    @property
    def total(self) -> int:
        return sum(each.total for each in self.charged)


def report(session: Session, store: PhotoStore, visit_id: int) -> VisitReport:
    """Everything that phones have told of a visit. NotFound for an unknown one."""
    visit = session.get(Visit, visit_id)
    if visit is None:
        raise NotFound("There is no visit {id}.", field="visit", remedy="Reload the board.", id=visit_id)
    told = [each for each in order_history.reported(session, [visit_id]) if each.what not in TOLD_OTHERWISE]
    photos = photo_album.prints(session, [visit_id])
    promised = photo_album.promised(session, store, visit_id)
    is_done = visit.state == VisitState.COMPLETED
    return VisitReport(
        told=tuple(sorted(told, key=lambda each: each.at, reverse=True)),
        photos=tuple(photos),
        promised=tuple(promised),
        missing=_missing(visit, photos, promised) if visit.state in BEGUN else (),
        charged=tuple(charged.of_visits(session, [visit_id])),
        serial=visit.told.get("serial", {}).get("number", ""),
        signature=signing.of_visits(session, [visit_id]).get(visit_id),
        accepted_at=visit.accepted_at,
        code_tries=visit.code_tries,
        wants_code=is_done and visit.accepted_at is None and _asks_for_code(visit),
        held=_held(session, visit_id),
        conflicts=_conflicts(session, visit_id),
    )


def _missing(visit: Visit, photos: Iterable[Print], promised: Iterable[Promised]) -> tuple[Item, ...]:
    known = {each.shot_code for each in photos} | {each.shot_code for each in promised if not each.refused}
    asked = [shot for shot in trips.shots(visit) if shot["required"] and shot["code"] not in known]
    return tuple(Item(shot["name_zh"], shot["name_en"]) for shot in asked)


def _asks_for_code(visit: Visit) -> bool:
    return bool(visit.work_order.product.proofs.get("code", "optional") != "none" and visit.verification_code)


def _held(session: Session, visit_id: int) -> int:
    query = select(func.count(PhoneEvent.id)).where(
        PhoneEvent.visit_id == visit_id, PhoneEvent.outcome == PhoneOutcome.HELD
    )
    return session.scalar(query) or 0


def _conflicts(session: Session, visit_id: int) -> tuple[PhoneConflict, ...]:
    query = select(PhoneConflict).where(PhoneConflict.visit_id == visit_id, PhoneConflict.resolved_at.is_(None))
    return tuple(session.scalars(query.order_by(PhoneConflict.id)))
