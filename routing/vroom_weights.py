"""VROOM leaves no task out to save travel: what leaving out costs is set beyond any detour of the problem."""

from __future__ import annotations

import numpy as np

from routing.problem import Matrix, Problem, Weights
from routing.score import arc_cost

UNREACHABLE = 1 << 24


def weights_for(problem: Problem) -> Weights:
    """The usual weights, leaving out dearer where one task alone may cost more than that."""
    usual = Weights()
    seconds, metres = _farthest(problem)
    alone = 0
    for vehicle in problem.vehicles:
        work = max((visit.service for visit in problem.visits), default=0) * vehicle.rates.per_task_hour // 3600
        drive = arc_cost(vehicle, round(seconds / vehicle.speed), metres)
        alone = max(alone, vehicle.rates.fixed + work + 2 * max(drive, _dearest(problem)))
    return Weights(left_out=max(usual.left_out, 2 * alone))


def _farthest(problem: Problem) -> tuple[int, int]:
    """The longest drive (s, m), leaving aside figures that stand for what cannot be reached."""
    if problem.durations is None:
        assert problem.coordinates is not None and problem.travel is not None
        corners = np.array([problem.coordinates.min(axis=0), problem.coordinates.max(axis=0)])
        seconds, metres = problem.travel.matrix(corners)
        return int(seconds.max()), int(metres.max())
    return _largest(problem.durations), 0 if problem.distances is None else _largest(problem.distances)


def _dearest(problem: Problem) -> int:
    return 0 if problem.costs is None else _largest(problem.costs)


def _largest(matrix: Matrix) -> int:
    reachable = matrix[matrix < UNREACHABLE]
    return int(reachable.max()) if reachable.size else 0
