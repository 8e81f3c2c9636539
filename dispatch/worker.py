"""Doing what the outbox promises, one row at a time: claim with a lease, work, record how it ended.

Safe to run twice: a row that somebody else holds, or that has ended, is left alone.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from dispatch import (
    appointments,
    delivering,
    improving,
    later,
    outbox,
    plan_day,
    plans,
    questions,
    reminders,
    sending,
    settling,
    waitlist,
    wishes,
)
from dispatch.errors import PlanningCancelled
from dispatch.later import TryLater
from dispatch.logs import speak_json
from dispatch.outbox import LEASE, Outbox, OutboxKind, OutboxState
from dispatch.system import System, build
from dispatch.tied import tie
from routing.limits import Limits, Progress
from technicians.errors import Conflict, ShifuError

MOST_ATTEMPTS = 3
WRITE_SECONDS = 1.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Task:
    """A row as it was when this worker claimed it; `attempt` tells this claim from later ones."""

    outbox_id: int
    attempt: int
    kind: OutboxKind
    payload: dict[str, Any]
    asked_by: str


def perform(outbox_id: int) -> None:
    """What the queue calls in a process of its own."""
    tie(signal.SIGKILL)
    work_on(build(os.environ), outbox_id)


def work_on(
    system: System,
    outbox_id: int,
    work: Mapping[OutboxKind, Callable[[System, Task], dict[str, Any]]] | None = None,
) -> bool:
    """Do one row; False when there was nothing to do or it was taken away meanwhile.

    A failure is written into the row. One that nobody foresaw is raised again as well, for the log.
    """
    task = _claim(system, outbox_id)
    if task is None:
        return False
    log.info("work.begins", outbox_id=outbox_id, kind=task.kind, attempt=task.attempt)
    try:
        result = (work or WORK)[task.kind](system, task)
    except PlanningCancelled:
        log.info("work.cancelled", outbox_id=outbox_id)
        return False
    except TryLater as wait:
        return _end(system, task, wait=wait)
    except ShifuError as error:
        return _end(system, task, error=str(error))
    except Exception as error:
        _end(system, task, error=f"Unexpected {type(error).__name__}: {error}")
        raise
    return _end(system, task, result=result)


def _claim(system: System, outbox_id: int) -> Task | None:
    with system.transaction() as session:
        row = outbox.claim(session, outbox_id, system.now())
        if row is None:
            return None
        if row.attempts - later.times(row) > MOST_ATTEMPTS:
            told = f"Its worker was lost {MOST_ATTEMPTS} times; it is not tried again."
            outbox.fail(row, told, system.now())
            log.error("work.given-up", outbox_id=outbox_id)
            return None
        return Task(row.id, row.attempts, row.kind, dict(row.payload), row.asked_by)


def _end(
    system: System,
    task: Task,
    *,
    result: dict[str, Any] | None = None,
    error: str | None = None,
    wait: TryLater | None = None,
) -> bool:
    """Record the end, or that it is to be tried again, unless the row was cancelled or has a new worker."""
    with system.transaction() as session:
        row = _still_ours(session, task)
        if row is None:
            log.warning("work.too-late", outbox_id=task.outbox_id)
            return False
        if wait is not None:
            later.put_off(row, str(wait), wait.until)
        elif error is None:
            outbox.finish(row, result or {}, system.now())
        else:
            outbox.fail(row, error, system.now())
        log.info("work.ended", outbox_id=task.outbox_id, state=row.state, error=row.error)
        return True


def _still_ours(session: Session, task: Task) -> Outbox | None:
    row = session.get(Outbox, task.outbox_id, with_for_update=True)
    if row is None or row.state != OutboxState.RUNNING or row.attempts != task.attempt:
        return None
    return row


class ProgressWriter:
    """Writes progress into the row at most once a second, each time in a transaction of its own.

    Every write prolongs the lease. When the row is no longer this worker's (cancelled, or its lease was lost)
    the next write raises PlanningCancelled.
    """

    def __init__(self, system: System, task: Task) -> None:
        self._system = system
        self._task = task
        self._next = time.monotonic()

    def __call__(self, now: Progress) -> None:
        if time.monotonic() < self._next:
            return
        try:
            self._write(now)
        except Conflict as busy:
            if isinstance(busy, PlanningCancelled):
                raise
            log.warning("work.progress-not-written", outbox_id=self._task.outbox_id, reason=busy.message)
        self._next = time.monotonic() + WRITE_SECONDS

    def _write(self, now: Progress) -> None:
        progress = {
            "placed": now.placed,
            "visits": now.visits,
            "cost": now.cost,
            "seconds": round(now.seconds, 1),
        }
        with self._system.transaction() as session:
            written = session.execute(
                update(Outbox)
                .where(Outbox.id == self._task.outbox_id)
                .where(Outbox.state == OutboxState.RUNNING, Outbox.attempts == self._task.attempt)
                .values(percent=int(now.percent), progress=progress, lease_until=self._system.now() + LEASE)
                .returning(Outbox.id)
            )
            if written.one_or_none() is None:
                raise PlanningCancelled("The planning was cancelled, or another worker has it.")


def _plan(system: System, task: Task) -> dict[str, Any]:
    """Plan an area's day; publish it too if that was asked."""
    payload = task.payload
    outcome = plan_day.run(
        system,
        payload["area"],
        date.fromisoformat(payload["date"]),
        _limits(system, payload),
        by=task.asked_by,
        progress=ProgressWriter(system, task),
    )
    if payload.get("publish"):
        with system.transaction() as session:
            plans.publish(session, outcome.plan_id, by=task.asked_by, at=system.now())
    return asdict(outcome)


