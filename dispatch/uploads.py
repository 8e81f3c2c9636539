"""Photos in pieces: promised, sent bit by bit over a bad line, finished when their digest is right.

A phone names a photo by the SHA-256 of its bytes, sends pieces from wherever the server says it should go on, and asks
to finish. Everything may be repeated at will, before or after what else is told of the visit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from obstore.exceptions import BaseError
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from dispatch import attached, facts, photo_staging, photos
from dispatch.darkroom import LARGEST_BODY, PhotoRefused
from dispatch.evidence import EventType, Proof
from dispatch.facts import Fact
from dispatch.photo_records import PhotoUpload
from dispatch.system import System
from technicians.errors import Conflict, InvalidInput, NotFound

LARGEST_PIECE = 256 * 1024
KEPT = timedelta(days=7)
MAY_BE_OUR_FAULT = "photo-too-hard"


class WrongOffset(Conflict):
    """A piece does not begin where the others end. `offset` is where to go on."""

    code = "wrong-offset"

    def __init__(self, offset: int) -> None:
        super().__init__(
            "The next piece of this photo begins at byte {offset}.",
            field="Upload-Offset",
            remedy="Go on from there.",
            offset=offset,
        )
        self.offset = offset


class WrongDigest(InvalidInput):
    """All bytes are here and are not those that were promised; they are forgotten."""

    code = "wrong-digest"


@dataclass(frozen=True, slots=True)
class Promise:
    """A photo that a phone has: entry of the shot list, SHA-256 (hexadecimal) and number of its bytes."""

    shot_code: str
    sha256: str
    size: int


class UploadState(StrEnum):
    PROMISED = "promised"
    ARRIVING = "arriving"
    RECEIVED = "received"
    CHECKED = "checked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Standing:
    """An upload, and how many of its bytes are here; all of them once it was checked."""

    upload: PhotoUpload
    offset: int

    @property
    def state(self) -> UploadState:
        if self.upload.proof_id is not None:
            return UploadState.CHECKED
        if self.upload.refused is not None:
            return UploadState.REFUSED
        if self.offset >= self.upload.size:
            return UploadState.RECEIVED
        return UploadState.ARRIVING if self.offset else UploadState.PROMISED


def promise(system: System, visit_id: int, technician_id: int, fact: Fact, promised: Promise) -> Standing:
    """Say that a photo will come, or ask again where to go on. `fact` says when and where it was taken.

    Raises NotFound for a visit that never was this technician's, InvalidInput for an unknown shot, a wrong size, too
    many photos, or an event id that was used for another photo.
    """
    if not 0 < promised.size <= LARGEST_BODY:
        raise InvalidInput(
            "A photo has 1 to {most} bytes.",
            field="size",
            remedy="Send it smaller; 2048 pixels on the long side do.",
            most=LARGEST_BODY,
        )
    with system.transaction() as session:
        visit = photos.theirs(session, visit_id, technician_id, lock=True)
        upload = _promised(session, visit_id, technician_id, promised)
        if upload is None:
            photos.check_shot(visit, promised.shot_code)
            _check_number(session, visit_id)
            _check_event(session, visit_id, fact, promised)
            upload = _added(session, visit_id, technician_id, fact, promised)
        elif upload.proof is None:
            upload.size = promised.size
            if attached.was_promised_by_event(upload) and upload.event_id != fact.event_id:
                _check_event(session, visit_id, fact, promised)
                _say_when_and_where(upload, fact)
    return standing(system, upload)


def look(system: System, upload_id: int, technician_id: int) -> Standing:
    """How far an upload of this technician's is; NotFound for anybody else's."""
    with system.transaction(read_only=True) as session:
        upload = _mine(session, upload_id, technician_id)
    return standing(system, upload)


def standing(system: System, upload: PhotoUpload) -> Standing:
    """How far an upload is; once it was checked its pieces are gone, and all of it is here."""
    is_whole = upload.proof_id is not None
    return Standing(upload, upload.size if is_whole else photo_staging.offset(system.photos, upload.id))


def append(system: System, upload_id: int, technician_id: int, offset: int, piece: bytes) -> Standing:
    """Keep the piece that begins at `offset`. Raises WrongOffset with the right one, InvalidInput for a bad piece."""
    found = look(system, upload_id, technician_id)
    if offset != found.offset:
        raise WrongOffset(found.offset)
    if not 0 < len(piece) <= min(LARGEST_PIECE, found.upload.size - offset):
        raise InvalidInput(
            "A piece has 1 to {most} bytes and does not go beyond the photo's {size}.",
            field="body",
            remedy="Cut the photo into such pieces.",
            most=LARGEST_PIECE,
            size=found.upload.size,
        )
    return Standing(found.upload, photo_staging.append(system.photos, upload_id, offset, piece))


def finish(system: System, upload_id: int, technician_id: int) -> Proof:
    """Check the digest, open the photo in the darkroom and record it as proof; again gives the same proof.

    Raises WrongOffset while bytes are missing, WrongDigest (start again from 0), or PhotoRefused, the same each time.
    """
    found = look(system, upload_id, technician_id)
    upload = found.upload
    if upload.proof is not None:
        return upload.proof
    if found.offset < upload.size:
        raise WrongOffset(found.offset)
    source = _verified(system, upload)
    try:
        proof = photos.receive(
            system, upload.visit_id, technician_id, _fact(upload), shot_code=upload.shot_code, source=source
        )
    except PhotoRefused as refusal:
        if refusal.code != MAY_BE_OUR_FAULT:
            _close(system, upload_id, refused=refusal.code)
        raise
    _close(system, upload_id, proof=proof)
    photo_staging.discard(system.photos, upload_id)
    return proof


def sweep(system: System) -> int:
    """Forget the pieces of photos that nobody has gone on with for a week; how many. Their phones may begin again."""
    try:
        return photo_staging.discard_older(system.photos, system.now() - KEPT)
    except (BaseError, OSError) as error:
        raise Conflict("The photo store does not answer.", field="PHOTO_STORE", remedy="Try again later.") from error


def _promised(session: Session, visit_id: int, technician_id: int, promised: Promise) -> PhotoUpload | None:
    return session.scalars(
        select(PhotoUpload).where(
            PhotoUpload.visit_id == visit_id,
            PhotoUpload.technician_id == technician_id,
            PhotoUpload.shot_code == promised.shot_code,
            PhotoUpload.source_sha256 == promised.sha256,
        )
    ).one_or_none()


def _added(session: Session, visit_id: int, technician_id: int, fact: Fact, promised: Promise) -> PhotoUpload:
    upload = PhotoUpload(
        event_id=fact.event_id, visit_id=visit_id, technician_id=technician_id, device_id=fact.device_id,
        shot_code=promised.shot_code, source_sha256=promised.sha256, size=promised.size,
        device_time=fact.device_time, at=fact.at, lng=fact.lng, lat=fact.lat, accuracy=fact.accuracy,
        promised_at=fact.received_at,
    )  # fmt: skip
    session.add(upload)
    session.flush()
    return upload


def _say_when_and_where(upload: PhotoUpload, fact: Fact) -> None:
    """What the photo itself says takes the place of what the event said that named it."""
    upload.event_id, upload.device_id, upload.device_time, upload.at = (
        fact.event_id, fact.device_id, fact.device_time, fact.at,
    )  # fmt: skip
    upload.lng, upload.lat, upload.accuracy = fact.lng, fact.lat, fact.accuracy


def _check_number(session: Session, visit_id: int) -> None:
    many = session.scalar(select(func.count(PhotoUpload.id)).where(PhotoUpload.visit_id == visit_id)) or 0
    if many >= photos.MOST_PER_VISIT:
        raise InvalidInput(
            "This visit already has {most} photos.",
            field="photo",
            remedy="No more are needed.",
            most=photos.MOST_PER_VISIT,
        )


def _check_event(session: Session, visit_id: int, fact: Fact, promised: Promise) -> None:
    facts.is_known(
        session, visit_id, EventType.PROOF, fact, shot=promised.shot_code, source_sha256=promised.sha256
    )  # fmt: skip
    if session.scalar(select(PhotoUpload.id).where(PhotoUpload.event_id == fact.event_id)) is not None:
        raise InvalidInput(
            "This event id was used for something else.",
            field="event_id",
            remedy="Give every event a new UUID, and repeat it only for the same event.",
        )


def _mine(session: Session, upload_id: int, technician_id: int) -> PhotoUpload:
    upload = session.get(PhotoUpload, upload_id, options=[joinedload(PhotoUpload.proof)])
    if upload is None or upload.technician_id != technician_id:
        raise NotFound("No such upload.", field="upload_id", remedy="Promise the photo again.")
    return upload


def _verified(system: System, upload: PhotoUpload) -> bytes:
    source = photo_staging.content(system.photos, upload.id)
    if hashlib.sha256(source).hexdigest() != upload.source_sha256:
        photo_staging.discard(system.photos, upload.id)
        raise WrongDigest(
            "What arrived is not the photo that was promised.", field="sha256", remedy="Send it again from byte 0."
        )
    return source


def _fact(upload: PhotoUpload) -> Fact:
    return Fact(
        event_id=upload.event_id, device_id=upload.device_id, device_time=upload.device_time, at=upload.at,
        received_at=upload.promised_at, lng=upload.lng, lat=upload.lat, accuracy=upload.accuracy,
    )  # fmt: skip


def _close(system: System, upload_id: int, proof: Proof | None = None, refused: str | None = None) -> None:
    """Write down what became of it. A photo that was kept stays kept, whatever a slower process thinks of it."""
    with system.transaction() as session:
        upload = session.get_one(PhotoUpload, upload_id, with_for_update=True)
        if upload.proof_id is not None:
            return
        upload.proof_id = proof.id if proof else None
        upload.refused = refused
        upload.finished_at = system.now()
