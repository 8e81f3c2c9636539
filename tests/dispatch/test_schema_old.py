"""Databases of versions before this one, with a day's work in it, are brought up to date without a loss."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, insert, select
from sqlalchemy.orm import Session

from dispatch import database, schema
from dispatch.catalogue import ServiceProduct
from dispatch.evidence import VisitEvent
from dispatch.work_order import Appointment, Visit
from tests.town import AREA, shanghai

BEFORE = ("0001", "0004", "0007")
NINE = shanghai(9).replace(tzinfo=None)
PLACE = {"lng": 121.48, "lat": 31.23}
ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "planning_area",
        {"code": AREA, "country": "CN", "name": "上海市", "name_en": "Shanghai", "time_zone": "Asia/Shanghai"},
    ),
    (
        "county",
        {
            "code": "310101", "country": "CN", "name": "黄浦区", "name_en": "Huangpu", "prefecture": "上海市",
            "province": "上海市", "area_code": AREA, "population": 1, "valid_from": date(2000, 1, 1), **PLACE,
        },
    ),
    ("provider", {"id": 1, "code": "shifu", "name": "Shifu"}),
    ("outlet", {"id": 1, "provider_id": 1, "code": "centre", "name": "Centre", "county_code": "310101"}),
    (
        "technician",
        {
            "id": 1, "code": "T1", "name": "王师傅", "phone": "1", "outlet_id": 1, "area_code": AREA, "start_lng": 1.0,
            "start_lat": 1.0, "end_lng": 1.0, "end_lat": 1.0, "capacity": 9, "active": True, "language": "zh",
        },
    ),
    ("merchant", {"id": 1, "code": "lights", "name": "Bright Lights", "created_at": NINE}),
    (
        "service_product",
        {
            "code": "lamp", "name_zh": "灯", "name_en": "Lamp", "category": "lamp", "icon": "lamp", "duration": 1800,
            "setup": 0, "crew_size": 1, "load": 1, "skills": {}, "shot_list": [],
        },
    ),
    (
        "work_order",
        {
            "id": 1, "merchant_id": 1, "number": "A-1", "product_code": "lamp", "state": "booked",
            "consumer_name": "陈", "consumer_phone": "1", "language": "zh", "address": "a",
            "county_code": "310101", "priority": 0,
            "note": "", "handed_in": {}, "created_at": NINE,
        },
    ),
    (
        "visit",
        {
            "id": 1, "work_order_id": 1, "sequence": 1, "cause": "first", "state": "on-site", "service": 1800,
            "setup": 0, "technician_id": 1, "failure_note": "", "revision": 3, "verification_code": "482915",
        },
    ),
    (
        "appointment",
        {
            "id": 1, "visit_id": 1, "state": "confirmed", "window_starts_at": NINE, "window_ends_at": NINE,
            "booked_by": "consumer", "created_at": NINE,
        },
    ),
    (
        "visit_event",
        {
            "id": 1, "event_id": "e-1", "visit_id": 1, "technician_id": 1, "type": "check-in", "device_id": "phone-1",
            "device_time": NINE, "received_at": NINE, "payload": {"at": shanghai(9).isoformat()},
        },
    ),
    (
        "proof",
        {
            "id": 1, "visit_id": 1, "technician_id": 1, "kind": "photo", "shot_code": "label", "source_sha256": "aa",
            "sha256": "b" * 64, "text": "", "received_at": NINE,
        },
    ),
)  # fmt: skip


@pytest.fixture(params=BEFORE)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of an older version, with what could be written into it then."""
    engine = database.connect(f"sqlite:///{tmp_path / 'old.db'}")
    schema.upgrade(engine, request.param)
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for name, row in ROWS:
            table = tables.tables[name]
            connection.execute(insert(table).values({key: row[key] for key in row if key in table.c}))
    yield engine
    engine.dispose()


def test_what_was_there_is_there_and_what_is_new_is_empty(old: Engine) -> None:
    schema.upgrade(old)
    with Session(old) as session:
        visit = session.scalars(select(Visit)).one()
        assert (visit.state, visit.code_tries, visit.accepted_at, visit.told) == ("on-site", 0, None, {})
        assert visit.verification_code in {"482915", None}
        product = session.scalars(select(ServiceProduct)).one()
        assert (product.parts, product.checklist, product.surcharges, product.proofs) == ([], [], [], {})
        assert session.scalars(select(VisitEvent)).one().payload == {"at": shanghai(9).isoformat()}
        assert session.scalars(select(Appointment)).one().visit_id == visit.id


def test_it_is_then_as_a_new_one(old: Engine) -> None:
    schema.upgrade(old)
    with old.connect() as connection:
        assert schema.version(connection) == schema.newest()
        assert schema.drift(connection) == []
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
