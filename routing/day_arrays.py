"""Visits, vehicles and routes as the flat arrays that `routing.day_kernel` reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from routing.clock import LATE, start_windows
from routing.day_kernel import FAR, Rows, Vehicles, Visits
from routing.problem import TimeWindow, Vehicle, Visit

Ints = NDArray[np.int64]
ALWAYS = TimeWindow(-LATE, LATE - 1)
NO_WINDOW = (FAR, -FAR)


def visit_arrays(visits: Sequence[Visit], dimensions: int) -> Visits:
    """The arrays of visits, in their order; loads cut or filled up to `dimensions`."""
    spans = [start_windows(visit) or (ALWAYS,) for visit in visits]
    return Visits(
        _ints(visit.place for visit in visits),
        _ints(visit.service for visit in visits),
        _ints(visit.setup for visit in visits),
        window_rows(spans, max(map(len, spans), default=1)),
        load_rows([visit.load for visit in visits], dimensions),
        load_rows([visit.pickup for visit in visits], dimensions),
    )


def vehicle_arrays(vehicles: Sequence[Vehicle], dimensions: int) -> Vehicles:
    """The arrays of vehicles, in their order; what has no limit has the limit FAR."""
    pauses, rests = _pauses(vehicles)
    return Vehicles(
        _ints(-1 if vehicle.start is None else vehicle.start for vehicle in vehicles),
        _ints(-1 if vehicle.end is None else vehicle.end for vehicle in vehicles),
        _ints(vehicle.shift.earliest for vehicle in vehicles),
        _ints(vehicle.shift.latest for vehicle in vehicles),
        _ints(_limit(vehicle.soft_end) for vehicle in vehicles),
        _ints(len(vehicle.breaks) for vehicle in vehicles),
        pauses,
        rests,
        load_rows([(*v.capacity, *[FAR] * (dimensions - len(v.capacity))) for v in vehicles], dimensions),
        _ints(_limit(vehicle.max_visits) for vehicle in vehicles),
        _ints(_limit(vehicle.max_travel) for vehicle in vehicles),
        _ints(_limit(vehicle.max_distance) for vehicle in vehicles),
        _ints(vehicle.rates.fixed for vehicle in vehicles),
        _ints(vehicle.rates.overtime for vehicle in vehicles),
    )


def empty_rows(rows: int, most: int, states: int, dimensions: int) -> Rows:
    """Room for that many routes of at most `most` visits."""
    legs = (rows, most + 1)
    clocks, spare = (*legs, states), (*legs, dimensions)
    return Rows(
        np.zeros(rows, np.int64), np.zeros((rows, most), np.int64), np.zeros(rows, np.int64),
        np.full((rows, most + 2), -1, np.int64), np.zeros(legs, np.int64), np.zeros(legs, np.int64),
        np.zeros(legs, np.int64), np.zeros(clocks, np.int64), np.zeros(clocks, np.int64), np.zeros(clocks, np.int64),
        np.zeros(spare, np.int64), np.zeros(spare, np.int64),
        np.zeros(rows, np.int64), np.zeros(rows, np.int64), np.zeros(rows, np.int64),
    )  # fmt: skip


def window_rows(spans: Sequence[Sequence[TimeWindow]], most: int) -> Ints:
    """n × most × 2: the windows of each, the rest filled with none."""
    rows = [
        [(window.earliest, window.latest) for window in windows] + [NO_WINDOW] * (most - len(windows))
        for windows in spans
    ]
    return np.array(rows, np.int64).reshape(len(spans), most, 2)


def load_rows(loads: Sequence[Sequence[int]], dimensions: int) -> Ints:
    """n × dimensions; a missing entry is 0."""
    rows = [[load[d] if d < len(load) else 0 for d in range(dimensions)] for load in loads]
    return np.array(rows, np.int64).reshape(len(loads), dimensions)


def _pauses(vehicles: Sequence[Vehicle]) -> tuple[Ints, Ints]:
    """Durations and windows of everybody's breaks."""
    most = max((len(vehicle.breaks) for vehicle in vehicles), default=0)
    widest = max((len(pause.windows) for vehicle in vehicles for pause in vehicle.breaks), default=1)
    spare = [((), 0)] * most
    asked = [([(pause.windows, pause.duration) for pause in vehicle.breaks] + spare)[:most] for vehicle in vehicles]
    durations = np.array([[seconds for _, seconds in row] for row in asked], np.int64).reshape(len(vehicles), most)
    windows = window_rows([spans for row in asked for spans, _ in row], widest)
    return durations, windows.reshape(len(vehicles), most, widest, 2)


def _limit(limit: int | None) -> int:
    return FAR if limit is None else limit


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), np.int64)
