"""`/api/v1`: what merchants and integrators do with an API key. Another merchant's order is not found."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

from dispatch import appointments, links, merchant_orders, merchants, orders
from dispatch.new_order import NewOrder
from dispatch.work_order import BookedBy, WorkOrder
from webapp.access import KILOBYTE, allow_bearer
from webapp.api_shapes import (
    BOOKABLE,
    BOOKED,
    CANCELLED,
    LINK,
    OFFERS,
    ORDER_IN,
    AppointmentIn,
    GoodsArrivedIn,
    LinkOut,
    OfferOut,
    OffersOut,
    OrderIn,
    OrderOut,
    PageOut,
    PageQuery,
    VisitOut,
)
from webapp.limits import limiter
from webapp.order_words import why_parked
from webapp.system import system

bp = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Orders")
BODY = 64 * KILOBYTE
SECURITY = "merchantKey"


def key() -> str:
    """The API key of this request, empty when there is none."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


limiter.limit("1200 per minute", key_func=key)(bp)


@bp.post("/orders")
@bp.input(OrderIn, example=ORDER_IN)
@bp.output(OrderOut, status_code=201, example=BOOKABLE)
@bp.doc(summary="Hand in an order", security=SECURITY, responses=[401, 409, 422])
@allow_bearer(body=BODY)
def submit(json_data: OrderIn) -> ResponseReturnValue:
    """201 for a new order, 200 for one that was handed in before with the same content, 409 with other content.

    An order whose county is not certain is parked and says why; it is not lost.
    """
    with merchants.acting(system(), key()) as (session, merchant):
        order, is_new = orders.submit(
            session, system().places, merchant.id, NewOrder(**json_data.model_dump()),
            by=f"merchant:{merchant.code}", at=system().now(),
        )  # fmt: skip
        return _shown(order), 201 if is_new else 200  # type: ignore[return-value]


@bp.get("/orders")
@bp.input(PageQuery, location="query")
@bp.output(PageOut, example={"orders": [BOOKABLE], "next": None})
@bp.doc(summary="My orders, oldest first", security=SECURITY, responses=[401, 422])
@allow_bearer(body=BODY)
def listing(query_data: PageQuery) -> PageOut:
    with merchants.acting(system(), key(), read_only=True) as (session, merchant):
        found, following = merchant_orders.after(session, merchant.id, query_data.cursor, query_data.limit)
        return PageOut(orders=[_shown(order) for order in found], next=following)


@bp.get("/orders/<number>")
@bp.output(OrderOut, example=BOOKED)
@bp.doc(summary="One order", security=SECURITY, responses=[401, 404])
@allow_bearer(body=BODY)
def one(number: str) -> OrderOut:
    with merchants.acting(system(), key(), read_only=True) as (session, merchant):
        return _shown(merchant_orders.by_number(session, merchant.id, number))


@bp.delete("/orders/<number>")
@bp.output(OrderOut, example=CANCELLED)
@bp.doc(summary="Cancel an order", security=SECURITY, responses=[401, 404, 409])
@allow_bearer(body=BODY)
def cancel(number: str) -> OrderOut:
    """The visit leaves the plan, the window is free again, the consumer is told. Safe to repeat, not to be undone.

    409 while a technician is on the way or at the door, and when the work is done.
    """
    with merchants.acting(system(), key()) as (session, merchant):
        order = merchant_orders.by_number(session, merchant.id, number)
        order = orders.cancel(
            session, system().travel_times, order.id,
            by=f"merchant:{merchant.code}", at=system().now(), merchant_id=merchant.id,
        )  # fmt: skip
        return _shown(order)


@bp.post("/orders/<number>/goods-arrived")
@bp.input(GoodsArrivedIn, example={"arrived_at": "2026-05-11T01:00:00Z"})
@bp.output(OrderOut, example=BOOKABLE)
@bp.doc(summary="The goods are in the warehouse", security=SECURITY, responses=[401, 404, 409, 422])
@allow_bearer(body=BODY)
def goods_arrived(number: str, json_data: GoodsArrivedIn) -> OrderOut:
    """From now on the order can be booked. Told twice, the first time counts."""
    now = system().now()
    with merchants.acting(system(), key()) as (session, merchant):
        order = merchant_orders.by_number(session, merchant.id, number)
        order = orders.goods_arrived(
            session, order.id, arrived_at=json_data.arrived_at or now,
            by=f"merchant:{merchant.code}", at=now, merchant_id=merchant.id,
        )  # fmt: skip
        return _shown(order)


@bp.get("/orders/<number>/offers")
@bp.output(OffersOut, example=OFFERS)
@bp.doc(summary="Windows that can be promised", security=SECURITY, responses=[401, 404, 409])
@allow_bearer(body=BODY)
def offers(number: str) -> OffersOut:
    """Windows of the next seven days in which the visit really fits into somebody's route."""
    with merchants.acting(system(), key(), read_only=True) as (session, merchant):
        order = merchant_orders.by_number(session, merchant.id, number)
        found = appointments.offers(session, system().travel_times, order, system().now())
        return OffersOut(offers=[OfferOut.model_validate(offer) for offer in found.offers])


@bp.post("/orders/<number>/appointment")
@bp.input(AppointmentIn, example={"starts_at": "2026-05-12T02:00:00Z"})
@bp.output(OrderOut, example=BOOKED)
@bp.doc(summary="Book a window, or move to it", security=SECURITY, responses=[401, 404, 409, 422])
@allow_bearer(body=BODY)
def book(number: str, json_data: AppointmentIn) -> OrderOut:
    """409 `slot-taken` when the window was taken meanwhile: ask for the offers again. Safe to repeat."""
    with merchants.acting(system(), key()) as (session, merchant):
        order = merchant_orders.by_number(session, merchant.id, number)
        appointments.choose(
            session, system().travel_times, order, json_data.starts_at,
            booked_by=BookedBy.MERCHANT, by=f"merchant:{merchant.code}", at=system().now(),
        )  # fmt: skip
        return _shown(order)


@bp.delete("/orders/<number>/appointment")
@bp.output(OrderOut, example=BOOKABLE)
@bp.doc(summary="Give the window back", security=SECURITY, responses=[401, 404, 409])
@allow_bearer(body=BODY)
def call_off(number: str) -> OrderOut:
    """The order stays and can be booked again. Safe to repeat."""
    with merchants.acting(system(), key()) as (session, merchant):
        order = merchant_orders.by_number(session, merchant.id, number)
        appointments.call_off(session, system().travel_times, order, by=f"merchant:{merchant.code}", at=system().now())
        return _shown(order)


@bp.post("/orders/<number>/link")
@bp.output(LinkOut, status_code=201, example=LINK)
@bp.doc(summary="A new link for the consumer", security=SECURITY, responses=[401, 404, 409])
@allow_bearer(body=BODY)
def link(number: str) -> LinkOut:
    """Good for sixty days; links given out before stay good."""
    with merchants.acting(system(), key()) as (session, merchant):
        order = merchant_orders.by_number(session, merchant.id, number)
        return LinkOut(path=f"/c/{links.create(session, order.id, system().now())}")


def _shown(order: WorkOrder) -> OrderOut:
    because = why_parked(order.parked_because) if order.parked_because else None
    return OrderOut(
        number=order.number,
        state=order.state,
        parked_because=because,
        product_code=order.product_code,
        county_code=order.county_code,
        position_quality=order.position_quality,
        goods_arrived_at=order.goods_arrived_at,
        created_at=order.created_at,
        visits=[VisitOut.model_validate(visit) for visit in order.visits],
    )
