"""Why a consumer has to be called: their day runs out, they asked for it, a message or their wish came to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, selectinload

from dispatch import sla_ledger, wishes
from dispatch.consumer_records import ConsumerCall, WaitlistEntry, WaitState, Wish
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.sla_clock import SlaClock, SlaEntry, SlaEvent, SlaKind
from dispatch.sla_standing import Standing
from dispatch.work_order import Visit, WorkOrder, WorkOrderState
from technicians.place import County

T = TypeVar("T")
FROM_PERCENT = 75
MESSAGES_OF = timedelta(days=7)
OVER = (WorkOrderState.COMPLETED, WorkOrderState.CANCELLED)
Timed = dict[int, tuple[SlaClock, Standing]]


class Because(StrEnum):
    """Why somebody is on the list."""

    TIME_RUNS_OUT = "time-runs-out"
    ASKED_FOR_A_CALL = "asked-for-a-call"
    MESSAGE_FAILED = "message-failed"
    WISHES_DO_NOT_FIT = "wishes-do-not-fit"


Reasons = dict[int, dict[Because, datetime | None]]


def timed(session: Session, at: datetime, which: ColumnElement[bool]) -> Timed:
    """The open booking clocks that are meant, by order, and where they stand.

    Orders on the worklist are left to it: they have no county yet.
    """
    query = _open(select(SlaClock)).where(which).options(selectinload(SlaClock.entries))
    clocks = session.scalars(query.execution_options(populate_existing=True))
    return {clock.work_order_id: (clock, sla_ledger.standing(clock, at)) for clock in clocks}


def number(session: Session, which: ColumnElement[bool]) -> int:
    """How many open booking clocks are meant."""
    return session.scalar(_open(select(func.count(SlaClock.id)).select_from(SlaClock)).where(which)) or 0


def _open(query: Select[T]) -> Select[T]:
    return (
        query.join(WorkOrder, WorkOrder.id == SlaClock.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .where(SlaClock.kind == SlaKind.BOOKING, SlaClock.ended_at.is_(None))
        .where(WorkOrder.state == WorkOrderState.BOOKABLE)
    )


def far_enough(area_code: str, at: datetime) -> ColumnElement[bool]:
    """Clocks of an area that may have come to where calls begin."""
    least = timedelta(seconds=sla_ledger.TARGETS[SlaKind.BOOKING] * FROM_PERCENT // 100)
    return (County.area_code == area_code) & (SlaClock.started_at <= at - least)


def have_rested(area_code: str) -> ColumnElement[bool]:
    """Clocks of an area that rest, or have."""
    pauses = select(SlaEntry.id).where(SlaEntry.clock_id == SlaClock.id, SlaEntry.event == SlaEvent.PAUSED)
    return (County.area_code == area_code) & pauses.exists()


def reasons(session: Session, area_code: str, clocks: Timed, at: datetime) -> Reasons:
    """Every order of the area whose consumer has to be called, each reason with since when (None: the clock says)."""
    found: Reasons = {}
    for order_id, (_, now) in clocks.items():
        if now.is_running and now.percent >= FROM_PERCENT:
            found.setdefault(order_id, {})[Because.TIME_RUNS_OUT] = None
    for order_id, since in _asked(session, area_code):
        found.setdefault(order_id, {})[Because.ASKED_FOR_A_CALL] = since
    for order_id, since in _failed(session, area_code, at):
        found.setdefault(order_id, {})[Because.MESSAGE_FAILED] = since
    for order_id, trip in wishes.in_vain(session, area_code).items():
        found.setdefault(order_id, {})[Because.WISHES_DO_NOT_FIT] = trip.at
    return found


def _asked(session: Session, area_code: str) -> Iterable[tuple[int, datetime]]:
    query = (
        select(WorkOrder.id, func.min(WaitlistEntry.created_at))
        .select_from(WaitlistEntry)
        .join(Visit, Visit.id == WaitlistEntry.visit_id)
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .where(
            WaitlistEntry.wish == Wish.CALL,
            WaitlistEntry.state.in_((WaitState.WAITING, WaitState.OFFERED)),
            County.area_code == area_code,
            WorkOrder.state.not_in(OVER),
        )
        .group_by(WorkOrder.id)
    )
    return [(order_id, since) for order_id, since in session.execute(query)]


def _failed(session: Session, area_code: str, at: datetime) -> Iterable[tuple[int, datetime]]:
    """Orders with a message that was given up, and nobody has spoken to the consumer since."""
    rows = session.execute(
        select(Outbox.payload, Outbox.created_at)
        .where(Outbox.state == OutboxState.FAILED, Outbox.due_at > at - MESSAGES_OF)
        .where(Outbox.kind == OutboxKind.MESSAGE)
        .order_by(Outbox.id)
    )
    last = {payload["order_id"]: created_at for payload, created_at in rows if "order_id" in payload}
    if not last:
        return []
    spoken = select(ConsumerCall.work_order_id, func.max(ConsumerCall.at)).where(
        ConsumerCall.work_order_id.in_(last), ConsumerCall.reached
    )
    spoken_at = {order_id: when for order_id, when in session.execute(spoken.group_by(ConsumerCall.work_order_id))}
    here = (
        select(WorkOrder.id)
        .join(County, County.code == WorkOrder.county_code)
        .where(WorkOrder.id.in_(last), County.area_code == area_code, WorkOrder.state.not_in(OVER))
    )
    orders = session.scalars(here)
    return [(order, last[order]) for order in orders if order not in spoken_at or spoken_at[order] < last[order]]
