"""Where technicians are: the last known place of each, kept while they are at work, and no trace of it.

A place is taken while a visit of theirs is under way, or around the hours of their published route; any other one is
not kept. Newer places win however late they come, and an older one never takes the place of a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dispatch import arriving, touched
from dispatch import day as days
from dispatch.day_plan import DayPlan, DayPlanState, Route
from dispatch.gathered import gathered
from dispatch.system import System
from dispatch.work_order import Visit, VisitState
from technicians.people import Position, Technician

EVERY = timedelta(seconds=10)
AROUND = timedelta(hours=1)
LONGEST = timedelta(hours=16)
LATER = "positions-later"
UNDER_WAY = (VisitState.EN_ROUTE, VisitState.ON_SITE)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a phone was at an instant (aware UTC): WGS-84 degrees, accuracy in metres."""

    at: datetime
    lng: float
    lat: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: the sighting that is kept, if any, and whether somebody is at work at all."""

    kept: Sighting | None
    is_on_duty: bool


def take(system: System, technician_id: int, seen: Sequence[Sighting]) -> Taken:
    """Keep the newest of a batch. It is looked first: what would not be kept waits for no writer."""
    with system.transaction(read_only=True) as session:
        newest = newest_on_duty(session, technician_id, seen)
        at_work = newest is not None or is_on_duty(session, technician_id, max(each.at for each in seen))
        near = _near(session, technician_id, newest, system.now()) if newest is not None else []
    if newest is None:
        return Taken(None, at_work)
    with system.transaction() as session:
        is_kept = remember(session, technician_id, newest)
    arriving.tell(system, near)
    return Taken(newest if is_kept else None, at_work)


def _near(session: Session, technician_id: int, seen: Sighting, now: datetime) -> list[int]:
    """The visits that somebody is about to arrive at; an old place says nothing of now."""
    if now - seen.at > arriving.FRESH:
        return []
    return arriving.by_place(session, technician_id, seen.lng, seen.lat, now)


def newest_on_duty(session: Session, technician_id: int, seen: Sequence[Sighting]) -> Sighting | None:
    """The one to keep of several; None when none is from working time, or none at least 10 s newer than the last."""
    last = session.get(Position, technician_id)
    fresh = [each for each in seen if last is None or each.at >= last.at + EVERY]
    newest_first = sorted(fresh, key=lambda each: each.at, reverse=True)
    return next((each for each in newest_first if is_on_duty(session, technician_id, each.at)), None)


def is_on_duty(session: Session, technician_id: int, at: datetime) -> bool:
    """Whether a visit is under way that began before, or it is within an hour of the published route's time."""
    began_at = func.coalesce(Visit.en_route_at, Visit.arrived_at)
    under_way = select(Visit.id).where(
        Visit.technician_id == technician_id,
        Visit.state.in_(UNDER_WAY),
        began_at.between(at - LONGEST, at),
    )
    on_route = (
        select(Route.id)
        .join(DayPlan)
        .where(
            Route.technician_id == technician_id,
            DayPlan.state == DayPlanState.PUBLISHED,
            Route.starts_at <= at + AROUND,
            Route.ends_at >= at - AROUND,
        )
    )
    return any(session.scalar(query.limit(1)) is not None for query in (under_way, on_route))


@contextmanager
def once(session: Session) -> Iterator[None]:
    """Of many sightings in one transaction only each technician's newest is kept, at the end."""
    with gathered(session, LATER, dict[int, Sighting]()) as newest:
        yield
    for technician_id, seen in sorted(newest.items()):
        remember(session, technician_id, seen)


def remember_later(session: Session, technician_id: int, seen: Sighting) -> None:
    """Keep it unless a newer one is kept already: at the end within `once`, else now."""
    newest: dict[int, Sighting] | None = session.info.get(LATER)
    if newest is None:
        remember(session, technician_id, seen)
    elif technician_id not in newest or newest[technician_id].at < seen.at:
        newest[technician_id] = seen


def remember(session: Session, technician_id: int, seen: Sighting) -> bool:
    """Keep it unless a newer one is kept already; whether it was. Of two at a time the newer one stays."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"lng": seen.lng, "lat": seen.lat, "accuracy": seen.accuracy, "at": seen.at}
    kept = (
        insert(Position)
        .values(technician_id=technician_id, **row)
        .on_conflict_do_update(index_elements=[Position.technician_id], set_=row, where=Position.at < seen.at)
        .returning(Position.technician_id)
    )
    is_kept = session.scalar(kept) is not None
    if is_kept:
        touched.area(session, session.get_one(Technician, technician_id).area_code)
    return is_kept


def of_day(session: Session, area_code: str, on_date: date) -> Sequence[Position]:
    """Where the people of an area were last, of those whom it is known of on that local day."""
    local = days.of(session, area_code, on_date)
    return session.scalars(
        select(Position)
        .join(Technician, Technician.id == Position.technician_id)
        .where(Technician.area_code == area_code, Position.at >= local.midnight, Position.at < local.ends_at)
        .order_by(Position.technician_id)
    ).all()
