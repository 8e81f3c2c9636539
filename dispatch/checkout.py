"""What a merchant's checkout shows before a window is chosen: the questions, the price, the windows on offer."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch import appointments, merchant_orders, merchants, offer_looks, quote
from dispatch.consumer_records import NothingBecause
from dispatch.quote import Quote
from dispatch.slots import Offered
from dispatch.system import System

CALL, WAIT = "call", "waitlist"
NEXT_STEPS = {
    NothingBecause.NO_COVERAGE: (CALL,),
    NothingBecause.NO_SKILL: (CALL,),
    NothingBecause.NOBODY_WORKS: (WAIT, CALL),
    NothingBecause.FULL: (WAIT, CALL),
    NothingBecause.TOO_RISKY: (WAIT, CALL),
}


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows with the final price, and what can be done when there is none."""

    offered: Offered
    quote: Quote

    @property
    def next_steps(self) -> tuple[str, ...]:
        because = self.offered.nothing_because
        return NEXT_STEPS[because] if because else ()


def windows(system: System, key: str, number: str) -> Windows:
    """The windows that can be promised to an order of the merchant with this key; what is news of it is noted.

    Raises WrongKey, NotFound, and Conflict for an order that cannot be booked.
    """
    at = system.now()
    with merchants.acting(system, key, read_only=True) as (session, merchant):
        order = merchant_orders.by_number(session, merchant.id, number)
        offered = appointments.offers(session, system.travel_times, order, at)
        found = len(offered.offers), offered.nothing_because
        told = Windows(offered, quote.of(order))
        if not offer_looks.is_news(session, order.id, *found):
            return told
    with merchants.acting(system, key) as (session, merchant):
        offer_looks.note(session, merchant_orders.by_number(session, merchant.id, number), *found, at)
    return told
