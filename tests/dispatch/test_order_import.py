from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import order_import
from dispatch.audit import AuditEntry
from dispatch.errors import WrongRows
from dispatch.order_import import Preview
from dispatch.outbox import Outbox, OutboxKind
from dispatch.parking import ParkRule
from dispatch.place import Places
from dispatch.work_order import Visit, WorkOrder, WorkOrderState
from technicians.errors import InvalidInput
from tests.squares import squares
from tests.town import ZONE, Town, shanghai

HEADER = "number,product,consumer_name,phone,address,lng,lat,goods_arrived_at,window_starts_at,window_ends_at,note"
GOOD = "A-1,lamp,陈女士,13900000001,上海市黄浦区南京东路100号,121.4846,31.2316,2026-05-11 07:00,,,"
BOOKED = "A-2,lamp,李先生,13900000002,上海市徐汇区漕溪北路1号,121.4365,31.1885,,2026/5/12 9:00,2026/5/12 11:00,二楼"
LOST = "A-3,mattress,王女士,13900000003,朝阳区建国路88号,,,,,,"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return squares(tmp_path / "squares")


def text(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def load(town: Town, session: Session, places: Places, content: bytes) -> Preview:
    return order_import.load(session, places, town.merchant_id, content, zone=ZONE, by="lights", at=town.system.now())


def check(town: Town, places: Places, content: bytes) -> Preview:
    with town.system.transaction(read_only=True) as session:
        return order_import.check(session, places, town.merchant_id, content, zone=ZONE, at=town.system.now())


def problems(town: Town, places: Places, *rows: str, header: str = HEADER) -> list[tuple[int, str]]:
    return [(p.line, p.column) for p in check(town, places, text(*rows, header=header)).problems]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(WorkOrder)) or 0


def test_a_file_of_good_orders_is_taken_in_with_visits_places_and_audit(town: Town, places: Places) -> None:
    with town.system.transaction() as session:
        preview = load(town, session, places, text(GOOD, BOOKED, LOST))
        assert len(preview.rows) == 3
    with town.system.transaction(read_only=True) as session:
        found = {order.number: order for order in session.scalars(select(WorkOrder))}
        assert found["A-1"].state == WorkOrderState.BOOKABLE
        assert found["A-2"].state == WorkOrderState.BOOKED
        assert found["A-2"].note == "二楼"
        appointment = found["A-2"].visits[0].appointment
        assert appointment is not None
        assert (appointment.window_starts_at, appointment.window_ends_at) == (shanghai(9), shanghai(11))
        assert found["A-3"].state == WorkOrderState.PARKED
        assert session.scalar(select(func.count()).select_from(Visit)) == 3
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 3


def test_consumers_of_bookable_orders_are_invited_and_no_others(sqlite_town: Town, places: Places) -> None:
    with sqlite_town.system.transaction() as session:
        load(sqlite_town, session, places, text(GOOD, BOOKED, LOST))
        (invitation,) = session.scalars(select(Outbox).where(Outbox.kind == OutboxKind.MESSAGE))
        order = session.scalars(select(WorkOrder).where(WorkOrder.number == "A-1")).one()
        assert invitation.payload["order_id"] == order.id


def test_a_preview_says_what_will_be_parked_and_changes_nothing(sqlite_town: Town, places: Places) -> None:
    preview = check(sqlite_town, places, text(GOOD, LOST))
    assert [row.line for row in preview.rows] == [2, 3]
    (parked,) = preview.parked
    assert parked.line == 3
    assert parked.site.parked is not None
    assert parked.site.parked.rule == ParkRule.ADDRESS_UNCLEAR
    with sqlite_town.system.transaction(read_only=True) as session:
        assert count(session) == 0


def test_one_bad_row_keeps_the_whole_file_out(town: Town, places: Places) -> None:
    with town.system.transaction() as session, pytest.raises(WrongRows) as refused:
        load(town, session, places, text(GOOD, BOOKED.replace("lamp", "piano")))
    assert [(p.line, p.column) for p in refused.value.problems] == [(3, "product")]
    assert "piano" in str(refused.value)
    with town.system.transaction(read_only=True) as session:
        assert count(session) == 0


def test_the_same_file_twice_adds_nothing(town: Town, places: Places) -> None:
    for expected in ([], [2, 3]):
        with town.system.transaction() as session:
            assert load(town, session, places, text(GOOD, BOOKED)).repeats == expected
    with town.system.transaction(read_only=True) as session:
        assert count(session) == 2


def test_a_known_number_with_another_address_is_a_problem_of_its_line(sqlite_town: Town, places: Places) -> None:
    with sqlite_town.system.transaction() as session:
        load(sqlite_town, session, places, text(GOOD))
    changed = GOOD.replace("100号", "200号")
    (problem,) = check(sqlite_town, places, text(BOOKED, changed)).problems
    assert (problem.line, problem.column) == (3, "number")
    assert "address" in problem.reason


