"""What was planned: routes, and a reason for every visit left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Why a vehicle cannot make a visit, or what a plan breaks."""

    COUNTY = "county"
    SKILL = "skill"
    LEVEL = "level"
    NOT_ALLOWED = "not-allowed"
    WINDOW = "window"
    SHIFT = "shift"
    BREAK = "break"
    CAPACITY = "capacity"
    MAX_VISITS = "max-visits"
    MAX_TRAVEL = "max-travel"
    MAX_DISTANCE = "max-distance"
    PIN = "pin"
    SEQUENCE = "sequence"
    PARTNER = "partner"
    PRECEDENCE = "precedence"
    DISRUPTION = "disruption"
    NO_VEHICLE = "no-vehicle"
    NO_TIME = "no-time"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a visit is unassigned: the rule that stops most of the vehicles that come nearest to making it."""

    rule: Rule
    detail: str


@dataclass(frozen=True, slots=True)
class Route:
    """The visits of one vehicle, by id, in order."""

    vehicle: int
    visits: tuple[int, ...]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Plan:
    """Routes (vehicles without visits may be absent) and a reason for each visit left out."""

    routes: tuple[Route, ...]
    unassigned: dict[int, Reason]


@dataclass(frozen=True, slots=True)
class Stop:
    """One element of a timed route. kind: start, visit, break or end. Times in seconds, distance in metres.

    `travel` and `distance` lead *to* this stop; `arrive` + `waiting` + `setup` = `start`; `start` + `service`
    = `leave`. `load` is what is on board when leaving; `rest` is the id of a break.
    """

    kind: str
    visit: int | None
    place: int | None
    arrive: int
    waiting: int
    setup: int
    start: int
    service: int
    leave: int
    travel: int
    distance: int
    load: tuple[int, ...]
    rest: int | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule a plan breaks, by how much (seconds, metres or units; 0 when it has no amount)."""

    rule: Rule
    vehicle: int | None
    visit: int | None
    amount: int
    detail: str


@dataclass(frozen=True, slots=True)
class Insertion:
    """One place where one more visit fits: before `position` in the vehicle's route, its service beginning at
    `start`.

    `cost` is the extra travel in seconds, plus what extra overtime costs; `window` is the position of the
    window used in the visit's `windows` (0 when it has none).
    """

    vehicle: int
    position: int
    start: int
    cost: int
    window: int
