"""The places of a problem in VROOM's JSON form, and the matrices between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from routing.errors import InvalidProblem
from routing.problem import Coordinates, Matrix
from routing.validate import LONGEST_TRAVEL
from routing.vroom_fields import Json, is_number, whole

Point = tuple[float, float]
Matrices = tuple[Matrix, Matrix | None, Matrix | None]


@dataclass(slots=True)
class Places:
    """Numbers places as they are met: by their own index in a matrix of `size` places, else by their coordinates."""

    size: int | None
    known: dict[int, Point] = field(default_factory=dict)
    numbers: dict[Point, int] = field(default_factory=dict)

    def number(self, row: Json, name: str, where: str) -> int | None:
        """The place `name` of a row (its `name_index` or its coordinates); None when it has neither."""
        point = _point(row, name, where)
        if self.size is None:
            return None if point is None else self._numbered(point)
        if row.get(f"{name}_index") is None:
            if point is not None:
                raise InvalidProblem(f"{where}.{name}_index", "is missing; with matrices every place needs its index")
            return None
        index = whole(row, f"{name}_index", where)
        if index >= self.size:
            raise InvalidProblem(f"{where}.{name}_index", f"is {index}, but the matrix has places 0 to {self.size - 1}")
        if point is not None:
            self.known[index] = point
        return index

    def coordinates(self, places: int) -> Coordinates | None:
        """All places in order (n × 2), None when some are not known."""
        if not set(range(places)) <= self.known.keys():
            return None
        return np.array([self.known[i] for i in range(places)], dtype=np.float64).reshape(-1, 2)

    def _numbered(self, point: Point) -> int:
        number = self.numbers.setdefault(point, len(self.numbers))
        self.known[number] = point
        return number


def _point(row: Json, name: str, where: str) -> Point | None:
    point = row.get(name)
    if point is None:
        return None
    if not isinstance(point, list) or len(point) != 2 or not all(is_number(value) for value in point):
        raise InvalidProblem(f"{where}.{name}", "must be [longitude, latitude]")
    if abs(point[0]) > 180 or abs(point[1]) > 90:
        raise InvalidProblem(f"{where}.{name}", f"{point} is outside the earth; the order is longitude, latitude")
    return float(point[0]), float(point[1])


def has_matrices(question: Json) -> bool:
    return question.get("matrices") is not None or question.get("matrix") is not None


def profile_of(vehicles: Sequence[Json]) -> str | None:
    """The one routing profile that all vehicles use; None without vehicles."""
    profiles = [str(row.get("profile") or "car") for row in vehicles]
    for i, profile in enumerate(profiles):
        if profile != profiles[0]:
            raise InvalidProblem(
                f"vehicles[{i}].profile",
                f"is '{profile}' where vehicles[0] has '{profiles[0]}'; plan one profile at a time",
            )
    return profiles[0] if profiles else None


def matrices_of(question: Json, profile: str | None) -> Matrices:
    """Durations, distances and costs of the profile; `matrix` is the old name of one matrix of durations."""
    if question.get("matrices") is None:
        durations = _matrix(question, "matrix", "matrix")
        assert durations is not None
        return durations, None, None
    matrices = question["matrices"]
    if not isinstance(matrices, Mapping):
        raise InvalidProblem("matrices", "must be an object of profiles, as {'car': {'durations': [[...]]}}")
    profile = profile or next(iter(matrices), "car")
    chosen = matrices.get(profile)
    if not isinstance(chosen, Mapping):
        raise InvalidProblem(f"matrices.{profile}", "is missing although vehicles use that profile")
    where = f"matrices.{profile}"
    found = [_matrix(chosen, name, f"{where}.{name}") for name in ("durations", "distances", "costs")]
    if found[0] is None:
        raise InvalidProblem(f"{where}.durations", "is missing; give seconds between all places")
    return found[0], found[1], found[2]


def _matrix(matrices: Json, name: str, where: str) -> Matrix | None:
    given: Any = matrices.get(name)
    if given is None:
        return None
    if not isinstance(given, list) or any(not isinstance(row, list) or len(row) != len(given) for row in given):
        raise InvalidProblem(where, "must be square: as many numbers in every row as there are rows")
    try:
        array = np.array(given).reshape(len(given), len(given))
    except ValueError as bad:
        raise InvalidProblem(where, "must hold numbers only") from bad
    if array.dtype.kind not in "iuf":
        raise InvalidProblem(where, "must hold numbers only")
    if not np.isfinite(array).all() or (array < 0).any() or (array > LONGEST_TRAVEL).any():
        raise InvalidProblem(where, f"must hold numbers from 0 to {LONGEST_TRAVEL}")
    rounded: Matrix = np.rint(array).astype(np.int32)
    return rounded
