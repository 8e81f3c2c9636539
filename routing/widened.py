"""A problem and its arrays with a few visits more: what single bookings add to a planned day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from routing.day_kernel import FAR
from routing.plan import Route, Stop
from routing.problem import Coordinates, Problem, SameStart, Visit
from routing.schedule import stops

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
    bounds = {visit: stop.start for visit, (_, stop) in held.items()}
    for link in links:
        alone = _starts(problem, routes, bounds)
        both = (alone[link.first][1].start, alone[link.second][1].start)
        bounds |= {link.first: max(both), link.second: max(both)}
    timed = _starts(problem, routes, bounds)
    return {visit: timed[visit] for link in links for visit in (link.first, link.second)}


def _starts(problem: Problem, routes: Sequence[Route], bounds: Mapping[int, int]) -> dict[int, tuple[int, Stop]]:
    """Vehicle and times of every visit of routes that begins not before its bound."""
    return {
        stop.visit: (route.vehicle, stop)
        for route in routes
        for stop in stops(problem, route, bounds)
        if stop.visit is not None
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
