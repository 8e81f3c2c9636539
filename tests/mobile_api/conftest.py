"""A published Tuesday, on SQLite or on both databases."""

from __future__ import annotations

import pytest

from dispatch import phone_login
from tests.clock import Clock
from tests.phone_day import CHEAP, Tuesday, day_of
from tests.town import Town


@pytest.fixture(autouse=True)
def _cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hash with the lowest cost: what it costs is not what is tested."""
    monkeypatch.setattr(phone_login, "_hasher", CHEAP)


@pytest.fixture
def tuesday(sqlite_town: Town, clock: Clock) -> Tuesday:
    return day_of(sqlite_town, clock)


@pytest.fixture
def tuesday_on_both(town: Town, clock: Clock) -> Tuesday:
    return day_of(town, clock)
