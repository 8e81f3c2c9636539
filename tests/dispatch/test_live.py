from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from dispatch import changes, live, positions, technician_day, visits
from dispatch.day_plan import Stop
from dispatch.live import News
from dispatch.queue import Queue
from dispatch.system import System
from technicians.errors import NotFound
from tests.phone_day import fact, publish
from tests.servers import free_port
from tests.town import AREA, DOORS, TUESDAY, Town, shanghai

WEDNESDAY = TUESDAY + timedelta(days=1)
LNG, LAT = DOORS["310101"]


@pytest.fixture
def visit_id(town: Town) -> int:
    return booked(town)


def booked(town: Town) -> int:
    with town.system.transaction() as session:
        order = town.order(session, "A-1", "lamp", window=(9, 11))
        publish(session, town, "T1", [order])
        return order.visits[0].id


def mark(system: System) -> str:
    with system.transaction(read_only=True) as session:
        return str(live.mark(session, AREA, TUESDAY))


def news(system: System, since: str) -> News | None:
    with system.transaction(read_only=True) as session:
        return live.news(session, AREA, TUESDAY, since)


def set_out(town: Town, visit_id: int, **place: float) -> None:
    with town.system.transaction() as session:
        visits.set_out(session, visit_id, town.technicians["T1"], fact(town, shanghai(9), **place))


def test_a_day_on_which_nothing_happens_keeps_its_mark(town: Town, visit_id: int) -> None:
    before = mark(town.system)
    assert mark(town.system) == before
    assert news(town.system, before) is None


def test_a_fact_from_a_phone_is_news_that_names_its_visit(town: Town, visit_id: int) -> None:
    before = mark(town.system)
    set_out(town, visit_id)
    found = news(town.system, before)
    assert found == News(mark(town.system), day=True, positions=False, visits=(visit_id,))
    assert news(town.system, found.mark) is None


def change_a_pin(town: Town, visit_id: int) -> None:
    with town.system.transaction() as session:
        changes.pin(session, visit_id, town.technicians["T1"], None, by="li", at=town.system.now())


def see_the_route(town: Town, visit_id: int) -> None:
    with town.system.transaction() as session:
        technician_day.see_route(session, town.technicians["T1"], TUESDAY, 1, at=town.system.now())


def move_to_another(town: Town, visit_id: int) -> None:
    with town.system.transaction() as session:
        stop = session.scalars(select(Stop)).one()
        changes.move(
            session, town.system.travel_times, stop.day_plan_id, visit_id, None, revisions={}, by="li",
            at=town.system.now(),
        )  # fmt: skip


@pytest.mark.parametrize("change", [change_a_pin, see_the_route, move_to_another])
def test_what_the_office_changes_or_a_technician_reads_is_news(
    town: Town, visit_id: int, change: Callable[[Town, int], None]
) -> None:
    before = mark(town.system)
    change(town, visit_id)
    found = news(town.system, before)
    assert found is not None and found.day and found.visits == ()


def test_a_position_is_news_of_positions_only(town: Town, visit_id: int) -> None:
    before = mark(town.system)
    with town.system.transaction() as session:
        positions.remember(session, town.technicians["T1"], positions.Sighting(shanghai(9), LNG, LAT, 5.0))
    found = news(town.system, before)
    assert found is not None and (found.day, found.positions) == (False, True)


def test_somebody_with_an_older_place_than_another_is_news_too(sqlite_town: Town) -> None:
    """The twin: the newest instant alone would not tell."""
    booked(sqlite_town)
    with sqlite_town.system.transaction() as session:
        positions.remember(session, sqlite_town.technicians["T1"], positions.Sighting(shanghai(9), LNG, LAT, 5.0))
    before = mark(sqlite_town.system)
    with sqlite_town.system.transaction() as session:
        positions.remember(session, sqlite_town.technicians["T2"], positions.Sighting(shanghai(8.5), LNG, LAT, 5.0))
    assert news(sqlite_town.system, before) is not None


