"""Facts that phones report: recorded once, however often they arrive, at the time they really happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import locked_visits, positions, touched
from dispatch.evidence import EventType, VisitEvent
from dispatch.positions import Sighting
from dispatch.work_order import Visit
from technicians.errors import InvalidInput

LONGEST_DELAY = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened on a phone. `device_time` is what its clock said, `at` what we make of it.

    Position in WGS-84 degrees, accuracy in metres; all three are None when the phone would not tell. `is_new`: its
    event id has been looked for, and nobody has told it before.
    """

    event_id: str
    device_id: str
    device_time: datetime
    at: datetime
    received_at: datetime
    lng: float | None = None
    lat: float | None = None
    accuracy: float | None = None
    is_new: bool = False


def happened_at(received_at: datetime, device_time: datetime, sent_at: datetime | None) -> datetime:
    """When it happened by our clock: the age by the phone's own clock, so that a wrong clock cancels out.

    Without `sent_at` the fact is taken as fresh. An age below 0 counts as 0, one beyond 72 h as 72 h.
    """
    if sent_at is None:
        return received_at
    age = sent_at - device_time
    return received_at - min(max(age, timedelta(0)), LONGEST_DELAY)


def is_known(session: Session, visit_id: int, kind: EventType, fact: Fact, **payload: Any) -> bool:
    """Whether this event was recorded before; InvalidInput when its id belongs to another event."""
    if fact.is_new:
        return False
    known = session.scalars(select(VisitEvent).where(VisitEvent.event_id == fact.event_id)).one_or_none()
    if known is None:
        return False
    same = known.visit_id == visit_id and known.type == kind
    if not same or any(known.payload.get(key) != value for key, value in payload.items()):
        raise InvalidInput(
            "This event id was used for something else.",
            field="event_id",
            remedy="Give every event a new UUID, and repeat it only for the same event.",
        )
    return True


def record(session: Session, visit: Visit, technician_id: int, kind: EventType, fact: Fact, **payload: Any) -> None:
    """Append the fact and remember where the phone was. The caller has asked `is_known` before."""
    event = VisitEvent(
        event_id=fact.event_id, visit_id=visit.id, technician_id=technician_id, type=kind,
        device_id=fact.device_id, device_time=fact.device_time, received_at=fact.received_at,
        lng=fact.lng, lat=fact.lat, accuracy=fact.accuracy, payload=payload | {"at": fact.at.isoformat()},
    )  # fmt: skip
    locked_visits.add(session, event)
    touched.visit(session, visit)
    _remember_position(session, technician_id, fact)


def first(session: Session, visit: Visit, technician_id: int, kind: EventType) -> datetime | None:
    """When this technician first said so of a visit, by our clock."""
    told = locked_visits.rows(session, VisitEvent, visit.id)
    return min(
        (happened(each) for each in told if (each.technician_id, each.type) == (technician_id, kind)), default=None
    )


def happened(event: VisitEvent) -> datetime:
    """When it happened by our clock; the oldest ones say only when they came."""
    said = event.payload.get("at")
    return datetime.fromisoformat(said) if said else event.received_at


def _remember_position(session: Session, technician_id: int, fact: Fact) -> None:
    if fact.lng is not None and fact.lat is not None:
        seen = Sighting(fact.at, fact.lng, fact.lat, fact.accuracy or 0.0)
        positions.remember_later(session, technician_id, seen)
