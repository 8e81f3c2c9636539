"""The call list and what is noted after a call, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import call_list, calls, messages, order_history, outbox, sla, sla_ledger, waitlist
from dispatch.audit import AuditEntry
from dispatch.call_list import CallLine, CallList
from dispatch.call_reasons import Because
from dispatch.consumer_records import WaitlistEntry, WaitState, Wish
from dispatch.messages import Template
from dispatch.outbox import OutboxState
from dispatch.sla_clock import PauseCause
from dispatch.work_order import WorkOrder
from technicians.errors import Conflict, InvalidInput, NotFound
from tests.clock import Clock
from tests.town import AREA, TUESDAY, Town, shanghai

HOUR = 3600
MONDAY = TUESDAY - timedelta(days=1)


@pytest.fixture
def morning(clock: Clock) -> Clock:
    """Midnight before Monday's work."""
    clock.set(shanghai(0, MONDAY))
    return clock


def timed(town: Town, session: Session, number: str, county: str = "310101") -> WorkOrder:
    order = town.order(session, number, county=county)
    sla.goods_arrived(session, order, town.system.now(), "shop")
    return order


def read(town: Town) -> CallList:
    with town.system.transaction(read_only=True) as session:
        found = call_list.of_area(session, AREA, town.system.now())
        assert call_list.count(session, AREA, town.system.now()) == len(found.due)
        return found


def numbers(lines: list[CallLine]) -> list[str]:
    return [line.number for line in lines]


