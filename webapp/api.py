"""`/api/v1`: a merchant's orders, with an API key. Another merchant's order is not found."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

from dispatch import links, merchant_orders, merchants, orders
from dispatch.new_order import NewOrder
from dispatch.work_order import WorkOrder
from webapp.access import KILOBYTE, allow_bearer
from webapp.api_once import Replayed, asking, key, replay
from webapp.api_shapes import (
    BOOKABLE,
    BOOKED,
    CANCELLED,
    LINK,
    ORDER_IN,
    GoodsArrivedIn,
    LinkOut,
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
PER_MINUTE = limiter.shared_limit("1200 per minute", scope="merchants-api", key_func=key)

PER_MINUTE(bp)
bp.register_error_handler(Replayed, replay)


@bp.post("/orders")
@bp.input(OrderIn, example=ORDER_IN)
@bp.output(OrderOut, status_code=201, example=BOOKABLE)
@bp.doc(summary="Hand in an order", security=SECURITY, responses=[401, 409, 422])
@allow_bearer(body=BODY)
def submit(json_data: OrderIn) -> ResponseReturnValue:
    """201 for a new order, 200 for one that was handed in before with the same content, 409 with other content.

    An order whose county is not certain is parked and says why; it is not lost.
    """
    with asking() as asked:
        order, is_new = orders.submit(
            asked.session, system().places, asked.merchant.id, NewOrder(**json_data.model_dump()),
            by=asked.by, at=system().now(),
        )  # fmt: skip
        return asked.told(shown(order), 201 if is_new else 200)


@bp.get("/orders")
@bp.input(PageQuery, location="query")
@bp.output(PageOut, example={"orders": [BOOKABLE], "next": None})
@bp.doc(summary="My orders, oldest first", security=SECURITY, responses=[401, 422])
@allow_bearer(body=BODY)
def listing(query_data: PageQuery) -> PageOut:
    with merchants.acting(system(), key(), read_only=True) as (session, merchant):
        found, following = merchant_orders.after(session, merchant.id, query_data.cursor, query_data.limit)
        return PageOut(orders=[shown(order) for order in found], next=following)


@bp.get("/orders/<number>")
@bp.output(OrderOut, example=BOOKED)
@bp.doc(summary="One order, its visits, the window promised or held", security=SECURITY, responses=[401, 404])
@allow_bearer(body=BODY)
def one(number: str) -> OrderOut:
    with merchants.acting(system(), key(), read_only=True) as (session, merchant):
        return shown(merchant_orders.by_number(session, merchant.id, number))


@bp.delete("/orders/<number>")
@bp.output(OrderOut, example=CANCELLED)
@bp.doc(summary="Cancel an order", security=SECURITY, responses=[401, 404, 409])
@allow_bearer(body=BODY)
def cancel(number: str) -> ResponseReturnValue:
    """The visit leaves the plan, the window is free again, the consumer is told. Safe to repeat, not to be undone.

    409 while a technician is on the way or at the door, and when the work is done.
    """
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        order = orders.cancel(
            asked.session, system().travel_times, order.id,
            by=asked.by, at=system().now(), merchant_id=asked.merchant.id,
        )  # fmt: skip
        return asked.told(shown(order))


@bp.post("/orders/<number>/goods-arrived")
@bp.input(GoodsArrivedIn, example={"arrived_at": "2026-05-11T01:00:00Z"})
@bp.output(OrderOut, example=BOOKABLE)
@bp.doc(summary="The goods are in the warehouse", security=SECURITY, responses=[401, 404, 409, 422])
@allow_bearer(body=BODY)
def goods_arrived(number: str, json_data: GoodsArrivedIn) -> ResponseReturnValue:
    """From now on the order can be booked. Told twice, the first time counts."""
    now = system().now()
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        order = orders.goods_arrived(
            asked.session, order.id, arrived_at=json_data.arrived_at or now,
            by=asked.by, at=now, merchant_id=asked.merchant.id,
        )  # fmt: skip
        return asked.told(shown(order))


@bp.post("/orders/<number>/link")
@bp.output(LinkOut, status_code=201, example=LINK)
@bp.doc(summary="The consumer's link", security=SECURITY, responses=[401, 404, 409])
@allow_bearer(body=BODY)
def link(number: str) -> ResponseReturnValue:
    """The link that messages to the consumer have, good for sixty days from now."""
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        token = links.standing(asked.session, order.id, system().settings.secret_key, system().now())
        return asked.told_unkept(LinkOut(path=f"/c/{token}", url=f"{system().settings.link_base}/c/{token}"), 201)


def shown(order: WorkOrder) -> OrderOut:
    """An order as the API tells it."""
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
