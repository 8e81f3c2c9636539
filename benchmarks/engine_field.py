"""Field service: skills, windows, homes, lunches. What is left out counts first, travel second."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.engine_cases import family
from benchmarks.engine_goals import beside
from benchmarks.engine_runs import OURS, Result, Results, Run
from benchmarks.engine_table import Table, last_line, spread

FAMILIES = ("fs60x300", "fs60x480", "fs167x835", "sh6", "sh20")
PEERS = ("vroom", "ortools", "ortools_best", "pyvrp")
WITHOUT_BREAKS = "pyvrp"
OVERRUN = 1.2


def runs(quick: bool) -> list[Run]:
    """Ours briefly and as long as the peers, instance by instance."""
    short, long = limits(quick)
    ours = [Run(OURS, case, seconds) for case in cases(quick) for seconds in (short, long)]
    peers = [
        Run(peer, case, long)
        for case in cases(quick)
        for peer in PEERS
        if peer != WITHOUT_BREAKS or case.startswith("fs")
    ]
    return sorted(ours + peers, key=lambda run: cases(quick).index(run.case))


def limits(quick: bool) -> tuple[float, float]:
    return (1, 3) if quick else (1, 10)


def cases(quick: bool) -> list[str]:
    return [f"{name}s{seed}" for name in FAMILIES for seed in ((1,) if quick else (1, 2, 3))]


def tables(results: Results, quick: bool) -> list[Table]:
    """Every case; every family; ours beside the best peer, as the goals are stated."""
    found = results.of(runs(quick))
    shown = [case for case in cases(quick) if any(result.run.case == case for result in found)]
    if not shown:
        return []
    return [_by_case(found, shown), _by_family(found), beside(found, shown, *limits(quick))]


def _by_case(found: Sequence[Result], shown: Sequence[str]) -> Table:
    columns = _columns(found)
    rows = []
    for case in shown:
        there = {_column(result): result for result in found if result.run.case == case}
        rows.append((case, *(cell(there.get(column)) for column in columns)))
    return Table(
        "Field service, case by case",
        ("case", *(f"{engine} {seconds:g} s" for engine, seconds in columns)),
        tuple(rows),
        "served of all visits, lost (100 + priority of each visit left out), travel in thousands of seconds; "
        "the real time where a run took a fifth longer than it was given.",
    )


def _column(result: Result) -> tuple[str, float]:
    return result.run.engine, result.run.seconds


def _columns(found: Sequence[Result]) -> list[tuple[str, float]]:
    order = (OURS, *PEERS)
    return sorted({_column(result) for result in found}, key=lambda column: (order.index(column[0]), column[1]))


def cell(result: Result | None) -> str:
    """A result in a few words; what is wrong with it is said."""
    if result is None:
        return "–"
    if result.failed:
        return f"failed: {last_line(result.failed)}"
    if result.served == 0:
        return f"no plan{_overrun(result)}"
    invalid = "" if result.ok else f" NOT VALID: {result.errors[0]}"
    return f"{result.served}/{result.visits} {result.lost} {result.travel / 1000:.1f}{_overrun(result)}{invalid}"


def _overrun(result: Result) -> str:
    late = result.took > max(OVERRUN * result.run.seconds, result.run.seconds + 0.5)
    return f" ({result.took:.1f} s)" if late else ""


def _by_family(found: Sequence[Result]) -> Table:
    rows = []
    for name in FAMILIES:
        for column in _columns(found):
            same = [r for r in found if family(r.run.case) == name and _column(r) == column]
            if same:
                rows.append((name, f"{column[0]} {column[1]:g} s", *_middles(same)))
    heads = ("family", "engine", "cases", "served", "lost", "travel, 1000 s", "took, s", "memory, MB")
    note = "Median over the instances, and the least and the most. Plans that are not valid count among the cases only."
    return Table("Field service, family by family", heads, tuple(rows), note)


def _middles(same: Sequence[Result]) -> tuple[str, ...]:
    good = [result for result in same if result.valid]
    return (
        str(len(same)) if len(good) == len(same) else f"{len(good)} of {len(same)}",
        spread([result.served for result in good]),
        spread([result.lost for result in good]),
        spread([result.travel / 1000 for result in good], "{:.1f}"),
        spread([result.took for result in good], "{:.1f}"),
        spread([result.peak for result in good if result.peak is not None], "{:.0f}"),
    )
