"""Places of a day as what `routing.planned_kernel` is asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.clock import start_windows
from routing.day import COST, POSITION, ROW, START, WINDOW, Day
from routing.day_arrays import ALWAYS
from routing.planned_kernel import Asked
from routing.problem import Visit
from routing.reach import Point

Ints = NDArray[np.int64]


def cheapest(places: Ints, most: int) -> Ints:
    """The `most` cheapest of each window among `places` (rows of `Day.places`), then the earliest; by window."""
    ranked = np.lexsort((places[:, START], places[:, COST], places[:, WINDOW]))
    return places[first_of_each(places[:, WINDOW], ranked, most)]


def first_of_each(window: Ints, ranked: Ints, most: int) -> Ints:
    """Of positions `ranked` window by window the first `most` of each."""
    windows = window[ranked]
    chosen: Ints = ranked[np.arange(len(ranked)) - np.searchsorted(windows, windows) < most]
    return chosen


def asked_at(day: Day, visit: Visit, places: Ints, at: Point | None) -> Asked:
    """The visit at each of `places` (rows of `Day.places`), beginning in the window of that, at its start or later."""
    placed = day.located(visit, at)
    there, onward = day.detours(placed, places, at)
    spans = np.array([(w.earliest, w.latest) for w in start_windows(visit) or (ALWAYS,)], np.int64)
    return Asked(
        places[:, ROW].copy(), places[:, POSITION].copy(), there, onward, places[:, START].copy(),
        spans[places[:, WINDOW], None], placed.place, visit.service, visit.setup,
    )  # fmt: skip
