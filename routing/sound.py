"""The small questions `validated` asks of one field. Each raises InvalidProblem with the field and the remedy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Integral, Real

from routing.clock import LATE
from routing.errors import InvalidProblem
from routing.problem import TimeWindow

LATEST = LATE >> 8
"""The last instant of the time axis, and the greatest amount of anything."""
MOST_TIMES = 10_000


def unique(name: str, ids: Sequence[int]) -> None:
    if len(set(ids)) < len(ids):
        seen: set[int] = set()
        twice = next(i for i in ids if i in seen or seen.add(i))  # type: ignore[func-returns-value]
        raise InvalidProblem(name, f"id {twice} appears more than once; give each its own id")


def place(field: str, number: int, places: int) -> None:
    integer(field, number)
    if not 0 <= number < places:
        raise InvalidProblem(field, f"is {number}, but there are only places 0 to {places - 1}")


def integer(field: str, number: object) -> None:
    if not isinstance(number, Integral):
        raise InvalidProblem(field, f"is {number}; give a whole number")


def not_negative(field: str, amount: float) -> None:
    if not (isinstance(amount, Real) and 0 <= amount <= LATEST):
        raise InvalidProblem(field, f"is {amount}; give 0 or more (and not over {LATEST})")


def whole(field: str, amount: int) -> None:
    not_negative(field, amount)
    integer(field, amount)


def factor(field: str, amount: float) -> None:
    """A number above 0 that something is multiplied or divided by."""
    if not (isinstance(amount, Real) and math.isfinite(amount) and 1 / MOST_TIMES <= amount <= MOST_TIMES):
        raise InvalidProblem(field, f"is {amount}; give a number above 0 (1 is ordinary, {MOST_TIMES} the most)")


def instant(field: str, at: int) -> None:
    integer(field, at)
    if not 0 <= at <= LATEST:
        raise InvalidProblem(field, f"{at} is off the time axis; give seconds from 0 to {LATEST}")


def near(field: str, at: int) -> None:
    """An instant that may lie before the axis begins."""
    integer(field, at)
    if not -LATEST <= at <= LATEST:
        raise InvalidProblem(field, f"{at} is off the time axis; give seconds from {-LATEST} to {LATEST}")


def windows(field: str, spans: Iterable[TimeWindow]) -> None:
    for window in spans:
        near(field, window.earliest)
        near(field, window.latest)
        if window.earliest > window.latest:
            raise InvalidProblem(field, f"{window.earliest} to {window.latest} ends before it begins; swap the two")


def load(field: str, units: Sequence[int], width: int | None) -> None:
    if any(isinstance(entry, Real) and entry < 0 for entry in units):
        raise InvalidProblem(field, f"{tuple(units)} has a negative entry; use pickup for what is taken along")
    for entry in units:
        whole(field, entry)
    if units and width is not None and len(units) != width:
        raise InvalidProblem(field, f"has {len(units)} dimensions but vehicles carry {width}; give all the same")
