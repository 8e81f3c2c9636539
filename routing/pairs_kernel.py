"""The cheapest pairs of two lists of places, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.day import COST, LATEST, ROW, START
from routing.day_kernel import FAR
from routing.planned_kernel import entry, kernel

Ints = NDArray[np.int64]
# Columns of a pair: positions in the two lists, and what it seems to cost.
FIRST, SECOND, PRICE = range(3)


@kernel
def price(one: Ints, other: Ints) -> int:
    """What two places seem to cost together, waiting included; FAR when they cannot begin at one instant."""
    start = max(one[START], other[START])
    if one[ROW] == other[ROW] or start > min(one[LATEST], other[LATEST]):
        return FAR
    return int(one[COST] + other[COST] + 2 * start - one[START] - other[START])


@kernel
def same_two(places: Ints, others: Ints, found: Ints, n: int, m: int) -> bool:
    """Whether a pair is of the same two rows, whoever is first."""
    a, b, c, d = places[found[FIRST], ROW], others[found[SECOND], ROW], places[n, ROW], others[m, ROW]
    return bool((a == c and b == d) or (a == d and b == c))


@kernel
def keep(places: Ints, others: Ints, best: Ints, many: int, n: int, m: int, cost: int) -> int:
    """Put a pair in its place among the best, one for any two rows; how many there are now."""
    last = many
    for j in range(many):
        if same_two(places, others, best[j], n, m):
            if best[j, PRICE] <= cost:
                return many
            last = j
    if last == many and many < best.shape[0]:
        many += 1
    last = min(last, best.shape[0] - 1)
    while last > 0 and best[last - 1, PRICE] > cost:
        for column in range(3):
            best[last, column] = best[last - 1, column]
        last -= 1
    best[last, FIRST], best[last, SECOND], best[last, PRICE] = n, m, cost
    return many


@entry
def best_pairs(places: Ints, mine: Ints, others: Ints, theirs: Ints, best: Ints) -> int:
    """The cheapest pairs of places[mine] and others[theirs], both cheapest first, into `best`; how many they are.

    Lists are left where the costs alone are more than the last of the best.
    """
    many = 0
    for n in mine:
        for m in theirs:
            least = places[n, COST] + others[m, COST]
            if many == best.shape[0] and least >= best[many - 1, PRICE]:
                break
            cost = price(places[n], others[m])
            if cost < FAR and (many < best.shape[0] or cost < best[many - 1, PRICE]):
                many = keep(places, others, best, many, n, m, cost)
    return many
