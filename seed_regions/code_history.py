"""How county codes changed: the crosswalk from old codes to the ones in force."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib import resources


class ChangeKind(StrEnum):
    """What happened to the county that lost its code."""

    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class CodeChange:
    """`old_code` became `new_code` on `changed_on` (the day of approval). A split has a row for each part."""

    old_code: str
    old_name: str
    new_code: str
    changed_on: date
    kind: ChangeKind


class CodeHistory:
    """All recorded changes of codes, oldest county code first."""

    def __init__(self, changes: Iterable[CodeChange]) -> None:
        self._changes = tuple(changes)
        self._by_old: dict[str, list[CodeChange]] = defaultdict(list)
        for change in self._changes:
            self._by_old[change.old_code].append(change)

    @staticmethod
    def load() -> CodeHistory:
        """The history shipped with the project."""
        return _load()

    def __iter__(self) -> Iterator[CodeChange]:
        return iter(self._changes)

    def of(self, code: str) -> tuple[CodeChange, ...]:
        """The changes that abolished `code`."""
        return tuple(self._by_old.get(code, ()))

    def successors(self, code: str, on_date: date = date.max) -> tuple[str, ...]:
        """The codes standing for `code` on `on_date`, followed through every later change."""
        due = [change for change in self.of(code) if change.changed_on <= on_date]
        if not due:
            return (code,)
        found: dict[str, None] = {}
        for change in due:
            found.update(dict.fromkeys(self.successors(change.new_code, on_date)))
        return tuple(found)


@lru_cache(maxsize=1)
def _load() -> CodeHistory:
    text = resources.files("seed_regions").joinpath("code_history.csv").read_text(encoding="utf-8")
    return CodeHistory(
        CodeChange(
            old_code=row["old_code"],
            old_name=row["old_name"],
            new_code=row["new_code"],
            changed_on=date.fromisoformat(row["changed_on"]),
            kind=ChangeKind(row["kind"]),
        )
        for row in csv.DictReader(text.splitlines())
    )
