"""The file of known cells: gives back what was kept, forgets in time, and never stops a plan."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from dispatch.roads.answers import MISSING, Cells
from dispatch.roads.matrix_cache import MatrixCache, keys, points

KIND = "osrm here driving any"


def places(*numbers: int) -> np.ndarray:
    return keys(np.array([(121.0 + number / 1000, 31.0) for number in numbers]))


def cells(rows: list[list[int]]) -> Cells:
    """Seconds as told, metres ten times as many."""
    seconds = np.array(rows, np.int32)
    return Cells(seconds, np.where(seconds == MISSING, MISSING, seconds * 10).astype(np.int32))


@pytest.fixture
def cache(tmp_path: Path) -> MatrixCache:
    return MatrixCache(tmp_path / "roads.db")


def test_what_was_kept_is_read_and_the_rest_is_missing(cache: MatrixCache) -> None:
    cache.keep(KIND, places(1, 2), places(1, 2, 3), cells([[0, 5, 6], [7, 0, MISSING]]))
    found = cache.look_up(KIND, places(2, 9), places(1, 2, 3, 4))
    assert found.seconds.tolist() == [[7, 0, MISSING, MISSING], [MISSING] * 4]
    assert found.metres.tolist() == [[70, 0, MISSING, MISSING], [MISSING] * 4]


def test_new_cells_join_the_old_and_replace_them(cache: MatrixCache) -> None:
    cache.keep(KIND, places(1), places(2, 4), cells([[20, 40]]))
    cache.keep(KIND, places(1), places(3, 4), cells([[30, 41]]))
    assert cache.look_up(KIND, places(1), places(2, 3, 4)).seconds.tolist() == [[20, 30, 41]]


def test_kinds_are_kept_apart(cache: MatrixCache) -> None:
    cache.keep(KIND, places(1), places(2), cells([[20]]))
    assert cache.look_up("valhalla here auto 8", places(1), places(2)).missing.all()


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=20))
def test_a_key_is_the_place_within_a_metre_and_no_other(spots: list[tuple[float, float]]) -> None:
    given_points = np.array(spots)
    found = keys(given_points)
    assert np.abs(points(found) - given_points).max() <= 0.51e-5
    assert len(np.unique(found)) == len(np.unique(np.rint(given_points * 1e5), axis=0))


def test_a_file_that_grew_too_large_forgets_its_oldest_rows(tmp_path: Path) -> None:
    cache = MatrixCache(tmp_path / "roads.db", most_bytes=300_000)
    there = places(*range(1000))
    for source in range(40):
        cache.keep(KIND, places(source), there, cells([[source] * 1000]))
    known = [not cache.look_up(KIND, places(source), there).missing.any() for source in range(40)]
    assert known[-1]
    assert not known[0]
    assert cache.path.stat().st_size < 600_000


def test_a_row_holds_no_more_than_it_may(tmp_path: Path) -> None:
    cache = MatrixCache(tmp_path / "roads.db", most_cells=4)
    cache.keep(KIND, places(1), places(1, 2, 3), cells([[1, 2, 3]]))
    cache.keep(KIND, places(1), places(4, 5, 6), cells([[4, 5, 6]]))
    found = cache.look_up(KIND, places(1), places(1, 2, 3, 4, 5, 6)).seconds[0]
    assert found[3:].tolist() == [4, 5, 6]
    assert (found[:3] == MISSING).sum() == 2


def test_rows_that_are_too_old_are_not_known_and_begun_again(tmp_path: Path) -> None:
    cache = MatrixCache(tmp_path / "roads.db", most_days=30)
    cache.keep(KIND, places(1), places(2, 3), cells([[2, 3]]))
    with sqlite3.connect(cache.path) as file:
        file.execute("UPDATE reach SET since = since - 31 * 86400")
    assert cache.look_up(KIND, places(1), places(2, 3)).missing.all()
    cache.keep(KIND, places(1), places(2), cells([[4]]))
    assert cache.look_up(KIND, places(1), places(2, 3)).seconds.tolist() == [[4, MISSING]]


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_begun_again_with_a_warning(cache: MatrixCache, content: bytes) -> None:
    cache.path.write_bytes(content)
    with capture_logs() as logs:
        assert cache.look_up(KIND, places(1), places(2)).missing.all()
    assert logs[0]["event"] == "road cache damaged, begun again"
    cache.keep(KIND, places(1), places(2), cells([[20]]))
    assert cache.look_up(KIND, places(1), places(2)).seconds.tolist() == [[20]]


def test_a_row_that_was_cut_off_is_not_believed(cache: MatrixCache) -> None:
    cache.keep(KIND, places(1), places(2, 3), cells([[20, 30]]))
    with sqlite3.connect(cache.path) as file:
        file.execute("UPDATE reach SET cells = substr(cells, 1, 21)")
    with capture_logs() as logs:
        assert cache.look_up(KIND, places(1), places(2, 3)).missing.all()
    assert "cut off" in logs[0]["reason"]


def test_a_file_of_another_version_is_begun_again(cache: MatrixCache) -> None:
    cache.keep(KIND, places(1), places(2), cells([[20]]))
    with sqlite3.connect(cache.path) as file:
        file.execute("PRAGMA user_version = 99")
    assert cache.look_up(KIND, places(1), places(2)).missing.all()
    cache.keep(KIND, places(1), places(2), cells([[21]]))
    assert cache.look_up(KIND, places(1), places(2)).seconds.tolist() == [[21]]


def test_a_folder_that_is_not_there_is_done_without(tmp_path: Path) -> None:
    cache = MatrixCache(tmp_path / "nowhere" / "roads.db")
    with capture_logs() as logs:
        cache.keep(KIND, places(1), places(2), cells([[20]]))
        assert cache.look_up(KIND, places(1), places(2)).missing.all()
    assert {entry["event"] for entry in logs} == {"road cache not usable"}


def test_writers_at_the_same_time_lose_nothing(cache: MatrixCache) -> None:
    cache.keep(KIND, places(0), places(0), cells([[0]]))

    def add(number: int) -> None:
        cache.keep(KIND, places(0, 1), places(number), cells([[number], [number]]))

    with ThreadPoolExecutor(4) as crew:
        list(crew.map(add, range(1, 30)))
    found = cache.look_up(KIND, places(0, 1), places(*range(1, 30)))
    assert found.seconds.tolist() == [list(range(1, 30))] * 2
