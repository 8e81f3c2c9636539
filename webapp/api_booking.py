"""`/api/v1`: from the consumer's answers to a window that is kept, confirmed, moved, given back."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

from dispatch import appointments, checkout, merchant_orders, merchants, quote, waitlist
from dispatch.work_order import BookedBy
from webapp.access import allow_bearer
from webapp.api import BODY, PER_MINUTE, SECURITY, shown
from webapp.api_booking_shapes import (
    ANSWERS,
    OFFERS,
    QUOTE,
    WAITING,
    AnswersIn,
    AppointmentIn,
    OffersOut,
    PriceOut,
    WaitlistIn,
    WaitlistOut,
    offers_out,
    price_out,
)
from webapp.api_once import Replayed, asking, key, replay
from webapp.api_shapes import BOOKABLE, BOOKED, HELD, OrderOut
from webapp.system import system

bp = APIBlueprint("api_booking", __name__, url_prefix="/api/v1/orders/<number>", tag="Booking")
STARTS_AT = {"starts_at": "2026-05-12T02:00:00Z"}
PER_MINUTE(bp)
bp.register_error_handler(Replayed, replay)


@bp.get("/quote")
@bp.output(PriceOut, example=QUOTE)
@bp.doc(summary="The questions and the price", security=SECURITY, responses=[401, 404])
@allow_bearer(body=BODY)
def price(number: str) -> PriceOut:
    """Before anybody has answered, the price of the usual answers; binding from then on, whatever prices become."""
    with merchants.acting(system(), key(), read_only=True) as (session, merchant):
        return price_out(merchant_orders.by_number(session, merchant.id, number))


@bp.put("/answers")
@bp.input(AnswersIn, example=ANSWERS)
@bp.output(PriceOut, example=QUOTE)
@bp.doc(summary="The consumer's answers, for the final price", security=SECURITY, responses=[401, 404, 409, 422])
@allow_bearer(body=BODY)
def answer(number: str, json_data: AnswersIn) -> ResponseReturnValue:
    """What is left out has its usual answer. 422 names the question; 409 while a window is held or promised."""
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        quote.answer(asked.session, order, json_data.spelt(), by=asked.by, at=system().now())
        return asked.told(price_out(order))


@bp.get("/offers")
@bp.output(OffersOut, example=OFFERS)
@bp.doc(summary="Windows that can be promised", security=SECURITY, responses=[401, 404, 409])
@allow_bearer(body=BODY)
def offers(number: str) -> OffersOut:
    """Windows of the coming days in which the visit really fits into somebody's route and will be kept, with the price.

    Without any, `nothing_because` says why and `next_steps` what can be done.
    """
    return offers_out(checkout.windows(system(), key(), number))


@bp.post("/holds")
@bp.input(AppointmentIn, example=STARTS_AT)
@bp.output(OrderOut, example=HELD)
@bp.doc(summary="Keep a window while the consumer decides", security=SECURITY, responses=[401, 404, 409, 422])
@allow_bearer(body=BODY)
def hold(number: str, json_data: AppointmentIn) -> ResponseReturnValue:
    """Nobody else gets it until `held_until`; another hold of the order is given back.

    The same window twice is one hold, kept anew. 409 `slot-taken`: ask for the offers again. 409 `conflict` when there
    is an appointment already: move that.
    """
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        quote.bind(asked.session, order, by=asked.by, at=system().now())
        appointments.hold(
            asked.session, system().travel_times, order, json_data.starts_at,
            booked_by=BookedBy.MERCHANT, by=asked.by, at=system().now(),
        )  # fmt: skip
        return asked.told(shown(order))


@bp.post("/hold/confirm")
@bp.output(OrderOut, example=BOOKED)
@bp.doc(summary="Promise the window that is held", security=SECURITY, responses=[401, 404, 409])
@allow_bearer(body=BODY)
def confirm(number: str) -> ResponseReturnValue:
    """Safe to repeat. 409 `hold-expired` when it is no longer kept: choose again."""
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        quote.bind(asked.session, order, by=asked.by, at=system().now())
        appointments.confirm(
            asked.session, system().travel_times, order,
            booked_by=BookedBy.MERCHANT, by=asked.by, at=system().now(),
        )  # fmt: skip
        return asked.told(shown(order))


@bp.delete("/hold")
@bp.output(OrderOut, example=BOOKABLE)
@bp.doc(summary="Give the held window back", security=SECURITY, responses=[401, 404, 409])
@allow_bearer(body=BODY)
def release(number: str) -> ResponseReturnValue:
    """Without a hold nothing happens. Safe to repeat."""
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        appointments.release(asked.session, system().travel_times, order, by=asked.by, at=system().now())
        return asked.told(shown(order))


@bp.post("/appointment")
@bp.input(AppointmentIn, example=STARTS_AT)
@bp.output(OrderOut, example=BOOKED)
@bp.doc(summary="Book a window at once, or move to it", security=SECURITY, responses=[401, 404, 409, 422])
@allow_bearer(body=BODY)
def book(number: str, json_data: AppointmentIn) -> ResponseReturnValue:
    """Without holding it first. A move gives the old window back only when it has the new one. Safe to repeat.

    409 `slot-taken` when the window was taken meanwhile: ask for the offers again.
    """
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        quote.bind(asked.session, order, by=asked.by, at=system().now())
        appointments.choose(
            asked.session, system().travel_times, order, json_data.starts_at,
            booked_by=BookedBy.MERCHANT, by=asked.by, at=system().now(),
        )  # fmt: skip
        return asked.told(shown(order))


@bp.delete("/appointment")
@bp.output(OrderOut, example=BOOKABLE)
@bp.doc(summary="Give the promised window back", security=SECURITY, responses=[401, 404, 409])
@allow_bearer(body=BODY)
def call_off(number: str) -> ResponseReturnValue:
    """The order stays and can be booked again. Safe to repeat."""
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        appointments.call_off(asked.session, system().travel_times, order, by=asked.by, at=system().now())
        return asked.told(shown(order))


@bp.post("/waitlist")
@bp.input(WaitlistIn, example={"wish": "any"})
@bp.output(WaitlistOut, example=WAITING)
@bp.doc(summary="Tell the consumer when time becomes free", security=SECURITY, responses=[401, 404, 409, 422])
@allow_bearer(body=BODY)
def wait(number: str, json_data: WaitlistIn) -> ResponseReturnValue:
    """For any window, for an earlier one, or for a call from our dispatchers. Safe to repeat."""
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        waitlist.join(asked.session, order, json_data.wish, until=json_data.until, by=asked.by, at=system().now())
        return asked.told(WaitlistOut(wishes=sorted(waitlist.wishes(asked.session, order))))


@bp.delete("/waitlist")
@bp.output(WaitlistOut, example={"wishes": []})
@bp.doc(summary="Wait no longer", security=SECURITY, responses=[401, 404])
@allow_bearer(body=BODY)
def leave(number: str) -> ResponseReturnValue:
    """Safe to repeat."""
    with asking() as asked:
        order = merchant_orders.by_number(asked.session, asked.merchant.id, number)
        waitlist.leave(asked.session, order, by=asked.by, at=system().now())
        return asked.told(WaitlistOut(wishes=sorted(waitlist.wishes(asked.session, order))))
