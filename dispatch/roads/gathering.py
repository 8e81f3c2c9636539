"""Brings the cells of a table together: what is known from the cache, what is new from the server, block by block."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from dispatch.roads.answers import Cells, NoAnswer, OffRoad, RoadEngine, TooBig
from dispatch.roads.blocks import Block, blocks
from dispatch.roads.breaker import Breaker
from dispatch.roads.matrix_cache import Keys, MatrixCache, points
from routing.circuity import HOUR

IN_FLIGHT = 4
PATIENCE_SECONDS = 120.0

Answer = tuple[Block, Cells | str]
"""What the server said of a block, or why it said nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class Gathered:
    """The cells of a table; how many between different places were kept and how many asked; why others are MISSING."""

    cells: Cells
    kept: int
    asked: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoadSource:
    """A road engine with what protects it and us: a cache, a breaker, few requests at a time, a limit of time.

    After `patience` seconds no further block of a table is asked for.
    """

    engine: RoadEngine
    cache: MatrixCache | None = None
    breaker: Breaker = field(default_factory=Breaker)
    in_flight: int = IN_FLIGHT
    patience: float = PATIENCE_SECONDS

    def gather(self, rows: Keys, columns: Keys, depart_at: int | None) -> Gathered:
        """All that can be known of the table between two sorted sets of places."""
        at = _middle_of_hour(depart_at) if self.engine.knows_hours else None
        kind = f"{self.engine.name} {'any' if at is None else at // HOUR}"
        cells = self.cache.look_up(kind, rows, columns) if self.cache else Cells.unknown(len(rows), len(columns))
        missing, apart = cells.missing, rows[:, None] != columns
        kept = int((~missing & apart).sum())
        if not missing.any():
            return Gathered(cells, kept, 0)
        fresh, reason = _Asking(self, rows, columns, at).all(blocks(missing, self.engine.most))
        new = ~fresh.missing
        asked = int((new & missing & apart).sum())
        np.copyto(cells.seconds, fresh.seconds, where=new)
        np.copyto(cells.metres, fresh.metres, where=new)
        if self.cache and new.any():
            self.cache.keep(kind, rows, columns, fresh)
        return Gathered(cells, kept, asked, reason)


def _middle_of_hour(depart_at: int | None) -> int | None:
    """What an hour is asked for at, so that the cache does not depend on which minute of it came first."""
    return None if depart_at is None else depart_at // HOUR % 24 * HOUR + HOUR // 2


@dataclass(frozen=True, eq=False, slots=True)
class _Asking:
    """The requests for one table."""

    source: RoadSource
    rows: Keys
    columns: Keys
    depart_at: int | None
    began: float = field(default_factory=time.monotonic)

    def all(self, wanted: list[Block]) -> tuple[Cells, str]:
        """What the server says about the blocks, a few at a time, and why it does not about all."""
        fresh = Cells.unknown(len(self.rows), len(self.columns))
        reasons: list[str] = []
        with ThreadPoolExecutor(min(self.source.in_flight, len(wanted))) as crew:
            for answers in crew.map(lambda block: list(self._answers(block)), wanted):
                for block, answer in answers:
                    if isinstance(answer, str):
                        reasons.append(answer)
                    else:
                        at = np.ix_(block.rows, block.columns)
                        fresh.seconds[at], fresh.metres[at] = answer.seconds, answer.metres
        return fresh, reasons[0] if reasons else ""

    def _answers(self, block: Block) -> Iterator[Answer]:
        """For the block, or for the parts it had to be cut into."""
        try:
            self._require_time()
            answer = self._ask(block)
        except NoAnswer as failure:
            yield block, str(failure)
        except OffRoad as lost:
            yield from self._without(block, lost)
        except TooBig as refusal:
            if block.size == 1:
                yield block, f"the server takes no table at all: {refusal}"
            else:
                for half in block.halves():
                    yield from self._answers(half)
        else:
            yield block, answer

    def _require_time(self) -> None:
        """NoAnswer when the server is not to be asked at present."""
        if self.source.breaker.is_open:
            raise NoAnswer("the server is left alone for a while after it failed")
        if time.monotonic() - self.began > self.source.patience:
            raise NoAnswer(f"the table was not whole after {self.source.patience:g} s")

    def _ask(self, block: Block) -> Cells:
        here, there = points(self.rows[block.rows]), points(self.columns[block.columns])
        try:
            answer = self.source.engine.ask(here, there, self.depart_at)
        except NoAnswer as failure:
            self.source.breaker.failed(is_down=failure.is_down)
            raise NoAnswer(f"the server failed: {failure}") from failure
        self.source.breaker.answered()
        return answer

    def _without(self, block: Block, lost: OffRoad) -> Iterator[Answer]:
        """The block in three parts: sources off the road, destinations off the road, and the rest, which is asked."""
        off_row = np.isin(np.arange(len(block.rows)), list(lost.sources))
        off_column = np.isin(np.arange(len(block.columns)), list(lost.destinations))
        rest = Block(block.rows[~off_row], block.columns[~off_column])
        if rest.size == block.size:
            yield block, "the server finds no roads and does not say where"
            return
        for part in (Block(block.rows[off_row], block.columns), Block(rest.rows, block.columns[off_column])):
            yield part, Cells.no_road(len(part.rows), len(part.columns))
        if rest.size:
            yield from self._answers(rest)
