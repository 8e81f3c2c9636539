"""Planning problems handed in: kept for a worker on both databases, forgotten after a day, never answered late."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dispatch import questions, solving
from dispatch.errors import SolverFailed
from dispatch.outbox import Outbox
from dispatch.system import System
from dispatch.turns import Turns
from dispatch.worker import work_on
from routing.limits import Limits
from routing.travel import GreatCircle
from technicians.errors import NotFound
from tests.clock import Clock
from tests.dispatch import engines

Json = dict[str, Any]
LONG = 11.0


def form(**job: Any) -> Json:
    return {
        "vehicles": [{"id": 1, "start": [121.4, 31.2], "time_window": [0, 5000]}],
        "jobs": [{"id": 5, "location": [121.41, 31.2], **job}],
    }


def promised(system: System) -> Outbox:
    row = questions.take(system, "lights", form(skills=[9]), LONG, Turns(1))
    assert isinstance(row, Outbox)
    return row


def kept(system: System) -> list[Outbox]:
    with system.transaction(read_only=True) as session:
        return list(session.scalars(select(Outbox).order_by(Outbox.id)))


def test_a_question_is_kept_worked_on_and_found_by_its_merchant_only(system: System) -> None:
    row = promised(system)
    assert work_on(system, row.id, {row.kind: lambda s, task: {"answer": at_once(s, task.payload)}})
    with system.transaction(read_only=True) as session:
        answer = questions.find(session, "lights", row.id).result["answer"]
        assert [(left["id"], left["reason"]) for left in answer["unassigned"]] == [(5, "skill")]
        with pytest.raises(NotFound):
            questions.find(session, "rival", row.id)


def at_once(system: System, payload: Json) -> Json:
    return questions.worked_out(system, payload | {"seconds": 1.0}, lambda _now: None)


def test_answered_questions_are_forgotten_after_a_day(sqlite_system: System, clock: Clock) -> None:
    first = promised(sqlite_system)
    work_on(sqlite_system, first.id, {first.kind: lambda _system, _task: {}})
    clock.advance(hours=23)
    waiting = promised(sqlite_system)
    assert [row.id for row in kept(sqlite_system)] == [first.id, waiting.id]
    clock.advance(hours=2)
    latest = promised(sqlite_system)
    assert [row.id for row in kept(sqlite_system)] == [waiting.id, latest.id], "what waits is never forgotten"


def test_a_small_question_leaves_nothing_behind(sqlite_system: System) -> None:
    answer = questions.take(sqlite_system, "lights", form(), 0.2, Turns(1))
    assert isinstance(answer, dict)
    assert (answer["code"], kept(sqlite_system)) == (0, [])


def test_steps_that_are_only_to_be_timed_are_timed_at_once(sqlite_system: System) -> None:
    answer = questions.take(sqlite_system, "lights", form() | {"options": {"c": True}}, LONG, Turns(1))
    assert isinstance(answer, dict)
    assert (answer["summary"]["unassigned"], kept(sqlite_system)) == (1, [])


def test_a_turn_is_given_back_when_the_planning_fails() -> None:
    turns = Turns(1)
    for _ in range(2):
        with pytest.raises(KeyError), turns.taken():
            raise KeyError


def test_a_planner_that_hangs_is_stopped(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(engines.NOTE, str(tmp_path / "who"))
    asked = solving.asked(form(), GreatCircle())
    with pytest.raises(SolverFailed, match="was stopped"):
        solving.answered(asked, Limits(seconds=0.2), engine=engines.hangs)


def test_times_of_the_computing_are_told_in_milliseconds() -> None:
    answer = solving.answered(solving.asked(form(), GreatCircle()), Limits(seconds=0.2), engine=engines.gives_up)
    assert answer["summary"]["computing_times"]["solving"] > 0
    assert answer["unassigned"][0]["reason"] == "no-time"
