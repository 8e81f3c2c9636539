"""What a worker does with a row of the outbox, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch import later, outbox
from dispatch.errors import PlanOutOfDate
from dispatch.later import TryLater
from dispatch.outbox import LEASE, Outbox, OutboxKind, OutboxState
from dispatch.system import System
from dispatch.worker import MOST_ATTEMPTS, ProgressWriter, Task, work_on
from routing.limits import Progress
from tests.clock import Clock

HALF = Progress(percent=50.4, placed=3, visits=6, cost=900, seconds=1.26)


def promise(system: System, kind: OutboxKind = OutboxKind.MESSAGE, **payload: Any) -> int:
    with system.transaction() as session:
        return outbox.add(session, kind, payload, asked_by="dora", at=system.now()).id


def row(system: System, outbox_id: int) -> Outbox:
    with system.transaction(read_only=True) as session:
        return session.get_one(Outbox, outbox_id)


def cancel(system: System, outbox_id: int) -> None:
    with system.transaction() as session:
        session.get_one(Outbox, outbox_id).move_to(OutboxState.CANCELLED)


def test_a_message_is_looked_at_once(system: System) -> None:
    message = promise(system, template="book", order_id=1)
    assert work_on(system, message)
    assert not work_on(system, message)
    done = row(system, message)
    assert (done.state, done.percent, done.attempts, done.lease_until) == (OutboxState.DONE, 100, 1, None)
    assert done.result == {"skipped": "no-order"}


def test_a_row_that_is_not_due_yet_is_left_alone(system: System, clock: Clock) -> None:
    message = promise(system)
    clock.advance(seconds=-1)
    assert not work_on(system, message)
    assert row(system, message).state == OutboxState.WAITING


def test_a_failure_is_recorded_with_its_reason_and_remedy(sqlite_system: System) -> None:
    def out_of_date(_system: System, _task: Task) -> dict[str, Any]:
        raise PlanOutOfDate("The day kept changing.", remedy="Plan it again.")

    message = promise(sqlite_system)
    assert work_on(sqlite_system, message, {OutboxKind.MESSAGE: out_of_date})
    failed = row(sqlite_system, message)
    assert (failed.state, failed.error) == (OutboxState.FAILED, "The day kept changing. Plan it again.")
    assert failed.ended_at == sqlite_system.now()


def test_a_failure_nobody_foresaw_is_recorded_and_raised(sqlite_system: System) -> None:
    def surprise(_system: System, _task: Task) -> dict[str, Any]:
        raise ZeroDivisionError("a technician with no hands")

    message = promise(sqlite_system)
    with pytest.raises(ZeroDivisionError):
        work_on(sqlite_system, message, {OutboxKind.MESSAGE: surprise})
    assert row(sqlite_system, message).error == "Unexpected ZeroDivisionError: a technician with no hands"


def test_progress_is_seen_while_the_work_goes_on_and_prolongs_the_lease(system: System, clock: Clock) -> None:
    seen: list[Outbox] = []

    def reporting(_system: System, task: Task) -> dict[str, Any]:
        clock.advance(seconds=90)
        ProgressWriter(system, task)(HALF)
        seen.append(row(system, task.outbox_id))
        return {}

    message = promise(system)
    assert work_on(system, message, {OutboxKind.MESSAGE: reporting})
    assert (seen[0].percent, seen[0].progress) == (
        50,
        {"placed": 3, "visits": 6, "cost": 900, "seconds": 1.3},
    )
    assert seen[0].lease_until == clock() + LEASE


def test_progress_is_written_at_most_once_a_second(sqlite_system: System) -> None:
    def reporting(_system: System, task: Task) -> dict[str, Any]:
        write = ProgressWriter(sqlite_system, task)
        write(HALF)
        write(Progress(percent=90, placed=6, visits=6, cost=100, seconds=1.3))
        return {"percent": row(sqlite_system, task.outbox_id).percent}

    message = promise(sqlite_system)
    work_on(sqlite_system, message, {OutboxKind.MESSAGE: reporting})
    assert row(sqlite_system, message).result == {"percent": 50}


def test_a_cancelled_row_stops_its_worker_at_the_next_progress(system: System) -> None:
    def cancelled_meanwhile(_system: System, task: Task) -> dict[str, Any]:
        cancel(system, task.outbox_id)
        ProgressWriter(system, task)(HALF)
        raise AssertionError("the worker went on")

    message = promise(system)
    assert not work_on(system, message, {OutboxKind.MESSAGE: cancelled_meanwhile})
    assert row(system, message).state == OutboxState.CANCELLED


def test_a_row_cancelled_in_the_last_moment_stays_cancelled(system: System) -> None:
    def cancelled_meanwhile(_system: System, task: Task) -> dict[str, Any]:
        cancel(system, task.outbox_id)
        return {}

    message = promise(system)
    assert not work_on(system, message, {OutboxKind.MESSAGE: cancelled_meanwhile})
    assert row(system, message).state == OutboxState.CANCELLED


def test_a_worker_whose_lease_was_lost_does_not_write_over_its_successor(system: System, clock: Clock) -> None:
    def overtaken(_system: System, task: Task) -> dict[str, Any]:
        clock.advance(seconds=LEASE.total_seconds() + 1)
        assert work_on(system, task.outbox_id)
        return {"sent_by": "the one who was late"}

    message = promise(system)
    assert not work_on(system, message, {OutboxKind.MESSAGE: overtaken})
    assert row(system, message).result == {"skipped": "no-order"}


def test_a_row_whose_workers_are_lost_again_and_again_is_given_up(system: System, clock: Clock) -> None:
    message = promise(system)
    for _ in range(MOST_ATTEMPTS):
        with system.transaction() as session:
            assert outbox.claim(session, message, clock())
        assert not work_on(system, message)
        clock.advance(seconds=LEASE.total_seconds() + 1)
    assert not work_on(system, message)
    given_up = row(system, message)
    assert given_up.state == OutboxState.FAILED
    assert given_up.error == "Its worker was lost 3 times; it is not tried again."


def test_work_that_is_put_off_waits_and_is_told_why_without_counting_as_lost(system: System, clock: Clock) -> None:
    def busy(_system: System, _task: Task) -> dict[str, Any]:
        raise TryLater("the provider is busy", clock() + timedelta(minutes=1))

    message = promise(system)
    for tries in range(1, MOST_ATTEMPTS + 3):
        assert work_on(system, message, {OutboxKind.MESSAGE: busy})
        waiting = row(system, message)
        assert (waiting.state, waiting.error, later.times(waiting)) == (
            OutboxState.WAITING, "the provider is busy", tries,
        )  # fmt: skip
        assert not work_on(system, message), "not before its time"
        clock.advance(minutes=1)
    assert work_on(system, message)
    assert (row(system, message).state, row(system, message).error) == (OutboxState.DONE, None)


def test_a_plan_that_was_asked_for_is_made_and_its_result_kept(sqlite_system: System) -> None:
    payload = {"area": "310100", "date": "2026-05-12", "seconds": 1, "publish": True}
    planning = promise(sqlite_system, OutboxKind.PLAN, **payload)
    assert work_on(sqlite_system, planning)
    done = row(sqlite_system, planning)
    assert (done.state, done.error) == (OutboxState.DONE, None)
    assert done.result["visits"] == 0
