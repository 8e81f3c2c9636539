"""What the first plan of a process costs: with no compiled kernel on disk, and with all of them there."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from threading import Event
from typing import Any

from benchmarks.engine_child import ran
from benchmarks.engine_runs import OURS, Result, Run

FIRST = Run(OURS, "first-call", 0)
MOST_SECONDS = 600
PROJECT = Path(__file__).resolve().parents[1]


def measured(code: str, stop: Event) -> Result:
    """Two processes one after the other that share a cache folder, which is empty for the first."""
    with tempfile.TemporaryDirectory() as cache:
        rows = [_started(cache, stop) for _ in range(2)]
    wrong = next((row["failed"] for row in rows if "failed" in row), "")
    return Result(FIRST, ok=not wrong, failed=wrong, code=code, more={"empty cache": rows[0], "later": rows[1]})


def _started(cache: str, stop: Event) -> dict[str, Any]:
    began = time.monotonic()
    command = [sys.executable, "-m", "benchmarks.engine_tiny"]
    done = ran(command, PROJECT, MOST_SECONDS, stop, {"NUMBA_CACHE_DIR": cache})
    if done.code:
        return {"failed": done.complained.strip()[-300:] or f"exit {done.code}"}
    row: dict[str, Any] = json.loads(done.printed.splitlines()[-1])
    return {"imports": round(row["ready_at"] - began, 2), "first": row["first"], "second": row["second"]}


def described(result: Result) -> list[str]:
    """A line for each of the two processes."""
    if result.failed:
        return [f"first call: failed: {result.failed}"]
    return [
        f"first call, {when}: imports {row['imports']:.1f} s, first plan {row['first']:.1f} s, "
        f"second plan {row['second']:.1f} s"
        for when, row in result.more.items()
    ]
