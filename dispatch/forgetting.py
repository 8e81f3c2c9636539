"""Where technicians were is forgotten after a week.

What proves that somebody was at a door stays with the visit: check-ins, visits that came to nothing, wasted trips,
photos. Everything else that has a place loses it: where phones were last seen, what was told on the way, and the copy
of every event as its phone sent it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from dispatch.evidence import EventType, VisitEvent
from dispatch.phone_records import PhoneEvent
from dispatch.photo_records import PhotoUpload
from dispatch.system import System
from technicians.people import Position

KEPT = timedelta(days=7)
PROVES = (EventType.CHECK_IN, EventType.COULD_NOT_COMPLETE, EventType.PROOF)
NO_PLACE = {"lng": None, "lat": None, "accuracy": None}
AT_A_TIME = 500


def sweep(system: System) -> int:
    """Forget every place that is older than a week; how many there were. In short transactions."""
    before, forgotten = system.now() - KEPT, 0
    with system.transaction(read_only=True) as session:
        if not _are_any(session, before):
            return 0
    while True:
        with system.transaction() as session:
            some = forget(session, before)
        forgotten += some
        if some < AT_A_TIME:
            return forgotten


def forget(session: Session, before: datetime) -> int:
    """Forget the places from before an instant, at most some hundreds of each kind at a time; how many."""
    last = session.scalars(delete(Position).where(Position.at < before).returning(Position.technician_id)).all()
    events = session.scalars(_events(before).limit(AT_A_TIME)).all()
    session.execute(update(VisitEvent).where(VisitEvent.id.in_(events)).values(NO_PLACE))
    uploads = session.scalars(_uploads(before).limit(AT_A_TIME)).all()
    session.execute(update(PhotoUpload).where(PhotoUpload.id.in_(uploads)).values(NO_PLACE))
    return max(len(last), len(events), len(uploads), _forget_as_sent(session, before))


def _forget_as_sent(session: Session, before: datetime) -> int:
    some = session.scalars(_sent(before).limit(AT_A_TIME)).all()
    for event in session.scalars(select(PhoneEvent).where(PhoneEvent.id.in_(some))):
        event.body = event.body | NO_PLACE
    return len(some)


def _are_any(session: Session, before: datetime) -> bool:
    queries = (
        select(Position.technician_id).where(Position.at < before),
        _events(before),
        _uploads(before),
        _sent(before),
    )
    return any(session.execute(query.limit(1)).first() is not None for query in queries)


def _events(before: datetime) -> Select[int]:
    """A phone's clock may be behind: what it dates earlier goes earlier."""
    is_old = or_(VisitEvent.received_at < before, VisitEvent.device_time < before)
    return select(VisitEvent.id).where(is_old, VisitEvent.lng.is_not(None), VisitEvent.type.not_in(PROVES))


def _uploads(before: datetime) -> Select[int]:
    return select(PhotoUpload.id).where(
        PhotoUpload.at < before, PhotoUpload.lng.is_not(None), PhotoUpload.finished_at.is_not(None)
    )


def _sent(before: datetime) -> Select[int]:
    return select(PhoneEvent.id).where(PhoneEvent.at < before, PhoneEvent.body["lng"].as_string().is_not(None))
