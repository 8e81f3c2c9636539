"""Our engine on one outside case, in a process of its own: prints one JSON line, judged by the outside referee.

    python -m benchmarks.engine_ours FOLDER CASE SECONDS SEED

Through what anyone would use: `from_vroom`, `solve`, `to_vroom`. The kernels are loaded by a tiny plan before the
clock starts.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.engine_cases import outside
from benchmarks.engine_runs import cost
from benchmarks.engine_tiny import warm
from routing.limits import Limits, Progress
from routing.plan import Plan
from routing.problem import Problem
from routing.solve import solve
from routing.vroom import from_vroom, to_vroom

MOST_TRACED = 400

Trace = list[tuple[float, int, int]]


def traced(problem: Problem, limits: Limits, began: float) -> tuple[Plan, Trace]:
    """A plan, and (seconds since `began`, visits placed, cost) of every better one on the way."""
    trace: Trace = []

    def told(so_far: Progress) -> None:
        if not trace or so_far.cost < trace[-1][2]:
            trace.append((round(time.perf_counter() - began, 3), so_far.placed, so_far.cost))

    return solve(problem, limits, None, told), trace


def thinned(trace: Trace) -> Trace:
    """At most `MOST_TRACED` points, the first and the last among them."""
    step = max(1, -(-len(trace) // MOST_TRACED))
    return trace[:-1:step] + trace[-1:]


def answered(folder: Path, name: str, seconds: float, seed: int) -> dict[str, Any]:
    """What the referee says of our answer, the time from question to answer, and the trace."""
    there = outside(folder)
    case = there.case(name)
    warm()
    began = time.perf_counter()
    question = from_vroom(case)
    plan, trace = traced(question.problem, Limits(seconds, seed=seed), began)
    answer = to_vroom(question, plan)
    took = time.perf_counter() - began
    return row(there.judge(case, answer), took, trace, question.problem.weights.left_out)


def row(judged: dict[str, Any], took: float, trace: Trace, left_out: int) -> dict[str, Any]:
    """What is printed: the verdict, the seconds, and the trace with the judged plan at its end."""
    last = (round(took, 3), judged["served"], cost(judged["travel"], judged["lost"], left_out))
    return {"seconds": round(took, 2), "left_out": left_out, "trace": [*thinned(trace), last], **judged}


if __name__ == "__main__":
    print(json.dumps(answered(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))))
