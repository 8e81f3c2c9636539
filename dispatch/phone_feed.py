"""What has changed for a technician since their phone last asked: visits that are new or different, and those gone.

Every technician's feed counts its changes; a phone keeps the last count it has stored as its cursor. A cursor that is
unknown (another database, a phone of somebody else) or too old gets everything.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.phone_records import PhoneEntry, PhoneFeed
from dispatch.technician_day import photos_of
from dispatch.work_order import Visit, VisitState, WorkOrder

DAYS_BACK, DAYS_AHEAD = 1, 2
KEPT = timedelta(days=30)
BEGUN = {VisitState.EN_ROUTE, VisitState.ON_SITE}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where a phone has stored a feed. Written `epoch.change`."""

    epoch: str
    change: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.change}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A visit of a technician's: with its stop and the date of its route, or without when it is on no route by now."""

    visit: Visit
    stop: Stop | None
    on_date: date | None


@dataclass(frozen=True, slots=True)
class Changes:
    """`full`: forget what is not in `shown`. `gone`: ids of visits to forget. Routes: those of the days shown."""

    cursor: Cursor
    full: bool
    shown: Sequence[Shown]
    gone: Sequence[int]
    routes: Sequence[Route]


@dataclass(frozen=True, slots=True)
class Look:
    """What is a technician's at one instant, by visit id, with what their feed said of it until then."""

    technician_id: int
    routes: Sequence[Route]
    now: Mapping[int, Shown]
    digests: Mapping[int, str]
    entries: dict[int, PhoneEntry]


def parse(text: str | None) -> Cursor | None:
    """None for whatever is no cursor: the answer is then everything, never a refusal."""
    epoch, _, change = (text or "").partition(".")
    if not epoch or not (change.isascii() and change.isdigit() and len(change) < 10):
        return None
    return Cursor(epoch, int(change))


def look(session: Session, technician_id: int, today: date) -> Look:
    """What there is at this instant, whatever the feed says."""
    routes = _routes(session, technician_id, today)
    now = _now(session, technician_id, routes)
    query = select(PhoneEntry).where(PhoneEntry.technician_id == technician_id)
    entries = {entry.visit_id: entry for entry in session.scalars(query)}
    return Look(technician_id, routes, now, _digests(session, now), entries)


def is_up_to_date(session: Session, seen: Look) -> bool:
    """Whether the feed says what is: if not, `refresh` it."""
    told = {visit_id: entry.digest for visit_id, entry in seen.entries.items() if not entry.gone}
    return session.get(PhoneFeed, seen.technician_id) is not None and told == seen.digests


def refresh(session: Session, technician_id: int, today: date, *, at: datetime) -> Look:
    """Write into the feed what has changed. Waits for anybody else who does the same for this technician."""
    feed = _feed(session, technician_id)
    seen = look(session, technician_id, today)
    for visit_id, found in seen.digests.items():
        entry = seen.entries.get(visit_id)
        if entry is None:
            entry = PhoneEntry(technician_id=technician_id, visit_id=visit_id, digest="", gone=True)
            session.add(entry)
            seen.entries[visit_id] = entry
        if entry.gone or entry.digest != found:
            entry.digest, entry.gone = found, False
            _count(feed, entry, at)
    for visit_id in seen.entries.keys() - seen.now.keys():
        if not seen.entries[visit_id].gone:
            seen.entries[visit_id].gone = True
            _count(feed, seen.entries[visit_id], at)
    _prune(session, feed, seen.entries, at)
    session.flush()
    return seen


def changes(session: Session, seen: Look, cursor: Cursor | None) -> Changes:
    """What a phone with this cursor lacks, as far as the feed has been refreshed."""
    feed = session.get_one(PhoneFeed, seen.technician_id)
    known = cursor is not None and cursor.epoch == feed.epoch and feed.floor <= cursor.change <= feed.change
    since = cursor.change if cursor is not None and known else 0
    newer = {visit_id: entry for visit_id, entry in seen.entries.items() if entry.change > since}
    return Changes(
        cursor=Cursor(feed.epoch, feed.change),
        full=not known,
        shown=[shown for visit_id, shown in seen.now.items() if visit_id in newer],
        gone=sorted(visit_id for visit_id, entry in newer.items() if entry.gone) if known else [],
        routes=seen.routes,
    )


