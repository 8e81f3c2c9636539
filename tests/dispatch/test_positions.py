from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from dispatch import positions, visits
from dispatch.positions import Sighting
from dispatch.system import System
from technicians.people import Position
from tests.phone_day import fact, publish
from tests.town import AREA, DOORS, TUESDAY, Town, shanghai

LNG, LAT = DOORS["310101"]
SECOND = timedelta(seconds=1)


def seen(at: datetime, lng: float = LNG) -> Sighting:
    return Sighting(at, lng, LAT, 8.0)


def last(system: System, technician_id: int) -> Position | None:
    with system.transaction(read_only=True) as session:
        return session.get(Position, technician_id)


@pytest.fixture
def me(town: Town) -> int:
    """T1, whose published route goes from 08:00 to 17:00."""
    return at_work(town)


def at_work(town: Town) -> int:
    with town.system.transaction() as session:
        publish(session, town, "T1", [town.order(session, "A-1", "lamp", window=(9, 11))])
    return town.technicians["T1"]


def test_the_newest_of_a_batch_is_kept_with_its_accuracy_and_no_trace(town: Town, me: int) -> None:
    batch = [seen(shanghai(9.5), 121.1), Sighting(shanghai(10), 121.3, LAT, 65.5), seen(shanghai(9), 121.2)]
    taken = positions.take(town.system, me, batch)
    assert taken.kept == batch[1]
    kept = last(town.system, me)
    assert kept is not None and (kept.lng, kept.accuracy, kept.at) == (121.3, 65.5, shanghai(10))
    with town.system.transaction(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Position)) == 1


def test_what_comes_late_is_taken_but_never_goes_backwards(town: Town, me: int) -> None:
    assert positions.take(town.system, me, [seen(shanghai(9))]).kept
    assert positions.take(town.system, me, [seen(shanghai(8.5), 121.9)]).kept is None
    assert positions.take(town.system, me, [seen(shanghai(9.5), 121.5)]).kept
    kept = last(town.system, me)
    assert kept is not None and kept.lng == 121.5


def test_what_comes_too_often_is_not_written(town: Town, me: int) -> None:
    for after, is_kept in ((0, True), (9, False), (10, True), (19, False), (20, True)):
        taken = positions.take(town.system, me, [seen(shanghai(9) + after * SECOND)])
        assert (taken.kept is not None, taken.is_on_duty) == (is_kept, True)


@pytest.mark.parametrize(
    ("at", "is_kept"),
    [
        (shanghai(7) - SECOND, False),
        (shanghai(7), True),
        (shanghai(18), True),
        (shanghai(18) + SECOND, False),
        (shanghai(12) - timedelta(days=1), False),
    ],
)
def test_where_somebody_is_outside_of_working_time_is_not_kept(sqlite_town: Town, at: datetime, is_kept: bool) -> None:
    mine = at_work(sqlite_town)
    taken = positions.take(sqlite_town.system, mine, [seen(at)])
    assert (taken.kept is not None, taken.is_on_duty) == (is_kept, is_kept)
    assert (last(sqlite_town.system, mine) is not None) == is_kept


def test_of_a_batch_that_ends_after_work_the_last_place_at_work_is_kept(sqlite_town: Town) -> None:
    mine = at_work(sqlite_town)
    taken = positions.take(sqlite_town.system, mine, [seen(shanghai(17)), seen(shanghai(21), 121.9)])
    assert taken.kept == seen(shanghai(17))


def test_who_is_still_on_the_way_after_hours_is_at_work(sqlite_town: Town) -> None:
    mine = at_work(sqlite_town)
    with sqlite_town.system.transaction() as session:
        visit_id = visits.set_out(session, 1, mine, fact(sqlite_town, shanghai(17.5))).id
    assert visit_id == 1
    assert positions.take(sqlite_town.system, mine, [seen(shanghai(20))]).kept
    assert positions.take(sqlite_town.system, mine, [seen(shanghai(17.5) + timedelta(hours=17))]).kept is None


def test_who_has_no_route_is_not_at_work(sqlite_town: Town) -> None:
    at_work(sqlite_town)
    taken = positions.take(sqlite_town.system, sqlite_town.technicians["T2"], [seen(shanghai(10))])
    assert taken == positions.Taken(None, is_on_duty=False)


def test_of_two_at_the_same_time_the_newer_place_stays(town: Town, me: int) -> None:
    """Whoever looked first writes last: the database compares again."""
    older, newer = seen(shanghai(9), 121.1), seen(shanghai(10), 121.9)
    both_looked = threading.Barrier(2)

    def write(what: Sighting) -> None:
        with town.system.transaction(read_only=True) as session:
            assert positions.newest_on_duty(session, me, [what]) == what
        both_looked.wait(timeout=20)
        with town.system.transaction() as session:
            positions.remember(session, me, what)

    writers = [threading.Thread(target=write, args=(what,)) for what in (newer, older)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=20)
    kept = last(town.system, me)
    assert kept is not None and kept.lng == 121.9


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(0, 540), min_size=1, max_size=6))
def test_in_whatever_order_places_come_the_newest_one_is_left(sqlite_town: Town, minutes: list[int]) -> None:
    system, mine = sqlite_town.system, sqlite_town.technicians["T3"]
    with system.transaction() as session:
        for old in session.scalars(select(Position)):
            session.delete(old)
    for minute in minutes:
        with system.transaction() as session:
            positions.remember(session, mine, seen(shanghai(8) + timedelta(minutes=minute)))
    kept = last(system, mine)
    assert kept is not None and kept.at == shanghai(8) + timedelta(minutes=max(minutes))


def test_the_office_sees_who_was_seen_on_the_day_it_looks_at(sqlite_town: Town) -> None:
    mine = at_work(sqlite_town)
    positions.take(sqlite_town.system, mine, [seen(shanghai(10))])
    with sqlite_town.system.transaction(read_only=True) as session:
        assert [each.technician_id for each in positions.of_day(session, AREA, TUESDAY)] == [mine]
        assert positions.of_day(session, AREA, TUESDAY + timedelta(days=1)) == []
