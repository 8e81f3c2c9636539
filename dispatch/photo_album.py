"""Photos as people look at them: what each shows, what in it is worth a second look, which are still to come."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from dispatch import photo_checks, photo_links, photo_staging, photos
from dispatch.catalogue import ServiceProduct
from dispatch.evidence import Proof, ProofKind
from dispatch.phone_records import PhoneEvent
from dispatch.photo_checks import Doubt
from dispatch.photo_links import Look
from dispatch.photo_records import PhotoCheck, PhotoUpload
from dispatch.photo_store import PhotoStore
from dispatch.system import System
from dispatch.work_order import Visit, WorkOrder
from technicians.errors import NotFound
from technicians.people import Technician

SURCHARGE = "surcharge:"


@dataclass(frozen=True, slots=True)
class Print:
    """One photo; `number` is its proof's id, `source_sha256` that of what was sent.

    `doubts` are worth a look; `looked_by` has found them to be nothing.
    """

    number: int
    visit_id: int
    source_sha256: str
    shot_code: str
    name_zh: str
    name_en: str
    technician: str
    taken_at: datetime | None
    received_at: datetime
    doubts: tuple[Doubt, ...]
    looked_by: str

    @property
    def is_doubtful(self) -> bool:
        return bool(self.doubts) and not self.looked_by


@dataclass(frozen=True, slots=True)
class Promised:
    """A photo that a phone says it has and that is not here yet. Bytes; `refused` says why it cannot be kept."""

    shot_code: str
    name_zh: str
    name_en: str
    at: datetime
    received: int
    size: int
    refused: str = ""


def content(system: System, token: str, at: datetime) -> bytes:
    """The JPEG that a signed link shows; NotFound for a link that is none, or a photo that is no longer kept."""
    number, look = photo_links.opened(system.settings.secret_key, token, at)
    with system.transaction(read_only=True) as session:
        proof = session.get(Proof, number)
    if proof is None or proof.kind != ProofKind.PHOTO:
        raise NotFound("There is no such photo.", field="photo", remedy="Reload the page.")
    return photos.small(system, proof) if look == Look.SMALL else photos.content(system, proof)


def prints(session: Session, visit_ids: Collection[int]) -> list[Print]:
    """The photos of some visits, oldest first."""
    query = (
        select(Proof, Technician.name, PhotoCheck)
        .join(Technician, Technician.id == Proof.technician_id)
        .outerjoin(PhotoCheck, PhotoCheck.proof_id == Proof.id)
        .where(Proof.visit_id.in_(visit_ids), Proof.kind == ProofKind.PHOTO)
        .options(joinedload(Proof.visit).joinedload(Visit.work_order).joinedload(WorkOrder.product))
        .order_by(Proof.id)
    )
    return [_print(proof, name, check) for proof, name, check in session.execute(query)]


def promised(session: Session, store: PhotoStore, visit_id: int) -> list[Promised]:
    """What phones have announced of a visit and not delivered, oldest first."""
    product = session.get_one(Visit, visit_id).work_order.product
    here = set(session.scalars(select(Proof.source_sha256).where(Proof.visit_id == visit_id)))
    uploads = session.scalars(select(PhotoUpload).where(PhotoUpload.visit_id == visit_id)).all()
    begun = {upload.source_sha256 for upload in uploads}
    waiting = [_upload(store, upload, product) for upload in uploads if upload.proof_id is None]
    named = _named_in_events(session, visit_id, product, here | begun)
    return sorted([*waiting, *named], key=lambda each: each.at)


def name_of(product: ServiceProduct, shot_code: str) -> tuple[str, str]:
    """What a shot is called in Chinese and English; that of a surcharge after the surcharge, else the code itself."""
    if shot_code.startswith(SURCHARGE):
        named = {each["code"]: each for each in product.surcharges}
        shot_code = shot_code.removeprefix(SURCHARGE)
    else:
        named = {each["code"]: each for each in product.shot_list}
    found = named.get(shot_code, {})
    return found.get("name_zh", shot_code), found.get("name_en", shot_code)


def _print(proof: Proof, technician: str, check: PhotoCheck | None) -> Print:
    name_zh, name_en = name_of(proof.visit.work_order.product, proof.shot_code)
    return Print(
        proof.id, proof.visit_id, proof.source_sha256, proof.shot_code, name_zh, name_en, technician, proof.taken_at,
        proof.received_at, tuple(photo_checks.doubts(proof, check)) if check else (), check.looked_by if check else "",
    )  # fmt: skip


def _upload(store: PhotoStore, upload: PhotoUpload, product: ServiceProduct) -> Promised:
    received = 0 if upload.refused else photo_staging.offset(store, upload.id)
    names = name_of(product, upload.shot_code)
    return Promised(upload.shot_code, *names, upload.at, received, upload.size, upload.refused or "")


def _named_in_events(
    session: Session, visit_id: int, product: ServiceProduct, known: Collection[str]
) -> Iterator[Promised]:
    """Attachments of events whose sending has not even begun, each once."""
    seen = set(known)
    for event in session.scalars(select(PhoneEvent).where(PhoneEvent.visit_id == visit_id).order_by(PhoneEvent.id)):
        for each in event.body["attachments"]:
            if each["sha256"] not in seen and each["shot"]:
                seen.add(each["sha256"])
                yield Promised(each["shot"], *name_of(product, each["shot"]), event.at, 0, each["size"])
