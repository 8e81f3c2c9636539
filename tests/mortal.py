"""A process whose children do one booking each, and may die of it: `python -m tests.mortal`.

Reads one errand a line as JSON and answers each with how its child ended. Children are forked from what is imported
and warm already, so that a death costs a tenth of a second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session, configure_mappers

from dispatch import appointments, warm, wishes
from dispatch import system as systems
from dispatch.system import System
from dispatch.work_order import BookedBy, WorkOrder
from routing.day import Day
from routing.plan import Plan
from routing.problem import Problem, TimeWindow, Vehicle
from technicians.errors import ShifuError

ROOT = Path(__file__).resolve().parents[1]
KILLED, REFUSED = -9, 3
CONSUMER: dict[str, Any] = {"booked_by": BookedBy.CONSUMER, "by": "consumer"}


@dataclass(frozen=True, slots=True)
class Errand:
    """What a child does: a verb of `dispatch.appointments` at an instant, in a system with this environment.

    `wishes` is the job that books those of a wasted trip (its id in place of an order's), in transactions of its own.
    With `autocommit` every statement is a transaction of its own: what must not be.
    """

    environment: Mapping[str, str]
    verb: str
    order: int
    at: str
    starts_at: str | None = None
    autocommit: bool = False


@dataclass(frozen=True, slots=True)
class Mortal:
    """The running process: `run` gives the exit code of an errand's child, negative for a signal."""

    process: subprocess.Popen[str]

    def run(self, errand: Errand) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asdict(errand)) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def mortal() -> Iterator[Mortal]:
    command = [sys.executable, "-m", "tests.mortal"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield Mortal(process)
        assert process.stdin is not None
        process.stdin.close()


def do(errand: Errand) -> None:
    """The verb in one transaction of a fresh system."""
    at = datetime.fromisoformat(errand.at)
    system = replace(systems.build(errand.environment), now=lambda: at)
    if errand.autocommit:
        system = replace(system, engine=system.engine.execution_options(isolation_level="AUTOCOMMIT"))
    try:
        if errand.verb == "wishes":
            wishes.book(system, errand.order)
            return
        with system.transaction() as session:
            VERBS[errand.verb](session, system, session.get_one(WorkOrder, errand.order), errand)
    finally:
        system.engine.dispose()


def _hold(session: Session, system: System, order: WorkOrder, errand: Errand) -> None:
    appointments.hold(session, system.travel_times, order, _window(errand), **CONSUMER, at=system.now())


def _confirm(session: Session, system: System, order: WorkOrder, errand: Errand) -> None:
    appointments.confirm(session, system.travel_times, order, **CONSUMER, at=system.now())


def _choose(session: Session, system: System, order: WorkOrder, errand: Errand) -> None:
    appointments.choose(session, system.travel_times, order, _window(errand), **CONSUMER, at=system.now())


def _release(session: Session, system: System, order: WorkOrder, errand: Errand) -> None:
    appointments.release(session, system.travel_times, order, by="consumer", at=system.now())


def _cancel(session: Session, system: System, order: WorkOrder, errand: Errand) -> None:
    appointments.call_off(session, system.travel_times, order, by="consumer", at=system.now())


VERBS: dict[str, Callable[[Session, System, WorkOrder, Errand], None]] = {
    "hold": _hold, "confirm": _confirm, "choose": _choose, "release": _release, "cancel": _cancel,
}  # fmt: skip


def _window(errand: Errand) -> datetime:
    assert errand.starts_at is not None
    return datetime.fromisoformat(errand.starts_at)


def _child(line: str) -> int:
    try:
        do(Errand(**json.loads(line)))
    except ShifuError:
        return REFUSED
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    day = TimeWindow(0, 3600)
    problem = Problem((), (Vehicle(1, None, None, day), Vehicle(2, None, None, day)), np.zeros((1, 1), np.int32))
    warm.promise_once(Day.of(problem, Plan((), {})))
    configure_mappers()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_child(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