def digest(shown: Shown, photo_ids: Sequence[int]) -> str:
    """SHA-256 of everything a phone shows of a visit."""
    visit, stop, order = shown.visit, shown.stop, shown.visit.work_order
    promise = visit.appointment or (visit.appointments[-1] if visit.appointments else None)
    told = [
        visit.state, visit.revision, visit.cause, visit.service, visit.setup, visit.en_route_at, visit.arrived_at,
        visit.left_at, visit.arrival_distance, visit.failure_reason, visit.technician_id,
        order.consumer_name, order.consumer_phone, order.address, order.note, order.lng, order.lat,
        order.position_quality, promise and (promise.window_starts_at, promise.window_ends_at),
        list(photo_ids), shown.on_date,
        stop and (stop.position, stop.scheduled_arrival, stop.scheduled_start, stop.scheduled_leave, stop.travel),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


def _digests(session: Session, now: Mapping[int, Shown]) -> dict[int, str]:
    photos = photos_of(session, now)
    return {
        visit_id: digest(shown, [photo.id for photo in photos.get(visit_id, [])]) for visit_id, shown in now.items()
    }


def _now(session: Session, technician_id: int, routes: Sequence[Route]) -> Mapping[int, Shown]:
    """What is theirs: the stops of their published routes, by day and place, and what they have begun besides."""
    shown = {
        stop.visit.id: Shown(stop.visit, stop, route.day_plan.on_date)
        for route in routes
        for stop in route.stops
        if stop.visit is not None and _is_theirs(stop.visit, technician_id)
    }
    begun = select(Visit).where(Visit.technician_id == technician_id, Visit.state.in_(BEGUN)).order_by(Visit.id)
    return {visit.id: Shown(visit, None, None) for visit in session.scalars(begun)} | shown


def _is_theirs(visit: Visit, technician_id: int) -> bool:
    """Not when it is called off, or another has made it or is at the door, though it still stands on this route."""
    if visit.state == VisitState.CANCELLED:
        return False
    is_open_to_all = visit.state == VisitState.WAITING or visit.work_order.product.crew_size > 1
    return is_open_to_all or visit.technician_id in (None, technician_id)


def _routes(session: Session, technician_id: int, today: date) -> list[Route]:
    days = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    visit = selectinload(Route.stops).joinedload(Stop.visit)
    order = visit.joinedload(Visit.work_order)
    query = (
        select(Route)
        .join(DayPlan)
        .where(
            Route.technician_id == technician_id,
            DayPlan.on_date.between(*days),
            DayPlan.state == DayPlanState.PUBLISHED,
        )
        .options(
            selectinload(Route.day_plan),
            visit.selectinload(Visit.appointments),
            order.joinedload(WorkOrder.product),
            order.joinedload(WorkOrder.county),
            order.joinedload(WorkOrder.merchant),
        )
        .order_by(DayPlan.on_date)
    )
    return list(session.scalars(query))


def _feed(session: Session, technician_id: int) -> PhoneFeed:
    feed = session.scalars(
        select(PhoneFeed).where(PhoneFeed.technician_id == technician_id).with_for_update()
    ).one_or_none()
    if feed is None:
        feed = PhoneFeed(technician_id=technician_id, epoch=secrets.token_hex(8), change=0, floor=0)
        session.add(feed)
        session.flush()
    return feed


def _count(feed: PhoneFeed, entry: PhoneEntry, at: datetime) -> None:
    feed.change += 1
    entry.change, entry.changed_at = feed.change, at


def _prune(session: Session, feed: PhoneFeed, entries: dict[int, PhoneEntry], at: datetime) -> None:
    """Forget what is gone for long; a phone that has not asked since then gets everything."""
    for visit_id, entry in sorted(entries.items()):
        if entry.gone and entry.changed_at < at - KEPT:
            feed.floor = max(feed.floor, entry.change)
            session.delete(entry)
            del entries[visit_id]
