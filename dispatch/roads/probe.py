"""Does the road engine answer, and does its map hold the places that matter?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dispatch.roads.breaker import Breaker
from dispatch.roads.road_times import RoadTimes

NEARBY = 0.01


@dataclass(frozen=True, slots=True)
class Probe:
    is_sound: bool
    detail: str


def probe(times: RoadTimes, places: Sequence[tuple[float, float]]) -> Probe:
    """Ask the server itself, not the cache, for the table between a few places (lng, lat) and one nearby."""
    if not places:
        return Probe(False, "was not asked: there is no place to ask about")
    began = time.monotonic()
    spots = np.array([*places, (places[0][0] + NEARBY, places[0][1])], dtype=np.float64)
    fresh = replace(times, source=replace(times.source, cache=None, breaker=Breaker()))
    found = fresh.measured(spots, spots).provenance
    if found.asked == 0:
        return Probe(False, f"gives no times: {found.reason}")
    told = f"answers, {found.cells} journeys in {time.monotonic() - began:.2f} s"
    if found.estimated:
        told += f", {found.estimated} of them without a road near"
    return Probe(2 * found.estimated <= found.cells, told)
