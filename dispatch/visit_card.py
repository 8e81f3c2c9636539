"""What a dispatcher sees of one visit beside the board: who, where, what was promised and what is planned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from dispatch.board_rows import APPROXIMATE, PROMISED
from dispatch.catalogue import Merchant, ServiceProduct
from dispatch.crews import joined
from dispatch.day_plan import Route, Stop, Unassigned
from dispatch.work_order import Appointment, FailureReason, PositionQuality, Visit, VisitState, WorkOrder
from technicians.errors import NotFound
from technicians.people import Technician
from technicians.place import County, PlanningArea


@dataclass(frozen=True, slots=True)
class VisitCard:
    """One visit in one plan. `rule` and `counts` say why it is in no route; both None when it is in one.

    `technician` names both of a visit for two; `technician_id`, times and travel are those of the first.
    """

    visit_id: int
    order_id: int
    number: str
    merchant: str
    sequence: int
    product_zh: str
    product_en: str
    icon: str
    consumer_name: str
    consumer_phone: str
    address: str
    county_zh: str
    county_en: str
    quality: PositionQuality | None
    note: str
    priority: int
    state: VisitState
    failure_reason: FailureReason | None
    service: int
    setup: int
    earliest_at: datetime | None
    latest_at: datetime | None
    technician_id: int | None
    technician: str | None
    start_at: datetime | None
    leave_at: datetime | None
    travel: int | None
    pinned_technician_id: int | None
    pinned_technician: str | None
    pinned_start_at: datetime | None
    en_route_at: datetime | None
    arrived_at: datetime | None
    left_at: datetime | None
    rule: str | None
    counts: dict[str, int] | None
    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_approximate(self) -> bool:
        return self.quality in APPROXIMATE

    @property
    def is_movable(self) -> bool:
        return self.state == VisitState.WAITING

    @property
    def is_pinned(self) -> bool:
        return self.pinned_technician_id is not None or self.pinned_start_at is not None


def card(session: Session, visit_id: int, plan_id: int | None) -> VisitCard:
    """The card of a visit as planned in `plan_id` (None: in no plan). NotFound for an unknown visit."""
    rows = session.execute(_query(plan_id).where(Visit.id == visit_id).order_by(Stop.half)).all()
    if not rows:
        raise NotFound("There is no visit {id}.", field="visit", remedy="Reload the board.", id=visit_id)
    cards = [VisitCard(*row) for row in rows]
    return replace(cards[0], technician=joined([card.technician for card in cards if card.technician]) or None)


def _query(plan_id: int | None) -> Select[*tuple[Any, ...]]:
    holder, pinned = aliased(Technician), aliased(Technician)
    return (
        select(
            Visit.id, WorkOrder.id, WorkOrder.number, Merchant.name, Visit.sequence, ServiceProduct.name_zh,
            ServiceProduct.name_en, ServiceProduct.icon, WorkOrder.consumer_name, WorkOrder.consumer_phone,
            WorkOrder.address, County.name, County.name_en, WorkOrder.position_quality, WorkOrder.note,
            WorkOrder.priority, Visit.state, Visit.failure_reason, Visit.service, Visit.setup,
            Appointment.window_starts_at, Appointment.window_ends_at, holder.id, holder.name, Stop.scheduled_start,
            Stop.scheduled_leave, Stop.travel, Visit.pinned_technician_id, pinned.name, Visit.pinned_start_at,
            Visit.en_route_at, Visit.arrived_at, Visit.left_at, Unassigned.rule, Unassigned.counts,
            PlanningArea.time_zone,
        )
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(Merchant, Merchant.id == WorkOrder.merchant_id)
        .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
        .join(County, County.code == WorkOrder.county_code)
        .join(PlanningArea, PlanningArea.code == County.area_code)
        .outerjoin(Appointment, and_(Appointment.visit_id == Visit.id, Appointment.state.in_(PROMISED)))
        .outerjoin(Stop, and_(Stop.visit_id == Visit.id, Stop.day_plan_id == plan_id))
        .outerjoin(Route, Route.id == Stop.route_id)
        .outerjoin(holder, holder.id == Route.technician_id)
        .outerjoin(pinned, pinned.id == Visit.pinned_technician_id)
        .outerjoin(Unassigned, and_(Unassigned.visit_id == Visit.id, Unassigned.day_plan_id == plan_id))
    )  # fmt: skip
