"""A visit for two technicians: one visit with two stops in the records, two that begin together for the planner.

The planner knows the first half by the visit's id and the second by its negative.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

FIRST, SECOND = 1, 2


def half_id(visit_id: int, half: int) -> int:
    """What the planner calls that half of a visit."""
    return visit_id if half == FIRST else -visit_id


def halves(visit_id: int, crew_size: int) -> tuple[int, ...]:
    """All that the planner knows of a visit: itself, or both halves."""
    return tuple(half_id(visit_id, half) for half in (FIRST, SECOND)[:crew_size])


def visit_of(half_id: int) -> int:
    """The visit that a half belongs to."""
    return abs(half_id)


def half_of(half_id: int) -> int:
    return FIRST if half_id > 0 else SECOND


def visits_of(half_ids: Iterable[int]) -> set[int]:
    """The visits that the halves belong to, each once."""
    return {visit_of(each) for each in half_ids}


def joined(names: Sequence[str]) -> str:
    """Who comes, as one text; empty when nobody does."""
    return " + ".join(names)
