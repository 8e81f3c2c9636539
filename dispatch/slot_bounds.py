"""What a rule for windows may say: a rule by which nothing could be offered is refused."""

from __future__ import annotations

from dispatch.slot_policy import Policy
from dispatch.window_times import clock
from technicians.errors import InvalidInput

MIDNIGHT = 24 * 60
MOST_STARTS = 48
HOUR, PERCENT = 60, 0.01
BOUNDS: dict[str, tuple[float, float, float]] = {
    "length": (15, 720, 1),
    "days": (1, 60, 1),
    "lead": (0, 10_080, HOUR),
    "hold": (1, 120, 1),
    "floor": (0, 0.999, PERCENT),
}
"""The least and the most of each number, and the unit in which people are told: minutes, days, hours, minutes, %."""


def require_sound(policy: Policy) -> None:
    """InvalidInput for a number out of bounds, for no window at all, and for one that ends after midnight."""
    for name, (low, high, unit) in BOUNDS.items():
        if not low <= getattr(policy, name) <= high:
            raise InvalidInput(
                "It is not between {low:g} and {high:g}.", field=name, remedy="Choose a number in between.",
                low=low / unit, high=round(high / unit, 1),
            )  # fmt: skip
    if not 1 <= len(policy.starts) <= MOST_STARTS:
        raise InvalidInput(
            "There are {count} windows a day.", field="starts", remedy="Give 1 to {most} of them.",
            count=len(policy.starts), most=MOST_STARTS,
        )  # fmt: skip
    last = max(policy.starts)
    if last + policy.length > MIDNIGHT:
        raise InvalidInput(
            "The window that begins at {time} would end after midnight.", field="starts",
            remedy="Let it begin earlier, or make windows shorter.", time=clock(last),
        )  # fmt: skip
