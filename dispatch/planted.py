"""Faults planted on purpose, to show what holds: a pause, a sudden death, a lock that does not lock.

All are off unless the environment names them. For benchmarks and tests, never where real promises are made.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

KEY = "planted"


class Point(StrEnum):
    """Where a transaction that takes or gives back capacity may die, in the order in which it gets there."""

    BEGUN = "begun"
    VISIT_LOCKED = "visit-locked"
    GIVING_BACK = "giving-back"
    GIVEN_BACK = "given-back"
    ROUTES_LOCKED = "routes-locked"
    LOOKED = "looked"
    REWRITTEN = "rewritten"
    COMMITTING = "committing"
    COMMITTED = "committed"


@dataclass(frozen=True, slots=True)
class Planted:
    """`pause`: seconds between looking for a place and writing it. `dies_at`: the process kills itself there.

    Without `locks` a route is changed by whoever comes, whoever else is at it.
    """

    pause: float = 0.0
    dies_at: Point | None = None
    locks: bool = True


NOTHING = Planted()


def of(session: Session) -> Planted:
    """What is planted in the system that made the session."""
    planted: Planted = session.info.get(KEY, NOTHING)
    return planted


def at(session: Session, point: Point) -> None:
    """The transaction has got to this point: it dies if it is to die here, without a chance to tidy up."""
    planted = of(session)
    if planted.dies_at == point:
        os.kill(os.getpid(), signal.SIGKILL)
    if point == Point.LOOKED and planted.pause:
        time.sleep(planted.pause)
