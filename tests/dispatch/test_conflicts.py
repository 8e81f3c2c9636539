from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import conflict_list, conflicts, phone_events
from dispatch.audit import AuditEntry
from dispatch.day_plan import Route, Stop
from dispatch.phone_clock import Reading
from dispatch.phone_records import PhoneConflictKind, PhoneEntry
from dispatch.phone_reports import Batch, Report
from technicians.errors import Conflict, InvalidInput, NotFound
from tests.clock import Clock
from tests.phone_day import publish
from tests.town import AREA, Town, shanghai


class Said:
    """Phones that tell things, by the technician's code; each event is sent at once."""

    def __init__(self, town: Town, clock: Clock) -> None:
        self.town, self.clock, self.seq = town, clock, dict.fromkeys(town.technicians, 0)

    def say(self, code: str, kind: str, visit_id: int, **payload: object) -> str:
        self.seq[code] += 1
        now = Reading(self.clock())
        report = Report(str(uuid.uuid4()), self.seq[code], kind, visit_id, now, payload=payload)
        with self.town.system.transaction() as session:
            batch = Batch(now, [report])
            got = phone_events.take(session, self.town.technicians[code], f"phone-{code}", batch, at=self.clock())
        return got.answers[0].verdict


@pytest.fixture
def phones(sqlite_town: Town, clock: Clock) -> Said:
    clock.set(shanghai(9))
    return Said(sqlite_town, clock)


@pytest.fixture
def visit_id(sqlite_town: Town) -> int:
    with sqlite_town.system.transaction() as session:
        order = sqlite_town.order(session, "A-1", "lamp", window=(9, 11))
        publish(session, sqlite_town, "T1", [order])
        return order.visits[0].id


def give_to(session: Session, town: Town, code: str, visit_id: int) -> None:
    """Move it off T1's route, after T1's phone has seen it."""
    shown = PhoneEntry(
        technician_id=town.technicians["T1"], visit_id=visit_id, change=1, digest="", changed_at=town.system.now()
    )
    session.add(shown)
    stop = session.scalars(select(Stop).where(Stop.visit_id == visit_id)).one()
    route = Route(day_plan_id=stop.day_plan_id, technician_id=town.technicians[code])
    session.add(route)
    session.flush()
    stop.route_id = route.id


def lines(town: Town, area: str = AREA) -> list[conflict_list.ConflictLine]:
    with town.system.transaction(read_only=True) as session:
        assert conflict_list.count(session, area) == len(conflict_list.unresolved(session, area))
        return conflict_list.unresolved(session, area)


def test_whoever_checked_in_at_anothers_visit_counts_and_the_other_is_named(phones: Said, visit_id: int) -> None:
    town = phones.town
    with town.system.transaction() as session:
        give_to(session, town, "T2", visit_id)
    assert phones.say("T1", "check-in", visit_id) == "conflict"
    (line,) = lines(town)
    assert (line.conflict.kind, line.conflict.counts) == (PhoneConflictKind.REASSIGNED, True)
    assert line.holder is not None and line.holder.name == "李师傅"
    assert [told.what for told in line.said] == ["check-in"]


def test_all_that_a_phone_said_beside_the_work_stands_in_one_line(phones: Said, visit_id: int) -> None:
    assert phones.say("T1", "completion", visit_id, note="done") == "conflict"
    phones.clock.advance(minutes=3)
    assert phones.say("T1", "completion", visit_id, note="really") == "conflict"
    found = lines(phones.town)
    assert {told.why for line in found for told in line.said} == {"done", "really"}
    assert not any(line.conflict.counts for line in found)


def test_conflicts_of_another_area_are_not_listed(phones: Said, visit_id: int) -> None:
    phones.say("T1", "completion", visit_id)
    assert lines(phones.town, "110100") == []


def test_a_conflict_is_resolved_once_with_a_note_and_noted(phones: Said, visit_id: int) -> None:
    phones.say("T1", "completion", visit_id)
    (line,) = lines(phones.town)
    system = phones.town.system
    with system.transaction() as session:
        conflicts.resolve(session, line.conflict.id, note="called him", by="li", at=system.now())
    assert lines(phones.town) == []
    with system.transaction(read_only=True) as session:
        (resolved,) = conflict_list.resolved(session, AREA)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "phone-conflict.resolved")).one()
    assert (resolved.conflict.note, resolved.conflict.resolved_by) == ("called him", "li")
    assert (entry.why, entry.subject_id) == ("called him", str(visit_id))
    with system.transaction() as session, pytest.raises(Conflict, match="li has resolved"):
        conflicts.resolve(session, line.conflict.id, note="", by="wang", at=system.now())


def test_what_is_no_conflict_or_too_long_a_note_is_refused(phones: Said, visit_id: int) -> None:
    now = phones.clock()
    with phones.town.system.transaction() as session:
        with pytest.raises(NotFound):
            conflicts.resolve(session, 4711, note="", by="li", at=now)
        with pytest.raises(InvalidInput):
            conflicts.resolve(session, 4711, note="x" * 501, by="li", at=now)
