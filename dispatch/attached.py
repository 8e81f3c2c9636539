"""Photos that an event names: promised at once, so that the office sees what is still on the phone.

The phone asks where to send each one as ever; it finds the promise by visit, shot and digest, and tells then when and
where it was taken. What cannot be promised (an unknown shot, too large, too many) is passed over: an event is never
refused for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from dispatch import locked_visits, photos
from dispatch.darkroom import LARGEST_BODY
from dispatch.facts import Fact
from dispatch.photo_records import PhotoUpload
from dispatch.work_order import Visit

VERSION = 14
"""Where a UUID says how it was made; phones make theirs at random or by the time."""


def promise(
    session: Session, visit: Visit, technician_id: int, fact: Fact, attachments: list[dict[str, Any]]
) -> list[PhotoUpload]:
    """Promise the photos among an event's attachments `{sha256, size, kind, shot}` that nobody promised yet."""
    named = list(_photos(visit, attachments))
    if not named:
        return []
    known = locked_visits.rows(session, PhotoUpload, visit.id)
    have = {(upload.shot_code, upload.source_sha256) for upload in known if upload.technician_id == technician_id}
    new = {(each["shot"], each["sha256"]): each for each in named if (each["shot"], each["sha256"]) not in have}
    room = photos.MOST_PER_VISIT - len(known)
    made = [_upload(visit, technician_id, fact, each) for each in list(new.values())[: max(room, 0)]]
    for upload in made:
        locked_visits.add(session, upload)
    return made


def was_promised_by_event(upload: PhotoUpload) -> bool:
    """Whether only an event has named it so far, and its phone has not yet asked where to send it."""
    return upload.event_id[VERSION] == "5"


def _photos(visit: Visit, attachments: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for each in attachments:
        if 0 < each["size"] <= LARGEST_BODY and photos.is_wanted(visit, each["shot"]):
            yield each


def _upload(visit: Visit, technician_id: int, fact: Fact, named: Mapping[str, Any]) -> PhotoUpload:
    """Its id follows from the event's: a photo named by the same event twice is the same."""
    return PhotoUpload(
        event_id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{fact.event_id} {named['shot']} {named['sha256']}")),
        visit_id=visit.id, technician_id=technician_id, device_id=fact.device_id, shot_code=named["shot"],
        source_sha256=named["sha256"], size=named["size"], device_time=fact.device_time, at=fact.at,
        lng=fact.lng, lat=fact.lat, accuracy=fact.accuracy, promised_at=fact.received_at,
    )  # fmt: skip
