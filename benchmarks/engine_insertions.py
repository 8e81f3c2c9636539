"""How fast one more visit finds its place: `benchmarks.insertions`, run as it is, its figures beside the others."""

from __future__ import annotations

import importlib.util
import sys
from threading import Event

from benchmarks.engine_child import ran
from benchmarks.engine_measure import PROJECT
from benchmarks.engine_runs import OURS, Result, Results, Run
from benchmarks.engine_table import Table

SCRIPT = "benchmarks.insertions"
RUN = Run(OURS, "insertions", 0)
MOST_SECONDS = 900


def measured(code: str, stop: Event) -> Result:
    """What the script prints, line by line."""
    if importlib.util.find_spec(SCRIPT) is None:
        return Result(RUN, failed=f"there is no {SCRIPT}", code=code)
    done = ran([sys.executable, "-m", SCRIPT], PROJECT, MOST_SECONDS, stop)
    failed = done.complained.strip()[-300:] or f"exit {done.code}" if done.code else ""
    return Result(RUN, ok=not failed, failed=failed, code=code, peak=done.peak, more={"printed": done.printed})


def tables(results: Results) -> list[Table]:
    found = results.of([RUN])
    lines = found[0].failed.splitlines() or str(found[0].more["printed"]).splitlines() if found else []
    rows = tuple((line.replace("|", "/").strip(),) for line in lines if line.strip())
    return [Table("One more visit", (f"python -m {SCRIPT}",), rows)] if rows else []
