"""Where a visit for two technicians fits: two places on different routes at which both halves begin together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.asking import asked_at, first_of_each
from routing.clock import LATE
from routing.day import COST, END, ROW, START, WINDOW, Day
from routing.pairs_kernel import FIRST, SECOND, best_pairs
from routing.planned_kernel import outline, plan_all
from routing.problem import Visit
from routing.reach import Point

Ints = NDArray[np.int64]
SPARE = 3
ROUNDS = 4


class Pairs(NamedTuple):
    """m pairs of places: each m × 7, as `Day.places` has them, but with the common start, and cost and end for that."""

    first: Ints
    second: Ints


def pairs(day: Day, first: Visit, second: Visit, at: Point | None = None, most: int = 3) -> Pairs:
    """The cheapest pairs of each window (`most` at most), cheapest first: costs, and a second for each second that one
    of the two has to wait for the other.

    `first` and `second` are the halves, of the same windows and unknown to the day; joined by SameStart they can be
    put in at these places. Two technicians are offered once, at their cheapest places, and not at all where those
    cannot be kept together.
    """
    places, others = day.places(first, at), day.places(second, at)
    found = _likely(places, others, most + SPARE)
    alone = places[found[:, FIRST]], others[found[:, SECOND]]
    one, other = together = _together(day, (first, second), alone, at)
    waits = sum(after[:, START] - before[:, START] for after, before in zip(together, alone, strict=True))
    ranked = np.lexsort((one[:, COST] + other[:, COST] + waits, one[:, WINDOW]))
    ranked = ranked[(one[ranked, START] == other[ranked, START]) & (one[ranked, START] < LATE)]
    chosen = first_of_each(one[:, WINDOW], ranked, most)
    return Pairs(one[chosen], other[chosen])


def _together(day: Day, halves: tuple[Visit, Visit], alone: tuple[Ints, Ints], at: Point | None) -> tuple[Ints, Ints]:
    """The pairs as they would be planned, who is ready first waiting for the other, as `routing.joint` has it.

    What cannot be kept together begins apart, or LATE.
    """
    visits, vehicles, rows = day.arrays()
    asked = [asked_at(day, half, places, at) for half, places in zip(halves, alone, strict=True)]
    planned = [np.empty((len(places), 2), np.int64) for places in alone]
    for each in asked:
        each.start[:] = 0
    for _ in range(ROUNDS):
        for each, times in zip(asked, planned, strict=True):
            plan_all(visits, vehicles, rows, each, outline(rows, vehicles), times)
        for each, own, others in zip(asked, planned, planned[::-1], strict=True):
            np.copyto(each.start, others[:, 0], where=own[:, 0] < others[:, 0])
    one, other = (_planned(day, *each) for each in zip(halves, alone, planned, strict=True))
    return one, other


def _planned(day: Day, visit: Visit, places: Ints, times: Ints) -> Ints:
    """The places with start and end as planned, and what that costs."""
    _, vehicles, rows = day.arrays()
    k = rows.vehicle[places[:, ROW]]
    due = LATE if visit.due is None else visit.due
    moved = places.copy()
    moved[:, [START, END]] = times
    for sign, each in ((-1, places), (1, moved)):
        overtime = np.maximum(0, each[:, END] - vehicles.soft_end[k]) * vehicles.overtime[k] // 3600
        moved[:, COST] += sign * (overtime + np.maximum(0, each[:, START] - due) * day.problem.weights.late)
    return moved


def _likely(places: Ints, others: Ints, most: int) -> Ints:
    """Positions in `places` and `others` of the pairs that look cheapest, `most` at most of each window."""
    found = []
    for window in np.unique(places[:, WINDOW]):
        mine, theirs = (_cheapest_first(one, int(window)) for one in (places, others))
        best = np.empty((most, 3), np.int64)
        many = best_pairs(places, mine, others, theirs, best)
        found.append(best[:many])
    return np.concatenate(found) if found else np.zeros((0, 3), np.int64)


def _cheapest_first(places: Ints, window: int) -> Ints:
    own = np.flatnonzero(places[:, WINDOW] == window)
    ordered: Ints = own[np.argsort(places[own, COST], kind="stable")]
    return ordered
