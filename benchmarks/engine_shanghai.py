"""One problem of a whole city on two processes: the plan that is there at once, and what a minute makes of it."""

from __future__ import annotations

from benchmarks.engine_runs import OURS, Result, Results, Run
from benchmarks.engine_table import Table, last_line, percent

CITY = "shanghai"
PROCESSES = 2


def limits(quick: bool) -> tuple[float, float]:
    return (1, 10) if quick else (1, 60)


def runs(quick: bool) -> list[Run]:
    return [Run(OURS, CITY, seconds, 1, PROCESSES) for seconds in limits(quick)]


def tables(results: Results, quick: bool) -> list[Table]:
    """A line for each limit, and for the first plan the longer search told of."""
    found = results.of(runs(quick))
    rows = [_told(found[-1])] if found and found[-1].trace else []
    rows += [_row(result, found[0]) for result in found]
    heads = ("plan", "after, s", "served", "lost", "travel, h", "v. the shortest", "memory, GB", "")
    note = (
        "The shortest run is the first complete plan that `solve` gives back. Memory is that of all processes, shared "
        "pages counted once, looked at twice a second. The first plan told of by `progress` has a cost (travel and "
        "what is left out as the planning core weighs it) in place of travel."
    )
    return [Table("A whole city, two processes, no matrix", heads, tuple(rows), note)] if rows else []


def _told(result: Result) -> tuple[str, ...]:
    at, placed, cost = result.trace[0]
    name = f"first told, {result.run.seconds:g} s"
    return name, f"{at:.1f}", f"{placed}/{result.visits}", "–", f"(cost {cost / 3600:.0f})", "–", "–", ""


def _row(result: Result, first: Result) -> tuple[str, ...]:
    name = f"given {result.run.seconds:g} s"
    if result.failed:
        return name, "–", "–", "–", "–", "–", "–", f"failed: {last_line(result.failed)}"
    return (
        name,
        f"{result.took:.1f}",
        f"{result.served}/{result.visits}",
        str(result.lost),
        f"{result.travel / 3600:.0f}",
        percent(result.travel, first.travel),
        "–" if result.peak is None else f"{result.peak / 1024:.2f}",
        "" if result.ok else f"NOT VALID: {result.errors[0]}",
    )
