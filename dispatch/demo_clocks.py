"""The clocks of the demonstration's orders: those of booked orders met long ago, those of the others running."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from dispatch import sla
from dispatch.sla_clock import SlaClock, SlaEntry, SlaEvent, SlaKind
from dispatch.sla_ledger import TARGETS
from dispatch.work_order import WorkOrder

BY = "demonstration"


def met(session: Session, orders: Sequence[WorkOrder]) -> None:
    """Clocks that ran from the goods' arrival until the appointment was made; a few statements for all of them."""
    rows = [row for order in orders if (row := _row(order)) is not None]
    if not rows:
        return
    session.execute(insert(SlaClock), rows)
    clocks = sla.ids_of(session, [row["work_order_id"] for row in rows])
    entries = [
        {"clock_id": clocks[row["work_order_id"]], "event": event, "at": row[when], "note": "", "by": BY}
        for event, when in ((SlaEvent.STARTED, "started_at"), (SlaEvent.MET, "ended_at"))
        for row in rows
    ]
    session.execute(insert(SlaEntry), entries)


def _row(order: WorkOrder) -> dict[str, Any] | None:
    promise = order.visits[0].appointment
    if promise is None or order.goods_arrived_at is None:
        return None
    return {
        "work_order_id": order.id,
        "kind": SlaKind.BOOKING,
        "subject": sla.FIRST_TRY,
        "target": TARGETS[SlaKind.BOOKING],
        "started_at": min(order.goods_arrived_at, promise.created_at),
        "ended_at": promise.created_at,
    }


def running(session: Session, orders: Sequence[WorkOrder], at: datetime) -> None:
    """Clocks that run since the goods came; who has used most of their day is on the call list."""
    for order in orders:
        sla.goods_arrived(session, order, at, BY)
