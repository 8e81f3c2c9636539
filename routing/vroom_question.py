"""Reads a problem in VROOM's JSON form; refuses what would change its meaning and is not planned with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from routing.errors import InvalidProblem
from routing.plan import Plan, Route
from routing.problem import Break, Coordinates, Matrix, Problem, TimeWindow, Vehicle, Visit
from routing.travel import GreatCircle, TravelTimes
from routing.validate import validated

OPEN_END = 1 << 30

Json = Mapping[str, Any]

REFUSED = {
    "vehicles": {
        "costs": "costs per vehicle are not planned with; leave them out",
        "speed_factor": "speeds per vehicle are not planned with; leave it out",
        "type": "durations per vehicle type are not planned with; leave it out",
    },
    "jobs": {
        "setup_per_type": "durations per vehicle type are not planned with; give setup",
        "service_per_type": "durations per vehicle type are not planned with; give service",
    },
    "breaks": {"max_load": "a load limit at a break is not planned with; leave it out"},
}


def from_vroom(question: Json, travel: TravelTimes | None = None) -> Problem:
    """The problem of a VROOM input: jobs, vehicles and matrices (or coordinates, joined by `travel`).

    Skills become skills of level 1. Without matrices `travel` (great circle by default) is used between
    `location`s. Raises InvalidProblem naming the JSON field and the remedy.
    """
    if not isinstance(question, Mapping):
        raise InvalidProblem("input", "must be a JSON object with jobs and vehicles")
    if question.get("shipments"):
        raise InvalidProblem("shipments", "are not planned; give each pick-up and each delivery as a job")
    places = _Places(question.get("matrices") is not None)
    jobs, vehicles = _rows(question, "jobs"), _rows(question, "vehicles")
    visits = tuple(_visit(job, f"jobs[{i}]", places) for i, job in enumerate(jobs))
    days = tuple(_vehicle(row, f"vehicles[{i}]", places) for i, row in enumerate(vehicles))
    return validated(_joined(question, visits, days, places, vehicles, travel or GreatCircle()))


def start_from_vroom(question: Json) -> Plan | None:
    """The routes given as `steps` of vehicles, to start from; None when there are none."""
    routes = []
    for i, row in enumerate(_rows(question, "vehicles")):
        steps = _rows(row, "steps", f"vehicles[{i}].steps")
        visits = [_whole(step, "id", f"vehicles[{i}].steps") for step in steps if step.get("type") == "job"]
        if visits:
            routes.append(Route(_whole(row, "id", f"vehicles[{i}]"), tuple(visits)))
    return Plan(tuple(routes), {}) if routes else None


@dataclass(slots=True)
class _Places:
    """Numbers places as they are met: by their own index with a matrix, else by their coordinates."""

    has_matrix: bool
    known: dict[int, tuple[float, float]] = field(default_factory=dict)
    numbers: dict[tuple[float, float], int] = field(default_factory=dict)

    def number(self, row: Json, name: str, where: str) -> int | None:
        """The place `name` of a row (its `name_index` or its coordinates); None when it has neither."""
        point = self._point(row, name, where)
        if not self.has_matrix:
            return None if point is None else self._numbered(point)
        if row.get(f"{name}_index") is None:
            if point is not None:
                raise InvalidProblem(f"{where}.{name}_index", "is missing; with matrices every place needs its index")
            return None
        index = _whole(row, f"{name}_index", where)
        if point is not None:
            self.known[index] = point
        return index

    def coordinates(self, places: int) -> Coordinates | None:
        """All places in order (n × 2), None when some are not known."""
        if set(self.known) != set(range(places)):
            return None
        return np.array([self.known[i] for i in range(places)], dtype=np.float64).reshape(-1, 2)

    def _numbered(self, point: tuple[float, float]) -> int:
        number = self.numbers.setdefault(point, len(self.numbers))
        self.known[number] = point
        return number

    @staticmethod
    def _point(row: Json, name: str, where: str) -> tuple[float, float] | None:
        point = row.get(name)
        if point is None:
            return None
        if not isinstance(point, list) or len(point) != 2 or not all(_is_number(value) for value in point):
            raise InvalidProblem(f"{where}.{name}", "must be [longitude, latitude]")
        return float(point[0]), float(point[1])


def _visit(job: Json, where: str, places: _Places) -> Visit:
    _refuse(job, "jobs", where)
    place = places.number(job, "location", where)
    if place is None:
        raise InvalidProblem(
            f"{where}.location", "is missing; give [longitude, latitude], or location_index with matrices"
        )
    return Visit(
        id=_whole(job, "id", where),
        place=place,
        service=_whole(job, "service", where, 0),
        setup=_whole(job, "setup", where, 0),
        windows=_windows(job, where),
        skills=_skills(job, where),
        load=_amounts(job, "delivery", where) or _amounts(job, "amount", where),
        pickup=_amounts(job, "pickup", where),
        priority=_whole(job, "priority", where, 0),
        description=str(job.get("description", "")),
    )


def _vehicle(row: Json, where: str, places: _Places) -> Vehicle:
    _refuse(row, "vehicles", where)
    window = _pair(row["time_window"], f"{where}.time_window") if row.get("time_window") is not None else None
    breaks = _rows(row, "breaks", f"{where}.breaks")
    return Vehicle(
        id=_whole(row, "id", where),
        start=places.number(row, "start", where),
        end=places.number(row, "end", where),
        shift=window or TimeWindow(0, OPEN_END),
        breaks=tuple(_break(pause, f"{where}.breaks[{i}]") for i, pause in enumerate(breaks)),
        skills=_skills(row, where),
        capacity=_amounts(row, "capacity", where),
        max_visits=_limit(row, "max_tasks", where),
        max_travel=_limit(row, "max_travel_time", where),
        max_distance=_limit(row, "max_distance", where),
        description=str(row.get("description", "")),
    )


def _break(row: Json, where: str) -> Break:
    _refuse(row, "breaks", where)
    windows = _windows(row, where) or (TimeWindow(0, OPEN_END),)
    return Break(_whole(row, "id", where), windows, _whole(row, "service", where, 0))


def _joined(
    question: Json,
    visits: tuple[Visit, ...],
    vehicles: tuple[Vehicle, ...],
    places: _Places,
    rows: Sequence[Json],
    travel: TravelTimes,
) -> Problem:
    if not places.has_matrix:
        coordinates = places.coordinates(len(places.numbers))
        points = np.zeros((0, 2)) if coordinates is None else coordinates
        return Problem.over(visits, vehicles, points, travel)
    profile, matrices = _profile(question["matrices"], rows)
    where = f"matrices.{profile}"
    durations = _matrix(matrices, "durations", where)
    if durations is None:
        raise InvalidProblem(f"{where}.durations", "is missing; give seconds between all places")
    return Problem(
        visits,
        vehicles,
        durations,
        _matrix(matrices, "distances", where),
        _matrix(matrices, "costs", where),
        places.coordinates(len(durations)),
    )


def _profile(matrices: Any, rows: Sequence[Json]) -> tuple[str, Json]:
    if not isinstance(matrices, Mapping):
        raise InvalidProblem("matrices", "must be an object of one profile, as {'car': {'durations': [[...]]}}")
    profiles = {str(row.get("profile", "car")) for row in rows} or set(matrices)
    if len(profiles) != 1:
        raise InvalidProblem("vehicles", f"use the profiles {sorted(profiles)}; plan one profile at a time")
    profile = profiles.pop()
    if not isinstance(matrices.get(profile), Mapping):
        raise InvalidProblem(f"matrices.{profile}", "is missing although vehicles use that profile")
    return profile, matrices[profile]


def _matrix(matrices: Json, name: str, where: str) -> Matrix | None:
    rows = matrices.get(name)
    if rows is None:
        return None
    if not isinstance(rows, list) or any(not isinstance(row, list) or len(row) != len(rows) for row in rows):
        raise InvalidProblem(f"{where}.{name}", "must be square: as many numbers in every row as there are rows")
    try:
        array = np.array(rows, dtype=np.float64).reshape(len(rows), len(rows))
    except (TypeError, ValueError) as bad:
        raise InvalidProblem(f"{where}.{name}", "must hold numbers only") from bad
    if not np.isfinite(array).all() or (array < 0).any() or (array > OPEN_END).any():
        raise InvalidProblem(f"{where}.{name}", f"must hold numbers from 0 to {OPEN_END}")
    return np.rint(array).astype(np.int32)


def _rows(row: Json, name: str, where: str = "") -> list[Json]:
    rows = row.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
        raise InvalidProblem(where or name, "must be a list of objects")
    return rows


def _refuse(row: Json, kind: str, where: str) -> None:
    for name, message in REFUSED[kind].items():
        if row.get(name) is not None:
            raise InvalidProblem(f"{where}.{name}", message)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(row: Json, name: str, where: str, default: int | None = None) -> int:
    value = row.get(name, default)
    if not _is_number(value) or value != int(value):
        raise InvalidProblem(f"{where}.{name}", f"must be a whole number, not {value!r}")
    return int(value)


def _limit(row: Json, name: str, where: str) -> int | None:
    return None if row.get(name) is None else _whole(row, name, where)


def _numbers(row: Json, name: str, where: str) -> list[int]:
    values = row.get(name) or []
    if not isinstance(values, list) or not all(_is_number(v) and v == int(v) for v in values):
        raise InvalidProblem(f"{where}.{name}", "must be a list of whole numbers")
    return [int(value) for value in values]


def _amounts(row: Json, name: str, where: str) -> tuple[int, ...]:
    return tuple(_numbers(row, name, where))


def _skills(row: Json, where: str) -> dict[str, int]:
    return {str(skill): 1 for skill in _numbers(row, "skills", where)}


def _windows(row: Json, where: str) -> tuple[TimeWindow, ...]:
    windows = row.get("time_windows") or []
    if not isinstance(windows, list):
        raise InvalidProblem(f"{where}.time_windows", "must be a list of [from, to]")
    return tuple(_pair(window, f"{where}.time_windows") for window in windows)


def _pair(value: Any, where: str) -> TimeWindow:
    if not isinstance(value, list) or len(value) != 2 or not all(_is_number(v) and v == int(v) for v in value):
        raise InvalidProblem(where, f"must be [from, to] in whole seconds, not {value!r}")
    return TimeWindow(int(value[0]), int(value[1]))
