"""When something on a phone really happened, by our clock: phones' clocks are measured, never trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.facts import LONGEST_DELAY

SKEW_FLAGGED = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phone's clocks said at one instant: its wall clock, and milliseconds since it was started as `boot`."""

    wall: datetime
    boot: str | None = None
    monotonic: int | None = None


def skew(sent: Reading, received_at: datetime) -> timedelta:
    """How far the phone's clock is ahead of ours (negative: behind), the time on the way included."""
    return sent.wall - received_at


def is_flagged(measured: timedelta) -> bool:
    """Whether a clock is wrong enough to be worth telling a person."""
    return abs(measured) > SKEW_FLAGGED


def age(event: Reading, sent: Reading) -> timedelta:
    """How long before the sending the event was: 0 to 72 h.

    By the counter that nobody can set, when both readings are of the same start; else by the wall clock, whose
    error cancels out as long as nobody set it in between.
    """
    return min(max(_difference(event, sent), timedelta(0)), LONGEST_DELAY)


def _difference(event: Reading, sent: Reading) -> timedelta:
    if event.boot is not None and event.boot == sent.boot and None not in (event.monotonic, sent.monotonic):
        return timedelta(milliseconds=(sent.monotonic or 0) - (event.monotonic or 0))
    return sent.wall - event.wall
