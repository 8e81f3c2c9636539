"""What is asked of a road engine and what it can answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from routing.travel import Coordinates, Matrix

NO_ROAD = -1
MISSING = -2
LONGEST_ANSWER = 7 * 86_400
FARTHEST_ANSWER = 20_000_000


class NoAnswer(Exception):
    """The server did not answer, or answered nonsense. `is_down`: asking again at once would only cost time."""

    def __init__(self, reason: str, *, is_down: bool = False) -> None:
        super().__init__(reason)
        self.is_down = is_down


class TooBig(Exception):
    """The server takes no table of this size."""


class OffRoad(Exception):
    """Some of the places have no road near: their positions among the sources and among the destinations."""

    def __init__(self, sources: set[int], destinations: set[int]) -> None:
        super().__init__()
        self.sources = sources
        self.destinations = destinations


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """Durations (s) and distances (m), n × m; NO_ROAD where there is no way, MISSING where nothing is known."""

    seconds: Matrix
    metres: Matrix

    @staticmethod
    def unknown(n: int, m: int) -> Cells:
        return Cells(np.full((n, m), MISSING, np.int32), np.full((n, m), MISSING, np.int32))

    @staticmethod
    def no_road(n: int, m: int) -> Cells:
        return Cells(np.full((n, m), NO_ROAD, np.int32), np.full((n, m), NO_ROAD, np.int32))

    @property
    def missing(self) -> NDArray[np.bool_]:
        missing: NDArray[np.bool_] = self.seconds == MISSING
        return missing


class RoadEngine(Protocol):
    """A server that knows roads. `name` is what its answers are kept under; `most` the side of its largest table.

    `knows_hours` says whether `depart_at` (s after local midnight) makes a difference.
    """

    @property
    def name(self) -> str: ...

    @property
    def most(self) -> int: ...

    @property
    def knows_hours(self) -> bool: ...

    def ask(self, sources: Coordinates, destinations: Coordinates, depart_at: int | None) -> Cells:
        """One table in one request; NoAnswer, TooBig or OffRoad when there is none."""
        ...


def cells(durations: Any, distances: Any, shape: tuple[int, int], metres: float = 1.0) -> Cells:
    """Lists of rows of numbers and nulls as cells; `metres` is the unit of the distances. NoAnswer for nonsense."""
    seconds, far = _numbers(durations, shape), _numbers(distances, shape) * metres
    lost = np.isnan(seconds) | np.isnan(far)
    seconds[lost], far[lost] = NO_ROAD, NO_ROAD
    known = ~lost
    if (seconds[known] < 0).any() or (seconds > LONGEST_ANSWER).any():
        raise NoAnswer("it answered durations that cannot be")
    if (far[known] < 0).any() or (far > FARTHEST_ANSWER).any():
        raise NoAnswer("it answered distances that cannot be")
    return Cells(np.rint(seconds).astype(np.int32), np.rint(far).astype(np.int32))


def _numbers(rows: Any, shape: tuple[int, int]) -> NDArray[np.float64]:
    try:
        numbers = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise NoAnswer("it answered a table that is none") from None
    if numbers.shape != shape:
        raise NoAnswer(f"it answered a table of {numbers.shape} in place of {shape}")
    return numbers
