"""Work orders: handed in by a merchant, made bookable by the arrival of the goods, cancelled."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dispatch import after_booking, audit, changes, intake, messages, order_events, sla
from dispatch.catalogue import ServiceProduct
from dispatch.day_plan import DayPlan, DayPlanState, Stop, Unassigned
from dispatch.messages import Template
from dispatch.new_order import NewOrder
from dispatch.order_events import OrderEvent
from dispatch.place import Places
from dispatch.siting import sites
from dispatch.work_order import (
    Appointment,
    AppointmentState,
    Visit,
    VisitState,
    WorkOrder,
    WorkOrderState,
)
from routing.travel import TravelTimes
from technicians.errors import Conflict, InvalidInput, NotFound
from technicians.place import County, PlanningArea


def find(session: Session, order_id: int, *, merchant_id: int | None = None, lock: bool = False) -> WorkOrder:
    """The order; NotFound also for another merchant's when `merchant_id` limits whose may be seen."""
    query = select(WorkOrder).where(WorkOrder.id == order_id)
    if merchant_id is not None:
        query = query.where(WorkOrder.merchant_id == merchant_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    order = session.scalars(query).one_or_none()
    if order is None:
        raise NotFound(
            "There is no work order {order}.", field="order", remedy="Look for it in the list.", order=order_id
        )
    return order


def submit(
    session: Session, places: Places, merchant_id: int, order: NewOrder, *, by: str, at: datetime
) -> tuple[WorkOrder, bool]:
    """Take an order in; True when it is new, False when the same one had been handed in before.

    An order whose county is not certain is parked and says why. Raises InvalidInput for a field that cannot
    be used, and Conflict when the number is taken by an order with other content, naming the fields.
    """
    known = session.scalars(
        select(WorkOrder).where(WorkOrder.merchant_id == merchant_id, WorkOrder.number == order.number.strip())
    ).one_or_none()
    if known is not None:
        intake.require_same(known, order)
        return known, False
    order.require_sound(at)
    product = session.get(ServiceProduct, order.product_code)
    if product is None:
        raise InvalidInput(
            "There is no service product “{code}”.",
            field="product_code",
            remedy="Use a code from the list of service products.",
            code=order.product_code[:40],
        )
    (site,) = sites(session, places, [order.claim])
    intake.require_one_day(order, _zone(session, site.county_code))
    (order_id,) = intake.take_in(session, merchant_id, [(order, site, product)], by=by, at=at)
    row = session.get_one(WorkOrder, order_id)
    messages.invite(session, row, by=by, at=at)
    return row, True


def _zone(session: Session, county_code: str | None) -> ZoneInfo | None:
    if county_code is None:
        return None
    found = session.scalar(select(PlanningArea.time_zone).join(County).where(County.code == county_code))
    return ZoneInfo(found) if found else None


def goods_arrived(
    session: Session,
    order_id: int,
    *,
    arrived_at: datetime,
    by: str,
    at: datetime,
    merchant_id: int | None = None,
) -> WorkOrder:
    """The goods are in the local warehouse: the order can be booked. Told twice, the first time counts."""
    order = find(session, order_id, merchant_id=merchant_id, lock=True)
    if order.goods_arrived_at is not None:
        return order
    _require_open(order)
    before = order.state
    order.goods_arrived_at = arrived_at
    if order.state == WorkOrderState.AWAITING_GOODS:
        order.move_to(WorkOrderState.BOOKABLE)
        messages.invite(session, order, by=by, at=at)
        order_events.announce(session, order, OrderEvent.BOOKABLE, at=at)
    audit.note(
        session, by, "work-order.goods-arrived", "work-order", order.id, at=at,
        before={"state": before}, after={"state": order.state, "goods_arrived_at": arrived_at.isoformat()},
    )  # fmt: skip
    sla.goods_arrived(session, order, at, by)
    return order


def cancel(
    session: Session,
    travel_times: TravelTimes,
    order_id: int,
    *,
    by: str,
    at: datetime,
    why: str = "",
    merchant_id: int | None = None,
) -> WorkOrder:
    """Call the work off: its visits leave the plans, its appointment is cancelled. Twice is as good as once.

    A consumer who has been asked or promised anything is told. Raises Conflict when a technician is on the way
    or on site, or the work is done.
    """
    find(session, order_id, merchant_id=merchant_id)
    visits = _locked_visits(session, order_id)
    order = find(session, order_id, lock=True)
    if order.state == WorkOrderState.CANCELLED:
        return order
    _require_open(order)
    before = order.state
    for visit in visits:
        if visit.is_open:
            _call_off(session, travel_times, visit, by=by, at=at)
    order.move_to(WorkOrderState.CANCELLED)
    if before in {WorkOrderState.BOOKABLE, WorkOrderState.BOOKED}:
        messages.tell(session, order, Template.ORDER_CANCELLED, by=by, at=at)
    order_events.announce(session, order, OrderEvent.CANCELLED, at=at)
    audit.note(
        session, by, "work-order.cancelled", "work-order", order.id, at=at, why=why,
        before={"state": before}, after={"state": order.state},
    )  # fmt: skip
    sla.order_cancelled(session, order, at, by)
    session.flush()
    return order


def _require_open(order: WorkOrder) -> None:
    if order.state in {WorkOrderState.COMPLETED, WorkOrderState.CANCELLED}:
        raise Conflict("The order is {state}.", field="order", remedy="Hand in a new order.", state=order.state)


def _locked_visits(session: Session, order_id: int) -> list[Visit]:
    """Locked before the order, as a booking does: a window is not moved while the order is being cancelled."""
    query = select(Visit).where(Visit.work_order_id == order_id).order_by(Visit.id).with_for_update(key_share=True)
    visits = list(session.scalars(query.execution_options(populate_existing=True)))
    promises = select(Appointment).where(Appointment.visit_id.in_([visit.id for visit in visits]))
    session.scalars(promises.execution_options(populate_existing=True)).all()
    for visit in visits:
        session.expire(visit, ["appointments"])
    return visits


def _call_off(session: Session, travel_times: TravelTimes, visit: Visit, *, by: str, at: datetime) -> None:
    if visit.state != VisitState.WAITING:
        raise Conflict(
            "A technician is on the way or at the door; the order can no longer be cancelled.",
            field="order",
            remedy="Call the dispatchers; if the work is not done, it can be cancelled afterwards.",
        )
    planned_in = session.scalars(
        select(DayPlan.id)
        .distinct()
        .join(Stop, Stop.day_plan_id == DayPlan.id)
        .where(Stop.visit_id == visit.id, DayPlan.state != DayPlanState.SUPERSEDED)
        .order_by(DayPlan.id)
    ).all()
    for plan_id in planned_in:
        changes.move(session, travel_times, plan_id, visit.id, None, revisions={}, by=by, at=at)
    session.execute(delete(Unassigned).where(Unassigned.visit_id == visit.id))
    promise = visit.hold or visit.appointment
    if promise is not None:
        is_held = promise.state == AppointmentState.HELD
        promise.move_to(AppointmentState.RELEASED if is_held else AppointmentState.CANCELLED)
        if visit.work_order.county is not None:
            after_booking.freed(session, visit, promise, at)
    visit.move_to(VisitState.CANCELLED)
    visit.revision += 1
