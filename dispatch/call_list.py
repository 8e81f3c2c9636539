"""The call list: who has to be called and why, soonest first, with all a dispatcher needs at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from dispatch import calls, wishes
from dispatch.call_reasons import Because, far_enough, have_rested, number, reasons, timed
from dispatch.catalogue import Merchant, ServiceProduct
from dispatch.consumer_records import ConsumerCall
from dispatch.sla_clock import SlaClock
from dispatch.sla_standing import Standing
from dispatch.wishes import DayWish
from dispatch.work_order import WorkOrder, WorkOrderState
from technicians.place import County, PlanningArea

CAN_BE_CHOSEN = {WorkOrderState.BOOKABLE, WorkOrderState.BOOKED}


@dataclass(frozen=True, slots=True)
class CallLine:
    """One consumer to be called. `standing` is the running or resting booking clock, if there is one.

    `not_reached` are the calls in vain since that clock began (or ever, without one); `may_give_up` says whether
    they are enough. `since` is when the first reason came up that no clock tells. `wishes` are what the consumer told
    the technician of the last visit and could not be had.
    """

    order_id: int
    number: str
    state: WorkOrderState
    merchant: str
    product_zh: str
    product_en: str
    icon: str
    consumer_name: str
    consumer_phone: str
    county_code: str
    county_zh: str
    county_en: str
    time_zone: str
    because: tuple[Because, ...] = ()
    since: datetime | None = None
    standing: Standing | None = None
    not_reached: int = 0
    last_call_at: datetime | None = None
    may_give_up: bool = False
    wishes: tuple[DayWish, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def can_be_booked(self) -> bool:
        return self.state in CAN_BE_CHOSEN


@dataclass(frozen=True, slots=True)
class CallList:
    """Who is to be called now, and whose clocks rest."""

    due: list[CallLine]
    resting: list[CallLine]


def of_area(session: Session, area_code: str, at: datetime) -> CallList:
    """The list of an area at an instant, in a handful of statements."""
    clocks = timed(session, at, far_enough(area_code, at) | have_rested(area_code))
    wanted = reasons(session, area_code, clocks, at)
    clocks |= timed(session, at, WorkOrder.id.in_(wanted.keys() - clocks.keys()))
    resting = {order_id for order_id, (_, now) in clocks.items() if now.is_paused}
    orders = {line.order_id: line for line in _lines(session, {*wanted, *resting})}
    called, trips = _calls(session, orders), wishes.in_vain(session, area_code)
    full = {
        order_id: _full(
            replace(line, wishes=wishes.of_trip(trips[order_id]) if order_id in trips else ()),
            wanted.get(order_id, {}),
            clocks.get(order_id),
            called.get(order_id, []),
        )
        for order_id, line in orders.items()
    }
    return CallList(
        due=sorted((full[order_id] for order_id in wanted if order_id in full), key=_urgency),
        resting=sorted((full[order_id] for order_id in resting if order_id in full), key=_rests_until),
    )


def count(session: Session, area_code: str, at: datetime) -> int:
    """How many are to be called now: the number beside the room. Ledgers are read only where a clock has rested."""
    due = far_enough(area_code, at)
    never_rested = due & ~have_rested(area_code)
    others = reasons(session, area_code, timed(session, at, due & have_rested(area_code)), at)
    both = number(session, never_rested & WorkOrder.id.in_(others.keys()))
    return number(session, never_rested) + len(others) - both


def _lines(session: Session, order_ids: set[int]) -> Iterable[CallLine]:
    query: Select[*tuple[Any, ...]] = (
        select(
            WorkOrder.id, WorkOrder.number, WorkOrder.state, Merchant.name, ServiceProduct.name_zh,
            ServiceProduct.name_en, ServiceProduct.icon, WorkOrder.consumer_name, WorkOrder.consumer_phone,
            County.code, County.name, County.name_en, PlanningArea.time_zone,
        )
        .join(Merchant, Merchant.id == WorkOrder.merchant_id)
        .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
        .join(County, County.code == WorkOrder.county_code)
        .join(PlanningArea, PlanningArea.code == County.area_code)
        .where(WorkOrder.id.in_(order_ids))
    )  # fmt: skip
    return [CallLine(*row) for row in session.execute(query)]


def _calls(session: Session, order_ids: Iterable[int]) -> dict[int, list[tuple[datetime, bool]]]:
    query = select(ConsumerCall.work_order_id, ConsumerCall.at, ConsumerCall.reached)
    found: dict[int, list[tuple[datetime, bool]]] = {}
    for order_id, at, reached in session.execute(
        query.where(ConsumerCall.work_order_id.in_(list(order_ids))).order_by(ConsumerCall.id)
    ):
        found.setdefault(order_id, []).append((at, reached))
    return found


def _full(
    line: CallLine,
    because: Mapping[Because, datetime | None],
    clock: tuple[SlaClock, Standing] | None,
    called: Sequence[tuple[datetime, bool]],
) -> CallLine:
    begins = clock[0].started_at if clock else None
    missed = [at for at, reached in called if not reached and (begins is None or at >= begins)]
    return replace(
        line,
        because=tuple(because),
        since=min((at for at in because.values() if at is not None), default=None),
        standing=clock[1] if clock else None,
        not_reached=len(missed),
        last_call_at=called[-1][0] if called else None,
        may_give_up=clock is not None and calls.is_enough(missed),
    )


def _urgency(line: CallLine) -> tuple[int, float, int]:
    """By what is left of the day; who has no clock, by how long they have waited, after those."""
    if line.standing is not None:
        return (0, line.standing.left, line.order_id)
    return (1, line.since.timestamp() if line.since else 0.0, line.order_id)


def _rests_until(line: CallLine) -> tuple[bool, float, int]:
    ends_at: Any = line.standing.resumes_at if line.standing else None
    return (ends_at is None, ends_at.timestamp() if ends_at else 0.0, line.order_id)
