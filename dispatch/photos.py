"""Photos from phones: checked and rebuilt in the darkroom, kept by content, recorded as proof."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, facts, photo_checks, visits
from dispatch.darkroom import Picture, rebuild
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.evidence import EventType, Proof, ProofKind
from dispatch.facts import Fact
from dispatch.phone_records import PhoneEntry
from dispatch.photo_records import PhotoCheck
from dispatch.system import System
from dispatch.technician_day import photos_of
from dispatch.work_order import Visit
from technicians.errors import InvalidInput, NotFound
from technicians.people import Technician
from technicians.place import PlanningArea

MOST_PER_VISIT = 60
DAMAGE, OF_SURCHARGE = "damage", "surcharge:"
LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Shot:
    """Which photo this is: visit, who took it, entry of the shot list, SHA-256 of what was sent."""

    visit_id: int
    technician_id: int
    code: str
    source_sha256: str


def receive(system: System, visit_id: int, technician_id: int, fact: Fact, *, shot_code: str, source: bytes) -> Proof:
    """Keep one photo of a shot list's entry; the same event or the same bytes again give the same proof.

    Two short transactions with the decoding between them, so that nobody waits for a photo. Raises NotFound,
    InvalidInput (unknown shot, too many photos) or PhotoRefused.
    """
    shot = Shot(visit_id, technician_id, shot_code, hashlib.sha256(source).hexdigest())
    with system.transaction() as session:
        if answer := _known(session, shot, fact):
            return answer
        _check_room(session, shot)
        zone = _zone(session, technician_id)
    picture = rebuild(source)
    sha256, thumbnail = system.photos.put(picture.content), system.photos.put(picture.thumbnail)
    with system.transaction() as session:
        if answer := _known(session, shot, fact):
            return answer
        visit = theirs(session, visit_id, technician_id, lock=True)
        proof = _proof(shot, picture, sha256, fact, zone)
        session.add(proof)
        session.flush()
        photo_checks.keep(session, proof, picture, thumbnail, fact, zone)
        _record(session, visit, shot, fact, sha256)
        return proof


def content(system: System, proof: Proof) -> bytes:
    """The clean JPEG of a photo; NotFound when it is no photo or its bytes have been deleted."""
    try:
        return system.photos.get(proof.sha256 or "")
    except FileNotFoundError:
        raise NotFound("This photo is no longer kept.", field="photo") from None


def small(system: System, proof: Proof) -> bytes:
    """A photo's JPEG of at most 320 pixels a side; the whole one where it was kept before there were small ones."""
    with system.transaction(read_only=True) as session:
        check = session.get(PhotoCheck, proof.id)
    if check is None:
        return content(system, proof)
    try:
        return system.photos.get(check.thumbnail_sha256)
    except FileNotFoundError:
        raise NotFound("This photo is no longer kept.", field="photo") from None


def of_mine(session: Session, proof_id: int, technician_id: int) -> Proof:
    """A photo of one of this technician's visits; NotFound for anybody else's."""
    proof = session.get(Proof, proof_id)
    if proof is None or proof.kind != ProofKind.PHOTO:
        raise NotFound("No such photo.", field="photo_id")
    visits.mine(session, proof.visit_id, technician_id)
    return proof


def theirs(session: Session, visit_id: int, technician_id: int, *, lock: bool = False) -> Visit:
    """A visit that is this technician's, was so in a plan that has been replaced since, or was on their phone; else
    NotFound. What was photographed without signal is kept, whoever has the visit now.
    """
    if not _was_theirs(session, visit_id, technician_id):
        return visits.mine(session, visit_id, technician_id, lock=lock)
    found = select(Visit).where(Visit.id == visit_id)
    return session.scalars(found.with_for_update(of=Visit, key_share=True) if lock else found).one()


