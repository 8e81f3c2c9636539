"""Two workers look at one clock at the same instant: the milestone is written down once, because the row is locked."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from sqlalchemy import select, text

from dispatch import sla, sla_ledger
from dispatch.sla_clock import SlaClock, SlaEntry, SlaEvent
from dispatch.system import System
from tests.clock import Clock
from tests.town import Town


def until_somebody_waits(system: System) -> None:
    """Until another connection stands before a lock."""
    waiting = 0
    while not waiting:
        with system.transaction(read_only=True) as session:
            waiting = session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) or 0


def look(system: System) -> None:
    with system.transaction() as session:
        clock = session.scalars(select(SlaClock)).one()
        sla_ledger.pass_milestones(session, clock, by="another", at=system.now())


def both_look(system: System, clock: Clock) -> list[int | None]:
    """The milestones in the ledger after the second looked while the first had not committed yet."""
    town = Town.build(system)
    with system.transaction() as session:
        sla.goods_arrived(session, town.order(session, "A-1"), clock(), "shop")
    clock.advance(hours=13)
    second = threading.Thread(target=look, args=(system,))
    with system.transaction() as session:
        sla_ledger.pass_milestones(session, session.scalars(select(SlaClock)).one(), by="one", at=clock())
        session.flush()
        second.start()
        until_somebody_waits(system)
    second.join()
    with system.transaction(read_only=True) as session:
        warned = select(SlaEntry.percent).where(SlaEntry.event == SlaEvent.WARNED)
        return list(session.scalars(warned))


def test_a_milestone_is_written_down_once(postgres_system: System, clock: Clock) -> None:
    assert both_look(postgres_system, clock) == [50]


def test_without_the_lock_it_would_be_written_down_twice(
    postgres_system: System, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = partial(sla_ledger.find, lock=False)
    monkeypatch.setattr(sla_ledger, "find", lambda session, clock_id, lock: unlocked(session, clock_id))
    assert both_look(postgres_system, clock) == [50, 50]
