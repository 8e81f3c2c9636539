"""Places of a day as what `routing.planned_kernel` is asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.clock import start_windows
from routing.day import POSITION, ROW, START, WINDOW, Day
from routing.day_arrays import ALWAYS
from routing.planned_kernel import Asked
from routing.problem import Visit
from routing.reach import Point


def asked_at(day: Day, visit: Visit, places: NDArray[np.int64], at: Point | None) -> Asked:
    """The visit at each of `places` (rows of `Day.places`), beginning in the window of that, at its start or later."""
    placed = day.located(visit, at)
    there, onward = day.detours(placed, places, at)
    spans = np.array([(w.earliest, w.latest) for w in start_windows(visit) or (ALWAYS,)], np.int64)
    return Asked(
        places[:, ROW].copy(), places[:, POSITION].copy(), there, onward, places[:, START].copy(),
        spans[places[:, WINDOW], None], placed.place, visit.service, visit.setup,
    )  # fmt: skip
