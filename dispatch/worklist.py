"""The worklist of orders without a place: put where a person says they are, or put there for a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch import audit, messages, order_events, orders, settling, sla
from dispatch.intake import state_of
from dispatch.order_events import OrderEvent
from dispatch.parking import Parked, ParkRule
from dispatch.place import Places
from dispatch.siting import require_position
from dispatch.work_order import PositionQuality, WorkOrder, WorkOrderState
from seed_regions.locate import How, Located
from technicians.errors import Conflict, InvalidInput
from technicians.place import County

CAN_BE_PLACED = {WorkOrderState.PARKED, WorkOrderState.AWAITING_GOODS, WorkOrderState.BOOKABLE}


def place(
    session: Session,
    places: Places,
    order_id: int,
    *,
    county_code: str | None = None,
    lng: float | None = None,
    lat: float | None = None,
    by: str,
    at: datetime,
    why: str = "",
) -> WorkOrder:
    """Put an order where a person says it is, and take it off the worklist.

    A county alone keeps a position that lies in it, and means the county's centre otherwise; a position alone
    means the county it lies in. WGS-84 degrees.

    Raises InvalidInput when the two contradict each other or the county is not served.
    """
    order = orders.find(session, order_id, lock=True)
    if order.state not in CAN_BE_PLACED:
        raise Conflict(
            "The order is {state}; its place can no longer be changed here.",
            field="order",
            remedy="Cancel its appointment first.",
            state=order.state,
        )
    require_position(lng, lat)
    county = _served(session, _decided(places, county_code, lng, lat))
    before = {"county": order.county_code, "state": order.state, "parked_because": order.parked_because}
    order.county_code = county.code
    _move_to(places, order, county, lng, lat)
    order.parked_because = None
    if order.state == WorkOrderState.PARKED:
        state = _leave_worklist(order)
        messages.invite(session, order, by=by, at=at)
        if state == WorkOrderState.BOOKABLE:
            order_events.announce(session, order, OrderEvent.BOOKABLE, at=at)
        promises = [visit.appointment for visit in order.visits if visit.appointment is not None]
        settling.ask(session, [(county.code, promise.window_starts_at) for promise in promises], by=by, at=at)
    audit.note(
        session, by, "work-order.placed", "work-order", order.id, at=at, why=why, before=before,
        after={"county": county.code, "state": order.state, "position_quality": order.position_quality},
    )  # fmt: skip
    if before["state"] == WorkOrderState.PARKED:
        sla.placed(session, order, at, by)
    session.flush()
    return order


def _decided(places: Places, county_code: str | None, lng: float | None, lat: float | None) -> str:
    """The county that a person's decision means."""
    if lng is None or lat is None:
        if not county_code:
            raise InvalidInput("It is missing.", field="county_code", remedy="Choose a county or give a position.")
        return county_code
    located = places.index.locate(lng, lat)
    if county_code and located.how is How.INSIDE and located.code != county_code:
        raise InvalidInput(
            "The position lies in county {found}, not in {county}.",
            field="county_code",
            remedy="Choose the county of the position, or leave the position empty.",
            found=located.code,
            county=county_code,
        )
    found = county_code or (located.code if located.how is How.INSIDE else None)
    if found is None:
        raise InvalidInput("The position lies in no county.", field="lng", remedy="Choose the county as well.")
    return found


def _served(session: Session, county_code: str) -> County:
    county = session.get(County, county_code)
    if county is None:
        raise InvalidInput(
            "County {county} is not served here.",
            field="county_code",
            remedy="Choose one from the list.",
            county=county_code,
        )
    return county


def _move_to(places: Places, order: WorkOrder, county: County, lng: float | None, lat: float | None) -> None:
    """The position a person gave; else the one the order has if it lies in the county; else the county's centre."""
    if lng is not None or _lies_in(places, order, county.code):
        order.lng, order.lat = (lng, lat) if lng is not None else (order.lng, order.lat)
        order.position_quality = PositionQuality.EXACT
    else:
        order.lng, order.lat = county.lng, county.lat
        order.position_quality = PositionQuality.COUNTY_CENTRE


def _lies_in(places: Places, order: WorkOrder, county_code: str) -> bool:
    if order.lng is None or order.lat is None:
        return False
    return places.index.locate(order.lng, order.lat) == Located(county_code, How.INSIDE)


def _leave_worklist(order: WorkOrder) -> WorkOrderState:
    """PARKED to where the order would be had it never been parked; a promise it brought comes into force."""
    is_booked = any(visit.appointment is not None for visit in order.visits)
    state = state_of(None, is_booked, order.goods_arrived_at)
    if state == WorkOrderState.BOOKED:
        order.move_to(WorkOrderState.BOOKABLE)
    order.move_to(state)
    return state


def park(session: Session, order_id: int, *, why: str, by: str, at: datetime) -> WorkOrder:
    """Put an order that nobody has booked onto the worklist, with a reason in somebody's own words."""
    order = orders.find(session, order_id, lock=True)
    before = order.state
    order.move_to(WorkOrderState.PARKED)
    order.parked_because = str(Parked(ParkRule.OTHER, {"text": why[:150]}))
    audit.note(
        session, by, "work-order.parked", "work-order", order.id, at=at, why=why,
        before={"state": before}, after={"state": order.state},
    )  # fmt: skip
    order_events.announce(session, order, OrderEvent.PARKED, at=at)
    sla.parked(session, order, at, by, why)
    return order
