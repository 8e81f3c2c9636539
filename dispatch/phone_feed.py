"""What has changed for a technician since their phone last asked: visits that are new or different, and those gone.

Every technician's feed counts its changes; a phone keeps the last count it has stored as its cursor. A cursor that is
unknown (another database, a phone of somebody else) or too old gets everything.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from dispatch import papers, phone_rows
from dispatch.papers import Papers
from dispatch.phone_records import PhoneEntry, PhoneFeed
from dispatch.phone_rows import Place, Sheet
from dispatch.work_order import Visit, VisitState, WorkOrder

DAYS_BACK, DAYS_AHEAD = 1, 2
KEPT = timedelta(days=30)
FEED = (
    select(
        PhoneFeed.epoch, PhoneFeed.change, PhoneFeed.floor,
        PhoneEntry.visit_id, PhoneEntry.change.label("entry_change"), PhoneEntry.digest, PhoneEntry.gone,
    )
    .outerjoin(PhoneEntry, PhoneEntry.technician_id == PhoneFeed.technician_id)
    .where(PhoneFeed.technician_id == bindparam("technician"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where a phone has stored a feed. Written `epoch.change`."""

    epoch: str
    change: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.change}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A visit of a technician's: with its place in a route, or without when it is on no route by now."""

    visit: Visit
    place: Place | None
    papers: Papers


@dataclass(frozen=True, slots=True)
class Changes:
    """`full`: forget what is not in `shown`. `gone`: ids of visits to forget. Routes: those of the days shown."""

    cursor: Cursor
    full: bool
    shown: Sequence[Shown]
    gone: Sequence[int]
    routes: Sequence[Sheet]


@dataclass(frozen=True, slots=True)
class Known:
    """What is theirs: one visit's place and papers, and the digest of everything a phone shows of it."""

    place: Place | None
    papers: Papers
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the feed said last of one visit."""

    change: int
    digest: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """What a technician's feed has said until now, by visit id."""

    epoch: str
    change: int
    floor: int
    entries: Mapping[int, Entry]


@dataclass(frozen=True, slots=True)
class Look:
    """What is a technician's at one instant, by visit id, with what their feed said of it until then, if it exists."""

    technician_id: int
    routes: Sequence[Sheet]
    now: Mapping[int, Known]
    feed: Feed | None


def parse(text: str | None) -> Cursor | None:
    """None for whatever is no cursor: the answer is then everything, never a refusal."""
    epoch, _, change = (text or "").partition(".")
    if not epoch or not (change.isascii() and change.isdigit() and len(change) < 10):
        return None
    return Cursor(epoch, int(change))


def look(session: Session, technician_id: int, today: date) -> Look:
    """What there is at this instant, whatever the feed says."""
    rows = phone_rows.routes(
        session, technician_id, today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    )
    now = _now(session, technician_id, rows)
    return Look(technician_id, phone_rows.sheets(rows), now, _told(session, technician_id))


def is_up_to_date(seen: Look) -> bool:
    """Whether the feed says what is: if not, `refresh` it."""
    if seen.feed is None:
        return False
    told = {visit_id: entry.digest for visit_id, entry in seen.feed.entries.items() if not entry.gone}
    return told == {visit_id: known.digest for visit_id, known in seen.now.items()}


def refresh(session: Session, technician_id: int, today: date, *, at: datetime, seen: Look | None = None) -> Look:
    """Write into the feed what has changed. Waits for anybody else who does the same for this technician.

    What was `seen` before is written as it was, unless the feed has moved on since: what has changed in between is
    found by the next look.
    """
    feed = _feed(session, technician_id)
    if seen is None or seen.feed is None or (seen.feed.epoch, seen.feed.change) != (feed.epoch, feed.change):
        seen = look(session, technician_id, today)
    said = dict(seen.feed.entries) if seen.feed is not None else {}
    fresh = [visit_id for visit_id, known in seen.now.items() if not _is_said(said.get(visit_id), known)]
    lost = sorted(visit_id for visit_id, entry in said.items() if not entry.gone and visit_id not in seen.now)
    if fresh or lost:
        _write(session, feed, seen, said, [*fresh, *lost], at)
    return replace(seen, feed=Feed(feed.epoch, feed.change, feed.floor, said))


def changes(session: Session, seen: Look, cursor: Cursor | None) -> Changes:
    """What a phone with this cursor lacks, of a look at a feed that has been refreshed."""
    feed = seen.feed
    if feed is None:
        raise ValueError("the feed has never been refreshed")
    known = cursor is not None and cursor.epoch == feed.epoch and feed.floor <= cursor.change <= feed.change
    since = cursor.change if cursor is not None and known else 0
    newer = {visit_id: entry for visit_id, entry in feed.entries.items() if entry.change > since}
    return Changes(
        cursor=Cursor(feed.epoch, feed.change),
        full=not known,
        shown=_shown(session, {visit_id: found for visit_id, found in seen.now.items() if visit_id in newer}),
        gone=sorted(visit_id for visit_id, entry in newer.items() if entry.gone) if known else [],
        routes=seen.routes,
    )


