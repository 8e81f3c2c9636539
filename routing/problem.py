"""What is to be planned: visits, vehicles (technician-days) and the travel between places.

All times are integer seconds on one axis chosen by the caller (usually seconds after local midnight of
the planned day), all distances integer metres, all money integer cents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.travel import Coordinates as Coordinates
from routing.travel import Matrix as Matrix
from routing.travel import TravelTimes

MOST_BREAKS = 6
MOST_MATRIX_PLACES = 3000


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Bounds the instant at which service may *begin*, both ends included."""

    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of `duration` seconds that begins inside one of `windows`, and never interrupts a drive."""

    id: int
    windows: tuple[TimeWindow, ...]
    duration: int


@dataclass(frozen=True, slots=True)
class Pin:
    """What a re-plan may not touch: the vehicle, the start of service, or both.

    A pin adds a rule and lifts none: a pinned start still has to lie in a window of the visit.
    """

    vehicle: int | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop to be made. `place` indexes the travel matrices; `skills` maps a skill to the level it needs.

    `setup` is spent once, before service begins, when the previous stop is at another place.
    `load` is carried from the route's start to the visit, `pickup` from the visit to the route's end.
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
    pickup: tuple[int, ...] = ()
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
    """Visits, vehicles, and the travel between places.

    `durations` (s), `distances` (m) and `costs` (any unit; seconds when absent) are n × n int32 over places;
    visit ids and vehicle ids are unique. With `coordinates` (n × 2, lng and lat, WGS-84) and `travel` in
    place of `durations`, travel is worked out where it is needed: the form for areas whose matrix would not
    fit in memory.
    """

    visits: tuple[Visit, ...]
    vehicles: tuple[Vehicle, ...]
    durations: Matrix | None = None
    distances: Matrix | None = None
    costs: Matrix | None = None
    coordinates: Coordinates | None = None
    travel: TravelTimes | None = None
    _visits: dict[int, Visit] = field(init=False, repr=False, compare=False)
    _vehicles: dict[int, Vehicle] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_visits", {visit.id: visit for visit in self.visits})
        object.__setattr__(self, "_vehicles", {vehicle.id: vehicle for vehicle in self.vehicles})

    @staticmethod
    def over(
        visits: tuple[Visit, ...],
        vehicles: tuple[Vehicle, ...],
        coordinates: Coordinates,
        travel: TravelTimes,
    ) -> Problem:
        """A problem whose places are `coordinates`; the matrix is made at once unless too large."""
        if len(coordinates) > MOST_MATRIX_PLACES:
            return Problem(visits, vehicles, coordinates=coordinates, travel=travel)
        durations, distances = travel.matrix(coordinates)
        return Problem(visits, vehicles, durations, distances, coordinates=coordinates, travel=travel)

    def visit(self, visit_id: int) -> Visit:
        """The visit of that id; KeyError when the problem has none."""
        return self._visits[visit_id]

    def vehicle(self, vehicle_id: int) -> Vehicle:
        """The vehicle of that id; KeyError when the problem has none."""
        return self._vehicles[vehicle_id]

    def has_visit(self, visit_id: int) -> bool:
        return visit_id in self._visits

    def has_vehicle(self, vehicle_id: int) -> bool:
        return vehicle_id in self._vehicles

    def between(self, places: Sequence[int]) -> tuple[Matrix, Matrix]:
        """Durations (s) and distances (m; zeros when unknown) between `places`, k × k, in their order."""
        chosen = np.asarray(places, dtype=np.intp)
        if self.durations is None:
            if self.coordinates is None or self.travel is None:
                raise ValueError("the problem has neither durations nor coordinates with travel")
            return self.travel.matrix(self.coordinates[chosen])
        square = (chosen[:, None], chosen)
        durations = self.durations[square]
        return durations, self.distances[square] if self.distances is not None else np.zeros_like(durations)
