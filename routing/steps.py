"""A plan laid out as rows for a walk over many days at once: every stop of every route, and the order to walk in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.clock import start_windows
from routing.joint import timed
from routing.plan import Plan, Stop
from routing.problem import Precedence, Problem, SameStart, TimeWindow

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
ANY_TIME = TimeWindow(-(1 << 40), 1 << 40)


@dataclass(frozen=True, slots=True)
class Steps:
    """One row per stop (start, visits, breaks, end), R in all; seconds.

    `previous` is the row before on the same route (-1 at a start); `noise` numbers what varies by visit, then by
    vehicle, the same whatever the plan; `opens`/`closes` are R × W, the windows in which a row may begin.
    `levels` are rows that can be walked at once; `pairs` (rows) begin together, `waits` are rows
    (before, after, delay).
    """

    stops: tuple[Stop, ...]
    vehicles: Ints
    previous: Ints
    noise: Ints
    travel: Floats
    setup: Floats
    service: Floats
    opens: Floats
    closes: Floats
    levels: tuple[Ints, ...]
    pairs: dict[int, int]
    waits: dict[int, tuple[tuple[int, int], ...]]


def laid_out(problem: Problem, plan: Plan) -> Steps:
    """The rows of a plan's routes. Raises KeyError for unknown ids."""
    rows: list[Stop] = []
    vehicles: list[int] = []
    previous: list[int] = []
    number = {vehicle.id: n for n, vehicle in enumerate(problem.vehicles)}
    for vehicle, found in timed(problem, plan).items():
        previous += [len(rows) + position - 1 if position else -1 for position in range(len(found))]
        vehicles += [number[vehicle]] * len(found)
        rows += found
    opens, closes = _windows([_may_begin(problem, vehicles[r], stop) for r, stop in enumerate(rows)])
    pairs, waits = _links(problem, {stop.visit: r for r, stop in enumerate(rows) if stop.visit is not None})
    levels = _levels(previous, pairs, waits)
    return Steps(
        tuple(rows), _ints(vehicles), _ints(previous), _noise(problem, rows, vehicles),
        _seconds(rows, "travel"), _seconds(rows, "setup"), _seconds(rows, "service"),
        opens, closes, levels, pairs, waits,
    )  # fmt: skip


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _seconds(rows: Sequence[Stop], name: str) -> Floats:
    return np.array([getattr(stop, name) for stop in rows], dtype=np.float64)


def _may_begin(problem: Problem, vehicle: int, stop: Stop) -> tuple[TimeWindow, ...]:
    if stop.visit is not None:
        return start_windows(problem.visit(stop.visit)) or (ANY_TIME,)
    if stop.kind == "break":
        return next(pause.windows for pause in problem.vehicles[vehicle].breaks if pause.id == stop.rest)
    return (ANY_TIME,)


def _windows(rows: Sequence[tuple[TimeWindow, ...]]) -> tuple[Floats, Floats]:
    """Opening and closing times, padded with windows that never open."""
    width = max((len(windows) for windows in rows), default=1)
    opens = np.full((len(rows), width), np.inf)
    closes = np.full((len(rows), width), -np.inf)
    for r, windows in enumerate(rows):
        opens[r, : len(windows)] = [window.earliest for window in windows]
        closes[r, : len(windows)] = [window.latest for window in windows]
    return opens, closes


def _noise(problem: Problem, rows: Sequence[Stop], vehicles: Sequence[int]) -> Ints:
    """Which draw a row takes: its visit's; a break that of what it leads to, an end its vehicle's."""
    index = {visit.id: n for n, visit in enumerate(problem.visits)}
    taken: list[int] = []
    for stop, vehicle in zip(reversed(rows), reversed(vehicles), strict=True):
        if stop.visit is not None:
            taken.append(index[stop.visit])
        elif stop.kind == "break":
            taken.append(taken[-1])
        else:
            taken.append(len(index) + vehicle)
    return _ints(taken[::-1])


def _links(problem: Problem, row: Mapping[int, int]) -> tuple[dict[int, int], dict[int, tuple[tuple[int, int], ...]]]:
    pairs: dict[int, int] = {}
    waits: dict[int, tuple[tuple[int, int], ...]] = {}
    for link in problem.links:
        match link:
            case SameStart(first, second) if first in row and second in row:
                pairs[row[first]], pairs[row[second]] = row[second], row[first]
            case Precedence(before, after, delay) if before in row and after in row:
                waits[row[after]] = (*waits.get(row[after], ()), (row[before], delay))
    return pairs, waits


def _levels(
    previous: Sequence[int], pairs: Mapping[int, int], waits: Mapping[int, tuple[tuple[int, int], ...]]
) -> tuple[Ints, ...]:
    """Rows grouped so that each comes after all it waits for.

    Links that go round in a circle can be kept by nobody (the referee says so); their rows are walked as soon as
    the routes allow.
    """
    level = [-1] * len(previous)
    left = set(range(len(previous)))
    levels: list[Ints] = []
    while left:
        ready = [r for r in sorted(left) if all(level[b] >= 0 for b in _before(r, previous, pairs, waits))]
        if not ready:
            ready = [r for r in sorted(left) if previous[r] < 0 or level[previous[r]] >= 0]
        for r in ready:
            level[r] = len(levels)
        left.difference_update(ready)
        levels.append(_ints(ready))
    return tuple(levels)


def _before(
    row: int,
    previous: Sequence[int],
    pairs: Mapping[int, int],
    waits: Mapping[int, tuple[tuple[int, int], ...]],
) -> Iterator[int]:
    """The rows that must be known before this one, its partner's included."""
    for r in (row, pairs.get(row, row)):
        if previous[r] >= 0:
            yield previous[r]
        yield from (before for before, _ in waits.get(r, ()))
