"""Cost over time: ours as it was told of on the way, the peers' as points where they ended."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.engine_runs import OURS, Result
from benchmarks.plot import Panel, Series

SHOWN = ("fs60x300s1", "fs60x480s1", "fs167x835s1", "sh6s1", "sh20s1", "R1_10_3", "RC1_10_5", "R2_4_3")
SOONEST = 0.05
TOPS = (5, 10, 20, 30, 50, 75, 100)


def panels(found: Sequence[Result]) -> list[Panel]:
    """A chart for each case that ours has a trace of; the cases of `SHOWN` when there are any of them, else all."""
    named = dict.fromkeys(result.run.case for result in found if result.valid and result.trace)
    cases = [case for case in SHOWN if case in named] or list(named)
    return [_panel(case, [r for r in found if r.run.case == case and r.valid and r.run.seed == 1]) for case in cases]


def _panel(case: str, found: Sequence[Result]) -> Panel:
    long = max((result for result in found if result.run.engine == OURS), key=lambda result: result.run.seconds)
    best = min([result.cost(long.left_out) for result in found] + [cost for _, _, cost in long.trace])

    def above(cost: float) -> float:
        return 100 * (cost / best - 1)

    ours = tuple((max(SOONEST, at), above(cost)) for at, _, cost in long.trace)
    series = [Series(OURS, ours, line=True)]
    for engine in dict.fromkeys(result.run.engine for result in found if result.run.engine != OURS):
        points = tuple(
            (result.took, above(result.cost(long.left_out))) for result in found if result.run.engine == engine
        )
        series.append(Series(engine, points))
    return Panel(f"{case}, {long.visits} visits", "seconds", "% above the lowest cost", tuple(series), _top(series))


def _top(series: Sequence[Series]) -> float:
    """Round, above every peer if it can be, and above where ours ends."""
    ends = [y for one in series for _, y in (one.points[-1:] if one.line else one.points)]
    return next((float(top) for top in TOPS if top > 1.1 * max(ends)), float(TOPS[-1]))
