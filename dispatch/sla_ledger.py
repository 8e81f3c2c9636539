"""The verbs of a clock: each appends to its ledger in the caller's transaction, and each is safe to repeat.

A verb locks the clock's row. Whoever also writes an audit entry writes it first, as bookings do: two locks, one order.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import outbox
from dispatch.outbox import OutboxKind
from dispatch.sla_clock import PauseCause, SlaClock, SlaEntry, SlaEvent, SlaKind
from dispatch.sla_standing import ENDS, Standing, next_look, reached, state_of
from technicians.errors import Conflict, InvalidInput, NotFound

HOUR = 3600
TARGETS = {SlaKind.BOOKING: 24 * HOUR, SlaKind.RESPONSE: HOUR, SlaKind.RESOLUTION: 48 * HOUR}
BY = "clock"
LONGEST_NOTE = 500


def find(session: Session, clock_id: int, *, lock: bool = False) -> SlaClock:
    """The clock with its ledger as it is now; NotFound when there is none."""
    query = select(SlaClock).where(SlaClock.id == clock_id).execution_options(populate_existing=True)
    clock = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if clock is None:
        raise NotFound("There is no clock {clock}.", field="clock", remedy="Reload the page.", clock=clock_id)
    session.expire(clock, ["entries"])
    return clock


def standing(clock: SlaClock, at: datetime) -> Standing:
    """Where it stands now; never before what its ledger has seen."""
    return state_of(clock, clock.entries, _not_before_the_last(clock, at))


def start(
    session: Session, order_id: int, kind: SlaKind, *, subject: str, started_at: datetime, by: str, at: datetime
) -> SlaClock:
    """Begin to count; the clock there is, unchanged, when it was begun before."""
    known = session.scalars(
        select(SlaClock).where(SlaClock.work_order_id == order_id, SlaClock.kind == kind, SlaClock.subject == subject)
    ).one_or_none()
    if known is not None:
        return known
    clock = SlaClock(
        work_order_id=order_id, kind=kind, subject=subject, target=TARGETS[kind], started_at=min(started_at, at)
    )
    clock.entries.append(SlaEntry(event=SlaEvent.STARTED, at=clock.started_at, note="", by=by))
    session.add(clock)
    session.flush()
    _look_again(session, clock, at)
    return clock


def pause(
    session: Session,
    clock: SlaClock,
    cause: PauseCause,
    *,
    note: str = "",
    until: datetime | None = None,
    by: str,
    at: datetime,
) -> SlaClock:
    """Stop counting, for ever or until an instant; on a paused clock the new cause replaces the old one.

    Raises Conflict when the clock has ended and InvalidInput for an end that is not ahead.
    """
    clock = find(session, clock.id, lock=True)
    now = standing(clock, at)
    _require_open(now)
    if until is not None and until <= at:
        raise InvalidInput("The day is not ahead.", field="until", remedy="Choose a later one.")
    if now.is_paused and (now.cause, now.resumes_at) == (cause, until):
        return clock
    _append(clock, SlaEvent.PAUSED, by=by, at=at, cause=cause, note=note[:LONGEST_NOTE], until=until)
    _look_again(session, clock, at)
    return clock


def resume(session: Session, clock: SlaClock, *, note: str = "", by: str, at: datetime) -> SlaClock:
    """Count on; nothing happens to a clock that runs. A pause whose end has passed is closed at that end."""
    clock = find(session, clock.id, lock=True)
    now = standing(clock, at)
    _require_open(now)
    if not now.is_paused and now.resumes_at is None:
        return clock
    ends_at = at if now.is_paused else now.resumes_at or at
    _append(clock, SlaEvent.RESUMED, by=by, at=ends_at, note=note[:LONGEST_NOTE])
    _look_again(session, clock, at)
    return clock


def meet(session: Session, clock: SlaClock, *, by: str, at: datetime) -> SlaClock:
    """What was promised has happened. Too late is a breach first; a second time changes nothing."""
    return _end(session, clock, SlaEvent.MET, note="", by=by, at=at)


def stop(session: Session, clock: SlaClock, *, note: str = "", by: str, at: datetime) -> SlaClock:
    """What was promised is no longer wanted. A second time changes nothing."""
    return _end(session, clock, SlaEvent.STOPPED, note=note[:LONGEST_NOTE], by=by, at=at)


def pass_milestones(session: Session, clock: SlaClock, *, by: str, at: datetime) -> list[int]:
    """Write down the milestones that are behind us, each once; which ones are new, in percent."""
    clock = find(session, clock.id, lock=True)
    now = standing(clock, at)
    if now.ended is not None:
        return []
    new = _passed(clock, now, by=by, at=at)
    _look_again(session, clock, at)
    return new


def _passed(clock: SlaClock, now: Standing, *, by: str, at: datetime) -> list[int]:
    new = reached(now)
    for percent in new:
        _append(clock, SlaEvent.BREACHED if percent == 100 else SlaEvent.WARNED, by=by, at=at, percent=percent)
    return new


def _end(session: Session, clock: SlaClock, event: SlaEvent, *, note: str, by: str, at: datetime) -> SlaClock:
    clock = find(session, clock.id, lock=True)
    now = standing(clock, at)
    if now.ended == event:
        return clock
    _require_open(now)
    if now.is_missed and 100 not in now.passed:
        _append(clock, SlaEvent.BREACHED, by=BY, at=at, percent=100)
    _append(clock, event, by=by, at=at, note=note)
    clock.ended_at, clock.next_at = clock.entries[-1].at, None
    session.flush()
    return clock


def _append(
    clock: SlaClock,
    event: SlaEvent,
    *,
    by: str,
    at: datetime,
    percent: int | None = None,
    cause: PauseCause | None = None,
    note: str = "",
    until: datetime | None = None,
) -> None:
    at = _not_before_the_last(clock, at)
    clock.entries.append(SlaEntry(event=event, at=at, percent=percent, cause=cause, note=note, until=until, by=by))


def _not_before_the_last(clock: SlaClock, at: datetime) -> datetime:
    """Two machines' clocks differ a little; a ledger does not run backwards for that."""
    return max([at, clock.started_at, *(entry.at for entry in clock.entries)])


def _require_open(now: Standing) -> None:
    if now.ended in ENDS:
        raise Conflict("The clock has ended already.", field="clock", remedy="Reload the page.")


def _look_again(session: Session, clock: SlaClock, at: datetime) -> None:
    """Promise the next look. A row that is in the way of nothing stays: it will find that it is not due."""
    clock.next_at = next_look(standing(clock, at), at)
    session.flush()
    if clock.next_at is not None:
        outbox.add(session, OutboxKind.CLOCK, {"clock_id": clock.id}, asked_by=BY, at=at, due_at=clock.next_at)
