"""Why a visit is in no route, vehicle by vehicle, and what would have to be given up to place it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routing.plan import Insertion, Rule


class Give(StrEnum):
    """What can be given up: a promise, a limit, a rule about who may, or another visit's place."""

    EARLIER = "earlier"
    LATER = "later"
    OVERTIME = "overtime"
    MOVE = "move"
    COUNTY = "county"
    SKILL = "skill"
    LEVEL = "level"
    ALLOW = "allow"
    UNPIN = "unpin"
    CAPACITY = "capacity"
    MAX_VISITS = "max-visits"
    MAX_TRAVEL = "max-travel"
    MAX_DISTANCE = "max-distance"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The first rule that keeps a vehicle from the visit; `no-time` when only its other visits do."""

    vehicle: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One thing given up.

    `visit` is the one whose window (number `window`) opens `amount` s earlier or closes later, that may be made by
    somebody else, or that is moved: to `to_vehicle`, before `to_position` of its route. `vehicle` is the one that
    works `amount` s after its hard end, covers county `name`, has skill `name` `amount` levels higher than it has
    (from none), goes over a limit by `amount` (units, visits, s, m), or gives the visit away.
    """

    kind: Give
    visit: int
    vehicle: int
    amount: int = 0
    name: str = ""
    window: int = 0
    to_vehicle: int | None = None
    to_position: int | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """All `relaxations` together let the visit be put before `position` of the vehicle's route.

    The position counts without a visit that is moved away. `start` is when service begins, `overtime` the seconds
    the route then ends after its soft end, `cost` what the plan's routes cost more, in the units of `Rates`.
    """

    relaxations: tuple[Relaxation, ...]
    vehicle: int
    position: int
    start: int
    overtime: int
    cost: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a plan leaves a visit out.

    `places` is where it would fit as things are, `obstacles` what stops every vehicle where it does not; `remedies`
    are the smallest changes that would place it, cheapest first, those that give up one thing before those that give
    up two.
    """

    visit: int
    places: tuple[Insertion, ...]
    obstacles: tuple[Obstacle, ...]
    remedies: tuple[Remedy, ...]

    @property
    def counts(self) -> dict[Rule, int]:
        """How many vehicles each rule stops, the commonest first."""
        found: dict[Rule, int] = {}
        for obstacle in self.obstacles:
            found[obstacle.rule] = found.get(obstacle.rule, 0) + 1
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))
