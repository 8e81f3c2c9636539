"""Twice the visits and twice the technicians: how much longer it takes to come as near to what a minute gives."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from benchmarks.engine_runs import OURS, Result, Results, Run
from benchmarks.engine_table import Table, spread

PAIRS = (("fs60x300", "fs120x600"), ("fs167x835", "fs334x1670"))
NEAR = 1.05


def limits(quick: bool) -> tuple[float, ...]:
    return (0.5, 1, 2, 4) if quick else (0.5, 1, 2, 4, 8, 15, 30, 60)


def seeds(quick: bool) -> tuple[int, ...]:
    return (1,) if quick else (1, 2, 3)


def runs(quick: bool) -> list[Run]:
    """Every limit on its own, for a search that cools to its limit is not half done at half of it."""
    return [
        Run(OURS, f"{name}s{seed}", seconds)
        for pair in PAIRS
        for name in pair
        for seed in seeds(quick)
        for seconds in limits(quick)
    ]


def tables(results: Results, quick: bool) -> list[Table]:
    """The times to within 5 % of the longest run, and the ratios between n and 2n."""
    rows = [row for pair in PAIRS for row in _pair(results, pair, quick)]
    if not rows:
        return []
    most = limits(quick)[-1]
    heads = (
        "visits and technicians",
        f"cost after {most:g} s, 1000",
        "time to within 5 %",
        f"inside the {most:g} s run",
    )
    note = (
        "Seconds until the cost (travel, and what is left out as the planning core weighs it) is within 5 % of what "
        f"{most:g} s give: by the limit a run needs (between two limits: on a straight line over the logarithm), and "
        "by when the longest run was there. Median over the instances, and the least and the most."
    )
    return [Table("Scaling", heads, tuple(rows), note)]


def _pair(results: Results, pair: tuple[str, str], quick: bool) -> list[tuple[str, ...]]:
    times = [_times(results, name, quick) for name in pair]
    if not all(times):
        return []
    rows = [_row(name, of) for name, of in zip(pair, times, strict=True)]
    ratios = [_ratio([of[i] for of in times[0]], [of[i] for of in times[1]]) for i in (1, 2)]
    return [*rows, ("twice as many: times", "", *ratios)]


def _row(name: str, times: Sequence[tuple[float, float, float]]) -> tuple[str, ...]:
    costs, needed, inside = zip(*times, strict=True)
    return name, spread([cost / 1000 for cost in costs], "{:.0f}"), spread(needed, "{:.1f}"), spread(inside, "{:.1f}")


def _ratio(small: Sequence[float], large: Sequence[float]) -> str:
    below = statistics.median(small)
    return f"{statistics.median(large) / below:.2f}" if below else "–"


def _times(results: Results, name: str, quick: bool) -> list[tuple[float, float, float]]:
    """Of each instance: its cost in the end, and the seconds until it is near that, by limit and inside the run."""
    times = []
    for seed in seeds(quick):
        found = results.of(Run(OURS, f"{name}s{seed}", seconds) for seconds in limits(quick))
        if len(found) == len(limits(quick)) and all(result.valid for result in found):
            last = found[-1]
            cost = last.cost(last.left_out)
            times.append((float(cost), needed(found, NEAR * cost), inside(last, NEAR * cost)))
    return times


def needed(found: Sequence[Result], enough: float) -> float:
    """The limit from which on every longer run costs no more than `enough`, in seconds."""
    costs = [result.cost(found[-1].left_out) for result in found]
    worst = max((i for i, cost in enumerate(costs) if cost > enough), default=-1)
    here = found[worst + 1]
    if worst < 0:
        return here.run.seconds
    before = found[worst]
    share = (costs[worst] - enough) / max(1, costs[worst] - costs[worst + 1])
    least, most = math.log(before.run.seconds), math.log(here.run.seconds)
    return math.exp(least + share * (most - least))


def inside(result: Result, enough: float) -> float:
    """The first seconds at which a run had a plan that costs no more than `enough`."""
    return next((at for at, _, cost in result.trace if cost <= enough), result.took)
