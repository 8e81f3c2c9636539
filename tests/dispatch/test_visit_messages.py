"""What a consumer hears of a visit while it happens, however late and however often a phone reports it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import moot, visit_messages, visits
from dispatch.evidence import Proof, ProofKind
from dispatch.facts import Fact
from dispatch.messages import Template
from dispatch.outbox import Outbox, OutboxKind
from dispatch.work_order import FailureReason, Visit, VisitCause, VisitState, WorkOrder
from tests.clock import Clock
from tests.phone_day import fact, publish
from tests.town import TUESDAY, Town, shanghai

MINUTE = timedelta(minutes=1)


@pytest.fixture
def visit_id(town: Town) -> int:
    return booked(town)


def booked(town: Town) -> int:
    """A lamp on T1's published route, with all its photos."""
    with town.system.transaction() as session:
        order = town.order(session, "A-1", "lamp", window=(9, 11))
        publish(session, town, "T1", [order])
        session.add_all(
            Proof(
                visit_id=order.visits[0].id, technician_id=town.technicians["T1"], kind=ProofKind.PHOTO,
                shot_code=shot, source_sha256=shot, sha256=shot, received_at=town.system.now(),
            )
            for shot in ("before", "after")
        )  # fmt: skip
        return order.visits[0].id


def said(town: Town) -> list[Outbox]:
    with town.system.transaction(read_only=True) as session:
        query = select(Outbox).where(Outbox.kind == OutboxKind.MESSAGE).order_by(Outbox.id)
        return list(session.scalars(query))


def words(town: Town) -> list[str]:
    return [row.payload["template"] for row in said(town)]


Verb = Callable[[Session, int, int, Fact], Visit]


def could_not(session: Session, visit_id: int, technician_id: int, what: Fact) -> Visit:
    return visits.could_not_complete(session, visit_id, technician_id, what, reason=FailureReason.NOBODY_HOME)


def report(town: Town, verb: Verb, happened: datetime, arrives: datetime | None = None) -> Fact:
    """A fact of T1's about the first visit, that reaches us at once or later."""
    what = replace(fact(town, happened), received_at=arrives or happened)
    send(town, verb, what)
    return what


def send(town: Town, verb: Verb, what: Fact) -> None:
    with town.system.transaction() as session:
        verb(session, 1, town.technicians["T1"], what)


def test_a_visit_that_goes_well_is_told_when_somebody_sets_out_and_when_it_is_done(town: Town, visit_id: int) -> None:
    report(town, visits.set_out, shanghai(9))
    report(town, visits.arrive, shanghai(9.5))
    report(town, visits.complete, shanghai(10.5))
    assert words(town) == ["on-the-way", "done"]
    assert [row.due_at for row in said(town)] == [shanghai(9), shanghai(10.5)]


def test_what_could_not_be_done_is_told_with_an_invitation(town: Town, visit_id: int) -> None:
    report(town, could_not, shanghai(9.5))
    assert words(town) == ["again"]


def test_an_event_that_comes_again_says_nothing_again(town: Town, visit_id: int) -> None:
    for verb, hour in ((visits.set_out, 9.0), (visits.arrive, 9.5), (visits.complete, 10.5)):
        what = report(town, verb, shanghai(hour))
        send(town, verb, replace(what, received_at=what.received_at + MINUTE))
    assert words(town) == ["on-the-way", "done"]


def test_another_event_of_the_same_kind_about_the_same_visit_says_nothing_again(sqlite_town: Town) -> None:
    """Two who go together, or a state that was corrected: the consumer hears it once."""
    visit_id = booked(sqlite_town)
    report(sqlite_town, visits.set_out, shanghai(9))
    with sqlite_town.system.transaction() as session:
        visit = session.get_one(Visit, visit_id)
        assert visit_messages.tell(session, visit, fact(sqlite_town, shanghai(9)), by="x") is None
    assert words(sqlite_town) == ["on-the-way"]


