"""The day of the visit as its consumer may see it: when somebody comes, and where they are while on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from geopy.distance import geodesic
from sqlalchemy.orm import Session

from dispatch import expected_times
from dispatch.work_order import Appointment, Visit, VisitState
from technicians.people import Position

FRESH = timedelta(minutes=5)
TECHNICIAN_DIGITS = 3
DOOR_STEP = 0.005


@dataclass(frozen=True, slots=True)
class Told:
    """The technician is expected between the two instants. `is_late`: after the window that was promised."""

    starts_at: datetime
    ends_at: datetime
    is_late: bool


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the technician on the way is (WGS-84 degrees, to about 100 m), and how many metres as the crow flies.

    `near` is the place of the visit, to about 500 m: a link that is passed on does not tell the door.
    """

    lng: float
    lat: float
    near: tuple[float, float]
    metres: int
    at: datetime


def told(session: Session, visit: Visit, promise: Appointment | None, at: datetime) -> Told | None:
    """What was told last of a promised visit; where that has passed or is known to be wrong, what can be said now.

    None while no published plan has the visit, and once somebody is there.
    """
    now = expected_times.of_visit(session, visit, at) if promise is not None else None
    if promise is None or now is None:
        return None
    last = expected_times.last_told(session, visit)
    if last is None or last.at < promise.created_at or last.ends_at < at or now.is_late:
        return Told(now.starts_at, now.ends_at, now.is_late)
    return Told(last.starts_at, last.ends_at, last.ends_at > promise.window_ends_at)


def whereabouts(session: Session, visit: Visit, at: datetime) -> Whereabouts | None:
    """Where the technician is: only while on the way, and only if the phone has said so within five minutes."""
    order = visit.work_order
    if visit.state != VisitState.EN_ROUTE or visit.technician_id is None or order.lng is None or order.lat is None:
        return None
    known = session.get(Position, visit.technician_id)
    if known is None or at - known.at > FRESH:
        return None
    lng, lat = round(known.lng, TECHNICIAN_DIGITS), round(known.lat, TECHNICIAN_DIGITS)
    metres = geodesic((lat, lng), (order.lat, order.lng)).meters
    near = (_roughly(order.lng), _roughly(order.lat))
    return Whereabouts(lng, lat, near, max(100, round(metres, -2)), known.at)


def _roughly(degrees: float) -> float:
    return round(round(degrees / DOOR_STEP) * DOOR_STEP, TECHNICIAN_DIGITS)
