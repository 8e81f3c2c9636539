"""Which routes of a day a visit fits into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Row

from dispatch.day import Day as LocalDay
from dispatch.demand import Candidate, Places, as_candidate
from dispatch.standing import Part
from routing.asking import cheapest
from routing.day import COST, POSITION, ROW, WINDOW
from routing.pairs import pairs
from routing.problem import Visit

PER_WINDOW = 8
NOBODYS = 1 << 40
Window = tuple[datetime, datetime]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit that looks for a place: as the planner's visit (both halves if it is for two), and where its door is."""

    visits: tuple[Visit, ...]
    point: Point
    kind: str

    @staticmethod
    def of(row: Row[Any], windows: Sequence[Window], local: LocalDay) -> Asked:
        """The visit of `dispatch.demand.candidate_row`, with the windows it might be promised.

        It is known by other ids than its own, so that a place it has already is no place of its own.
        """
        places = Places()
        visits = [
            replace(half, id=NOBODYS + half.id if half.id > 0 else half.id - NOBODYS)
            for half in as_candidate(row, Candidate(row.id, tuple(windows)), local, places)
        ]
        (point,) = places.index
        return Asked(tuple(visits), point, row.kind)


@dataclass(frozen=True, slots=True)
class Fit:
    """A place for the visit: who makes it, before which of their stops, in which of its windows, the extra seconds.

    Several technicians make it together. `chance` is that the promise is kept. `is_sure`: that is at the floor or
    above, and no promise behind it is pushed below the floor.
    """

    technicians: tuple[int, ...]
    positions: tuple[int, ...]
    window: int
    cost: int
    chance: float
    is_sure: bool


def fits(part: Part, asked: Asked, floor: float, without: frozenset[int] = frozenset()) -> Iterator[Fit]:
    """The cheapest places of each window, a few of each; nobody in `without` is asked.

    For work that takes two a part is asked as a whole or not at all.
    """
    if len(asked.visits) == 1:
        yield from _alone(part, asked, floor, without)
    elif not without:
        yield from _together(part, asked, floor)


def _alone(part: Part, asked: Asked, floor: float, without: frozenset[int]) -> Iterator[Fit]:
    (visit,) = asked.visits
    ids = np.array(part.technicians, dtype=np.int64)
    found = part.day.places(visit, asked.point)
    places = cheapest(found[~np.isin(ids[found[:, ROW]], list(without))] if without else found, PER_WINDOW)
    kept = part.chances.after(visit, places, asked.point, asked.kind)
    for place, chance, is_sure in zip(places.tolist(), kept.chance.tolist(), kept.holds(floor).tolist(), strict=True):
        yield Fit((int(ids[place[ROW]]),), (place[POSITION],), place[WINDOW], place[COST], chance, is_sure)


def _together(part: Part, asked: Asked, floor: float) -> Iterator[Fit]:
    """Two technicians: the promise is kept when both are there."""
    first, second = asked.visits
    people = part.technicians
    found = pairs(part.day, first, second, asked.point, PER_WINDOW)
    one, other = part.chances.after_both((first, second), (found.first, found.second), asked.point, asked.kind)
    sure = one.holds(floor) & other.holds(floor)
    for mine, theirs, chance, is_sure in zip(
        found.first.tolist(), found.second.tolist(), np.minimum(one.chance, other.chance).tolist(), sure.tolist(),
        strict=True,
    ):  # fmt: skip
        who, where = (people[mine[ROW]], people[theirs[ROW]]), (mine[POSITION], theirs[POSITION])
        yield Fit(who, where, mine[WINDOW], mine[COST] + theirs[COST], chance, is_sure)
