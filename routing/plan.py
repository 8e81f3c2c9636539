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


SAYS = {
    Rule.COUNTY: "do not cover its county",
    Rule.SKILL: "lack a skill it needs",
    Rule.LEVEL: "have a skill it needs at too low a level",
    Rule.NOT_ALLOWED: "are not among those allowed to make it",
    Rule.PIN: "cannot keep its pin",
    Rule.PARTNER: "cannot make it together with its partner",
    Rule.PRECEDENCE: "cannot make it after what must come before",
    Rule.SEQUENCE: "have begun what it would have to come before",
    Rule.CAPACITY: "cannot carry its load",
    Rule.MAX_VISITS: "may make no visit",
    Rule.MAX_TRAVEL: "would travel for longer than they may",
    Rule.MAX_DISTANCE: "would travel farther than they may",
    Rule.WINDOW: "cannot reach it inside its arrival windows",
    Rule.SHIFT: "cannot finish it and be back before their shift ends",
    Rule.BREAK: "could not take their break",
}
"""What a rule that stops vehicles says of them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a visit is unassigned: the rule that stops most of the vehicles that come nearest to making it.

    It stops `stopped` of the `nearest` vehicles; or `able` are those whom no rule about the person stops, `busy` of
    them having visits. None where nothing was counted; `note` is what else there is to say.
    """

    rule: Rule
    note: str = ""
    stopped: int | None = None
    nearest: int | None = None
    able: int | None = None
    busy: int | None = None

    @property
    def counts(self) -> dict[str, int]:
        """What was counted, by name: what `Reason(rule, note, **counts)` takes."""
        counted = {"stopped": self.stopped, "nearest": self.nearest, "able": self.able, "busy": self.busy}
        return {name: many for name, many in counted.items() if many is not None}

    @property
    def detail(self) -> str:
        """The reason as an English sentence."""
        if self.stopped is not None:
            return f"{self.stopped} of the {self.nearest} nearest vehicles {SAYS[self.rule]}"
        if self.able is not None:
            return f"{self.able} vehicles could make it, {self.busy} of them already have visits; none has room"
        return self.note


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
