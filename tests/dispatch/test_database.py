"""On SQLite one writes at a time: the others wait for their turn, and are told when it does not come."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from dispatch import database
from dispatch.system import System
from technicians.errors import Conflict
from tests.town import Town

CLAIM = text("INSERT INTO skill (code, name_zh, name_en) VALUES (:code, :code, :code)")
CLAIMED = text("SELECT code FROM skill WHERE code LIKE 'turn-%' ORDER BY code")


def claimed(system: System) -> list[str]:
    with system.transaction() as session:
        return list(session.scalars(CLAIMED))


def test_a_writer_waits_until_the_one_before_has_ended(sqlite_town: Town) -> None:
    system, begun, found = sqlite_town.system, threading.Event(), []

    def second() -> None:
        begun.set()
        with system.transaction() as session:
            found.extend(session.scalars(CLAIMED))

    waiting = threading.Thread(target=second)
    with system.transaction() as session:
        session.execute(CLAIM, {"code": "turn-1"})
        waiting.start()
        begun.wait()
    waiting.join()
    assert found == ["turn-1"]


def test_a_turn_that_does_not_come_is_a_conflict_and_changes_nothing(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "TIMES", 3)
    system = sqlite_town.system
    with system.transaction() as first:
        first.execute(CLAIM, {"code": "turn-1"})
        with pytest.raises(Conflict, match="busy"), system.transaction() as second:
            second.execute(CLAIM, {"code": "turn-2"})
    assert claimed(system) == ["turn-1"]


def test_turns_without_end_leave_nobody_out(sqlite_town: Town) -> None:
    system, each = sqlite_town.system, 5

    def writes(name: str) -> None:
        for n in range(each):
            with system.transaction() as session:
                session.execute(CLAIM, {"code": f"turn-{name}-{n}"})

    writers = [threading.Thread(target=writes, args=[name]) for name in "abcdef"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(claimed(system)) == each * len(writers)
