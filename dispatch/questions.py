"""Planning problems that merchants hand in: small ones are answered at once, others by a worker."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dispatch import outbox, solving
from dispatch.errors import Busy
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.system import System
from dispatch.turns import Turns
from routing.limits import Limits, Progress
from technicians.errors import InvalidInput, NotFound

MOST_TASKS = 1000
MOST_VEHICLES = 200
TASKS_AT_ONCE = 200
SECONDS_AT_ONCE = 10.0
USUAL_SECONDS = 5.0
LEAST_SECONDS = 0.1
MOST_WAITING = 5
KEPT = timedelta(days=1)
UNENDED = (OutboxState.WAITING, OutboxState.RUNNING)

Form = Mapping[str, Any]


def take(system: System, merchant: str, form: Form, seconds: float | None, turns: Turns) -> dict[str, Any] | Outbox:
    """The answer in VROOM's form, or the promise of one when it would take long.

    Raises InvalidInput and InvalidProblem for what cannot be used, Busy when too many are being worked on.
    """
    tasks = _tasks(form)
    chosen = _seconds(system, form, seconds)
    asked = solving.asked(form, system.travel_times)
    if asked.question.is_fixed or (tasks <= TASKS_AT_ONCE and chosen <= SECONDS_AT_ONCE):
        with turns.taken():
            return solving.answered(asked, Limits(seconds=chosen))
    payload = {"form": _storable(form), "seconds": chosen}
    with system.transaction() as session:
        return _promised(session, merchant, payload, system.now())


def find(session: Session, merchant: str, question_id: int) -> Outbox:
    """The merchant's question of that number, for a day after it was answered; NotFound."""
    row = session.get(Outbox, question_id)
    if row is None or row.kind != OutboxKind.SOLVE or row.asked_by != _asker(merchant):
        raise NotFound(
            "There is no question {id} of yours, or it was answered over a day ago.",
            field="question",
            remedy="Ask it again.",
            id=question_id,
        )
    return row


def withdraw(session: Session, merchant: str, question_id: int, at: datetime) -> Outbox:
    """Stop working on a question; the worker notices within a second. Safe to repeat, and late it changes nothing."""
    row = find(session, merchant, question_id)
    if row.can_move_to(OutboxState.CANCELLED):
        row.move_to(OutboxState.CANCELLED)
        row.ended_at, row.error = at, f"cancelled by {row.asked_by}"
    return row


def worked_out(system: System, payload: dict[str, Any], progress: Callable[[Progress], None]) -> dict[str, Any]:
    """What a worker does with a question that was promised an answer."""
    limits = Limits(seconds=payload["seconds"], processes=system.settings.plan_processes)
    return solving.answered(solving.asked(payload["form"], system.travel_times), limits, progress)


def _promised(session: Session, merchant: str, payload: dict[str, Any], at: datetime) -> Outbox:
    """A row for the workers, those of the day before forgotten."""
    ours = Outbox.kind == OutboxKind.SOLVE
    session.execute(delete(Outbox).where(ours, Outbox.ended_at < at - KEPT))
    waiting = session.scalar(
        select(func.count(Outbox.id)).where(ours, Outbox.asked_by == _asker(merchant), Outbox.state.in_(UNENDED))
    )
    if waiting is not None and waiting >= MOST_WAITING:
        raise Busy(
            "{waiting} of your questions are not answered yet.",
            remedy="Wait for the answers, then ask again.",
            waiting=waiting,
        )
    session.info["wake"] = True
    return outbox.add(session, OutboxKind.SOLVE, payload, asked_by=_asker(merchant), at=at)


def _asker(merchant: str) -> str:
    return f"merchant:{merchant}"


def _tasks(form: Form) -> int:
    """How many tasks there are, ends of shipments included; refused when there are too many."""
    tasks = _length(form, "jobs") + 2 * _length(form, "shipments")
    for field, count, most in (("jobs", tasks, MOST_TASKS), ("vehicles", _length(form, "vehicles"), MOST_VEHICLES)):
        if count > most:
            raise InvalidInput(
                "There are {count}; at most {most} are planned here.",
                field=field,
                remedy="Send fewer at a time, or use `dispatch solve`.",
                count=count,
                most=most,
            )
    return tasks


def _length(form: Form, name: str) -> int:
    rows = form.get(name)
    return len(rows) if isinstance(rows, list) else 0


def _seconds(system: System, form: Form, seconds: float | None) -> float:
    """The time asked for, in the address or as VROOM's option `l`, within what this installation allows."""
    most = system.settings.solve_seconds
    options = form.get("options")
    field = "seconds" if seconds is not None else "options.l"
    asked = seconds if seconds is not None or not isinstance(options, Mapping) else options.get("l")
    if asked is None:
        return min(USUAL_SECONDS, most)
    if isinstance(asked, bool) or not isinstance(asked, int | float) or not LEAST_SECONDS <= asked <= most:
        raise InvalidInput(
            "It is not between {least} and {most} seconds.",
            field=field,
            remedy="Leave it out, or give a number in between.",
            least=LEAST_SECONDS,
            most=most,
        )
    return float(asked)


def _storable(form: Form) -> Form:
    """The form, if a database can keep it: no NaN, no text that is none."""
    try:
        text = json.dumps(form, allow_nan=False, ensure_ascii=False)
        text.encode()
    except ValueError as error:
        raise _unkept() from error
    if "\\u0000" in text:
        raise _unkept()
    return form


def _unkept() -> InvalidInput:
    return InvalidInput(
        "It holds a number or a text that cannot be kept.", field="input", remedy="Send no NaN, Infinity and \\u0000."
    )
