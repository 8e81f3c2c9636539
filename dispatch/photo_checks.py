"""What a person should look at in a photo: used before, blurred, dark, at another place, at another time.

Only what was measured is kept. What of it is worth a look is worked out when somebody asks, for the visit may be told
of after its photos. Nothing here refuses a photo or punishes anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from geopy.distance import geodesic
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.check_in import GEOFENCE, LEARN_WITHIN
from dispatch.darkroom import Picture
from dispatch.evidence import Proof
from dispatch.facts import Fact
from dispatch.photo_records import PhotoBand, PhotoCheck
from dispatch.work_order import Visit

LEAST_SHARPNESS = 30.0
LEAST_BRIGHTNESS = 35.0
ALIKE_BITS = 8
EARLY = timedelta(minutes=10)
LATE = timedelta(hours=2)
LOOK_BACK = timedelta(days=180)
BAND = 8


class PhotoFlag(StrEnum):
    REUSED = "reused"
    BLURRED = "blurred"
    DARK = "dark"
    WRONG_PLACE = "wrong-place"
    WRONG_TIME = "wrong-time"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to look at: what was measured, and from where on it is worth a look.

    `reused` counts the differing bits of 128 (and `like` is the earlier photo), `blurred` and `dark` are as
    `photo_child` measures them, `wrong-place` is in metres, `wrong-time` in seconds before arrival (negative) or after
    leaving.
    """

    flag: PhotoFlag
    measured: float
    limit: float
    like: int | None = None


def keep(session: Session, proof: Proof, picture: Picture, thumbnail: str, fact: Fact, zone: ZoneInfo) -> PhotoCheck:
    """Write down what was measured, and which earlier photo looks the same."""
    like, bits = _most_alike(session, proof, picture.dhash) or (None, None)
    taken = picture.taken
    check = PhotoCheck(
        proof_id=proof.id,
        technician_id=proof.technician_id,
        received_at=proof.received_at,
        thumbnail_sha256=thumbnail,
        sharpness=picture.sharpness,
        brightness=picture.brightness,
        dhash=picture.dhash,
        exif_taken_at=taken.replace(tzinfo=zone) if taken and not taken.tzinfo else taken,
        accuracy=None if picture.lng is not None else fact.accuracy,
        like_proof_id=like,
        like_bits=bits,
    )
    session.add(check)
    session.flush()
    session.add_all(PhotoBand(proof_id=proof.id, band=band) for band in _bands(picture.dhash))
    return check


def doubts(proof: Proof, check: PhotoCheck) -> list[Doubt]:
    """What of a photo is worth a look, in the order of `PhotoFlag`; empty for a good one."""
    visit = proof.visit
    found = [
        _reused(check),
        _blurred(check),
        _dark(check),
        _wrong_place(proof, check, visit),
        _wrong_time(proof, visit),
    ]
    return [doubt for doubt in found if doubt is not None]


def of_visit(session: Session, visit_id: int) -> dict[int, list[Doubt]]:
    """The doubts about each photo of a visit that was checked, by the proof's id."""
    rows = session.scalars(select(PhotoCheck).join(PhotoCheck.proof).where(Proof.visit_id == visit_id))
    return {check.proof_id: doubts(check.proof, check) for check in rows}


def _reused(check: PhotoCheck) -> Doubt | None:
    if check.like_bits is None:
        return None
    return Doubt(PhotoFlag.REUSED, check.like_bits, ALIKE_BITS, check.like_proof_id)


def _blurred(check: PhotoCheck) -> Doubt | None:
    is_so = check.sharpness < LEAST_SHARPNESS
    return Doubt(PhotoFlag.BLURRED, check.sharpness, LEAST_SHARPNESS) if is_so else None


def _dark(check: PhotoCheck) -> Doubt | None:
    is_so = check.brightness < LEAST_BRIGHTNESS
    return Doubt(PhotoFlag.DARK, check.brightness, LEAST_BRIGHTNESS) if is_so else None


def _wrong_place(proof: Proof, check: PhotoCheck, visit: Visit) -> Doubt | None:
    """Only against an address whose place is certain; the fence is that of the check-in."""
    order = visit.work_order
    if proof.lng is None or proof.lat is None or order.lng is None or order.lat is None:
        return None
    if order.position_quality in LEARN_WITHIN:
        return None
    metres = geodesic((proof.lat, proof.lng), (order.lat, order.lng)).meters
    fence = GEOFENCE + (check.accuracy or 0.0)
    return Doubt(PhotoFlag.WRONG_PLACE, round(metres), fence) if metres > fence else None


def _wrong_time(proof: Proof, visit: Visit) -> Doubt | None:
    """Taken well before the arrival or long after the leaving that phones have told of, if they have."""
    taken = proof.taken_at
    if taken is None or visit.arrived_at is None:
        return None
    if taken < visit.arrived_at - EARLY:
        return Doubt(PhotoFlag.WRONG_TIME, _seconds(visit.arrived_at, taken), -EARLY.total_seconds())
    if visit.left_at is not None and taken > visit.left_at + LATE:
        return Doubt(PhotoFlag.WRONG_TIME, _seconds(visit.left_at, taken), LATE.total_seconds())
    return None


def _seconds(since: datetime, until: datetime) -> float:
    return round((until - since).total_seconds())


def _most_alike(session: Session, proof: Proof, dhash: str | None) -> tuple[int, int] | None:
    """The earlier photo that differs least, and in how many bits. A retake of the same shot of a visit is none.

    Among the technician's own photos of half a year up to `ALIKE_BITS` may differ. Anybody's photos are found by a
    quarter of the hash that is the same, which misses none that differs in at most three bits.
    """
    if dhash is None:
        return None
    candidates = select(PhotoCheck.proof_id, PhotoCheck.dhash).join(PhotoCheck.proof)
    retake = (Proof.visit_id == proof.visit_id) & (Proof.shot_code == proof.shot_code)
    others = candidates.where(PhotoCheck.dhash.is_not(None), Proof.id != proof.id, ~retake)
    own = others.where(
        PhotoCheck.technician_id == proof.technician_id, PhotoCheck.received_at > proof.received_at - LOOK_BACK
    )
    same_quarter = select(PhotoBand.proof_id).where(PhotoBand.band.in_(_bands(dhash)))
    anybodys = others.where(Proof.id.in_(same_quarter))
    wanted = int(dhash, 16)
    found = [
        ((int(other, 16) ^ wanted).bit_count(), proof_id)
        for query in (own, anybodys)
        for proof_id, other in session.execute(query)
        if other is not None
    ]
    bits, like = min(found, default=(ALIKE_BITS + 1, 0))
    return (like, bits) if bits <= ALIKE_BITS else None


def _bands(dhash: str | None) -> list[str]:
    if dhash is None:
        return []
    return [f"{n}{dhash[n * BAND : (n + 1) * BAND]}" for n in range(len(dhash) // BAND)]