def test_a_number_that_comes_twice_in_one_file(sqlite_town: Town, places: Places) -> None:
    assert check(sqlite_town, places, text(GOOD, GOOD)).repeats == [3]
    (problem,) = check(sqlite_town, places, text(GOOD, GOOD.replace("lamp", "mattress"))).problems
    assert (problem.line, problem.column) == (3, "number")
    assert "line 2" in problem.reason
    assert "product" in problem.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_spreadsheets_encoding_and_separator_is_read(
    sqlite_town: Town, places: Places, encoding: str, separator: str
) -> None:
    content = "\r\n".join((HEADER, GOOD)).replace(",", separator).encode(encoding)
    (row,) = check(sqlite_town, places, content).rows
    assert (row.order.consumer_name, row.order.address) == ("陈女士", "上海市黄浦区南京东路100号")


def test_a_declared_datum_is_converted_before_the_county_is_looked_up(sqlite_town: Town, places: Places) -> None:
    content = text(
        "A-1,lamp,陈女士,13900000001,,121.4891,31.2296,GCJ-02",
        header="number,product,consumer_name,phone,address,lng,lat,datum",
    )
    (row,) = check(sqlite_town, places, content).rows
    assert row.site.county_code == "310101"
    assert row.site.lng == pytest.approx(121.4846, abs=1e-3)


ROWS = {
    "no number": (GOOD.replace("A-1", "", 1), "number"),
    "no product": (GOOD.replace("lamp", "", 1), "product"),
    "an unknown product": (GOOD.replace("lamp", "piano"), "product"),
    "no name": (GOOD.replace("陈女士", ""), "consumer_name"),
    "a bad phone": (GOOD.replace("13900000001", "139-call-me"), "phone"),
    "a longitude in words": (GOOD.replace("121.4846", "east"), "lng"),
    "a longitude that is no number": (GOOD.replace("121.4846", "nan"), "lng"),
    "half a position": (GOOD.replace("31.2316", ""), "lat"),
    "swapped coordinates": (GOOD.replace("121.4846,31.2316", "31.2316,121.4846"), "lng"),
    "a time that is none": (GOOD.replace("2026-05-11 07:00", "tomorrow"), "goods_arrived_at"),
    "a window the wrong way round": (
        BOOKED.replace("2026/5/12 9:00,2026/5/12 11:00", "2026/5/12 11:00,2026/5/12 9:00"),
        "window_ends_at",
    ),
    "a window that has passed": (
        BOOKED.replace("2026/5/12 9:00,2026/5/12 11:00", "2026/5/1 9:00,2026/5/1 11:00"),
        "window_ends_at",
    ),
    "a window over midnight": (
        BOOKED.replace("2026/5/12 9:00,2026/5/12 11:00", "2026/5/12 22:00,2026/5/13 1:00"),
        "window_ends_at",
    ),
    "half a window": (BOOKED.replace("2026/5/12 11:00", ""), "window_ends_at"),
}


@pytest.mark.parametrize("what", ROWS)
def test_a_bad_cell_is_named_by_line_and_column(sqlite_town: Town, places: Places, what: str) -> None:
    row, column = ROWS[what]
    assert problems(sqlite_town, places, LOST, row) == [(3, column)]


def test_every_fault_of_every_row_is_told_at_once(sqlite_town: Town, places: Places) -> None:
    found = problems(
        sqlite_town,
        places,
        GOOD.replace("lamp", "piano").replace("陈女士", ""),
        BOOKED.replace("121.4365", "?"),
    )
    assert found == [(2, "product"), (2, "consumer_name"), (3, "lng")]


def test_a_row_after_a_cell_of_several_lines_has_its_own_line_number(sqlite_town: Town, places: Places) -> None:
    tall = GOOD + '"first\nsecond"'
    assert problems(sqlite_town, places, tall, BOOKED.replace("lamp", "piano")) == [(4, "product")]


FILES = {
    "nothing": (b"", "file"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d", "file"),
    "bytes of no encoding": (HEADER.encode() + b"\n\xff\xff\xff", "file"),
    "a quotation mark that never closes": (text('"A-1,lamp'), "file"),
    "a missing column": (text(header="number,product,consumer_name,phone"), "address"),
    "a column nobody knows": (text(header=HEADER + ",colour"), "colour"),
    "a column named twice": (text(header=HEADER + ",note"), "note"),
    "a row with too many cells": (text(GOOD + ",,,"), "note"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_not_such_a_table_is_refused(sqlite_town: Town, places: Places, what: str) -> None:
    content, field = FILES[what]
    with pytest.raises(InvalidInput) as refused:
        check(sqlite_town, places, content)
    assert refused.value.field == field
    assert refused.value.remedy


def test_other_merchants_numbers_do_not_matter(sqlite_town: Town, places: Places) -> None:
    with sqlite_town.system.transaction() as session:
        load(sqlite_town, session, places, text(GOOD))
        preview = order_import.check(
            session, places, sqlite_town.merchant_id + 1, text(GOOD), zone=ZONE, at=sqlite_town.system.now()
        )
        assert preview.repeats == []
