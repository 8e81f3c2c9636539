from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from dispatch import sweeps
from dispatch.sweeps import Sweeper
from dispatch.system import System
from technicians.errors import Conflict


@dataclass
class Broom:
    """Counts who had it in hand."""

    seen: list[System] = field(default_factory=list)

    def __call__(self, system: System) -> int:
        self.seen.append(system)
        return 1


def test_a_sweep_is_done_at_once_and_then_only_when_it_is_time(
    sqlite_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    broom = Broom()
    monkeypatch.setattr(sweeps, "SWEEPS", (broom,))
    seldom, often = Sweeper(sqlite_system, every=3600), Sweeper(sqlite_system, every=0)
    for _ in range(3):
        seldom.turn()
    assert len(broom.seen) == 1
    for _ in range(3):
        often.turn()
    assert len(broom.seen) == 4


def test_a_busy_database_does_not_keep_the_others_from_being_swept(
    sqlite_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_system: System) -> int:
        raise Conflict("The database is busy with the same rows.")

    broom = Broom()
    monkeypatch.setattr(sweeps, "SWEEPS", (busy, broom))
    Sweeper(sqlite_system).turn()
    assert broom.seen == [sqlite_system]
