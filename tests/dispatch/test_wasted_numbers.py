"""Visits that came to nothing in the operator's numbers, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

from dispatch import appointments, booking_file, booking_numbers, visits
from dispatch.booking_numbers import Numbers
from dispatch.booking_period import Asked
from dispatch.work_order import BookedBy, FailureReason, WorkOrder
from tests.clock import Clock
from tests.phone_day import fact, publish
from tests.town import AREA, TUESDAY, Town, shanghai

WEDNESDAY = TUESDAY + timedelta(days=1)


def failed(town: Town, *told: tuple[FailureReason, float]) -> list[int]:
    """T1's visits to lamps, all promised from nine to eleven, come to nothing a quarter of an hour after the check-in:
    why, and when that was. The orders.
    """
    me = town.technicians["T1"]
    with town.system.transaction() as session:
        orders = [town.order(session, f"A-{n}", window=(9, 11)) for n in range(len(told))]
        publish(session, town, "T1", orders)
        for order, (reason, arrives) in zip(orders, told, strict=True):
            visit_id = order.visits[0].id
            visits.arrive(session, visit_id, me, fact(town, shanghai(arrives)))
            visits.could_not_complete(session, visit_id, me, fact(town, shanghai(arrives + 0.25)), reason=reason)
        return [order.id for order in orders]


def booked_again(town: Town, order_id: int, at: datetime) -> None:
    with town.system.transaction() as session:
        appointments.choose(
            session, town.system.travel_times, session.get_one(WorkOrder, order_id), shanghai(10, WEDNESDAY),
            booked_by=BookedBy.TECHNICIAN, by="technician:T1", at=at,
        )  # fmt: skip


def numbers(town: Town, on: datetime | None = None) -> booking_numbers.Report:
    with town.system.transaction(read_only=True) as session:
        return booking_numbers.of(session, Asked(TUESDAY, TUESDAY, AREA), on or town.system.now())


def total(town: Town) -> Numbers:
    return numbers(town).total()


def test_whose_they_were_is_counted_by_county_and_product(town: Town, clock: Clock) -> None:
    clock.set(shanghai(9.5))
    reasons = (FailureReason.NOBODY_HOME, FailureReason.GOODS_MISSING, FailureReason.OTHER)
    failed(town, (FailureReason.NOBODY_HOME, 11.5), *((reason, 9.25) for reason in reasons))
    found = numbers(town).cells["310101", "lamp"]
    assert (found.failed, found.wasted_by_consumer, found.wasted_by_us, found.wasted_by_merchant) == (4, 1, 1, 1)


def test_the_next_appointment_counts_as_in_time_until_the_old_window_is_over(town: Town, clock: Clock) -> None:
    clock.set(shanghai(9.5))
    early, late, _never = failed(town, *[(FailureReason.NOBODY_HOME, 9.25)] * 3)
    assert (total(town).failed, total(town).next_in_time, total(town).next_rate) == (3, 0, 0.0)
    booked_again(town, early, shanghai(10.99))
    booked_again(town, late, shanghai(11.01))
    assert (total(town).failed, total(town).next_in_time) == (3, 1)


def test_without_failed_visits_there_is_no_share(town: Town) -> None:
    assert (total(town).failed, total(town).next_rate) == (0, None)


def test_the_file_has_them_too(sqlite_town: Town, clock: Clock) -> None:
    clock.set(shanghai(9.5))
    (order_id,) = failed(sqlite_town, (FailureReason.NOBODY_HOME, 9.25))
    booked_again(sqlite_town, order_id, shanghai(10))
    header, line = booking_file.content(numbers(sqlite_town)).strip().splitlines()
    told = dict(zip(header.lstrip("\ufeff").split(","), line.split(","), strict=True))
    assert (told["failed"], told["next_in_time"], told["next_rate"]) == ("1", "1", "1.0")
    assert (told["wasted_by_consumer"], told["wasted_by_us"]) == ("1", "0")
