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
    `windows` empty means any time. `county` None means no coverage rule. `allowed` None means every vehicle,
    `forbidden` are vehicles that may not make it, `preferred` those that should.
    `priority` 0 (ordinary) to 100 (must be served). `due` is the instant by which service should begin (an SLA's):
    later costs, and leaving out a visit that falls due costs more.
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
    forbidden: frozenset[int] = frozenset()
    due: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class SameStart:
    """Two visits, by id, that begin at the same instant with different vehicles: one visit for two technicians.

    Both are served or both left out.
    """

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Precedence:
    """Visit `after` begins at least `delay` seconds after visit `before` is left, and not without it.

    With `same_vehicle` both are on one route, in that order, or both left out: a shipment, if there is any, is the
    `pickup` of `before`, on board from there to `after` only, which has no `load` of its own then.
    """

    before: int
    after: int
    delay: int = 0
    same_vehicle: bool = False


Link = SameStart | Precedence


@dataclass(frozen=True, slots=True)
class Rates:
    """What a vehicle's day costs, in units of which an hour of ordinary travel costs 3,600.

    `fixed` when it has any visit, `per_hour` of travel, `per_task_hour` of service, `per_km`,
    `overtime` per hour after the soft end.
    """

    fixed: int = 0
    per_hour: int = 3600
    per_task_hour: int = 0
    per_km: int = 0
    overtime: int = 7200


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One technician-day. `start`/`end` None means the route begins/ends at its first/last stop.

    `shift.latest` is the hard end; work after `soft_end` is overtime and costs extra.
    `counties` None means everywhere. `speed` divides the durations of the matrix. `worked` is what fairness
    looks back on: seconds of work in the weeks before. `frozen` are the visits, by id, its route begins with, in
    this order.
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
    rates: Rates = Rates()
    speed: float = 1.0
    worked: int = 0
    frozen: tuple[int, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each goal matters, in the units of `Rates` (seconds of ordinary travel).

    `left_out` is for an ordinary visit: priority adds up to as much again, being `due` that many times as much.
    `pinned` multiplies it. `not_preferred` is for a technician who is not the preferred one, `late` for each second
    after its `due`, `fairness` for each second of service by a technician who worked an hour more than the mean
    (an hour less earns as much), `changed` for a visit whose technician is not the published one.
    """

    left_out: int = 20_000
    due: int = 1
    pinned: int = 100
    not_preferred: int = 600
    late: int = 1
    fairness: float = 0.0
    changed: int = 600


@dataclass(frozen=True, slots=True)
class Published:
    """What people have been told: each visit's vehicle, and how many visits at most may change it."""

    vehicles: dict[int, int] = field(default_factory=dict)
    most_changed: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Visits, vehicles, and the travel between places.

    `links` join visits, `published` is what a re-plan should not disturb, `weights` say what matters how much.

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
    links: tuple[Link, ...] = ()
    published: Published | None = None
    weights: Weights = Weights()
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

    def between(self, places: Sequence[int], speed: float = 1.0) -> tuple[Matrix, Matrix]:
        """Durations (s, at `speed`) and distances (m; zeros when unknown) between `places`, k × k, in their order."""
        chosen = np.asarray(places, dtype=np.intp)
        if self.durations is None:
            if self.coordinates is None or self.travel is None:
                raise ValueError("the problem has neither durations nor coordinates with travel")
            durations, distances = self.travel.matrix(self.coordinates[chosen])
        else:
            square = (chosen[:, None], chosen)
            durations = self.durations[square]
            distances = self.distances[square] if self.distances is not None else np.zeros_like(durations)
        return at_speed(durations, speed), distances


def at_speed(durations: Matrix, speed: float) -> Matrix:
    """The durations of a vehicle that drives `speed` times as fast, rounded to whole seconds."""
    if speed == 1.0:
        return durations
    return np.minimum(np.rint(durations / speed), np.iinfo(np.int32).max).astype(np.int32)
