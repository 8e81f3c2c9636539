"""Keeps the answers of road engines in a file, so that tomorrow only new pairs of places are asked for.

One row of the file holds all that is known from one place: 16 bytes for each place it leads to, sorted. A row
for each pair would be some ten times slower to read and to write. Every use opens the file anew, so that a cache can
be handed to other processes; SQLite keeps them apart. Nothing here may stop a plan: a file that cannot be used is
done without, a damaged one is begun again, both with a warning.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from dispatch.roads.answers import MISSING, Cells

log = structlog.get_logger()

Keys = NDArray[np.int64]
Known = NDArray[np.void]

CELL = np.dtype([("to", "<i8"), ("seconds", "<i4"), ("metres", "<i4")])
SCALE = 100_000
VERSION = 1
PATIENCE_SECONDS = 3.0
MOST_CELLS = 20_000
MOST_BYTES = 1 << 30
MOST_DAYS = 60
FULL = 0.8
SCHEMA = """
CREATE TABLE IF NOT EXISTS reach (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, source INTEGER NOT NULL,
    cells BLOB NOT NULL, since INTEGER NOT NULL, UNIQUE (kind, source)
)
"""
# SQLite's clock, for nothing but the age of what is kept.
NOW = "CAST(strftime('%s', 'now') AS INTEGER)"


class Damaged(Exception):
    """What is in the file is not what was written."""


def keys(points: NDArray[np.float64]) -> Keys:
    """One number for each place (n × 2, degrees), the same for all points within about a metre."""
    grid = np.rint(np.asarray(points, np.float64).reshape(-1, 2) * SCALE).astype(np.int64)
    return ((grid[:, 0] + 180 * SCALE) << 25) | (grid[:, 1] + 90 * SCALE)


def points(places: Keys) -> NDArray[np.float64]:
    """The places of the keys, n × 2, degrees."""
    lng, lat = (places >> 25) - 180 * SCALE, (places & ((1 << 25) - 1)) - 90 * SCALE
    return np.column_stack([lng, lat]) / SCALE


@dataclass(frozen=True, slots=True)
class MatrixCache:
    """Cells by kind (engine, profile and hour) and pair of places. Bounded: by row, by file, by age."""

    path: Path
    most_bytes: int = MOST_BYTES
    most_days: int = MOST_DAYS
    most_cells: int = MOST_CELLS

    def look_up(self, kind: str, sources: Keys, destinations: Keys) -> Cells:
        """What is known, n × m, MISSING elsewhere; `destinations` are sorted and each is there once."""
        found = Cells.unknown(len(sources), len(destinations))
        try:
            with self._open() as file:
                for i, source in enumerate(sources.tolist()):
                    _fill(found, i, destinations, self._reach(file, kind, source))
        except (Damaged, sqlite3.Error) as error:
            self._give_up(error)
            return Cells.unknown(len(sources), len(destinations))
        return found

    def keep(self, kind: str, sources: Keys, destinations: Keys, fresh: Cells) -> None:
        """Add the cells that are not MISSING to what is known."""
        try:
            with self._open() as file:
                file.execute("BEGIN IMMEDIATE")
                for i in np.flatnonzero(~fresh.missing.all(axis=1)).tolist():
                    source = int(sources[i])
                    merged = _merged(_row(fresh, i, destinations), self._reach(file, kind, source), self.most_cells)
                    self._write(file, kind, source, merged)
                self._make_room(file)
                file.execute("COMMIT")
        except (Damaged, sqlite3.Error) as error:
            self._give_up(error)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=PATIENCE_SECONDS, isolation_level=None)) as file:
            version = file.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                file.execute("PRAGMA page_size = 32768")
                file.execute("PRAGMA journal_mode = WAL")
                file.execute(SCHEMA)
                file.execute(f"PRAGMA user_version = {VERSION}")
            elif version != VERSION:
                raise Damaged(f"it is of version {version}")
            file.execute("PRAGMA synchronous = NORMAL")
            yield file

    def _reach(self, file: sqlite3.Connection, kind: str, source: int) -> Known:
        """The cells from one place that are not too old."""
        young = f"SELECT cells FROM reach WHERE kind = ? AND source = ? AND since >= {NOW} - ?"
        row = file.execute(young, (kind, source, self.most_days * 86_400)).fetchone()
        if row is None:
            return np.empty(0, CELL)
        if not isinstance(row[0], bytes) or len(row[0]) % CELL.itemsize:
            raise Damaged("a row is cut off")
        return np.frombuffer(row[0], CELL)

    def _write(self, file: sqlite3.Connection, kind: str, source: int, cells: Known) -> None:
        """A row keeps the day it was begun on until it is too old, so that no cell in it outlives the map by far."""
        file.execute(
            f"INSERT INTO reach (kind, source, cells, since) VALUES (?, ?, ?, {NOW}) ON CONFLICT DO UPDATE SET"
            f" cells = excluded.cells, since = CASE WHEN since >= {NOW} - ? THEN since ELSE excluded.since END",
            (kind, source, cells.tobytes(), self.most_days * 86_400),
        )

    def _make_room(self, file: sqlite3.Connection) -> None:
        """Forget the oldest rows of a file that has grown too large."""
        pages, free, size = (
            file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        excess = (pages - free) * size - self.most_bytes
        if excess <= 0:
            return
        excess += round(self.most_bytes * (1 - FULL))
        rows = file.execute("SELECT id, length(cells) FROM reach ORDER BY since, id").fetchall()
        lengths = np.cumsum([length for _, length in rows])
        enough = int(np.searchsorted(lengths, excess)) + 1
        file.executemany("DELETE FROM reach WHERE id = ?", [(row,) for row, _ in rows[:enough]])

    def _give_up(self, error: Exception) -> None:
        """Go on without; a file that is damaged, not only busy or read-only, is begun again."""
        if isinstance(error, sqlite3.OperationalError):
            log.warning("road cache not usable", file=str(self.path), reason=str(error))
            return
        log.warning("road cache damaged, begun again", file=str(self.path), reason=str(error))
        for ending in ("", "-wal", "-shm"):
            with suppress(OSError):
                self.path.with_name(self.path.name + ending).unlink()


def _fill(found: Cells, i: int, destinations: Keys, known: Known) -> None:
    """Put what is known from source `i` into its row."""
    if len(known) == 0:
        return
    at = np.minimum(np.searchsorted(known["to"], destinations), len(known) - 1)
    is_known = known["to"][at] == destinations
    found.seconds[i, is_known] = known["seconds"][at[is_known]]
    found.metres[i, is_known] = known["metres"][at[is_known]]


def _row(fresh: Cells, i: int, destinations: Keys) -> Known:
    """What is new from source `i`."""
    new = np.flatnonzero(fresh.seconds[i] != MISSING)
    row = np.empty(len(new), CELL)
    row["to"], row["seconds"], row["metres"] = destinations[new], fresh.seconds[i, new], fresh.metres[i, new]
    return row


def _merged(new: Known, old: Known, most: int) -> Known:
    """Both, sorted, each place once, the new before the old and not more of the old than makes `most`."""
    others = old[~np.isin(old["to"], new["to"])]
    both = np.concatenate([new, others[: max(0, most - len(new))]])
    return both[np.argsort(both["to"])]