def test_who_has_used_three_quarters_of_the_day_is_listed_soonest_first(town: Town, morning: Clock) -> None:
    for number, hours in (("A-1", 2), ("A-2", 3), ("A-3", 0)):
        with town.system.transaction() as session:
            timed(town, session, number)
        morning.advance(hours=hours)
    assert read(town).due == []
    morning.set(shanghai(18, MONDAY))
    assert numbers(read(town).due) == ["A-1"]
    morning.set(shanghai(1))
    lines = read(town).due
    assert numbers(lines) == ["A-1", "A-2", "A-3"]
    assert [line.standing.left // HOUR for line in lines if line.standing] == [-1, 1, 4]
    assert lines[0].because == (Because.TIME_RUNS_OUT,)


def test_who_asked_for_a_call_is_listed_at_once_until_somebody_has_spoken_to_them(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session, "A-1")
        waitlist.join(session, order, Wish.CALL, by="chen", at=clock())
    (line,) = read(town).due
    assert (line.because, line.since) == ((Because.ASKED_FOR_A_CALL,), clock())
    assert line.standing is not None and line.standing.percent == 0
    with town.system.transaction() as session:
        calls.not_reached(session, order.id, by="li", at=clock())
    assert [line.not_reached for line in read(town).due] == [1]
    with town.system.transaction() as session:
        calls.reached(session, order.id, note="下周再约", by="li", at=clock())
        assert session.scalars(select(WaitlistEntry.state)).all() == [WaitState.SERVED]
    assert read(town).due == []


def failed_message(town: Town, session: Session, order: WorkOrder) -> None:
    row = messages.tell(session, order, Template.BOOK, by="shop", at=town.system.now())
    row.move_to(OutboxState.RUNNING)
    outbox.fail(row, "no such number", town.system.now())


def test_who_could_not_be_written_to_is_listed_until_spoken_to(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = town.order(session, "A-1", window=(9, 11))
        failed_message(town, session, order)
    (line,) = read(town).due
    assert (line.because, line.standing) == ((Because.MESSAGE_FAILED,), None)
    clock.advance(minutes=5)
    with town.system.transaction() as session:
        calls.reached(session, order.id, by="li", at=clock())
    assert read(town).due == []


def test_all_reasons_of_one_order_are_one_line(town: Town, morning: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session, "A-1")
        waitlist.join(session, order, Wish.CALL, by="chen", at=morning())
        failed_message(town, session, order)
    morning.set(shanghai(19, MONDAY))
    (line,) = read(town).due
    assert set(line.because) == set(Because) - {Because.WISHES_DO_NOT_FIT}


def test_other_areas_orders_over_and_orders_with_an_appointment_are_not_listed(town: Town, morning: Clock) -> None:
    with town.system.transaction() as session:
        timed(town, session, "A-1")
        booked = timed(town, session, "A-2")
        sla.appointment_made(session, booked, morning(), "chen")
    morning.set(shanghai(20, MONDAY))
    assert numbers(read(town).due) == ["A-1"]
    with town.system.transaction(read_only=True) as session:
        assert call_list.of_area(session, "110100", morning()) == CallList([], [])


def test_a_consumer_who_asked_to_wait_comes_back_that_morning(town: Town, morning: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session, "A-1")
    morning.set(shanghai(20, MONDAY))
    with town.system.transaction() as session:
        calls.asked_to_wait(session, order.id, date(2026, 5, 15), note="装修还没完", by="li", at=morning())
    found = read(town)
    assert (found.due, numbers(found.resting)) == ([], ["A-1"])
    resting = found.resting[0].standing
    assert resting is not None
    assert (resting.cause, resting.note) == (PauseCause.CONSUMER_ASKED_TO_WAIT, "装修还没完")
    assert resting.resumes_at == shanghai(8, date(2026, 5, 15))
    morning.set(shanghai(9, date(2026, 5, 15)))
    (line,) = read(town).due
    assert line.standing is not None and line.standing.elapsed == 21 * HOUR


@pytest.mark.parametrize("days", [-1, 0, 61])
def test_one_can_ask_to_wait_for_tomorrow_at_the_earliest(town: Town, clock: Clock, days: int) -> None:
    with town.system.transaction() as session:
        order = timed(town, session, "A-1")
        with pytest.raises(InvalidInput) as refused:
            calls.asked_to_wait(session, order.id, MONDAY + timedelta(days=days), by="li", at=clock())
        assert refused.value.field == "until"


def test_three_calls_at_three_hours_are_enough_to_give_up_for_now(town: Town, morning: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session, "A-1")
    morning.set(shanghai(19, MONDAY))
    for minutes in (0, 10, 50):
        morning.advance(minutes=minutes)
        with town.system.transaction() as session:
            calls.not_reached(session, order.id, by="li", at=morning())
    (line,) = read(town).due
    assert (line.not_reached, line.may_give_up, line.last_call_at) == (3, False, morning())
    with town.system.transaction() as session, pytest.raises(Conflict, match="three times"):
        calls.give_up(session, order.id, by="li", at=morning())
    morning.advance(hours=1)
    with town.system.transaction() as session:
        calls.not_reached(session, order.id, by="li", at=morning())
    assert read(town).due[0].may_give_up
    with town.system.transaction() as session:
        calls.give_up(session, order.id, by="li", at=morning())
    (line,) = read(town).resting
    assert line.standing is not None and line.standing.cause == PauseCause.CONSUMER_UNREACHABLE


def test_calls_of_an_earlier_try_do_not_count(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session, "A-1")
        for _ in range(3):
            clock.advance(hours=1)
            calls.not_reached(session, order.id, by="li", at=clock())
        sla.appointment_made(session, order, clock(), "chen")
        clock.advance(hours=1)
        sla.appointment_cancelled(session, order, clock(), "chen")
        with pytest.raises(Conflict, match="three times"):
            calls.give_up(session, order.id, by="li", at=clock())


def test_what_rested_goes_on_when_somebody_says_so(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session, "A-1")
        calls.asked_to_wait(session, order.id, TUESDAY, by="li", at=clock())
        calls.go_on(session, order.id, note="she called back", by="li", at=clock())
        assert sla.running(session, order.id)[0].ended_at is None
    assert read(town).resting == []


def test_only_the_worklist_ends_a_pause_for_an_unclear_address(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session, "A-1")
        (running,) = sla.running(session, order.id)
        sla_ledger.pause(session, running, PauseCause.ADDRESS_UNCLEAR, by="li", at=clock())
        with pytest.raises(Conflict, match="address"):
            calls.go_on(session, order.id, by="li", at=clock())


def test_without_a_running_clock_nothing_can_wait(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = town.order(session, "A-1", window=(9, 11))
        with pytest.raises(Conflict, match="No clock runs"):
            calls.asked_to_wait(session, order.id, TUESDAY, by="li", at=clock())
    with town.system.transaction() as session, pytest.raises(NotFound):
        calls.not_reached(session, 4711, by="li", at=clock())


def test_every_call_and_pause_is_in_the_audit_and_in_the_orders_history(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session, "A-1")
        clock.advance(hours=14)
        calls.not_reached(session, order.id, note="no answer", by="li", at=clock())
        calls.asked_to_wait(session, order.id, date(2026, 5, 14), note="away", by="li", at=clock())
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert [*actions] == ["consumer.not-reached", "consumer.reached", "clock.paused"]
        told = order_history.history(session, order.id)
    by_what = {happening.what: happening for happening in told}
    assert by_what["consumer.not-reached"].why == "no answer"
    paused = by_what["clock.paused"]
    assert (paused.facts["run"], paused.facts["target"], paused.why) == (14 * HOUR, 24 * HOUR, "away")
    assert paused.facts["cause"] == PauseCause.CONSUMER_ASKED_TO_WAIT
