"""From an order as handed in to its rows; what single orders and whole files have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from dispatch import audit, order_events, settling, sla
from dispatch.catalogue import ServiceProduct
from dispatch.new_order import NewOrder
from dispatch.parking import Parked
from dispatch.siting import Site
from dispatch.sla import Opened
from dispatch.trips import first_trips
from dispatch.work_order import (
    Appointment,
    AppointmentState,
    BookedBy,
    Visit,
    WorkOrder,
    WorkOrderState,
)
from technicians.base import Base
from technicians.errors import Conflict, InvalidInput


def require_same(known: WorkOrder, order: NewOrder) -> None:
    """Conflict when an order of the same number was handed in with other content."""
    differing = changed_fields(known.handed_in, order)
    if differing:
        raise Conflict(
            "Order {number} is known already, with another {fields}.",
            field=differing[0],
            remedy="Send it unchanged, or use a new number.",
            number=order.number,
            fields=", ".join(differing),
        )


def changed_fields(handed_in: Mapping[str, str], order: NewOrder) -> list[str]:
    """The fields in which an order differs from the digest of the one handed in before."""
    return [name for name, digest in order.digest().items() if handed_in.get(name) != digest]


def require_one_day(order: NewOrder, zone: ZoneInfo | None) -> None:
    """InvalidInput for a window that runs past midnight where the consumer lives: a promise is for a day."""
    starts_at, ends_at = order.window_starts_at, order.window_ends_at
    if zone is None or starts_at is None or ends_at is None:
        return
    if starts_at.astimezone(zone).date() != ends_at.astimezone(zone).date():
        raise InvalidInput(
            "The end is on another day than the start ({zone}).",
            field="window_ends_at",
            remedy="End the window before midnight.",
            zone=zone.key,
        )


def take_in(
    session: Session,
    merchant_id: int,
    taken: Sequence[tuple[NewOrder, Site, ServiceProduct]],
    *,
    by: str,
    at: datetime,
) -> list[int]:
    """Write sound orders, each with its first visit and, for a window, the merchant's appointment; their ids.

    The same few statements for one order and for thousands.
    """
    rows = [_order_row(merchant_id, order, site, product, at) for order, site, product in taken]
    ids = _inserted(session, WorkOrder, rows)
    planned = [first_trips(product, order.service, is_booked=order.is_booked) for order, _site, product in taken]
    owned = [{"work_order_id": ids[i], **trip} for i, trips in enumerate(planned) for trip in trips]
    visits = dict(zip((row["work_order_id"] for row in owned), _inserted(session, Visit, owned), strict=True))
    booked = [(ids[i], order) for i, (order, _site, _product) in enumerate(taken) if order.is_booked]
    _inserted(session, Appointment, [_window_row(visits[order_id], order, at) for order_id, order in booked])
    promised = [
        (site.county_code, order.window_starts_at)
        for order, site, _product in taken
        if order.window_starts_at is not None and site.county_code is not None
    ]
    settling.ask(session, promised, by=by, at=at)
    opened = [Opened(ids[i], row["state"], row["goods_arrived_at"]) for i, row in enumerate(rows)]
    sla.opened_all(session, opened, by=by, at=at)
    audit.note_all(
        session,
        by,
        "work-order.submitted",
        "work-order",
        [
            (ids[i], {"state": row["state"], "product": row["product_code"], "county": row["county_code"]})
            for i, row in enumerate(rows)
        ],
        at=at,
    )
    told = [event for row in rows for event in order_events.on_intake(row["number"], row["state"])]
    order_events.announce_all(session, merchant_id, told, at=at)
    return ids


def _inserted(session: Session, kind: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    """The ids of new rows, in their order."""
    if not rows:
        return []
    query = insert(kind).returning(kind.__table__.c.id, sort_by_parameter_order=True)
    return list(session.scalars(query, rows))


def _order_row(merchant_id: int, order: NewOrder, site: Site, product: ServiceProduct, at: datetime) -> dict[str, Any]:
    return {
        "merchant_id": merchant_id,
        "number": order.number.strip(),
        "product_code": product.code,
        "state": state_of(site.parked, order.is_booked, order.goods_arrived_at),
        "parked_because": str(site.parked) if site.parked else None,
        "consumer_name": order.consumer_name.strip(),
        "consumer_phone": order.consumer_phone.strip(),
        "language": order.language,
        "address": order.address.strip(),
        "county_code": site.county_code,
        "lng": site.lng,
        "lat": site.lat,
        "position_quality": site.quality,
        "priority": order.priority,
        "note": order.note.strip(),
        "handed_in": order.digest(),
        "goods_arrived_at": order.goods_arrived_at,
        "created_at": at,
    }


def _window_row(visit_id: int, order: NewOrder, at: datetime) -> dict[str, Any]:
    return {
        "visit_id": visit_id,
        "state": AppointmentState.CONFIRMED,
        "window_starts_at": order.window_starts_at,
        "window_ends_at": order.window_ends_at,
        "booked_by": BookedBy.MERCHANT,
        "created_at": at,
    }


def state_of(parked: Parked | None, is_booked: bool, goods_arrived_at: datetime | None) -> WorkOrderState:
    if parked is not None:
        return WorkOrderState.PARKED
    if is_booked:
        return WorkOrderState.BOOKED
    return WorkOrderState.BOOKABLE if goods_arrived_at is not None else WorkOrderState.AWAITING_GOODS
