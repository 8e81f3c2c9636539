"""OSRM's table service. https://project-osrm.org/docs (Table service); the server is started with --max-table-size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.roads.answers import Cells, NoAnswer, OffRoad, TooBig, cells
from dispatch.roads.server import Server
from routing.travel import EARTH_RADIUS, Coordinates

MOST = 50
"""Half of what osrm-routed takes by default: with MLD a distance costs it 0.1 ms, and answers should be quick."""
PROFILE = "driving"
_COORDINATE = re.compile(r"coordinate (\d+)")


@dataclass(frozen=True, slots=True)
class Osrm:
    """Free-flow travel by road. `most` × `most` is the largest table, `snap` (m) how far a road may be from a door."""

    server: Server
    profile: str = PROFILE
    most: int = MOST
    snap: float = 1000.0

    @property
    def name(self) -> str:
        return f"osrm {self.server.url} {self.profile} {self.snap:g} m"

    @property
    def knows_hours(self) -> bool:
        return False

    def ask(self, sources: Coordinates, destinations: Coordinates, depart_at: int | None) -> Cells:
        """One table; sources and destinations are sent one after the other, the limit is on their product."""
        n, m = len(sources), len(destinations)
        _, answer = self.server.get(self._path(sources, destinations))
        if answer.get("code") != "Ok":
            raise _refusal(answer, n)
        if "distances" not in answer:
            raise NoAnswer("it knows no distances; OSRM 5.22 or newer does")
        found = cells(answer.get("durations"), answer["distances"], (n, m))
        far = _off(answer.get("sources"), sources, self.snap), _off(answer.get("destinations"), destinations, self.snap)
        if far[0] or far[1]:
            raise OffRoad(*far)
        return found

    def _path(self, sources: Coordinates, destinations: Coordinates) -> str:
        n, m = len(sources), len(destinations)
        points = ";".join(f"{lng:.5f},{lat:.5f}" for lng, lat in np.concatenate([sources, destinations]).tolist())
        return (
            f"/table/v1/{self.profile}/{points}?annotations=duration,distance&generate_hints=false"
            f"&sources={_indices(0, n)}&destinations={_indices(n, n + m)}"
        )


def _indices(first: int, end: int) -> str:
    return ";".join(map(str, range(first, end)))


def _refusal(answer: dict[str, Any], n: int) -> Exception:
    """What a code other than Ok means."""
    code, message = str(answer.get("code", "none")), str(answer.get("message", ""))
    if code == "TooBig":
        return TooBig(message)
    named = _COORDINATE.search(message) if code == "NoSegment" else None
    if named:
        at = int(named.group(1))
        return OffRoad({at} if at < n else set(), {at - n} if at >= n else set())
    return NoAnswer(f"it refused with {code[:40]}: {message[:200]}")


def _off(waypoints: Any, asked: Coordinates, snap: float) -> set[int]:
    """Positions of the places whose nearest road is farther away than `snap` metres."""
    try:
        snapped = np.array([waypoint["location"] for waypoint in waypoints], dtype=np.float64)
        return set(np.flatnonzero(_apart(snapped, asked) > snap).tolist())
    except (KeyError, TypeError, ValueError, IndexError):
        raise NoAnswer("it does not say which roads it took the places to") from None


def _apart(here: Coordinates, there: Coordinates) -> NDArray[np.float64]:
    """Metres between the two points of each pair, good for short ways."""
    across = (here[:, 0] - there[:, 0] + 180) % 360 - 180
    degrees: NDArray[np.float64] = np.hypot(across * np.cos(np.radians(there[:, 1])), here[:, 1] - there[:, 1])
    return np.radians(degrees) * EARTH_RADIUS