def _was_theirs(session: Session, visit_id: int, technician_id: int) -> bool:
    once = (
        select(Stop.id)
        .join(Route)
        .join(DayPlan)
        .where(
            Stop.visit_id == visit_id, Route.technician_id == technician_id, DayPlan.state == DayPlanState.SUPERSEDED
        )
    )
    entry = select(PhoneEntry.id).where(PhoneEntry.visit_id == visit_id, PhoneEntry.technician_id == technician_id)
    return any(session.scalars(query.limit(1)).first() is not None for query in (once, entry))


def is_wanted(visit: Visit, shot_code: str) -> bool:
    """Whether a photo is kept: an entry of the product's shot list, of a surcharge on its price list, or of damage."""
    product = visit.work_order.product
    surcharges = (OF_SURCHARGE + entry["code"] for entry in product.surcharges)
    wanted = {DAMAGE, *surcharges, *(shot["code"] for shot in product.shot_list)}
    return shot_code in wanted and len(shot_code) <= LONGEST_CODE


def check_shot(visit: Visit, shot_code: str) -> None:
    """InvalidInput for a photo that nobody wants, with what is on the shot list."""
    shots = [shot["code"] for shot in visit.work_order.product.shot_list]
    if not is_wanted(visit, shot_code):
        raise InvalidInput(
            f"{shot_code!r} is not on the shot list of this product.",
            field="shot",
            remedy=f"Use one of: {', '.join(shots)}." if shots else "This product asks for no photos.",
        )


def _known(session: Session, shot: Shot, fact: Fact) -> Proof | None:
    """The answer to a photo that is here already; a new event about it is still recorded."""
    visit = theirs(session, shot.visit_id, shot.technician_id, lock=True)
    is_repeat = facts.is_known(session, shot.visit_id, EventType.PROOF, fact, **_payload(shot))
    proof = _same(session, shot)
    if proof is None:
        return None
    if not is_repeat:
        _record(session, visit, shot, fact, proof.sha256)
    return proof


def _check_room(session: Session, shot: Shot) -> None:
    check_shot(session.get_one(Visit, shot.visit_id), shot.code)
    if len(photos_of(session, [shot.visit_id]).get(shot.visit_id, [])) >= MOST_PER_VISIT:
        raise InvalidInput(
            f"This visit already has {MOST_PER_VISIT} photos.", field="photo", remedy="No more are needed."
        )


def _same(session: Session, shot: Shot) -> Proof | None:
    return session.scalars(
        select(Proof).where(
            Proof.visit_id == shot.visit_id,
            Proof.kind == ProofKind.PHOTO,
            Proof.shot_code == shot.code,
            Proof.source_sha256 == shot.source_sha256,
        )
    ).one_or_none()


def _payload(shot: Shot) -> dict[str, str]:
    return {"shot": shot.code, "source_sha256": shot.source_sha256}


def _zone(session: Session, technician_id: int) -> ZoneInfo:
    technician = session.get_one(Technician, technician_id)
    return session.get_one(PlanningArea, technician.area_code).zone


def _proof(shot: Shot, picture: Picture, sha256: str, fact: Fact, zone: ZoneInfo) -> Proof:
    """The columns that outlive the file: what EXIF said, else what the phone said."""
    taken = picture.taken or fact.at
    has_place = picture.lng is not None
    return Proof(
        visit_id=shot.visit_id,
        technician_id=shot.technician_id,
        kind=ProofKind.PHOTO,
        shot_code=shot.code,
        source_sha256=shot.source_sha256,
        sha256=sha256,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        taken_at=taken if taken.tzinfo else taken.replace(tzinfo=zone),
        lng=picture.lng if has_place else fact.lng,
        lat=picture.lat if has_place else fact.lat,
        received_at=fact.received_at,
    )


def _record(session: Session, visit: Visit, shot: Shot, fact: Fact, sha256: str | None) -> None:
    facts.record(session, visit, shot.technician_id, EventType.PROOF, fact, sha256=sha256, **_payload(shot))
    audit.note(
        session, visits.actor(session, shot.technician_id), "visit.photo", "visit", visit.id,
        at=fact.received_at, after={"shot": shot.code, "sha256": sha256},
    )  # fmt: skip
