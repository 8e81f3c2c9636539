"""Cuts the unknown cells of a table into rectangles that a server takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.intp]

REQUEST = 200
"""What a request costs besides its cells, in cells."""


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """Some rows and some columns of a table."""

    rows: Positions
    columns: Positions

    @property
    def size(self) -> int:
        return len(self.rows) * len(self.columns)

    def halves(self) -> tuple[Block, Block]:
        """Two blocks, cut across the longer side; not for a single cell."""
        if len(self.rows) >= len(self.columns):
            first, second = np.array_split(self.rows, 2)
            return Block(first, self.columns), Block(second, self.columns)
        first, second = np.array_split(self.columns, 2)
        return Block(self.rows, first), Block(self.rows, second)


def blocks(missing: NDArray[np.bool_], most: int) -> list[Block]:
    """Rectangles of at most `most` × `most` that hold every missing cell, known ones only where that is cheaper."""
    return min(_by_pattern(missing, most), _around(missing, most), key=_cost)


def _cost(found: list[Block]) -> int:
    return sum(block.size + REQUEST for block in found)


def _by_pattern(missing: NDArray[np.bool_], most: int) -> list[Block]:
    """Rows that miss the same columns go together."""
    packed = np.packbits(missing, axis=1)
    _, first, group = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    found: list[Block] = []
    for number, row in enumerate(first):
        found += _cut(np.flatnonzero(group == number), np.flatnonzero(missing[row]), most)
    return found


def _around(missing: NDArray[np.bool_], most: int) -> list[Block]:
    """One rectangle around all that is missing."""
    return _cut(np.flatnonzero(missing.any(axis=1)), np.flatnonzero(missing.any(axis=0)), most)


def _cut(rows: Positions, columns: Positions, most: int) -> list[Block]:
    return [Block(some, others) for some in _even(rows, most) for others in _even(columns, most)]


def _even(positions: Positions, most: int) -> list[Positions]:
    """Parts of nearly the same length, none over `most`: no request for a sliver."""
    return np.array_split(positions, math.ceil(len(positions) / most)) if len(positions) else []
