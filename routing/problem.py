"""What is to be planned: visits, vehicles (technician-days) and the travel between places.

All times are integer seconds on one axis chosen by the caller (usually seconds after local midnight of
the planned day), all distances integer metres, all money integer cents.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Bounds the instant at which service may *begin*, both ends included."""

    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of `duration` seconds that begins inside one of `windows`. Driving is never interrupted by it."""

    id: int
    windows: tuple[TimeWindow, ...]
    duration: int


@dataclass(frozen=True, slots=True)
class Pin:
    """What a re-plan may not touch: the vehicle, the start of service, or both."""

    vehicle: int | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop to be made. `place` indexes the travel matrices; `skills` maps a skill to the level it needs.

    `setup` is spent once when the previous stop is at another place. `load` is carried from the route's start.
    `windows` empty means any time. `county` None means no coverage rule. `allowed` None means every vehicle.
    `priority` 0 (ordinary) to 100 (must be served).
    """

    id: int
    place: int
    service: int
    setup: int = 0
    windows: tuple[TimeWindow, ...] = ()
    skills: dict[str, int] = field(default_factory=dict)
    county: str | None = None
    load: tuple[int, ...] = ()
    priority: int = 0
    pin: Pin | None = None
    allowed: frozenset[int] | None = None
    preferred: frozenset[int] = frozenset()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One technician-day. `start`/`end` None means the route begins/ends at its first/last stop.

    `shift.latest` is the hard end; work after `soft_end` is overtime and costs extra.
    `counties` None means everywhere.
    """

    id: int
    start: int | None
    end: int | None
    shift: TimeWindow
    soft_end: int | None = None
    breaks: tuple[Break, ...] = ()
    skills: dict[str, int] = field(default_factory=dict)
    counties: frozenset[str] | None = None
    capacity: tuple[int, ...] = ()
    max_visits: int | None = None
    max_travel: int | None = None
    max_distance: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """`durations` (s) and `distances` (m) are n × n int32 over places; ids are unique among visits and vehicles."""

    visits: tuple[Visit, ...]
    vehicles: tuple[Vehicle, ...]
    durations: Matrix
    distances: Matrix
