"""Numbers about booking: counted by hand in a small town, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from dispatch import booking_file, booking_numbers, offer_looks, sla, sla_ledger
from dispatch.booking_numbers import Numbers, Report
from dispatch.booking_period import Asked
from dispatch.catalogue import Merchant
from dispatch.consumer_records import NothingBecause
from dispatch.sla_clock import PauseCause
from dispatch.work_order import Appointment, AppointmentState, BookedBy, WorkOrder, WorkOrderState
from technicians.errors import InvalidInput
from technicians.place import County, PlanningArea
from tests.town import AREA, TUESDAY, Town, shanghai

MONDAY = TUESDAY - timedelta(days=1)
MAY = Asked(date(2026, 5, 1), date(2026, 5, 31), AREA)
LATER = shanghai(12, TUESDAY + timedelta(days=9))


def arrived(town: Town, session: Session, number: str, at: datetime, **more: Any) -> WorkOrder:
    """An order whose goods arrive at `at`, with its clock."""
    order = town.order(session, number, **more)
    order.created_at, order.goods_arrived_at = at - timedelta(days=1), at
    sla.goods_arrived(session, order, at, "test")
    return order


def promised(
    session: Session,
    order: WorkOrder,
    at: datetime,
    state: AppointmentState = AppointmentState.CONFIRMED,
    *,
    window: datetime | None = None,
    is_held: bool = True,
    booked_by: BookedBy = BookedBy.CONSUMER,
    chance: float | None = None,
) -> None:
    """An appointment made at `at`, for a window of two hours."""
    starts_at = window or shanghai(10, TUESDAY + timedelta(days=3))
    is_made = state not in {AppointmentState.HELD, AppointmentState.EXPIRED, AppointmentState.RELEASED}
    order.visits[0].appointments.append(
        Appointment(
            state=state, window_starts_at=starts_at, window_ends_at=starts_at + timedelta(hours=2),
            booked_by=booked_by, created_at=at, held_until=at + timedelta(minutes=10) if is_held else None,
            confirmed_at=at if is_made else None, chance=chance,
        )
    )  # fmt: skip
    session.flush()
    if is_made:
        sla.appointment_made(session, order, at, "test")


def counted(town: Town, asked: Asked = MAY, at: datetime = LATER) -> Report:
    with town.system.transaction(read_only=True) as session:
        return booking_numbers.of(session, asked, at)


def test_without_orders_there_are_no_numbers_and_no_rates(town: Town) -> None:
    report = counted(town)
    assert (report.cells, report.by_county(), report.total()) == ({}, {}, Numbers())
    total = report.total()
    assert [total.booking_rate, total.kept_rate, total.calibration, total.median_hours] == [None] * 4


def test_orders_in_time_late_running_and_called_off(town: Town) -> None:
    at = shanghai(9, MONDAY)
    with town.system.transaction() as session:
        promised(session, arrived(town, session, "IN-TIME", at), at + timedelta(hours=5))
        promised(session, arrived(town, session, "LATE", at), at + timedelta(hours=25))
        arrived(town, session, "NEVER", at)
        arrived(town, session, "RUNNING", LATER - timedelta(hours=23))
        off = arrived(town, session, "OFF", at)
        sla.order_cancelled(session, off, at + timedelta(hours=2), "test")
        off.move_to(WorkOrderState.CANCELLED)
    total = counted(town).total()
    assert (total.arrived, total.in_time, total.late, total.running, total.booked) == (5, 1, 2, 1, 2)
    assert total.booking_rate == pytest.approx(1 / 3)
    assert total.median_hours == 15


def test_time_during_which_the_clock_was_paused_does_not_count(town: Town) -> None:
    at = shanghai(9, MONDAY)
    with town.system.transaction() as session:
        for number in ("RESTED", "NOT"):
            order = arrived(town, session, number, at)
            if number == "RESTED":
                (clock,) = sla.running(session, order.id)
                sla_ledger.pause(
                    session, clock, PauseCause.CONSUMER_ASKED_TO_WAIT, by="test", at=at + timedelta(hours=1)
                )
                sla_ledger.resume(session, clock, by="test", at=at + timedelta(hours=30))
            promised(session, order, at + timedelta(hours=40))
    total = counted(town).total()
    assert (total.in_time, total.late) == (1, 1)
    assert total.median_hours == 40


def test_the_way_from_a_look_to_an_appointment_counts_orders(town: Town) -> None:
    at = shanghai(9, MONDAY)
    with town.system.transaction() as session:
        looks = {"BOOKED": 9, "TRIED": 9, "FULL": 0, "UNSEEN": None, "BY-PHONE": None}
        orders = {number: arrived(town, session, number, at) for number in looks}
        for number, offered in looks.items():
            if offered is not None:
                offer_looks.note(session, orders[number], offered, None if offered else NothingBecause.FULL, at)
        promised(session, orders["BOOKED"], at, AppointmentState.EXPIRED)
        promised(session, orders["BOOKED"], at, AppointmentState.MOVED)
        promised(session, orders["BOOKED"], at + timedelta(hours=1))
        promised(session, orders["TRIED"], at, AppointmentState.EXPIRED)
        promised(session, orders["BY-PHONE"], at, is_held=False, booked_by=BookedBy.DISPATCHER)
    total = counted(town).total()
    assert (total.looked, total.found, total.held, total.held_booked, total.booked) == (3, 2, 2, 1, 2)
    assert (total.moved, total.cancelled) == (1, 0)
    assert (total.by_consumer, total.by_merchant, total.by_dispatcher) == (2, 0, 1)
    assert total.nothing == Counter({NothingBecause.FULL: 1})
    assert (total.found_rate, total.hold_rate, total.consumer_share) == (2 / 3, 1 / 2, 2 / 3)


def test_who_found_nothing_at_first_and_something_later_is_not_counted_as_finding_nothing(town: Town) -> None:
    at = shanghai(9, MONDAY)
    with town.system.transaction() as session:
        order = arrived(town, session, "A", at)
        offer_looks.note(session, order, 0, NothingBecause.NO_SKILL, at)
        offer_looks.note(session, order, 4, None, at + timedelta(hours=1))
    total = counted(town).total()
    assert (total.looked, total.found, total.nothing) == (1, 1, Counter())


def test_promises_are_counted_on_the_day_of_their_window_against_what_was_predicted(town: Town) -> None:
    at = shanghai(9, MONDAY)
    days = {"KEPT": 3, "KEPT-TOO": 3, "BROKEN": 4, "UNPREDICTED": 4, "NEXT-WEEK": 8}
    chances = {"KEPT": 0.99, "KEPT-TOO": 0.97, "BROKEN": 0.98, "UNPREDICTED": None, "NEXT-WEEK": 0.99}
    with town.system.transaction() as session:
        for number, ahead in days.items():
            state = AppointmentState.BROKEN if number == "BROKEN" else AppointmentState.KEPT
            window = shanghai(10, MONDAY + timedelta(days=ahead))
            promised(session, arrived(town, session, number, at), at, state, window=window, chance=chances[number])
    week = counted(town, Asked(MONDAY, MONDAY + timedelta(days=6), AREA)).total()
    assert (week.arrived, week.kept, week.broken, week.predicted, week.predicted_kept) == (5, 3, 1, 3, 2)
    assert week.kept_rate == 0.75
    assert week.predicted_rate == pytest.approx(0.98)
    assert week.calibration == pytest.approx(2 / 3 - 0.98)


def test_days_begin_and_end_at_the_midnight_of_the_place(town: Town) -> None:
    with town.system.transaction() as session:
        arrived(town, session, "BEFORE", shanghai(0, TUESDAY) - timedelta(seconds=1))
        arrived(town, session, "FIRST", shanghai(0, TUESDAY))
        arrived(town, session, "LAST", shanghai(0, TUESDAY + timedelta(days=1)) - timedelta(seconds=1))
        arrived(town, session, "AFTER", shanghai(0, TUESDAY + timedelta(days=1)))
    assert counted(town, Asked(TUESDAY, TUESDAY, AREA)).total().arrived == 2


def test_each_area_has_its_own_midnight(town: Town) -> None:
    with town.system.transaction() as session:
        session.add(
            PlanningArea(code="36", country="US", name="New York", name_en="New York", time_zone="America/New_York")
        )
        session.add(
            County(
                code="36061", country="US", name="New York", name_en="New York", prefecture="New York",
                province="New York", area_code="36", lng=-74.0, lat=40.7,
            )
        )  # fmt: skip
        session.flush()
        evening = shanghai(20, TUESDAY)  # eight in the morning of the same day in New York
        night = shanghai(2, TUESDAY)  # two in the afternoon of Monday in New York
        for number, at in (("EVENING", evening), ("NIGHT", night)):
            arrived(town, session, f"S-{number}", at)
            arrived(town, session, f"N-{number}", at).county_code = "36061"
    everywhere = counted(town, Asked(TUESDAY, TUESDAY))
    assert {code: n.arrived for code, n in everywhere.by_county().items()} == {"310101": 2, "36061": 1}
    assert counted(town, Asked(TUESDAY, TUESDAY, "36")).total().arrived == 1


def test_orders_of_another_merchant_are_left_out(town: Town) -> None:
    with town.system.transaction() as session:
        other = Merchant(code="other", name="Other", created_at=town.system.now())
        session.add(other)
        session.flush()
        arrived(town, session, "OURS", shanghai(9, MONDAY))
        arrived(town, session, "THEIRS", shanghai(9, MONDAY)).merchant_id = other.id
        wanted = other.id
    assert counted(town).total().arrived == 2
    assert counted(town, Asked(MONDAY, MONDAY, AREA, wanted)).total().arrived == 1


def test_counties_and_products_add_up_to_the_whole(town: Town) -> None:
    at = shanghai(9, MONDAY)
    with town.system.transaction() as session:
        for n, (product, county) in enumerate(
            [("lamp", "310101"), ("lamp", "310104"), ("mattress", "310101"), ("lamp", "310101")]
        ):
            order = arrived(town, session, f"A{n}", at, product=product, county=county)
            promised(session, order, at + timedelta(hours=n), AppointmentState.KEPT, chance=0.9)
    report = counted(town)
    assert {code: n.arrived for code, n in report.by_county().items()} == {"310101": 3, "310104": 1}
    assert {code: n.arrived for code, n in report.by_product().items()} == {"lamp": 3, "mattress": 1}
    assert {code: n.arrived for code, n in report.by_product("310101").items()} == {"lamp": 2, "mattress": 1}
    assert report.total("310101", "lamp").arrived == 2
    for parts in (report.by_county(), report.by_product()):
        assert sum(n.kept for n in parts.values()) == report.total().kept == 4
        assert sorted(wait for n in parts.values() for wait in n.waits) == [0, 3600, 7200, 10800]
    assert {thing.code for thing in [*report.counties.values()]} == {"310101", "310104"}


def test_more_orders_need_no_more_statements(town: Town) -> None:
    def statements() -> int:
        seen: list[str] = []
        listener = lambda *call: seen.append(call[2])  # noqa: E731
        event.listen(town.system.engine, "before_cursor_execute", listener)
        counted(town)
        event.remove(town.system.engine, "before_cursor_execute", listener)
        return len(seen)

    at = shanghai(9, MONDAY)
    with town.system.transaction() as session:
        arrived(town, session, "ONE", at)
    few = statements()
    with town.system.transaction() as session:
        for n in range(20):
            order = arrived(town, session, f"A{n}", at, county=("310101", "310104")[n % 2])
            (clock,) = sla.running(session, order.id)
            sla_ledger.pause(session, clock, PauseCause.FORCE_MAJEURE, by="test", at=at + timedelta(hours=30))
    assert statements() == few


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [(TUESDAY, MONDAY, "until"), (date(2024, 1, 1), TUESDAY, "since")],
)
def test_a_period_that_is_none_is_refused(town: Town, since: date, until: date, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        counted(town, Asked(since, until))
    assert caught.value.field == field


def test_the_file_has_a_row_for_each_county_and_product(town: Town) -> None:
    at = shanghai(9, MONDAY)
    with town.system.transaction() as session:
        promised(session, arrived(town, session, "A", at), at + timedelta(hours=6), AppointmentState.KEPT)
        offer_looks.note(session, arrived(town, session, "B", at), 0, NothingBecause.TOO_RISKY, at)
        arrived(town, session, "C", at, product="mattress", county="310104")
    header, *rows = booking_file.content(counted(town)).lstrip("\ufeff").split("\r\n")[:-1]
    cells = [dict(zip(header.split(","), row.split(","), strict=True)) for row in rows]
    assert [(c["county_code"], c["county"], c["product_code"], c["arrived"]) for c in cells] == [
        ("310101", "黄浦区", "lamp", "2"),
        ("310104", "徐汇区", "mattress", "1"),
    ]
    assert (cells[0]["booking_rate"], cells[0]["median_hours"], cells[0]["nothing_too_risky"]) == ("0.5", "6.0", "1")
    assert (cells[1]["booking_rate"], cells[1]["kept_rate"], cells[1]["median_hours"]) == ("0.0", "", "")


def test_orders_without_a_county_are_not_counted(town: Town) -> None:
    with town.system.transaction() as session:
        order = arrived(town, session, "LOST", shanghai(9, MONDAY))
        order.state, order.county_code = WorkOrderState.PARKED, None
    assert counted(town).total().arrived == 0
    with town.system.transaction(read_only=True) as session:
        assert session.scalars(select(WorkOrder.number)).all() == ["LOST"]
