"""Many days of one plan, as they might go: the chance of every promise.

A technician never leaves before the planned departure, drives and works as long as that day has it, takes the breaks
where the plan has them, and begins nothing before its window opens. Who is linked to another visit waits for it. All
vehicles and all days are walked at once, stop by stop.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from routing.draws import Draws, drawn
from routing.errors import InvalidProblem
from routing.outlook import Outlook, VehicleOutlook, VisitOutlook
from routing.plan import Plan, Stop
from routing.problem import Problem, Vehicle, Visit
from routing.spread import Spreads
from routing.steps import Floats, Ints, Steps, laid_out

QUANTILES = (0.1, 0.5, 0.9)
MOST_DAYS = 10_000
ORDINARY = Spreads()


def simulate(
    problem: Problem,
    plan: Plan,
    days: int,
    seed: int,
    spreads: Spreads = ORDINARY,
    kinds: Mapping[int, str] | None = None,
) -> Outlook:
    """The outlook of a plan over that many simulated days; the same seed gives the same one.

    `kinds` says of which kind a visit is, by id. Two plans of one problem meet the same days: each visit takes as
    long in both when the same technician makes it. Raises InvalidProblem for a number of days that cannot be
    simulated, KeyError for unknown ids.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidProblem("days", f"is {days}; give 1 to {MOST_DAYS}")
    steps = laid_out(problem, plan)
    return summed_up(problem, steps, walked(steps, drawn(problem, steps, days, seed, spreads, kinds or {})))


def walked(steps: Steps, draws: Draws) -> Floats:
    """When each row begins on each day, R × D, in seconds."""
    begins = np.zeros_like(draws.service)
    leaves = np.zeros_like(draws.service)
    for rows in steps.levels:
        begins[rows] = _ready(steps, draws, rows, leaves)
        for row in rows:
            _wait_for_others(steps, int(row), begins, leaves)
        begins[rows] = _opened(steps, rows, begins[rows])
        for row in rows:
            _begin_together(steps, int(row), begins)
        leaves[rows] = begins[rows] + draws.service[rows]
    return begins


def _ready(steps: Steps, draws: Draws, rows: Ints, leaves: Floats) -> Floats:
    """When rows could begin but for windows and links: a start as planned, what follows after drive and set-up."""
    previous = steps.previous[rows]
    departures = leaves[previous]
    ready = departures + draws.travel(rows, steps.travel[rows], departures) + draws.setup[rows]
    planned = np.array([steps.stops[row].start for row in rows], dtype=np.float64)[:, None]
    first: Floats = np.where(previous[:, None] < 0, planned, ready)
    return first


def _opened(steps: Steps, rows: Ints, ready: Floats) -> Floats:
    """The first instant of a window that is not before `ready` (k × D); `ready` itself after the last one."""
    found = np.full_like(ready, np.inf)
    for opens, closes in zip(steps.opens[rows].T, steps.closes[rows].T, strict=True):
        still = ready <= closes[:, None]
        found = np.minimum(found, np.where(still, np.maximum(ready, opens[:, None]), np.inf))
    opened: Floats = np.where(np.isinf(found), ready, found)
    return opened


def _wait_for_others(steps: Steps, row: int, begins: Floats, leaves: Floats) -> None:
    for before, delay in steps.waits.get(row, ()):
        np.maximum(begins[row], leaves[before] + delay, out=begins[row])


def _begin_together(steps: Steps, row: int, begins: Floats) -> None:
    partner = steps.pairs.get(row, row)
    begins[row] = begins[partner] = np.maximum(begins[row], begins[partner])


def summed_up(problem: Problem, steps: Steps, begins: Floats) -> Outlook:
    """The outlook of R × D simulated beginnings."""
    rows = [row for row, stop in enumerate(steps.stops) if stop.visit is not None]
    in_window = {row: _inside(problem.visit(_visit(steps.stops[row])), begins[row]) for row in rows}
    promised = [kept for row, kept in in_window.items() if problem.visit(_visit(steps.stops[row])).windows]
    per_day = np.mean(promised, axis=0) if promised else np.ones(begins.shape[1])
    spans = dict(zip(range(len(begins)), _quantiles(begins), strict=True))
    ends = [row for row, stop in enumerate(steps.stops) if stop.kind == "end"]
    return Outlook(
        days=begins.shape[1],
        visits=tuple(_of_visit(problem, steps, row, float(in_window[row].mean()), spans[row]) for row in rows),
        vehicles=tuple(_of_vehicle(problem, steps, row, begins[row], spans[row]) for row in ends),
        promises=len(promised),
        kept=float(np.sum([kept.mean() for kept in promised])),
        all_kept=float((per_day == 1).mean()),
        bad_day=float(np.quantile(per_day, QUANTILES[0])),
    )


def _visit(stop: Stop) -> int:
    assert stop.visit is not None
    return stop.visit


def _inside(visit: Visit, starts: Floats) -> Floats:
    """Whether each start is inside a window; any is without windows."""
    inside: Floats = np.full_like(starts, 0.0 if visit.windows else 1.0)
    for window in visit.windows:
        inside[(starts >= window.earliest) & (starts <= window.latest)] = 1.0
    return inside


def _quantiles(begins: Floats) -> list[tuple[int, int, int]]:
    if not len(begins):
        return []
    early, median, late = np.rint(np.quantile(begins, QUANTILES, axis=1)).astype(int).tolist()
    return list(zip(early, median, late, strict=True))


def _of_visit(problem: Problem, steps: Steps, row: int, chance: float, span: tuple[int, int, int]) -> VisitOutlook:
    stop = steps.stops[row]
    visit = problem.visit(_visit(stop))
    vehicle = problem.vehicles[int(steps.vehicles[row])].id
    return VisitOutlook(visit.id, vehicle, bool(visit.windows), chance, stop.start, *span)


def _of_vehicle(problem: Problem, steps: Steps, row: int, ends: Floats, span: tuple[int, int, int]) -> VehicleOutlook:
    vehicle = problem.vehicles[int(steps.vehicles[row])]
    soft = _soft_end(vehicle)
    after_soft, after_hard = float((ends > soft).mean()), float((ends > vehicle.shift.latest).mean())
    overtime = float(np.maximum(ends - soft, 0).mean())
    return VehicleOutlook(vehicle.id, steps.stops[row].start, after_soft, after_hard, overtime, *span)


def _soft_end(vehicle: Vehicle) -> int:
    return vehicle.shift.latest if vehicle.soft_end is None else vehicle.soft_end