def test_a_phone_that_comes_online_in_the_evening_tells_nobody_that_somebody_is_on_the_way(
    town: Town, visit_id: int
) -> None:
    evening = shanghai(21)
    report(town, visits.set_out, shanghai(9), evening)
    report(town, visits.arrive, shanghai(9.5), evening)
    report(town, visits.complete, shanghai(10.5), evening)
    assert words(town) == []
    with town.system.transaction(read_only=True) as session:
        assert session.get_one(Visit, visit_id).state == VisitState.COMPLETED


@pytest.mark.parametrize(("late", "is_said"), [(30 * MINUTE, True), (31 * MINUTE, False)])
def test_setting_out_is_worth_saying_for_half_an_hour(sqlite_town: Town, late: timedelta, is_said: bool) -> None:
    booked(sqlite_town)
    report(sqlite_town, visits.set_out, shanghai(9), shanghai(9) + late)
    assert bool(words(sqlite_town)) == is_said


@pytest.mark.parametrize(("late", "is_said"), [(180 * MINUTE, True), (181 * MINUTE, False)])
def test_thanks_are_worth_saying_for_three_hours(sqlite_town: Town, late: timedelta, is_said: bool) -> None:
    booked(sqlite_town)
    report(sqlite_town, visits.arrive, shanghai(9), shanghai(9) + late)
    report(sqlite_town, visits.complete, shanghai(10), shanghai(10) + late)
    assert ("done" in words(sqlite_town)) == is_said


AT_NIGHT = [
    (shanghai(20.5), shanghai(20.9), shanghai(20.9)),
    (shanghai(15), shanghai(20.9), shanghai(20.9)),
    (shanghai(20.9), shanghai(21.1), shanghai(21.1)),
    (shanghai(15), shanghai(21), shanghai(8, TUESDAY + timedelta(days=1))),
    (shanghai(15), shanghai(23.5), shanghai(8, TUESDAY + timedelta(days=1))),
    (shanghai(0.1), shanghai(3), shanghai(8)),
    (shanghai(0.1), shanghai(8), shanghai(8)),
]


@pytest.mark.parametrize(("happened", "arrives", "due_at"), AT_NIGHT)
def test_that_nothing_came_of_it_is_always_told_but_old_news_not_at_night(
    sqlite_town: Town, happened: datetime, arrives: datetime, due_at: datetime
) -> None:
    booked(sqlite_town)
    report(sqlite_town, could_not, happened, arrives)
    on_the_spot = arrives + visit_messages.ON_THE_SPOT
    assert [(row.payload["template"], row.due_at) for row in said(sqlite_town)] == [("again", max(due_at, on_the_spot))]


def test_a_trip_after_which_somebody_comes_again_is_no_reason_for_thanks(sqlite_town: Town) -> None:
    visit_id = booked(sqlite_town)
    with sqlite_town.system.transaction() as session:
        order = session.get_one(Visit, visit_id).work_order
        order.visits.append(Visit(sequence=2, cause=VisitCause.SECOND_VISIT, service=3600, setup=0))
    report(sqlite_town, visits.arrive, shanghai(9.5))
    report(sqlite_town, visits.complete, shanghai(10.5))
    assert words(sqlite_town) == []


def why_moot(town: Town, payload: dict[str, Any], at: datetime) -> str | None:
    with town.system.transaction(read_only=True) as session:
        return moot.why_moot(session.scalars(select(WorkOrder)).one(), payload, at)


@pytest.mark.parametrize(("minutes", "why"), [(0, None), (30, None), (31, "too-late")])
def test_a_provider_that_was_down_does_not_say_it_late_either(
    sqlite_town: Town, clock: Clock, minutes: int, why: str | None
) -> None:
    booked(sqlite_town)
    report(sqlite_town, visits.set_out, shanghai(9))
    (row,) = said(sqlite_town)
    assert why_moot(sqlite_town, row.payload, shanghai(9) + minutes * MINUTE) == why


def test_thanks_are_not_said_for_what_is_not_done_by_then(sqlite_town: Town) -> None:
    booked(sqlite_town)
    payload = {"template": Template.DONE, "order_id": 1, "happened_at": shanghai(9).isoformat()}
    assert why_moot(sqlite_town, payload, shanghai(9)) == "order-booked"
