"""A problem and its arrays with a few visits more: what single bookings add to a planned day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from routing.clock import held as later
from routing.day_kernel import FAR
from routing.joint import timed
from routing.plan import Plan, Route, Stop
from routing.problem import Coordinates, Problem, SameStart, Visit

Ints = NDArray[np.int64]


def widened(problem: Problem, visits: Sequence[Visit], points: Coordinates, links: Sequence[SameStart]) -> Problem:
    """The problem with more visits and links, whose places are `points`.

    Where there are more points than before the matrices are left out: travel is worked out where it is needed.
    """
    more = replace(problem, visits=(*problem.visits, *visits), links=(*problem.links, *links))
    if problem.coordinates is None or len(points) == len(problem.coordinates):
        return more
    return replace(more, durations=None, distances=None, coordinates=points)


def held_together(
    problem: Problem, routes: Sequence[Route], links: Sequence[SameStart], held: Mapping[int, tuple[int, Stop]]
) -> dict[int, tuple[int, Stop]]:
    """Vehicle and times of newly linked visits on `routes`; those `held` before keep their starts."""
    served = [problem.visit(visit) for route in routes for visit in route.visits]
    bound = [later(visit, held[visit.id][1].start) if visit.id in held else visit for visit in served]
    alone = replace(problem, visits=tuple(bound), links=tuple(links))
    joined = {visit for link in links for visit in (link.first, link.second)}
    return {
        stop.visit: (vehicle, stop)
        for vehicle, stops in timed(alone, Plan(tuple(routes), {})).items()
        for stop in stops
        if stop.visit in joined
    }


def filled(first: Ints, more: Ints) -> Ints:
    """Both, one after the other; the narrower of two tables of windows is filled up with windows that never open."""
    if first.ndim < 3 or first.shape[1] == more.shape[1]:
        return np.concatenate([first, more])
    width = max(first.shape[1], more.shape[1])
    return np.concatenate([_widened(first, width), _widened(more, width)])


def _widened(windows: Ints, width: int) -> Ints:
    wide = np.tile(np.array([FAR, -FAR]), (len(windows), width, 1))
    wide[:, : windows.shape[1]] = windows
    return wide
