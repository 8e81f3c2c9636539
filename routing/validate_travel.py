"""Is the travel of a problem readable: square, whole, not negative, and small enough for the memory?"""

from __future__ import annotations

import numpy as np

from routing.errors import InvalidProblem
from routing.problem import Matrix, Problem

LONGEST_TRAVEL = 1 << 30
MOST_PLACES = 30_000
"""A matrix of more places would take over 3.6 GB."""
INT32 = (1 << 31) - 1


def places_of(problem: Problem) -> int:
    """The number of places; refuses missing, ragged, negative or unreadable travel."""
    if problem.durations is None:
        if problem.coordinates is None or problem.travel is None:
            raise InvalidProblem("durations", "give a matrix, or coordinates together with travel")
        return _coordinates(problem)
    places = _square("durations", problem.durations, None)
    for name, matrix in (("distances", problem.distances), ("costs", problem.costs)):
        if matrix is not None:
            _square(name, matrix, places)
    _speeds(problem, problem.durations)
    return places


def _coordinates(problem: Problem) -> int:
    points = _array("coordinates", problem.coordinates)
    if points.ndim != 2 or points.shape[1] != 2:
        raise InvalidProblem("coordinates", f"must be n x 2 (lng, lat), not of shape {points.shape}")
    if points.dtype.kind not in "iuf" or not np.isfinite(points).all():
        raise InvalidProblem("coordinates", "contain a value that is not a number; locate every place first")
    if (np.abs(points) > (180, 90)).any():
        worst = int(np.argmax((np.abs(points) > (180, 90)).any(axis=1)))
        raise InvalidProblem(f"coordinates[{worst}]", "is outside the earth; the order is longitude, latitude")
    return len(points)


def _array(name: str, given: object) -> np.ndarray:
    if isinstance(given, np.ndarray):
        return given
    raise InvalidProblem(name, f"must be a NumPy array with rows of one length, not a {type(given).__name__}")


def _square(name: str, matrix: Matrix, places: int | None) -> int:
    array = _array(name, matrix)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise InvalidProblem(name, f"must be square, one row and one column per place, not {array.shape}")
    if places is not None and len(array) != places:
        raise InvalidProblem(name, f"has {len(array)} places but durations has {places}; give both the same size")
    if len(array) > MOST_PLACES:
        raise InvalidProblem(
            name,
            f"has {len(array)} places, at most {MOST_PLACES} can be held; give coordinates and travel in its place",
        )
    if array.dtype.kind not in "iu":
        raise InvalidProblem(name, f"must be whole numbers (int32), not {array.dtype}; round them first")
    _range(name, array)
    return len(array)


def _range(name: str, array: np.ndarray) -> None:
    if array.size and array.min() < 0:
        row, column = np.argwhere(array < 0)[0]
        raise InvalidProblem(f"{name}[{row}][{column}]", "is negative; travel takes 0 or more")
    if array.size and array.max() > LONGEST_TRAVEL:
        row, column = np.argwhere(array > LONGEST_TRAVEL)[0]
        raise InvalidProblem(
            f"{name}[{row}][{column}]", f"is over {LONGEST_TRAVEL}; cut what cannot be reached to that"
        )


def _speeds(problem: Problem, durations: Matrix) -> None:
    """A slow vehicle must not take its longest drive out of the numbers."""
    slow = [vehicle for vehicle in problem.vehicles if vehicle.speed < 1]
    longest = int(durations.max()) if slow and durations.size else 0
    for vehicle in slow:
        if longest > INT32 * vehicle.speed:
            raise InvalidProblem(
                f"vehicle {vehicle.id} speed",
                f"is {vehicle.speed}, too slow for the longest journey of {longest} s; cut what cannot be reached",
            )
