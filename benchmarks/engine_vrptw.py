"""Solomon's and Gehring & Homberger's instances: everybody is served, and travel is measured against the best known."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from benchmarks.engine_cases import kind, size
from benchmarks.engine_runs import OURS, Result, Results, Run
from benchmarks.engine_table import Table, last_line, spread

INSTANCES = (
    "C101", "R101", "R112", "R205", "RC104", "RC208", "C1_2_6", "RC1_2_5", "R2_4_3", "RC2_6_2", "R1_10_3", "RC1_10_5",
)  # fmt: skip
ENGINES = (OURS, "pyvrp")

Column = tuple[str, float]


def limits(quick: bool) -> tuple[float, float]:
    return (2, 5) if quick else (10, 60)


def runs(quick: bool) -> list[Run]:
    """Both engines, both limits, several seeds, instance by instance."""
    seeds = (1,) if quick else (1, 2, 3)
    return [
        Run(engine, name, seconds, seed)
        for name in INSTANCES
        for seconds in limits(quick)
        for engine in ENGINES
        for seed in seeds
    ]


def tables(results: Results, quick: bool) -> list[Table]:
    """The gap instance by instance, then its means."""
    found = results.of(runs(quick))
    if not found:
        return []
    gaps = {name: _gaps(found, name) for name in INSTANCES if any(r.run.case == name for r in found)}
    columns = [(engine, seconds) for seconds in limits(quick) for engine in ENGINES]
    return [_by_instance(found, gaps, columns), _means(found, gaps, columns)]


def _gaps(found: Sequence[Result], name: str) -> dict[Column, list[float]]:
    """The gaps in % of all valid plans of an instance: to the best known value, else to the best plan here."""
    good = [result for result in found if result.run.case == name and result.valid]
    best = min((result.travel for result in good), default=0)
    gaps: dict[Column, list[float]] = {}
    for result in good:
        gap = 100 * (result.travel / best - 1) if result.gap is None else result.gap
        gaps.setdefault((result.run.engine, result.run.seconds), []).append(gap)
    return gaps


def _by_instance(
    found: Sequence[Result], gaps: dict[str, dict[Column, list[float]]], columns: Sequence[Column]
) -> Table:
    rows = [
        (_marked(found, name), *(_cell(found, name, column, of) for column in columns)) for name, of in gaps.items()
    ]
    return Table(
        "VRPTW, instance by instance",
        ("instance", *map(_head, columns)),
        tuple(rows),
        "Gap to the best known value in %, median over the seeds and the least and the most. "
        "* has no best known value in the list: the gap is to the best plan found here.",
    )


def _head(column: Column) -> str:
    return f"{column[0]} {column[1]:g} s"


def _marked(found: Sequence[Result], name: str) -> str:
    return name if _is_known(found, name) else f"{name}*"


def _is_known(found: Sequence[Result], name: str) -> bool:
    return any(result.gap is not None for result in found if result.run.case == name)


def _cell(found: Sequence[Result], name: str, column: Column, gaps: dict[Column, list[float]]) -> str:
    tried = [r for r in found if r.run.case == name and (r.run.engine, r.run.seconds) == column]
    bad = [result for result in tried if not result.valid]
    shown = spread(gaps.get(column, []), "{:.2f}")
    if not bad:
        return shown
    why = bad[0].failed or (bad[0].errors[0] if bad[0].errors else "no plan")
    return f"{shown}; {len(bad)} of {len(tried)} without a plan: {last_line(why)}"


def _means(found: Sequence[Result], gaps: dict[str, dict[Column, list[float]]], columns: Sequence[Column]) -> Table:
    groups: list[tuple[str, list[str]]] = [(f"all {len(gaps)}", list(gaps))]
    known = [name for name in gaps if _is_known(found, name)]
    if len(known) < len(gaps):
        groups.append((f"{len(known)} with a best known", known))
    groups += _grouped(gaps, size, "{} customers")
    groups += _grouped(gaps, kind, "{}")
    rows = [(name, *(_mean(gaps, names, column) for column in columns)) for name, names in groups]
    note = "Mean over the instances of the median over the seeds; in brackets how many have a plan, when not all do."
    return Table("VRPTW, means", ("instances", *map(_head, columns)), tuple(rows), note)


def _grouped(
    names: dict[str, dict[Column, list[float]]], by: Callable[[str], object], form: str
) -> list[tuple[str, list[str]]]:
    groups: dict[object, list[str]] = {}
    for name in names:
        groups.setdefault(by(name), []).append(name)
    return [(form.format(key), groups[key]) for key in sorted(groups, key=lambda key: (str(type(key)), key))]


def _mean(gaps: dict[str, dict[Column, list[float]]], names: Sequence[str], column: Column) -> str:
    known = [statistics.median(gaps[name][column]) for name in names if gaps[name].get(column)]
    if not known:
        return "–"
    return f"{statistics.mean(known):.2f}" + (f" ({len(known)})" if len(known) < len(names) else "")