def test_what_happens_on_another_day_is_not_news_of_this_one(sqlite_town: Town) -> None:
    booked(sqlite_town)
    with sqlite_town.system.transaction(read_only=True) as session:
        before = str(live.mark(session, AREA, WEDNESDAY))
    set_out(sqlite_town, 1, lng=LNG, lat=LAT, accuracy=5.0)
    with sqlite_town.system.transaction(read_only=True) as session:
        assert str(live.mark(session, AREA, WEDNESDAY)) == before


@pytest.mark.parametrize(
    "since", ["", "nonsense", "1.2-", "-.-", "9" * 200, "１.２-３", "1.p.1.0.1.0.99999999999999999999-0"]
)
def test_a_mark_that_is_none_is_as_good_as_knowing_nothing(sqlite_town: Town, since: str) -> None:
    booked(sqlite_town)
    found = news(sqlite_town.system, since)
    assert found is not None and found.mark == mark(sqlite_town.system)


def test_an_unknown_area_is_not_found(sqlite_system: System) -> None:
    with pytest.raises(NotFound), sqlite_system.transaction(read_only=True) as session:
        live.mark(session, "999999", TUESDAY)


def test_a_look_without_waiting_ends_at_once(sqlite_town: Town) -> None:
    visit_id = booked(sqlite_town)
    before = mark(sqlite_town.system)
    assert list(live.follow(sqlite_town.system, AREA, TUESDAY, before, hold=0)) == [None]
    set_out(sqlite_town, visit_id)
    (found,) = live.follow(sqlite_town.system, AREA, TUESDAY, before, hold=0)
    assert found is not None and found.visits == (visit_id,)


def test_who_waits_is_told_of_what_happens_meanwhile_and_then_it_ends(sqlite_town: Town) -> None:
    visit_id = booked(sqlite_town)
    following = live.follow(sqlite_town.system, AREA, TUESDAY, mark(sqlite_town.system), hold=30)
    assert next(following) is None
    set_out(sqlite_town, visit_id)
    (found,) = following
    assert found is not None and found.visits == (visit_id,)


def test_a_push_wakes_who_waits_for_this_area_and_a_push_for_another_does_not(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, sqlite_town: Town
) -> None:
    """The looks are an hour apart here: only the push can bring the next one."""
    monkeypatch.setattr(live, "LOOK_SECONDS", 3600.0)
    system = replace(sqlite_town.system, queue=Queue(redis_url))
    town = replace(sqlite_town, system=system)
    visit_id = booked(town)
    following = live.follow(system, AREA, TUESDAY, mark(system), hold=3600)
    assert next(following) is None
    told: list[News | None] = []
    waiting = threading.Thread(target=lambda: told.extend(following), daemon=True)
    waiting.start()
    system.queue.tell(["110100"])
    set_out(town, visit_id)
    waiting.join(timeout=20)
    assert [found.visits for found in told if found] == [(visit_id,)]


def test_what_is_taken_back_is_told_to_nobody(redis_url: str, sqlite_town: Town) -> None:
    visit_id = booked(sqlite_town)
    queue = Queue(redis_url)
    heard = queue.listen()
    assert heard is not None
    town = replace(sqlite_town, system=replace(sqlite_town.system, queue=queue))
    with pytest.raises(ZeroDivisionError), town.system.transaction() as session:
        visits.set_out(session, visit_id, town.technicians["T1"], fact(town, shanghai(9)))
        1 / 0  # noqa: B018
    set_out(town, visit_id)
    messages = [heard.get_message(timeout=1.0) for _ in range(3)]
    assert [message["data"] for message in messages if message] == [AREA.encode()]
    heard.close()


def test_without_a_redis_that_answers_looking_goes_on(sqlite_town: Town) -> None:
    dead = Queue(f"redis://127.0.0.1:{free_port()}/0")
    town = replace(sqlite_town, system=replace(sqlite_town.system, queue=dead))
    visit_id = booked(town)
    following = live.follow(town.system, AREA, TUESDAY, mark(town.system), hold=30)
    assert next(following) is None
    set_out(town, visit_id)
    assert next(following) is not None
