"""Events of phones: each counts once, in the order in which its phone numbered them, however they arrive.

An event whose predecessor is missing is held and applied when that comes, or when the phone says that nothing older
is left on it. What was once received is kept as it was sent, whatever became of it,
and is never refused for being late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dispatch import phone_apply, phone_clock
from dispatch.evidence import VisitEvent
from dispatch.phone_records import PhoneEvent, PhoneOutcome, PhoneStream
from dispatch.phone_reports import Answer, Batch, Report, Verdict
from dispatch.system import System

SKEWED, REUSED = "clock-skew", "seq-reused"
WAITS = "waits-for-predecessor"
EDITED, TAKEN = "edited", "event-id-taken"
COUNTS = "counts"
LONGEST_HELD = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One answer for each event, in the order in which they were sent; `next_seq` is what the server waits for.

    `skew`: the phone's clock is ahead of ours by this much (negative: behind).
    """

    answers: list[Answer]
    next_seq: int
    skew: timedelta


def take(session: Session, technician_id: int, device_id: str, batch: Batch, *, at: datetime) -> Receipt:
    """Take in what a phone sends. Safe to repeat with the same events in any order and any other batch."""
    stream = stream_of(session, technician_id, device_id, at)
    skew = phone_clock.skew(batch.sent, at)
    stream.skew, stream.last_seen_at = round(skew.total_seconds()), at
    in_order = sorted(range(len(batch.reports)), key=lambda index: batch.reports[index].seq)
    early: dict[int, Answer] = {}
    for index in in_order:
        answer = _receive(session, stream, batch, batch.reports[index], skew, at)
        if answer is not None:
            early[index] = answer
    _go_on(session, stream, batch.oldest_seq)
    answers = [early.get(index) or _answer(session, report) for index, report in enumerate(batch.reports)]
    return Receipt(answers, stream.next_seq, skew)


def stream_of(session: Session, technician_id: int, device_id: str, at: datetime) -> PhoneStream:
    """The stream of a technician on a device, locked; a new one begins at 1."""
    query = select(PhoneStream).where(PhoneStream.technician_id == technician_id, PhoneStream.device_id == device_id)
    stream = session.scalars(query.with_for_update()).one_or_none()
    if stream is None:
        stream = PhoneStream(technician_id=technician_id, device_id=device_id, next_seq=1, last_seen_at=at)
        session.add(stream)
        session.flush()
    return stream


def sweep(system: System) -> int:
    """Let go what is overdue; how many streams went on."""
    with system.transaction(read_only=True) as session:
        if not _overdue(session, system.now()):
            return 0
    with system.transaction() as session:
        return let_go(session, at=system.now())


def let_go(session: Session, *, at: datetime) -> int:
    """Apply what was held for half a day: the phone that has its predecessor is gone. How many streams went on."""
    overdue = _overdue(session, at)
    for stream_id in overdue:
        stream = session.scalars(select(PhoneStream).where(PhoneStream.id == stream_id).with_for_update()).one()
        newest = session.scalar(select(func.max(PhoneEvent.seq)).where(*_held(at), PhoneEvent.stream_id == stream_id))
        _go_on(session, stream, newest or 1)
    return len(overdue)


def next_seq(session: Session, technician_id: int, device_id: str) -> int:
    """The number that is waited for from a technician on a device."""
    query = select(PhoneStream.next_seq).where(
        PhoneStream.technician_id == technician_id, PhoneStream.device_id == device_id
    )
    return session.scalar(query) or 1


