"""What runs inside the planner's child process: read one request, plan, answer in lines of JSON.

The request is a pickle on standard input. Answers go to the pipe whose number is the first argument, one JSON
object a line: `started`, then `progress` as often as the engine reports, then `plan` or `error`.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import Any, Protocol

from routing.limits import Limits, Progress
from routing.plan import Plan
from routing.problem import Problem

START_SECONDS = 60.0
GRACE_SECONDS = 2.0
LAST_RESORT_SECONDS = 5.0


class Engine(Protocol):
    """Anything with the signature of `routing.solve.solve`, importable by its name."""

    def __call__(
        self,
        problem: Problem,
        limits: Limits,
        start: Plan | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Plan: ...


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """Routes as [vehicle, visits], unassigned as [visit, rule, note, counts]."""
    return {
        "routes": [[route.vehicle, list(route.visits)] for route in plan.routes],
        "unassigned": [[visit, why.rule, why.note, why.counts] for visit, why in plan.unassigned.items()],
    }


def _die_without_a_parent(seconds: float) -> None:
    """End by the kernel's hand when nobody reads any more, or when the parent failed to end us in time."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def main(pipe: int) -> None:
    """Answer the request on standard input."""
    _die_without_a_parent(START_SECONDS)
    os.set_inheritable(pipe, False)

    def say(kind: str, content: object) -> None:
        line = json.dumps({kind: content}, ensure_ascii=False).encode() + b"\n"
        while line:
            line = line[os.write(pipe, line) :]

    engine, problem, limits, start = pickle.load(sys.stdin.buffer)
    _die_without_a_parent(limits.seconds + GRACE_SECONDS + LAST_RESORT_SECONDS)
    say("started", True)

    def report(now: Progress) -> None:
        say("progress", [now.percent, now.placed, now.visits, now.cost, now.seconds])

    try:
        plan = engine(problem, limits, start, report)
    except ValueError as refused:
        say("error", str(refused))
        raise
    say("plan", plan_as_json(plan))


if __name__ == "__main__":
    main(int(sys.argv[1]))
