"""Tables of text that read well in a terminal and are Markdown too."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

SHORT = 60


@dataclass(frozen=True, slots=True)
class Table:
    """A title, column heads, rows as wide as the heads, and a note below that says how to read it."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __str__(self) -> str:
        widths = [max(map(_wide, column)) for column in zip(self.heads, *self.rows, strict=True)]
        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        lines = [_line(self.heads, widths), rule, *(_line(row, widths) for row in self.rows)]
        return "\n".join([f"### {self.title}", "", *lines, *(["", self.note] if self.note else [])])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (width - _wide(cell)) for cell, width in zip(cells, widths, strict=True)]
    return "| " + " | ".join(padded) + " |"


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def spread(values: Sequence[float], form: str = "{:g}") -> str:
    """The median, and the least and the most when they differ: 476.2 (470.1–480.9); a dash for nothing."""
    if not values:
        return "–"
    middle, least, most = (form.format(value) for value in (statistics.median(values), min(values), max(values)))
    return middle if least == most else f"{middle} ({least}–{most})"


def last_line(text: str) -> str:
    """What a cell has room for of an error: the beginning of its last line."""
    return text.strip().splitlines()[-1][:SHORT]


def percent(ours: float, theirs: float) -> str:
    """By how much ours is more than theirs."""
    return "–" if theirs == 0 else f"{100 * (ours / theirs - 1):+.1f} %"
