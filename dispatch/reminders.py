"""What a worker does when a clock is due: write down its milestones, remind the consumer, look again later.

The row of the outbox only says when to look. The ledger says what is true; a row that comes too often or too early
changes nothing, and a clock whose row was lost is found by `sweep`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dispatch import messages, outbox, sla_ledger
from dispatch.consumer_records import WaitlistEntry, WaitState
from dispatch.messages import Template
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.sla_clock import SlaClock, SlaKind
from dispatch.sla_ledger import BY
from dispatch.system import System
from dispatch.work_order import Visit, WorkOrder, WorkOrderState

REMIND_AT = (50, 75)
NIGHT_BEGINS, NIGHT_ENDS = 21, 8
TOO_CLOSE = timedelta(hours=3)
SURELY_LOST = timedelta(minutes=3)
AFTER_A_FAILURE = timedelta(hours=1)
AT_A_TIME = 500
OVER = {WorkOrderState.COMPLETED, WorkOrderState.CANCELLED}


def look(system: System, clock_id: int) -> dict[str, Any]:
    """Look at one clock; what was found, for the row's result."""
    with system.transaction() as session:
        return looked_at(session, clock_id, at=system.now())


def looked_at(session: Session, clock_id: int, *, at: datetime) -> dict[str, Any]:
    """Bring the ledger up to date, remind the consumer if a reminder is due, promise the next look."""
    clock = sla_ledger.find(session, clock_id, lock=True)
    if clock.next_at is None or clock.next_at > at:
        return {"skipped": "not-due"}
    if clock.kind == SlaKind.BOOKING and clock.order.state in OVER:
        sla_ledger.stop(session, clock, by=BY, at=at)
        return {"stopped": clock.order.state}
    now = sla_ledger.standing(clock, at)
    if now.resumes_at is not None and not now.is_paused:
        sla_ledger.resume(session, clock, by=BY, at=at)
    passed = sla_ledger.pass_milestones(session, clock, by=BY, at=at)
    reminded = clock.kind == SlaKind.BOOKING and _remind(session, clock, passed, at)
    return {"passed": passed, "reminded": reminded}


def _remind(session: Session, clock: SlaClock, passed: Sequence[int], at: datetime) -> bool:
    """Once for all milestones that were passed since the last look, in the daytime of the consumer's place."""
    order = clock.order
    due = [percent for percent in passed if percent in REMIND_AT]
    if not due or order.state != WorkOrderState.BOOKABLE or _is_waiting(session, order):
        return False
    send_at = in_daytime(at, order.county.area.zone if order.county else ZoneInfo("UTC"))
    is_postponed = send_at > at
    if is_postponed and max(due) < REMIND_AT[-1] and _next_reminder(clock, max(due), at) < send_at + TOO_CLOSE:
        return False
    messages.tell(session, order, Template.REMINDER, by=BY, at=at).due_at = send_at
    return True


def _is_waiting(session: Session, order: WorkOrder) -> bool:
    """Whether the consumer has told us that they found nothing: they wait for us, not we for them."""
    query = select(WaitlistEntry.id).join(Visit, Visit.id == WaitlistEntry.visit_id)
    is_open = WaitlistEntry.state.in_((WaitState.WAITING, WaitState.OFFERED))
    return session.scalar(query.where(Visit.work_order_id == order.id, is_open).limit(1)) is not None


def _next_reminder(clock: SlaClock, last: int, at: datetime) -> datetime:
    following = next(percent for percent in REMIND_AT if percent > last)
    return at + timedelta(seconds=clock.target * following / 100 - sla_ledger.standing(clock, at).elapsed)


def in_daytime(at: datetime, zone: ZoneInfo) -> datetime:
    """The instant itself, or the next morning at eight if it is night there: nobody is woken by a reminder."""
    local = at.astimezone(zone)
    if NIGHT_ENDS <= local.hour < NIGHT_BEGINS:
        return at
    morning = local.replace(hour=NIGHT_ENDS, minute=0, second=0, microsecond=0)
    if local.hour >= NIGHT_BEGINS:
        morning += timedelta(days=1)
    return morning.astimezone(at.tzinfo)


def sweep(system: System) -> int:
    """Promise anew the looks that are overdue and that no row stands for; how many there were."""
    at = system.now()
    with system.transaction(read_only=True) as session:
        lost = _lost(session, at)
    if not lost:
        return 0
    with system.transaction() as session:
        for clock_id in _lost(session, at):
            outbox.add(session, OutboxKind.CLOCK, {"clock_id": clock_id}, asked_by=BY, at=at)
        session.info["wake"] = True
    return len(lost)


def _lost(session: Session, at: datetime) -> list[int]:
    """Overdue clocks without a row. One whose row has failed is tried again, but not every minute."""
    overdue = select(SlaClock.id).where(SlaClock.ended_at.is_(None), SlaClock.next_at < at - SURELY_LOST)
    clocks = session.scalars(overdue.order_by(SlaClock.next_at).limit(AT_A_TIME)).all()
    if not clocks:
        return []
    is_on_its_way = Outbox.state.in_((OutboxState.WAITING, OutboxState.RUNNING)) & (Outbox.due_at <= at)
    has_failed = (Outbox.state == OutboxState.FAILED) & (Outbox.due_at > at - AFTER_A_FAILURE)
    rows = session.scalars(
        select(Outbox.payload).where(Outbox.kind == OutboxKind.CLOCK, or_(is_on_its_way, has_failed))
    )
    covered = {payload["clock_id"] for payload in rows}
    return [clock_id for clock_id in clocks if clock_id not in covered]