def _settle(system: System, task: Task) -> dict[str, Any]:
    """Give the promised visits of a day their place."""
    return settling.settle(
        system,
        task.payload["area"],
        date.fromisoformat(task.payload["date"]),
        _limits(system, task.payload),
        by=task.asked_by,
        progress=ProgressWriter(system, task),
    )


def _solve(system: System, task: Task) -> dict[str, Any]:
    """Answer a planning problem that a merchant handed in."""
    return {"answer": questions.worked_out(system, task.payload, ProgressWriter(system, task))}


def _limits(system: System, payload: dict[str, Any]) -> Limits:
    return Limits(
        seconds=float(payload.get("seconds") or system.settings.plan_seconds),
        seed=int(payload.get("seed", 0)),
        processes=int(payload.get("processes") or system.settings.plan_processes),
    )


def _send(system: System, task: Task) -> dict[str, Any]:
    """Tell a consumer something."""
    return sending.send(system, task.outbox_id)


def _deliver(system: System, task: Task) -> dict[str, Any]:
    """Tell a merchant's program of an event."""
    return delivering.deliver(system, task.outbox_id)


def _look_at_clock(system: System, task: Task) -> dict[str, Any]:
    """Bring a clock's ledger up to date, and remind the consumer."""
    return reminders.look(system, task.payload["clock_id"])


def _expire(system: System, task: Task) -> dict[str, Any]:
    """Give back a hold that nobody confirmed in time."""
    with system.transaction() as session:
        appointment_id = task.payload["appointment"]
        return {"given_back": appointments.expire(session, system.travel_times, appointment_id, at=system.now())}


def _improve(system: System, task: Task) -> dict[str, Any]:
    """Make the draft of a day shorter."""
    limits = Limits(system.settings.improve_seconds, processes=1)
    return asdict(improving.improve(system, task.payload["area"], date.fromisoformat(task.payload["date"]), limits))


def _offer_freed(system: System, task: Task) -> dict[str, Any]:
    """Tell those on the waitlist whom the freed time of a day helps."""
    with system.transaction() as session:
        on_date = date.fromisoformat(task.payload["date"])
        told = waitlist.offer(session, system.travel_times, task.payload["area"], on_date, at=system.now())
        return {"told": told}


def _book_wishes(system: System, task: Task) -> dict[str, Any]:
    """Book the second visit as its consumer wished."""
    return wishes.book(system, task.payload["trip"])


WORK: Mapping[OutboxKind, Callable[[System, Task], dict[str, Any]]] = {
    OutboxKind.PLAN: _plan,
    OutboxKind.SETTLE: _settle,
    OutboxKind.MESSAGE: _send,
    OutboxKind.SOLVE: _solve,
    OutboxKind.WEBHOOK: _deliver,
    OutboxKind.EXPIRE: _expire,
    OutboxKind.IMPROVE: _improve,
    OutboxKind.WAITLIST: _offer_freed,
    OutboxKind.WISHES: _book_wishes,
    OutboxKind.CLOCK: _look_at_clock,
}


def main(outbox_ids: list[str]) -> None:
    """`python -m dispatch.worker ID …`: do these rows, one after the other."""
    tie()
    speak_json()
    system = build(os.environ)
    for outbox_id in outbox_ids:
        work_on(system, int(outbox_id))


if __name__ == "__main__":
    main(sys.argv[1:])
