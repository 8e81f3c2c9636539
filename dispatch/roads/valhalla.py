"""Valhalla's matrix service. https://valhalla.github.io/valhalla/api/matrix/api-reference"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dispatch.roads.answers import Cells, NoAnswer, OffRoad, TooBig, cells
from dispatch.roads.server import Server
from routing.travel import Coordinates

MOST = 50
PROFILE = "auto"
KILOMETRE = 1000.0
EXCEEDED_LOCATIONS = 150
UNCONNECTED = 170
OFF_ROAD = 171
NO_PATH = 442
A_WORKING_DAY = "2026-05-13"
"""A Wednesday: recorded traffic is known by weekday and hour, and plans ask for an ordinary working day."""


@dataclass(frozen=True, slots=True)
class Valhalla:
    """Travel by road, with the traffic of the hour where the server has it.

    `most` × `most` is the largest table (max_matrix_location_pairs is 2,500 unless the server was told otherwise),
    `snap` (m) how far a road may be from a door.
    """

    server: Server
    profile: str = PROFILE
    most: int = MOST
    snap: float = 1000.0

    @property
    def name(self) -> str:
        return f"valhalla {self.server.url} {self.profile} {self.snap:g} m"

    @property
    def knows_hours(self) -> bool:
        return True

    def ask(self, sources: Coordinates, destinations: Coordinates, depart_at: int | None) -> Cells:
        """One table."""
        n, m = len(sources), len(destinations)
        answer = self._answer(sources, _padded(destinations, n) if depart_at is not None else destinations, depart_at)
        code = answer.get("error_code")
        if code == OFF_ROAD:
            raise OffRoad(self._off(sources), self._off(destinations))
        if code == UNCONNECTED and n * m > 1:
            raise TooBig("some of the places are on islands of their own")
        if code in (NO_PATH, UNCONNECTED):
            return Cells.no_road(n, m)
        return _cells(answer, n, m)

    def _answer(self, sources: Coordinates, targets: Coordinates, depart_at: int | None) -> dict[str, Any]:
        question: dict[str, Any] = {
            "sources": self._locations(sources),
            "targets": self._locations(targets),
            "costing": self.profile,
            "units": "kilometers",
            "verbose": False,
        }
        if depart_at is not None:
            hours, minutes = divmod(depart_at // 60 % 1440, 60)
            question["date_time"] = {"type": 1, "value": f"{A_WORKING_DAY}T{hours:02d}:{minutes:02d}"}
        return self.server.post("/sources_to_targets", question)[1]

    def _locations(self, points: Coordinates) -> list[dict[str, float]]:
        cutoff = round(self.snap)  # anything but a whole number is disregarded
        return [{"lon": round(lng, 5), "lat": round(lat, 5), "search_cutoff": cutoff} for lng, lat in points.tolist()]

    def _off(self, points: Coordinates) -> set[int]:
        """Positions of the points without a road near, found by halving: an error does not say which it means."""
        return set(self._off_among(points, list(range(len(points)))))

    def _off_among(self, points: Coordinates, positions: list[int]) -> list[int]:
        some = points[positions]
        if self._answer(some, some[:1], None).get("error_code") != OFF_ROAD:
            return []
        if len(positions) == 1:
            return positions
        middle = len(positions) // 2
        return self._off_among(points, positions[:middle]) + self._off_among(points, positions[middle:])


def _padded(targets: Coordinates, n: int) -> Coordinates:
    """At least `n` targets, repeated as need be: with fewer targets than sources the hour is disregarded."""
    return np.resize(targets, (max(n, len(targets)), 2))


def _cells(answer: dict[str, Any], n: int, m: int) -> Cells:
    """The first `m` columns of a table, concise (two lists of rows) or, of older servers, one object per cell."""
    if "error_code" in answer:
        raise _refusal(answer)
    table = answer.get("sources_to_targets")
    try:
        if isinstance(table, dict):
            durations, distances = table["durations"], table["distances"]
        else:
            durations = [[cell["time"] for cell in row] for row in table or ()]
            distances = [[cell["distance"] for cell in row] for row in table or ()]
        return cells([row[:m] for row in durations], [row[:m] for row in distances], (n, m), KILOMETRE)
    except (KeyError, TypeError):
        raise NoAnswer("it answered a table that is none") from None


def _refusal(answer: dict[str, Any]) -> Exception:
    if answer["error_code"] == EXCEEDED_LOCATIONS:
        return TooBig(str(answer.get("error")))
    return NoAnswer(f"it refused with {answer['error_code']}: {str(answer.get('error', ''))[:200]}")