def _write(
    session: Session, feed: PhoneFeed, seen: Look, said: dict[int, Entry], changed: Sequence[int], at: datetime
) -> None:
    """Count each visit that is new, different or gone; `said` is what the feed says after it."""
    rows = _entries(session, feed.technician_id, changed, at)
    for visit_id in changed:
        row = rows.get(visit_id) or _new_entry(session, feed.technician_id, visit_id)
        row.gone = visit_id not in seen.now
        row.digest = row.digest if row.gone else seen.now[visit_id].digest
        feed.change += 1
        row.change, row.changed_at = feed.change, at
        said[visit_id] = Entry(row.change, row.digest, row.gone)
    for visit_id in _pruned(session, feed, rows.values(), at):
        del said[visit_id]
    session.flush()


def _is_said(entry: Entry | None, known: Known) -> bool:
    return entry is not None and not entry.gone and entry.digest == known.digest


def _shown(session: Session, wanted: Mapping[int, Known]) -> list[Shown]:
    """With everything loaded that a phone shows of a visit, in the order given."""
    if not wanted:
        return []
    order = joinedload(Visit.work_order)
    query = (
        select(Visit)
        .where(Visit.id.in_(wanted))
        .options(
            selectinload(Visit.appointments),
            order.joinedload(WorkOrder.product),
            order.joinedload(WorkOrder.county),
            order.joinedload(WorkOrder.merchant),
        )
    )
    visits = {visit.id: visit for visit in session.scalars(query)}
    return [Shown(visits[visit_id], known.place, known.papers) for visit_id, known in wanted.items()]


def _now(session: Session, technician_id: int, routes: Sequence[Row[Any]]) -> dict[int, Known]:
    """What is theirs: what they have begun besides, then the stops of their published routes by day and place."""
    stops = {row.visit_id: row for row in routes if row.visit_id is not None}
    visits = phone_rows.visits(session, technician_id, stops)
    promises = phone_rows.promises(session, visits)
    beside = papers.of_visits(session, visits)
    theirs = [
        visit_id
        for visit_id in [*sorted(visits.keys() - stops.keys()), *stops]
        if _is_theirs(visits[visit_id], promises.get(visit_id, ()), technician_id)
    ]
    goes_along = any(visits[visit_id].crew_size > 1 for visit_id in theirs)
    colleagues = phone_rows.colleagues(session, {row.route_id for row in routes}) if goes_along else {}
    places = phone_rows.places(routes, colleagues)
    return {
        visit_id: Known(
            places.get(visit_id),
            beside[visit_id],
            _digest(visits[visit_id], promises.get(visit_id, ()), places.get(visit_id), beside[visit_id]),
        )
        for visit_id in theirs
    }


def _is_theirs(visit: Row[Any], promised: Sequence[Row[Any]], technician_id: int) -> bool:
    """Not when it is called off or a consumer is still deciding, nor when another has made it or is at the door."""
    if visit.state == VisitState.CANCELLED:
        return False
    if visit.state == VisitState.WAITING:
        return not phone_rows.is_held(promised)
    return visit.crew_size > 1 or visit.technician_id in (None, technician_id)


def _digest(visit: Row[Any], promised: Sequence[Row[Any]], place: Place | None, beside: Papers) -> str:
    """SHA-256 of everything a phone shows of a visit. A row's own `repr` leaves out what is long."""
    told = tuple(visit), [tuple(row) for row in promised], place, beside
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _told(session: Session, technician_id: int) -> Feed | None:
    rows = session.execute(FEED, {"technician": technician_id}).all()
    if not rows:
        return None
    entries = {row.visit_id: Entry(row.entry_change, row.digest, row.gone) for row in rows if row.visit_id is not None}
    return Feed(rows[0].epoch, rows[0].change, rows[0].floor, entries)


def _feed(session: Session, technician_id: int) -> PhoneFeed:
    feed = session.scalars(
        select(PhoneFeed).where(PhoneFeed.technician_id == technician_id).with_for_update()
    ).one_or_none()
    if feed is None:
        feed = PhoneFeed(technician_id=technician_id, epoch=secrets.token_hex(8), change=0, floor=0)
        session.add(feed)
        session.flush()
    return feed


def _entries(session: Session, technician_id: int, visit_ids: Sequence[int], at: datetime) -> dict[int, PhoneEntry]:
    """The entries of these visits, by their ids, and those that are gone for long."""
    wanted = or_(PhoneEntry.visit_id.in_(visit_ids), PhoneEntry.gone & (PhoneEntry.changed_at < at - KEPT))
    query = select(PhoneEntry).where(PhoneEntry.technician_id == technician_id, wanted)
    return {entry.visit_id: entry for entry in session.scalars(query)}


def _new_entry(session: Session, technician_id: int, visit_id: int) -> PhoneEntry:
    entry = PhoneEntry(technician_id=technician_id, visit_id=visit_id, digest="")
    session.add(entry)
    return entry


def _pruned(session: Session, feed: PhoneFeed, entries: Iterable[PhoneEntry], at: datetime) -> list[int]:
    """Forget what is gone for long; a phone that has not asked since then gets everything. Tells whose it was."""
    old = [entry for entry in entries if entry.gone and entry.changed_at < at - KEPT]
    for entry in old:
        feed.floor = max(feed.floor, entry.change)
        session.delete(entry)
    return [entry.visit_id for entry in old]
