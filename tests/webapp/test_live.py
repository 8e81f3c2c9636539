"""What a board is told of while it is open: over the wire, to whom, and what happens when many wait at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dispatch import positions, visits
from dispatch.account import Role
from dispatch.positions import Sighting
from dispatch.system import System
from tests.phone_day import fact, publish
from tests.town import AREA, DOORS, TUESDAY, Town, shanghai
from tests.webapp.console import Console
from webapp import live

DAY = f"area={AREA}&day={TUESDAY}"
LNG, LAT = DOORS["310101"]


@pytest.fixture
def visit_id(sqlite_town: Town) -> int:
    with sqlite_town.system.transaction() as session:
        order = sqlite_town.order(session, "A-1", "lamp", window=(9, 11))
        publish(session, sqlite_town, "T1", [order])
        return order.visits[0].id


@pytest.fixture
def console(sqlite_system: System, visit_id: int) -> Console:
    return Console.of(sqlite_system)


def set_out(town: Town, visit_id: int) -> None:
    with town.system.transaction() as session:
        visits.set_out(session, visit_id, town.technicians["T1"], fact(town, shanghai(9)))


def told(text: str) -> dict[str, str]:
    """The fields of an answer that holds at most one event."""
    return dict(line.split(": ", 1) for line in text.splitlines() if line and not line.startswith(":"))


def mark(console: Console) -> str:
    known: str = console.get_json(f"/board/day?{DAY}")["mark"]
    return known


def test_a_board_that_knows_the_day_as_it_is_hears_nothing_and_comes_back_in_a_second(console: Console) -> None:
    answer = console.get(f"/board/live?{DAY}&since={mark(console)}")
    assert answer.content_type.startswith("text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    assert told(answer.text) == {"retry": "1000"}


def test_a_phone_that_sets_out_is_told_with_its_visit_and_the_mark_of_the_day(
    console: Console, sqlite_town: Town, visit_id: int
) -> None:
    before = mark(console)
    set_out(sqlite_town, visit_id)
    event = told(console.get(f"/board/live?{DAY}&since={before}").text)
    assert (event["event"], event["id"]) == ("changed", mark(console))
    assert json.loads(event["data"]) == {"day": True, "positions": False, "visits": [visit_id]}
    assert "event" not in told(console.get(f"/board/live?{DAY}&since={before}", **{"Last-Event-ID": event["id"]}).text)


def test_an_event_says_nothing_that_its_reader_might_not_read(
    console: Console, sqlite_town: Town, visit_id: int
) -> None:
    set_out(sqlite_town, visit_id)
    text = console.get(f"/board/live?{DAY}").text
    for private in ("陈女士", "13900000001", "南京东路", "A-1"):
        assert private not in text


class Slow:
    """A board whose answer is read piece by piece."""

    def __init__(self, console: Console, since: str) -> None:
        path = f"/board/live?{DAY}&since={since}"
        self.answer: TestResponse = console.client.get(path, headers=console.headers, buffered=False)
        self.pieces: Any = iter(self.answer.response)

    def read(self) -> str:
        piece = next(self.pieces)
        return piece.decode() if isinstance(piece, bytes) else str(piece)

    def leave(self) -> None:
        self.answer.close()


def test_as_many_boards_wait_as_there_are_places_and_a_place_is_given_back(
    sqlite_system: System, visit_id: int
) -> None:
    limited = replace(sqlite_system, settings=replace(sqlite_system.settings, live_streams=1))
    console = Console.of(limited)
    since = mark(console)
    waiting = Slow(console, since)
    assert [waiting.read(), waiting.read()] == [f"retry: {live.AT_ONCE}\n\n", live.NOTHING]
    other = Slow(console, since)
    assert other.read() == f"retry: {live.A_SECOND_LATER}\n\n"
    waiting.leave()
    third = Slow(console, since)
    assert third.read() == f"retry: {live.AT_ONCE}\n\n"
    third.leave()


def test_one_who_waits_is_told_in_the_same_answer(sqlite_town: Town, visit_id: int) -> None:
    system = sqlite_town.system
    console = Console.of(replace(system, settings=replace(system.settings, live_streams=1)))
    waiting = Slow(console, mark(console))
    assert [waiting.read(), waiting.read()] == [f"retry: {live.AT_ONCE}\n\n", live.NOTHING]
    set_out(sqlite_town, visit_id)
    assert told(waiting.read())["event"] == "changed"
    assert list(waiting.pieces) == []


@pytest.mark.parametrize("path", ["/board/live", "/board/positions"])
def test_a_merchant_and_somebody_without_a_login_are_told_nothing(sqlite_town: Town, path: str) -> None:
    system = sqlite_town.system
    merchant = Console.of(system, Role.MERCHANT, merchant_id=sqlite_town.merchant_id)
    for console, status in ((Console(system), 401), (merchant, 403)):
        assert console.get(f"{path}?{DAY}", Accept="application/json").status_code == status


@pytest.mark.parametrize("query", ["", f"area={AREA}", f"area={AREA}&day=soon", f"{DAY}&since={'9' * 201}"])
def test_a_question_that_is_none_is_refused(console: Console, query: str) -> None:
    assert console.get(f"/board/live?{query}", Accept="application/json").status_code == 422


def test_positions_are_those_of_the_day_that_is_looked_at(console: Console, sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        for code, at in (("T1", shanghai(9.5)), ("T2", shanghai(0) - timedelta(seconds=1))):
            positions.remember(session, sqlite_town.technicians[code], Sighting(at, LNG, LAT, 12.4))
    (only,) = console.get_json(f"/board/positions?{DAY}")["positions"]
    assert only == {
        "technician": sqlite_town.technicians["T1"], "lng": LNG, "lat": LAT, "accuracy": 12,
        "at": shanghai(9.5).isoformat(),
    }  # fmt: skip
