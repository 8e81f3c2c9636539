"""Is this problem one that can be planned? Says which field is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from routing.clock import LATE
from routing.errors import InvalidProblem
from routing.problem import MOST_BREAKS, Break, Matrix, Problem, TimeWindow, Vehicle, Visit

LONGEST_TRAVEL = 1 << 30
LATEST = LATE >> 8


def validated(problem: Problem) -> Problem:
    """The problem itself when it is sound. Raises InvalidProblem, naming the field and the remedy, when it is
    not.

    An impossible visit is sound (it will be left out with a reason); contradictory or unreadable figures are
    not.
    """
    places = _travel(problem)
    _unique("visits", [visit.id for visit in problem.visits])
    _unique("vehicles", [vehicle.id for vehicle in problem.vehicles])
    width = max((len(vehicle.capacity) for vehicle in problem.vehicles), default=0) or None
    for visit in problem.visits:
        _visit(problem, visit, places, width)
    for vehicle in problem.vehicles:
        _vehicle(vehicle, places, width)
    return problem


def _travel(problem: Problem) -> int:
    """The number of places; refuses missing, ragged, negative or unreadable travel."""
    if problem.durations is None:
        if problem.coordinates is None or problem.travel is None:
            raise InvalidProblem("durations", "give a matrix, or coordinates together with travel")
        return _coordinates(problem)
    places = _square("durations", problem.durations, None)
    for name, matrix in (("distances", problem.distances), ("costs", problem.costs)):
        if matrix is not None:
            _square(name, matrix, places)
    return places


def _coordinates(problem: Problem) -> int:
    points = np.asarray(problem.coordinates)
    if points.ndim != 2 or points.shape[1] != 2:
        raise InvalidProblem("coordinates", f"must be n x 2 (lng, lat), not of shape {points.shape}")
    if not np.isfinite(points).all():
        raise InvalidProblem("coordinates", "contain a value that is not a number; locate every place first")
    if (np.abs(points) > (180, 90)).any():
        worst = int(np.argmax((np.abs(points) > (180, 90)).any(axis=1)))
        raise InvalidProblem(f"coordinates[{worst}]", "is outside the earth; the order is longitude, latitude")
    return len(points)


def _square(name: str, matrix: Matrix, places: int | None) -> int:
    array = np.asarray(matrix)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise InvalidProblem(name, f"must be square, one row and one column per place, not {array.shape}")
    if places is not None and len(array) != places:
        raise InvalidProblem(name, f"has {len(array)} places but durations has {places}; give both the same size")
    if array.dtype.kind not in "iu":
        raise InvalidProblem(name, f"must be whole numbers (int32), not {array.dtype}; round them first")
    if array.size and array.min() < 0:
        row, column = np.argwhere(array < 0)[0]
        raise InvalidProblem(f"{name}[{row}][{column}]", "is negative; travel takes 0 or more")
    if array.size and array.max() > LONGEST_TRAVEL:
        row, column = np.argwhere(array > LONGEST_TRAVEL)[0]
        raise InvalidProblem(
            f"{name}[{row}][{column}]", f"is over {LONGEST_TRAVEL}; cut what cannot be reached to that"
        )
    return len(array)


def _unique(name: str, ids: Sequence[int]) -> None:
    if len(set(ids)) < len(ids):
        seen: set[int] = set()
        twice = next(i for i in ids if i in seen or seen.add(i))  # type: ignore[func-returns-value]
        raise InvalidProblem(name, f"id {twice} appears more than once; give each its own id")


def _visit(problem: Problem, visit: Visit, places: int, width: int | None) -> None:
    name = f"visit {visit.id}"
    _place(f"{name} place", visit.place, places)
    _not_negative(f"{name} service", visit.service)
    _not_negative(f"{name} setup", visit.setup)
    if not 0 <= visit.priority <= 100:
        raise InvalidProblem(f"{name} priority", f"is {visit.priority}; give 0 (ordinary) to 100 (must be served)")
    _windows(f"{name} windows", visit.windows)
    for field, load in (("load", visit.load), ("pickup", visit.pickup)):
        _load(f"{name} {field}", load, width)
    if visit.pin is not None:
        _pin(problem, visit, name)


def _pin(problem: Problem, visit: Visit, name: str) -> None:
    assert visit.pin is not None
    if visit.pin.vehicle is not None and not problem.has_vehicle(visit.pin.vehicle):
        raise InvalidProblem(
            f"{name} pin.vehicle",
            f"vehicle {visit.pin.vehicle} is not in the problem; add it or lift the pin",
        )
    if visit.pin.start is not None:
        _instant(f"{name} pin.start", visit.pin.start)


def _vehicle(vehicle: Vehicle, places: int, width: int | None) -> None:
    name = f"vehicle {vehicle.id}"
    for field, place in (("start", vehicle.start), ("end", vehicle.end)):
        if place is not None:
            _place(f"{name} {field}", place, places)
    _shift(name, vehicle)
    _load(f"{name} capacity", vehicle.capacity, width)
    for field in ("max_visits", "max_travel", "max_distance"):
        limit = getattr(vehicle, field)
        if limit is not None:
            _not_negative(f"{name} {field}", limit)
    _breaks(name, vehicle.breaks)


def _shift(name: str, vehicle: Vehicle) -> None:
    shift = vehicle.shift
    _instant(f"{name} shift", shift.earliest)
    _instant(f"{name} shift", shift.latest)
    if shift.earliest >= shift.latest:
        raise InvalidProblem(f"{name} shift", "is empty; it must end after it begins, or the vehicle be left out")
    if vehicle.soft_end is not None and not shift.earliest <= vehicle.soft_end <= shift.latest:
        raise InvalidProblem(f"{name} soft_end", "lies outside the shift; the soft end comes before the hard one")


def _breaks(name: str, breaks: Sequence[Break]) -> None:
    if len(breaks) > MOST_BREAKS:
        raise InvalidProblem(f"{name} breaks", f"are {len(breaks)}; at most {MOST_BREAKS} a day can be planned")
    _unique(f"{name} breaks", [pause.id for pause in breaks])
    for pause in breaks:
        if not pause.windows:
            raise InvalidProblem(f"{name} break {pause.id}", "has no window; say when it may begin")
        _windows(f"{name} break {pause.id}", pause.windows)
        _not_negative(f"{name} break {pause.id} duration", pause.duration)


def _place(field: str, place: int, places: int) -> None:
    if not 0 <= place < places:
        raise InvalidProblem(field, f"is {place}, but there are only places 0 to {places - 1}")


def _not_negative(field: str, amount: int) -> None:
    if not 0 <= amount <= LATEST:
        raise InvalidProblem(field, f"is {amount}; give 0 or more (and not over {LATEST})")


def _instant(field: str, at: int) -> None:
    if not 0 <= at <= LATEST:
        raise InvalidProblem(field, f"{at} is off the time axis; give seconds from 0 to {LATEST}")


def _windows(field: str, windows: Iterable[TimeWindow]) -> None:
    for window in windows:
        if window.earliest > window.latest:
            raise InvalidProblem(field, f"{window.earliest} to {window.latest} ends before it begins; swap the two")
        if max(abs(window.earliest), abs(window.latest)) > LATEST:
            raise InvalidProblem(field, f"{window.earliest} to {window.latest} is off the time axis; cut it to the day")


def _load(field: str, load: Sequence[int], width: int | None) -> None:
    if any(units < 0 for units in load):
        raise InvalidProblem(field, f"{tuple(load)} has a negative entry; use pickup for what is taken along")
    if load and width is not None and len(load) != width:
        raise InvalidProblem(field, f"has {len(load)} dimensions but vehicles carry {width}; give all the same")
