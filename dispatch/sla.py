"""The 24-hour clock: an appointment within a day of the goods' arrival, through all that happens to an order.

It starts when the goods are there, rests while the address is unclear, is met by an appointment and stops with the
order. When an appointment is given back or a visit could not be completed, the next try has a clock of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from dispatch import outbox, sla_ledger
from dispatch.outbox import OutboxKind
from dispatch.sla_clock import PauseCause, SlaClock, SlaEntry, SlaEvent, SlaKind
from dispatch.sla_standing import MILESTONES, Standing
from dispatch.work_order import FailureReason, WorkOrder, WorkOrderState

FIRST_TRY = "1"
PAUSED_BY = {
    FailureReason.GOODS_DAMAGED: PauseCause.GOODS_DAMAGED,
    FailureReason.SITE_NOT_READY: PauseCause.SITE_NOT_READY,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """An order that has just been taken in, as far as its clock is concerned."""

    order_id: int
    state: WorkOrderState
    goods_arrived_at: datetime | None


def opened_all(session: Session, orders: Sequence[Opened], *, by: str, at: datetime) -> None:
    """Start the clocks of new orders whose goods are there: the same few statements for one and for thousands.

    The time counts from `at`, since no order existed before. A parked one rests, a booked one is met at once.
    """
    timed = [order for order in orders if order.goods_arrived_at is not None]
    if not timed:
        return
    first_look = at + timedelta(seconds=sla_ledger.TARGETS[SlaKind.BOOKING] * MILESTONES[0] // 100)
    session.execute(insert(SlaClock), [_row(order, first_look, at) for order in timed])
    ids = ids_of(session, [order.order_id for order in timed])
    pairs = [(ids[order.order_id], order) for order in timed]
    entries = [_entry(clock_id, SlaEvent.STARTED, None, by, at) for clock_id, _ in pairs]
    parked = [_entry(c, SlaEvent.PAUSED, PauseCause.ADDRESS_UNCLEAR, by, at) for c, o in pairs if _is_parked(o)]
    booked = [_entry(c, SlaEvent.MET, None, by, at) for c, o in pairs if o.state == WorkOrderState.BOOKED]
    session.execute(insert(SlaEntry), [*entries, *parked, *booked])
    running = [{"clock_id": c} for c, o in pairs if o.state == WorkOrderState.BOOKABLE]
    outbox.add_all(session, OutboxKind.CLOCK, running, asked_by=sla_ledger.BY, at=at, due_at=first_look)


def ids_of(session: Session, order_ids: Sequence[int]) -> dict[int, int]:
    """The first booking clock of each order. Read back: asked for their ids, SQLite would insert one by one."""
    query = select(SlaClock.work_order_id, SlaClock.id).where(
        SlaClock.work_order_id.between(min(order_ids), max(order_ids)),
        SlaClock.kind == SlaKind.BOOKING,
        SlaClock.subject == FIRST_TRY,
    )
    return {order_id: clock_id for order_id, clock_id in session.execute(query)}


def _is_parked(order: Opened) -> bool:
    return order.state == WorkOrderState.PARKED


def _row(order: Opened, first_look: datetime, at: datetime) -> dict[str, Any]:
    return {
        "work_order_id": order.order_id,
        "kind": SlaKind.BOOKING,
        "subject": FIRST_TRY,
        "target": sla_ledger.TARGETS[SlaKind.BOOKING],
        "started_at": at,
        "ended_at": at if order.state == WorkOrderState.BOOKED else None,
        "next_at": first_look if order.state == WorkOrderState.BOOKABLE else None,
    }


def _entry(clock_id: int, event: SlaEvent, cause: PauseCause | None, by: str, at: datetime) -> dict[str, Any]:
    return {"clock_id": clock_id, "event": event, "at": at, "cause": cause, "note": "", "by": by}


def goods_arrived(session: Session, order: WorkOrder, at: datetime, by: str) -> None:
    """Start the clock of an order whose goods are there: from when they came, but not before the order did."""
    if order.goods_arrived_at is None:
        return
    started_at = min(max(order.goods_arrived_at, order.created_at), at)
    clock = _start(session, order, FIRST_TRY, started_at, at, by)
    if order.state == WorkOrderState.PARKED:
        sla_ledger.pause(session, clock, PauseCause.ADDRESS_UNCLEAR, by=by, at=at)
    if order.state == WorkOrderState.BOOKED:
        sla_ledger.meet(session, clock, by=by, at=at)


def appointment_made(session: Session, order: WorkOrder, at: datetime, by: str) -> None:
    """The consumer has an appointment: the running clock is met. Without one, nothing happens."""
    for clock in running(session, order.id):
        sla_ledger.meet(session, clock, by=by, at=at)


def appointment_cancelled(session: Session, order: WorkOrder, at: datetime, by: str) -> None:
    """The appointment is given back: a new day to make another one begins, if the goods are there."""
    _try_again(session, order, at, by)


def could_not_complete(session: Session, order: WorkOrder, because: FailureReason, at: datetime, by: str) -> None:
    """Somebody has to come again: a new clock, which rests where the reason is not ours to remove."""
    clock = _try_again(session, order, at, by)
    if clock is not None and because in PAUSED_BY:
        sla_ledger.pause(session, clock, PAUSED_BY[because], by=by, at=at)


def parked(session: Session, order: WorkOrder, at: datetime, by: str, why: str = "") -> None:
    """The order went onto the worklist: nobody can book it until its place is known."""
    for clock in running(session, order.id):
        sla_ledger.pause(session, clock, PauseCause.ADDRESS_UNCLEAR, note=why, by=by, at=at)


def placed(session: Session, order: WorkOrder, at: datetime, by: str) -> None:
    """The order left the worklist: count on, or be met by the promise that it brought."""
    for clock in running(session, order.id):
        if sla_ledger.standing(clock, at).cause == PauseCause.ADDRESS_UNCLEAR:
            sla_ledger.resume(session, clock, by=by, at=at)
        if order.state == WorkOrderState.BOOKED:
            sla_ledger.meet(session, clock, by=by, at=at)


def order_cancelled(session: Session, order: WorkOrder, at: datetime, by: str) -> None:
    """Nothing is left to be booked."""
    for clock in running(session, order.id):
        sla_ledger.stop(session, clock, by=by, at=at)


def running(session: Session, order_id: int) -> list[SlaClock]:
    """The booking clocks of an order that have not ended, paused or not: one, or none."""
    query = select(SlaClock).where(
        SlaClock.work_order_id == order_id, SlaClock.kind == SlaKind.BOOKING, SlaClock.ended_at.is_(None)
    )
    return list(session.scalars(query.order_by(SlaClock.id)))


def latest(session: Session, order_id: int, at: datetime) -> Standing | None:
    """Where the booking clock of an order stands, the last one if there were several; None before the goods came."""
    query = select(SlaClock).where(SlaClock.work_order_id == order_id, SlaClock.kind == SlaKind.BOOKING)
    clock = session.scalars(query.order_by(SlaClock.id.desc()).limit(1)).one_or_none()
    return sla_ledger.standing(clock, at) if clock is not None else None


def _try_again(session: Session, order: WorkOrder, at: datetime, by: str) -> SlaClock | None:
    if order.goods_arrived_at is None or running(session, order.id):
        return None
    tries = select(func.count()).where(SlaClock.work_order_id == order.id, SlaClock.kind == SlaKind.BOOKING)
    number = (session.scalar(tries) or 0) + 1
    return _start(session, order, str(number), at, at, by)


def _start(session: Session, order: WorkOrder, subject: str, started_at: datetime, at: datetime, by: str) -> SlaClock:
    return sla_ledger.start(session, order.id, SlaKind.BOOKING, subject=subject, started_at=started_at, by=by, at=at)
