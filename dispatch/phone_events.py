"""Events of phones: each counts once, in the order in which its phone numbered them, however they arrive.

An event whose predecessor is missing is held and applied when that comes, or when the phone says that nothing older
is left on it. What was once received is kept as it was sent, whatever became of it,
and is never refused for being late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dispatch import expected_times, locked_visits, order_events, phone_apply, phone_clock, positions, visit_told
from dispatch.evidence import VisitEvent
from dispatch.phone_clock import Reading
from dispatch.phone_records import PhoneEvent, PhoneOutcome, PhoneStream
from dispatch.phone_reports import Answer, Batch, Report, Verdict
from dispatch.system import System

SKEWED, REUSED = "clock-skew", "seq-reused"
WAITS = "waits-for-predecessor"
EDITED, TAKEN = "edited", "event-id-taken"
COUNTS = "counts"
LONGEST_HELD = timedelta(hours=12)
HELD_MOST = 1000


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
    taking = _begin(session, stream, batch, skew, at)
    answers: dict[int, Answer] = {}
    with (
        expected_times.once(session, at),
        order_events.together(session, at),
        positions.once(session),
        visit_told.once(session),
    ):
        for index in sorted(range(len(batch.reports)), key=lambda index: batch.reports[index].seq):
            answers[index] = _receive(taking, batch.reports[index])
        _go_on(session, stream, taking.held, batch.oldest_seq)
    session.flush()
    settled = [_settled(taking, answers[index]) for index in range(len(batch.reports))]
    return Receipt(settled, stream.next_seq, skew)


@dataclass(frozen=True, slots=True)
class _Taking:
    """A batch being taken in: what is known of its event ids, from batches (`events`) and from older apps (`told`).

    `held`: what waits on this stream for a predecessor.
    """

    session: Session
    stream: PhoneStream
    sent: Reading
    skew: timedelta
    at: datetime
    events: dict[str, PhoneEvent]
    told: dict[str, VisitEvent]
    held: list[PhoneEvent]


def _begin(session: Session, stream: PhoneStream, batch: Batch, skew: timedelta, at: datetime) -> _Taking:
    ids = [report.event_id for report in batch.reports]
    events = {
        event.event_id: event for event in session.scalars(select(PhoneEvent).where(PhoneEvent.event_id.in_(ids)))
    }
    fresh = [report for report in batch.reports if report.event_id not in events]
    told = select(VisitEvent).where(VisitEvent.event_id.in_([report.event_id for report in fresh]))
    known = {event.event_id: event for event in session.scalars(told)} if fresh else {}
    held = _waiting(session, stream)
    visit_ids = {each.visit_id for each in fresh} | {each.visit_id for each in held}
    if about := {each for each in visit_ids if each is not None}:
        locked_visits.lock(session, about, stream.technician_id)
    return _Taking(session, stream, batch.sent, skew, at, events, known, held)


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
        _go_on(session, stream, _waiting(session, stream), newest or 1)
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


def _receive(taking: _Taking, report: Report) -> Answer:
    """Keep it and apply it if it is its turn. The answer stands unless something is let go after it."""
    known = taking.events.get(report.event_id)
    if known is not None:
        return _again(taking.stream, known, report)
    if (told := taking.told.get(report.event_id)) is not None:
        return _told_otherwise(taking.stream, told, report)
    event = PhoneEvent(
        event_id=report.event_id, stream=taking.stream, seq=report.seq, type=report.type, visit_id=report.visit_id,
        device_time=report.happened.wall, at=taking.at - phone_clock.age(report.happened, taking.sent),
        received_at=taking.at, skew=round(taking.skew.total_seconds()), digest=report.digest(), body=report.body(),
        flags=_flags(taking.stream, report, taking.skew), outcome=PhoneOutcome.HELD, reason=WAITS,
    )  # fmt: skip
    taking.events[report.event_id] = event
    if report.seq <= taking.stream.next_seq:
        _apply(taking.session, taking.stream, event)
    else:
        taking.held.append(event)
    taking.session.add(event)
    return _answer(event, report.seq)


def _settled(taking: _Taking, answer: Answer) -> Answer:
    """What became of an event by the end of its batch: one that was held may have been let go."""
    if answer.verdict != Verdict.HELD:
        return answer
    return _answer(taking.events[answer.event_id], answer.seq)


def _again(stream: PhoneStream, known: PhoneEvent, report: Report) -> Answer:
    """A repeat; an edited one is refused, and so is somebody else's id, of which nothing more is told."""
    is_from_here = known.stream is stream
    if not is_from_here and known.stream.technician_id != stream.technician_id:
        return Answer(report.event_id, report.seq, Verdict.REJECTED, TAKEN)
    if known.digest != report.digest():
        return Answer(report.event_id, report.seq, Verdict.REJECTED, EDITED)
    if not is_from_here and report.seq == stream.next_seq:
        stream.next_seq += 1
    if known.outcome == PhoneOutcome.APPLIED:
        return Answer(report.event_id, report.seq, Verdict.DUPLICATE, counts=True, flags=tuple(known.flags))
    return _answer(known, report.seq)


def _told_otherwise(stream: PhoneStream, known: VisitEvent, report: Report) -> Answer:
    """What an older app has already told by the routes of single visits."""
    if known.technician_id != stream.technician_id or known.visit_id != report.visit_id:
        return Answer(report.event_id, report.seq, Verdict.REJECTED, TAKEN)
    if report.seq == stream.next_seq:
        stream.next_seq += 1
    return Answer(report.event_id, report.seq, Verdict.DUPLICATE, counts=True)


def _waiting(session: Session, stream: PhoneStream) -> list[PhoneEvent]:
    query = select(PhoneEvent).where(PhoneEvent.stream_id == stream.id, PhoneEvent.outcome == PhoneOutcome.HELD)
    return list(session.scalars(query.order_by(PhoneEvent.id)))


def _go_on(session: Session, stream: PhoneStream, held: Iterable[PhoneEvent], oldest_seq: int) -> None:
    """Apply what was held and whose turn it is; what the phone no longer has is not waited for.

    Nor is anything once too much waits: a phone that leaves gaps without end does not fill our memory.
    """
    in_order = sorted(held, key=lambda event: event.seq)
    if len(in_order) > HELD_MOST:
        oldest_seq = max(oldest_seq, in_order[-HELD_MOST - 1].seq)
    for event in in_order:
        if event.seq > max(stream.next_seq, oldest_seq):
            break
        _apply(session, stream, event)
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


def _flags(stream: PhoneStream, report: Report, skew: timedelta) -> list[str]:
    flags = [SKEWED] if phone_clock.is_flagged(skew) else []
    return [*flags, REUSED] if report.seq < stream.next_seq else flags


def _answer(event: PhoneEvent, seq: int) -> Answer:
    counts = event.outcome == PhoneOutcome.APPLIED or COUNTS in event.flags
    flags = tuple(flag for flag in event.flags if flag != COUNTS)
    return Answer(event.event_id, seq, Verdict(event.outcome), event.reason, counts, flags)
