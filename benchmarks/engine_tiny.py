"""A tiny question that every kernel has to work for: planned once, they are all loaded.

`python -m benchmarks.engine_tiny` plans it twice and prints when it was ready, and how long each plan took.
"""

from __future__ import annotations

import json
import time
from typing import Any

from routing.limits import Limits
from routing.plan import Plan
from routing.solve import solve
from routing.vroom import from_vroom

TINY_SECONDS = 0.1


def tiny() -> dict[str, Any]:
    """A question of eight jobs that uses what the cases use: windows, skills, breaks, loads, priorities."""
    jobs = [
        {
            "id": i + 1, "location_index": i, "service": 600, "priority": i % 4, "skills": [i % 2 + 1],
            "delivery": [1], "time_windows": [[28800 + 3600 * (i % 3), 36000 + 3600 * (i % 3)]],
        }
        for i in range(8)
    ]  # fmt: skip
    lunch = {"id": 1, "time_windows": [[41400, 48600]], "service": 1800}
    vehicles = [
        {
            "id": k + 1, "start_index": 8 + k, "end_index": 8 + k, "skills": [1, 2], "capacity": [9],
            "time_window": [28800, 64800], "breaks": [lunch],
        }
        for k in range(2)
    ]  # fmt: skip
    durations = [[120 * abs(a - b) for b in range(10)] for a in range(10)]
    return {"jobs": jobs, "vehicles": vehicles, "matrices": {"car": {"durations": durations}}}


def warm() -> Plan:
    """Plan the tiny question, so that every kernel is there."""
    return solve(from_vroom(tiny()).problem, Limits(TINY_SECONDS))


def main() -> None:
    ready_at = time.monotonic()
    took = []
    for _ in range(2):
        began = time.monotonic()
        warm()
        took.append(round(time.monotonic() - began, 2))
    print(json.dumps({"ready_at": ready_at, "first": took[0], "second": took[1]}))


if __name__ == "__main__":
    main()
