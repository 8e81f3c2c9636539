"""What happens to a running day, as plain facts. Instants are seconds on the axis of the problem."""

from __future__ import annotations

from dataclasses import dataclass

from routing.problem import Vehicle, Visit


@dataclass(frozen=True, slots=True)
class Ill:
    """A technician begins nothing any more from `since` on.

    What they have begun by then stays theirs; with `lets_go` the visit they are at is given to somebody else.
    """

    vehicle: int
    since: int
    lets_go: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """A technician works again, or additionally: `vehicle` takes the place of the one with its id, if there is one."""

    vehicle: Vehicle


@dataclass(frozen=True, slots=True)
class Overrun:
    """The service of a visit ends at `until`: later than planned, or earlier."""

    visit: int
    until: int


@dataclass(frozen=True, slots=True)
class StartedAt:
    """Service began at `at`; or will, a technician being on the way whom nobody may send elsewhere."""

    visit: int
    at: int


@dataclass(frozen=True, slots=True)
class NotBegun:
    """A visit has not begun whatever the plan says, nor has anything planned behind it."""

    visit: int


@dataclass(frozen=True, slots=True)
class Emergency:
    """One more visit to make today, or an open one whose facts have changed."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A visit is called off. One whose service has begun stays in the record and ends now."""

    visit: int


Event = Ill | Back | Overrun | StartedAt | NotBegun | Emergency | Cancelled
