"""That somebody is about to arrive is said once, when a phone is near or the time has come, and not too late."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from dispatch import arriving, positions, sending, visits
from dispatch.day_plan import Stop
from dispatch.messages import Template
from dispatch.moot import why_moot
from dispatch.outbox import Outbox, OutboxKind
from dispatch.positions import Sighting
from dispatch.system import System
from dispatch.wording import TEXTS
from dispatch.work_order import PositionQuality, WorkOrder
from tests.clock import Clock
from tests.phone_day import fact, publish
from tests.town import DOORS, Town, shanghai

A_KILOMETRE = 0.009  # degrees of latitude
ARRIVING = Template.ARRIVING


@pytest.fixture
def visit_id(town: Town, clock: Clock) -> int:
    """T1 sets out to a lamp at nine, half an hour away."""
    return on_the_way(town, clock)


def on_the_way(town: Town, clock: Clock, travel: int = 1800) -> int:
    clock.set(shanghai(9))
    with town.system.transaction() as session:
        order = town.order(session, "A-1", "lamp", window=(9, 11))
        publish(session, town, "T1", [order])
        session.execute(update(Stop).values(travel=travel))
        visits.set_out(session, order.visits[0].id, town.technicians["T1"], fact(town, clock()))
        return order.visits[0].id


def seen(town: Town, clock: Clock, kilometres: float) -> None:
    """T1's phone tells that it is so far north of the door, now."""
    lng, lat = DOORS["310101"]
    here = Sighting(clock(), lng, lat + kilometres * A_KILOMETRE, 10.0)
    positions.take(town.system, town.technicians["T1"], [here])


def told(system: System) -> list[Outbox]:
    with system.transaction(read_only=True) as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == OutboxKind.MESSAGE).order_by(Outbox.id))
        return [row for row in rows if row.payload["template"] == ARRIVING]


def test_a_phone_within_a_kilometre_tells_the_consumer_once(town: Town, visit_id: int, clock: Clock) -> None:
    for kilometres in (3, 1.2, 0.9, 0.5, 0.1):
        clock.advance(minutes=1)
        seen(town, clock, kilometres)
    (row,) = told(town.system)
    assert row.payload["happened_at"] == (shanghai(9) + timedelta(minutes=3)).isoformat()
    assert row.payload["visit_id"] == visit_id
    assert "sent_by" in sending.send(town.system, row.id)


def test_who_has_not_set_out_to_it_arrives_at_nothing(town: Town, clock: Clock) -> None:
    clock.set(shanghai(9))
    with town.system.transaction() as session:
        publish(session, town, "T1", [town.order(session, "A-1", window=(9, 11))])
    seen(town, clock, 0.1)
    assert told(town.system) == []


def test_a_door_whose_place_is_only_guessed_is_near_to_nobody(town: Town, visit_id: int, clock: Clock) -> None:
    with town.system.transaction() as session:
        session.execute(update(WorkOrder).values(position_quality=PositionQuality.COUNTY_CENTRE))
    clock.advance(minutes=1)
    seen(town, clock, 0.1)
    assert told(town.system) == []


def test_a_place_from_a_while_ago_says_nothing_of_now(town: Town, visit_id: int, clock: Clock) -> None:
    lng, lat = DOORS["310101"]
    clock.advance(minutes=12)
    positions.take(
        town.system, town.technicians["T1"], [Sighting(clock() - timedelta(minutes=6), lng, lat, 10.0)]
    )  # fmt: skip
    assert told(town.system) == []


def test_a_phone_that_tells_no_place_is_believed_to_come_as_planned(town: Town, visit_id: int, clock: Clock) -> None:
    clock.advance(minutes=19)
    assert arriving.sweep(town.system) == 0
    clock.advance(minutes=1)
    assert [arriving.sweep(town.system) for _ in range(2)] == [1, 0]
    assert len(told(town.system)) == 1


def test_who_was_just_seen_far_away_does_not_arrive_whatever_the_plan_says(
    town: Town, visit_id: int, clock: Clock
) -> None:
    clock.advance(minutes=25)
    seen(town, clock, 8)
    assert arriving.sweep(town.system) == 0
    clock.advance(minutes=6)
    assert arriving.sweep(town.system) == 1


def test_on_a_short_way_setting_out_has_said_it(town: Town, clock: Clock) -> None:
    on_the_way(town, clock, travel=600)
    clock.advance(minutes=9)
    assert arriving.sweep(town.system) == 0
    seen(town, clock, 0.3)
    assert len(told(town.system)) == 1


def test_after_the_check_in_it_is_not_said_any_more(town: Town, visit_id: int, clock: Clock) -> None:
    clock.advance(minutes=20)
    seen(town, clock, 0.5)
    with town.system.transaction() as session:
        visits.arrive(session, visit_id, town.technicians["T1"], fact(town, clock()))
    (row,) = told(town.system)
    assert sending.send(town.system, row.id) == {"skipped": "already-there"}
    clock.advance(minutes=1)
    seen(town, clock, 0.0)
    assert arriving.sweep(town.system) == 0
    assert len(told(town.system)) == 1


def test_a_check_in_that_came_without_it_leaves_nothing_to_say(town: Town, visit_id: int, clock: Clock) -> None:
    with town.system.transaction() as session:
        visits.arrive(session, visit_id, town.technicians["T1"], fact(town, clock()))
    clock.advance(minutes=30)
    seen(town, clock, 0.0)
    assert arriving.sweep(town.system) == 0
    assert told(town.system) == []


def test_a_quarter_of_an_hour_later_it_is_old_news(town: Town, visit_id: int, clock: Clock) -> None:
    clock.advance(minutes=20)
    seen(town, clock, 0.5)
    (row,) = told(town.system)
    with town.system.transaction(read_only=True) as session:
        order = session.get_one(WorkOrder, row.payload["order_id"])
        assert why_moot(order, row.payload, clock() + timedelta(minutes=15)) is None
        assert why_moot(order, row.payload, clock() + timedelta(minutes=16)) == "too-late"


def test_it_is_worded_in_both_languages() -> None:
    assert {language for language, texts in TEXTS.items() if "{link}" in texts[ARRIVING]} == {"zh", "en"}


def all_at_once(system: System, visit_id: int) -> None:
    start = threading.Barrier(4, timeout=60)

    def one() -> None:
        start.wait()
        arriving.tell(system, [visit_id])

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_several_that_see_it_at_once_tell_it_once(town: Town, visit_id: int) -> None:
    all_at_once(town.system, visit_id)
    assert len(told(town.system)) == 1


def test_without_looking_what_was_told_it_would_be_said_again(
    sqlite_town: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    visit_id = on_the_way(sqlite_town, clock)
    monkeypatch.setattr(arriving, "_told", lambda _session, _visit_ids: set())
    all_at_once(sqlite_town.system, visit_id)
    assert len(told(sqlite_town.system)) == 4
