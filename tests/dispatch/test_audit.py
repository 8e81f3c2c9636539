"""The audit's entries form one chain, whoever writes at once; what did not happen is not in it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import audit
from dispatch.audit import AuditEntry
from dispatch.system import System

AT = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
WRITERS, EACH = 4, 5


def note(session: Session, action: str) -> None:
    audit.note(session, "li", action, "visit", 1, at=AT, after={"n": 1})


def actions(system: System) -> list[str]:
    with system.transaction(read_only=True) as session:
        assert audit.broken_at(session) is None
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_entries_are_appended_in_order_when_the_transaction_commits(system: System) -> None:
    with system.transaction() as session:
        note(session, "first")
        audit.note_all(session, "li", "many", "visit", [(n, {"n": n}) for n in range(2)], at=AT)
        note(session, "last")
    assert actions(system) == ["first", "many", "many", "last"]


def test_what_is_rolled_back_to_a_savepoint_is_not_in_the_chain(system: System) -> None:
    with system.transaction() as session:
        note(session, "before")
        kept = session.begin_nested()
        note(session, "inside")
        kept.commit()
        dropped = session.begin_nested()
        note(session, "dropped")
        dropped.rollback()
        note(session, "after")
    assert actions(system) == ["before", "inside", "after"]


def test_a_transaction_whose_only_notes_were_dropped_leaves_nothing(system: System) -> None:
    with system.transaction() as session:
        dropped = session.begin_nested()
        note(session, "dropped")
        dropped.rollback()
    assert actions(system) == []


def test_who_reads_the_audit_in_the_same_transaction_finds_what_was_noted(system: System) -> None:
    with system.transaction() as session:
        note(session, "first")
        assert session.scalar(select(func.count(AuditEntry.id))) == 1
        note(session, "second")
        assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["first", "second"]
    assert actions(system) == ["first", "second"]


def test_writers_at_once_make_one_chain(system: System) -> None:
    start = threading.Barrier(WRITERS)

    def write(name: str) -> None:
        start.wait()
        for n in range(EACH):
            with system.transaction() as session:
                note(session, f"{name}{n}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(actions(system)) == [f"{name}{n}" for name in "abcd" for n in range(EACH)]


def test_two_who_noted_something_do_not_wait_for_each_other_before_they_commit(postgres_system: System) -> None:
    with postgres_system.transaction() as first:
        note(first, "first")
        with postgres_system.transaction() as second:
            note(second, "second")
    assert actions(postgres_system) == ["second", "first"]
