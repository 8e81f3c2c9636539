"""The 24-hour booking rate: its formula, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from dispatch.booking_orders import A_DAY, OrderRow


class InADay(StrEnum):
    """Whether an order had its first appointment within a day of the goods' arrival."""

    IN_TIME = "in-time"
    LATE = "late"
    RUNNING = "running"
    CALLED_OFF = "called-off"


def in_a_day(order: OrderRow, rested: Mapping[int, int], now: int) -> InADay:
    """The 24-hour booking rate is `in-time / (in-time + late)`.

    `in-time`: the first appointment was made before the order's first clock had run for its target (24 hours; time
    during which the clock was paused does not count). `late`: it had run that long, whether an appointment came
    afterwards or not. `running`: it has not, and there is no appointment yet. `called-off`: the order was cancelled
    before either. The last two are in neither part of the fraction. An order without a clock, from before clocks
    were kept, is timed from its goods' arrival without pauses, and called off if it was cancelled without an
    appointment. `rested` has the seconds run of clocks that were paused, `now` is in seconds of the epoch.
    """
    is_booked = order.first_booked_at is not None
    if order.clock_id is None and order.is_cancelled and not is_booked:
        return InADay.CALLED_OFF
    if _ran(order, rested, now) >= (order.target or A_DAY):
        return InADay.LATE
    if is_booked:
        return InADay.IN_TIME
    return InADay.RUNNING if order.ended_at is None else InADay.CALLED_OFF


def _ran(order: OrderRow, rested: Mapping[int, int], now: int) -> int:
    """Seconds that the clock has run until it ended, or until now."""
    if order.clock_id is None or order.started_at is None:
        return (now if order.first_booked_at is None else order.first_booked_at) - order.goods_at
    if order.clock_id in rested:
        return rested[order.clock_id]
    return (now if order.ended_at is None else order.ended_at) - order.started_at
