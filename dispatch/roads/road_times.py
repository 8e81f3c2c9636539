"""Travel times from a road engine, with every gap filled and every guess told."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import structlog
from numpy.typing import NDArray

from dispatch.roads.answers import NO_ROAD
from dispatch.roads.gathering import Gathered, RoadSource
from dispatch.roads.matrix_cache import Keys, keys, points
from routing.circuity import hour_speed
from routing.travel import Coordinates, Matrix, TravelTimes, table

log = structlog.get_logger()

UNREACHABLE = 7 * 86_400
"""Seconds to where no road leads: longer than any shift, small enough to be added up."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the cells between different places came from; `reason` says why some are estimated.

    `kept` were in the cache, `asked` came from the server; of these `unreachable` have no road. `estimated` are the
    fallback's.
    """

    cells: int
    kept: int
    asked: int
    unreachable: int
    estimated: int
    reason: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class RoadTable:
    """Durations (s) and distances (m), n × m, and where they came from."""

    durations: Matrix
    distances: Matrix
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class RoadTimes:
    """Travel times by road; where the engine fails they are those of `fallback`, with a warning.

    `per_stop` seconds are added to every journey, as great-circle travel does. Where no road leads between two places
    that roads lead to, travel takes UNREACHABLE seconds; a place that no road leads to at all (an unmapped compound)
    has the fallback's travel. An engine without hours is slowed in rush hours by `routing.circuity.HOURS`.
    """

    source: RoadSource
    fallback: TravelTimes
    per_stop: int = 0

    def matrix(self, points: Coordinates, depart_at: int | None = None) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), n × n; `depart_at` in seconds after local midnight."""
        return self.table(points, points, depart_at)

    def table(
        self, sources: Coordinates, destinations: Coordinates, depart_at: int | None = None
    ) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m), n × m; `depart_at` in seconds after local midnight."""
        found = self.measured(sources, destinations, depart_at)
        return found.durations, found.distances

    def measured(self, sources: Coordinates, destinations: Coordinates, depart_at: int | None = None) -> RoadTable:
        """The table with its provenance, which is logged as well: a warning when any cell is estimated."""
        began = time.monotonic()
        rows, row_of = np.unique(keys(sources), return_inverse=True)
        columns, column_of = np.unique(keys(destinations), return_inverse=True)
        gathered = self.source.gather(rows, columns, depart_at)
        found = self._filled(gathered, rows, columns, depart_at)
        self._tell(found.provenance, time.monotonic() - began)
        pick = np.ix_(row_of, column_of)
        return RoadTable(found.durations[pick], found.distances[pick], found.provenance)

    def _filled(self, gathered: Gathered, rows: Keys, columns: Keys, depart_at: int | None) -> RoadTable:
        """Seconds to park added, gaps filled."""
        seconds, metres = gathered.cells.seconds, gathered.cells.metres
        same = rows[:, None] == columns
        on_road = (seconds >= 0) & ~same
        unreachable = (seconds == NO_ROAD) & ~same & _reached(on_road)
        estimated = ~(on_road | unreachable | same)
        durations = self._driven(seconds, depart_at)
        distances = metres.copy()
        if (unreachable | estimated).any():
            guess = table(self.fallback, points(rows), points(columns), depart_at)
            np.copyto(durations, guess[0], where=estimated)
            np.copyto(distances, guess[1], where=estimated | unreachable)
        durations[unreachable] = UNREACHABLE
        durations[same] = distances[same] = 0
        return RoadTable(durations, distances, _counted(gathered, same, unreachable, estimated))

    def _driven(self, seconds: Matrix, depart_at: int | None) -> Matrix:
        """Door to door at that hour."""
        speed = 1.0 if self.source.engine.knows_hours else hour_speed(depart_at)
        at_hour = seconds if speed == 1.0 else np.rint(seconds / speed).astype(np.int32)
        return at_hour + np.int32(self.per_stop)

    def _tell(self, found: Provenance, seconds: float) -> None:
        facts = {
            "engine": self.source.engine.name,
            "cells": found.cells,
            "kept": found.kept,
            "asked": found.asked,
            "unreachable": found.unreachable,
            "seconds": round(seconds, 3),
        }
        if found.estimated:
            log.warning("road table estimated in part", estimated=found.estimated, reason=found.reason, **facts)
        else:
            log.info("road table", **facts)


def _reached(on_road: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each cell, whether roads lead from its source to somewhere and to its destination from somewhere."""
    found: NDArray[np.bool_] = (on_road.sum(axis=1) > 0)[:, None] & (on_road.sum(axis=0) > 0)
    return found


def _counted(
    gathered: Gathered, same: NDArray[np.bool_], unreachable: NDArray[np.bool_], estimated: NDArray[np.bool_]
) -> Provenance:
    missing = int(estimated.sum())
    return Provenance(
        cells=int((~same).sum()),
        kept=gathered.kept,
        asked=gathered.asked,
        unreachable=int(unreachable.sum()),
        estimated=missing,
        reason=(gathered.reason or "places without a road near") if missing else "",
    )
