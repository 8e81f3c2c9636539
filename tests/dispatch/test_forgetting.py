"""A week later nothing stored says where a technician was on the way: looked for in the bytes of the database."""

from __future__ import annotations

import struct
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from dispatch import forgetting, phone_events, positions
from dispatch.evidence import EventType, VisitEvent
from dispatch.phone_clock import Reading
from dispatch.phone_reports import Batch, Report
from dispatch.positions import Sighting
from dispatch.system import System
from tests.clock import Clock
from tests.phone_day import publish
from tests.promises import everything
from tests.town import Town, shanghai

ON_THE_WAY = (121.4713131313, 31.2317171717)
AT_THE_DOOR = (121.4819191919, 31.2323232323)
WEEK = timedelta(days=7)


@pytest.fixture
def town_with_traces(town: Town, clock: Clock) -> Town:
    return traced(town, clock)


def traced(town: Town, clock: Clock) -> Town:
    """T1 sets out, is seen on the way, checks in; each with a place, told as phones do."""
    clock.set(shanghai(9))
    with town.system.transaction() as session:
        order = town.order(session, "A-1", window=(9, 11))
        publish(session, town, "T1", [order])
        visit_id = order.visits[0].id
    reports = [
        report(1, "en-route", visit_id, clock, ON_THE_WAY),
        report(2, "check-in", visit_id, clock, AT_THE_DOOR),
        report(3, "route-seen", None, clock, ON_THE_WAY),
    ]
    with town.system.transaction() as session:
        me = town.technicians["T1"]
        phone_events.take(session, me, "phone-1", Batch(Reading(clock()), reports), at=clock())
    clock.advance(minutes=5)
    positions.take(town.system, me, [Sighting(clock(), *ON_THE_WAY, 5.0)])
    return town


def report(seq: int, kind: str, visit_id: int | None, clock: Clock, place: tuple[float, float]) -> Report:
    event_id = f"0196be3c-6d6e-7a30-9c6e-2f6f1f0a7b{seq:02}"
    return Report(event_id, seq, kind, visit_id, Reading(clock()), *place, 5.0)


def stored(system: System) -> bytes:
    """Every byte that SQLite keeps, its log written back first."""
    path = Path(str(system.engine.url.database))
    with system.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def holds(content: bytes, place: tuple[float, float]) -> bool:
    """Whether one of the numbers is in there, as SQLite writes a number or as text."""
    return any(struct.pack(">d", number) in content or str(number).encode() in content for number in place)


def be_careless(engine: Engine) -> None:
    engine.dispose()

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA secure_delete=OFF")


def later(town: Town, clock: Clock, after: timedelta) -> int:
    clock.set(shanghai(9) + after)
    return forgetting.sweep(town.system)


def test_a_week_later_the_way_is_in_no_byte_and_what_proves_the_visit_is_kept(sqlite_town: Town, clock: Clock) -> None:
    traced(sqlite_town, clock)
    assert holds(stored(sqlite_town.system), ON_THE_WAY)
    assert later(sqlite_town, clock, WEEK - timedelta(minutes=1)) == 0
    assert holds(stored(sqlite_town.system), ON_THE_WAY)
    assert later(sqlite_town, clock, WEEK + timedelta(hours=1)) > 0
    content = stored(sqlite_town.system)
    assert not holds(content, ON_THE_WAY)
    assert holds(content, AT_THE_DOOR)


def test_without_overwriting_what_is_deleted_the_bytes_would_stay(sqlite_town: Town, clock: Clock) -> None:
    """The twin: SQLite leaves deleted bytes where they are unless it is told to overwrite them."""
    be_careless(sqlite_town.system.engine)
    traced(sqlite_town, clock)
    assert later(sqlite_town, clock, WEEK + timedelta(hours=1)) > 0
    assert holds(stored(sqlite_town.system), ON_THE_WAY)


def test_no_row_tells_the_way_any_more_on_either_database(town_with_traces: Town, clock: Clock) -> None:
    assert "121.47131313" in str(everything(town_with_traces.system))
    later(town_with_traces, clock, WEEK + timedelta(hours=1))
    said = str(everything(town_with_traces.system))
    assert "121.47131313" not in said
    assert "121.48191919" in said


def test_what_was_forgotten_is_not_looked_for_again(town_with_traces: Town, clock: Clock) -> None:
    assert later(town_with_traces, clock, WEEK + timedelta(hours=1)) > 0
    assert later(town_with_traces, clock, WEEK + timedelta(hours=2)) == 0


def test_many_are_forgotten_in_short_transactions(
    town_with_traces: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "AT_A_TIME", 1)
    assert later(town_with_traces, clock, WEEK + timedelta(hours=1)) >= 3
    with town_with_traces.system.transaction(read_only=True) as session:
        kept = session.scalars(select(VisitEvent.type).where(VisitEvent.lng.is_not(None))).all()
    assert kept == [EventType.CHECK_IN]


def test_a_repeat_of_an_event_that_has_lost_its_place_is_still_a_repeat(town_with_traces: Town, clock: Clock) -> None:
    later(town_with_traces, clock, WEEK + timedelta(hours=1))
    then = Clock()
    then.set(shanghai(9))
    with town_with_traces.system.transaction() as session:
        again = Batch(Reading(clock()), [report(1, "en-route", 1, then, ON_THE_WAY)], oldest_seq=1)
        receipt = phone_events.take(session, town_with_traces.technicians["T1"], "phone-1", again, at=clock())
    assert [answer.verdict for answer in receipt.answers] == ["duplicate"]
    assert "121.47131313" not in str(everything(town_with_traces.system))