def _held(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return PhoneEvent.outcome == PhoneOutcome.HELD, PhoneEvent.received_at <= at - LONGEST_HELD


def _overdue(session: Session, at: datetime) -> Sequence[int]:
    is_waiting = select(PhoneEvent.id).where(PhoneEvent.stream_id == PhoneStream.id, *_held(at)).exists()
    return session.scalars(select(PhoneStream.id).where(is_waiting).order_by(PhoneStream.id)).all()


def _receive(
    session: Session, stream: PhoneStream, batch: Batch, report: Report, skew: timedelta, at: datetime
) -> Answer | None:
    """Keep it and apply it if it is its turn. An answer only where nothing new was kept."""
    known = session.scalars(select(PhoneEvent).where(PhoneEvent.event_id == report.event_id)).one_or_none()
    if known is not None:
        return _again(stream, known, report)
    if (told := _told_otherwise(session, stream, report)) is not None:
        return told
    event = PhoneEvent(
        event_id=report.event_id, stream=stream, seq=report.seq, type=report.type, visit_id=report.visit_id,
        device_time=report.happened.wall, at=at - phone_clock.age(report.happened, batch.sent), received_at=at,
        skew=round(skew.total_seconds()), digest=report.digest(), body=report.body(),
        flags=_flags(stream, report, skew), outcome=PhoneOutcome.HELD, reason=WAITS,
    )  # fmt: skip
    session.add(event)
    session.flush()
    if report.seq <= stream.next_seq:
        _apply(session, stream, event)
    return None


def _again(stream: PhoneStream, known: PhoneEvent, report: Report) -> Answer | None:
    """A repeat; an edited one is refused, and so is somebody else's id, of which nothing more is told."""
    if known.stream_id != stream.id and known.stream.technician_id != stream.technician_id:
        return Answer(report.event_id, report.seq, Verdict.REJECTED, TAKEN)
    if known.digest != report.digest():
        return Answer(report.event_id, report.seq, Verdict.REJECTED, EDITED)
    if known.stream_id != stream.id and report.seq == stream.next_seq:
        stream.next_seq += 1
    if known.outcome == PhoneOutcome.APPLIED:
        return Answer(report.event_id, report.seq, Verdict.DUPLICATE, counts=True, flags=tuple(known.flags))
    return None


def _told_otherwise(session: Session, stream: PhoneStream, report: Report) -> Answer | None:
    """What an older app has already told by the routes of single visits."""
    known = session.scalars(select(VisitEvent).where(VisitEvent.event_id == report.event_id)).one_or_none()
    if known is None:
        return None
    if known.technician_id != stream.technician_id or known.visit_id != report.visit_id:
        return Answer(report.event_id, report.seq, Verdict.REJECTED, TAKEN)
    if report.seq == stream.next_seq:
        stream.next_seq += 1
    return Answer(report.event_id, report.seq, Verdict.DUPLICATE, counts=True)


def _go_on(session: Session, stream: PhoneStream, oldest_seq: int) -> None:
    """Apply what was held and whose turn it is; what the phone no longer has is not waited for."""
    while True:
        held = session.scalars(
            select(PhoneEvent)
            .where(PhoneEvent.stream_id == stream.id, PhoneEvent.outcome == PhoneOutcome.HELD)
            .order_by(PhoneEvent.seq, PhoneEvent.id)
            .limit(1)
        ).one_or_none()
        if held is None or held.seq > max(stream.next_seq, oldest_seq):
            break
        _apply(session, stream, held)
    stream.next_seq = max(stream.next_seq, oldest_seq)


def _apply(session: Session, stream: PhoneStream, event: PhoneEvent) -> None:
    """In the order of the numbers time does not run backwards, whatever the phone's clock did."""
    if REUSED not in event.flags:
        event.at = max(event.at, stream.last_at or event.at)
        stream.last_at = event.at
    stream.next_seq = max(stream.next_seq, event.seq + 1)
    event.outcome, event.reason, counts = phone_apply.apply(session, event, stream)
    if event.outcome == PhoneOutcome.CONFLICT and counts:
        event.flags = [*event.flags, COUNTS]
    session.flush()


def _flags(stream: PhoneStream, report: Report, skew: timedelta) -> list[str]:
    flags = [SKEWED] if phone_clock.is_flagged(skew) else []
    return [*flags, REUSED] if report.seq < stream.next_seq else flags


def _answer(session: Session, report: Report) -> Answer:
    event = session.scalars(select(PhoneEvent).where(PhoneEvent.event_id == report.event_id)).one()
    counts = event.outcome == PhoneOutcome.APPLIED or COUNTS in event.flags
    flags = tuple(flag for flag in event.flags if flag != COUNTS)
    return Answer(event.event_id, report.seq, Verdict(event.outcome), event.reason, counts, flags)
