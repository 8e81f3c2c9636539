"""What runs inside the planner's child process: read one request, plan, answer in lines of JSON.

The request is a pickle on standard input. Answers go to the pipe whose number is the first argument, one JSON
object a line: `started` when the engine is ready, then `progress` as often as it reports, then `plan` or `error`.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
from typing import Any

from dispatch.engines import Engine as Engine
from dispatch.engines import ready
from routing.limits import Progress
from routing.plan import Plan

START_SECONDS = 180.0
"""The first start in an installation compiles the kernels, and the machine may be slow or busy."""
GRACE_SECONDS = 2.0
LAST_RESORT_SECONDS = 5.0


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

    chosen, problem, limits, start = pickle.load(sys.stdin.buffer)
    engine = ready(chosen)
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
