"""Unknown cells are cut into rectangles that a server takes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dispatch.roads.blocks import Block, blocks

TABLES = arrays.arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12)))


def sizes(found: list[Block]) -> list[tuple[int, int]]:
    return sorted((len(block.rows), len(block.columns)) for block in found)


@given(TABLES, st.integers(1, 9))
def test_every_missing_cell_is_in_exactly_one_block_that_is_small_enough(missing: np.ndarray, most: int) -> None:
    times = np.zeros(missing.shape, int)
    for block in blocks(missing, most):
        assert 0 < max(len(block.rows), len(block.columns)) <= most
        times[np.ix_(block.rows, block.columns)] += 1
    assert (times[missing] == 1).all()
    assert times.max(initial=0) <= 1


def test_a_known_table_needs_no_block() -> None:
    assert blocks(np.zeros((5, 5), bool), 100) == []


def test_one_new_place_among_many_is_a_row_and_a_column() -> None:
    missing = np.zeros((61, 61), bool)
    missing[30, :] = missing[:, 30] = True
    assert sizes(blocks(missing, 100)) == [(1, 61), (60, 1)]


def test_one_new_place_among_few_is_asked_for_in_one_request() -> None:
    missing = np.zeros((6, 6), bool)
    missing[3, :] = missing[:, 3] = True
    assert sizes(blocks(missing, 100)) == [(6, 6)]


def test_scattered_holes_do_not_become_a_request_each() -> None:
    missing = np.random.default_rng(1).random((40, 40)) < 0.3
    assert sizes(blocks(missing, 20)) == [(20, 20)] * 4


def test_halves_are_cut_across_the_longer_side() -> None:
    block = Block(np.arange(3), np.arange(7))
    assert sizes(list(block.halves())) == [(3, 3), (3, 4)]
