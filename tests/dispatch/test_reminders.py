"""What a worker does when a clock is due, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dispatch import outbox, reminders, sla, sla_ledger
from dispatch.consumer_records import WaitlistEntry, Wish
from dispatch.messages import Template
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.sla_clock import PauseCause, SlaClock, SlaEntry, SlaEvent
from dispatch.system import System
from dispatch.work_order import WorkOrder, WorkOrderState
from dispatch.worker import work_on
from tests.clock import Clock
from tests.town import TUESDAY, ZONE, Town, shanghai

WAIT = PauseCause.CONSUMER_ASKED_TO_WAIT


def timed(town: Town, number: str = "A-1") -> WorkOrder:
    """An order whose clock began at nine in the morning."""
    with town.system.transaction() as session:
        order = town.order(session, number)
        sla.goods_arrived(session, order, town.system.now(), "shop")
        return order


def the_clock(session: Session) -> SlaClock:
    return sla_ledger.find(session, session.scalars(select(SlaClock.id)).one())


def work(system: System) -> int:
    """Do every look that is due; how many rows there were."""
    with system.transaction(read_only=True) as session:
        clocks = select(Outbox.id).where(Outbox.id.in_(outbox.due(session, system.now())))
        due = session.scalars(clocks.where(Outbox.kind == OutboxKind.CLOCK)).all()
    for outbox_id in due:
        assert work_on(system, outbox_id)
    return len(due)


def ledger(system: System) -> list[tuple[SlaEvent, int | None]]:
    with system.transaction(read_only=True) as session:
        entries = session.scalars(select(SlaEntry).order_by(SlaEntry.id))
        return [(entry.event, entry.percent) for entry in entries]


def reminded_at(system: System) -> list[object]:
    with system.transaction(read_only=True) as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == OutboxKind.MESSAGE).order_by(Outbox.id))
        return [row.due_at for row in rows if row.payload["template"] == Template.REMINDER]


def waiting(system: System) -> int:
    with system.transaction(read_only=True) as session:
        query = select(Outbox.id).where(Outbox.kind == OutboxKind.CLOCK, Outbox.state == OutboxState.WAITING)
        return len(session.scalars(query).all())


def test_each_milestone_is_written_down_once_and_the_next_look_promised(town: Town, clock: Clock) -> None:
    timed(town)
    written = []
    for _ in range(25):
        clock.advance(hours=1)
        written.append(work(town.system))
    assert [hour for hour, rows in enumerate(written, start=1) if rows] == [12, 18, 22, 24]
    warned = [(SlaEvent.WARNED, 50), (SlaEvent.WARNED, 75), (SlaEvent.WARNED, 90), (SlaEvent.BREACHED, 100)]
    assert ledger(town.system) == [(SlaEvent.STARTED, None), *warned]
    assert waiting(town.system) == 0


def test_the_consumer_is_reminded_twice_and_never_at_night(town: Town, clock: Clock) -> None:
    timed(town)
    clock.set(shanghai(21, TUESDAY - timedelta(days=1)))
    work(town.system)
    assert reminded_at(town.system) == []
    clock.set(shanghai(3))
    work(town.system)
    assert reminded_at(town.system) == [shanghai(8)]
    clock.set(shanghai(9))
    work(town.system)
    assert reminded_at(town.system) == [shanghai(8)]


def test_a_reminder_by_day_goes_out_at_once(town: Town, clock: Clock) -> None:
    clock.set(shanghai(0))
    timed(town)
    clock.set(shanghai(12))
    work(town.system)
    clock.set(shanghai(18))
    work(town.system)
    assert reminded_at(town.system) == [shanghai(12), shanghai(18)]


@pytest.mark.parametrize(("hour", "sent_at"), [(7.9, 8), (8, 8), (20.9, 20.9), (21, 32), (0, 8)])
def test_night_ends_at_eight_by_the_clock_of_the_place(hour: float, sent_at: float) -> None:
    sent = reminders.in_daytime(shanghai(hour), ZONE)
    assert sent == shanghai(sent_at % 24, TUESDAY + timedelta(days=int(sent_at // 24)))


def test_who_has_an_appointment_or_waits_for_us_is_not_reminded(town: Town, clock: Clock) -> None:
    clock.set(shanghai(0))
    booked, waits = timed(town, "A-1"), timed(town, "A-2")
    with town.system.transaction() as session:
        sla.appointment_made(session, booked, clock(), "chen")
        visit = session.get_one(WorkOrder, waits.id).visits[0]
        session.add(WaitlistEntry(visit_id=visit.id, wish=Wish.CALL, created_at=clock()))
    clock.set(shanghai(12))
    assert work(town.system) == 2
    assert reminded_at(town.system) == []


def test_a_worker_that_slept_writes_down_all_and_reminds_once(town: Town, clock: Clock) -> None:
    clock.set(shanghai(0))
    timed(town)
    clock.set(shanghai(22.5))
    work(town.system)
    assert [percent for _, percent in ledger(town.system)] == [None, 50, 75, 90]
    assert len(reminded_at(town.system)) == 1


def test_a_pause_moves_what_is_due_and_ends_by_itself(town: Town, clock: Clock) -> None:
    timed(town)
    clock.advance(hours=6)
    with town.system.transaction() as session:
        sla_ledger.pause(session, the_clock(session), WAIT, until=clock() + timedelta(hours=10), by="li", at=clock())
    clock.advance(hours=6)
    work(town.system)
    assert ledger(town.system)[-1] == (SlaEvent.PAUSED, None)
    clock.advance(hours=5)
    work(town.system)
    assert ledger(town.system)[-1] == (SlaEvent.RESUMED, None)
    with town.system.transaction(read_only=True) as session:
        running = the_clock(session)
        assert running.entries[-1].at == clock() - timedelta(hours=1)
        assert running.next_at == clock() + timedelta(hours=5)


def test_a_clock_that_rests_without_an_end_is_not_looked_at(town: Town, clock: Clock) -> None:
    timed(town)
    with town.system.transaction() as session:
        sla_ledger.pause(session, the_clock(session), WAIT, by="li", at=clock())
    clock.advance(days=9)
    assert (work(town.system), work(town.system), waiting(town.system)) == (1, 0, 0)
    assert ledger(town.system)[-1] == (SlaEvent.PAUSED, None)


def test_a_row_that_comes_twice_changes_nothing(town: Town, clock: Clock) -> None:
    timed(town)
    clock.advance(hours=12)
    with town.system.transaction() as session:
        again = {"clock_id": the_clock(session).id}
        outbox.add(session, OutboxKind.CLOCK, again, asked_by="test", at=clock())
    assert work(town.system) == 2
    assert (ledger(town.system)[1:], waiting(town.system)) == ([(SlaEvent.WARNED, 50)], 1)


def test_the_clock_of_an_order_that_is_over_is_stopped(town: Town, clock: Clock) -> None:
    order = timed(town)
    with town.system.transaction() as session:
        session.get_one(WorkOrder, order.id).state = WorkOrderState.COMPLETED
    clock.advance(hours=12)
    work(town.system)
    assert ledger(town.system)[-1] == (SlaEvent.STOPPED, None)


def test_a_look_whose_row_was_lost_is_promised_anew(town: Town, clock: Clock) -> None:
    timed(town)
    with town.system.transaction() as session:
        lost = update(Outbox).where(Outbox.kind == OutboxKind.CLOCK)
        session.execute(lost.values(state=OutboxState.CANCELLED))
    assert reminders.sweep(town.system) == 0
    clock.advance(hours=13)
    assert (work(town.system), reminders.sweep(town.system), reminders.sweep(town.system)) == (0, 1, 0)
    assert work(town.system) == 1
    assert ledger(town.system)[-1] == (SlaEvent.WARNED, 50)


def test_a_row_that_is_only_late_is_not_doubled(town: Town, clock: Clock) -> None:
    timed(town)
    clock.advance(hours=13)
    assert reminders.sweep(town.system) == 0


def test_a_look_that_failed_is_tried_again_after_an_hour(town: Town, clock: Clock) -> None:
    timed(town)
    clock.advance(hours=12)
    with town.system.transaction() as session:
        failed = update(Outbox).where(Outbox.kind == OutboxKind.CLOCK)
        session.execute(failed.values(state=OutboxState.FAILED))
    clock.advance(minutes=10)
    assert reminders.sweep(town.system) == 0
    clock.advance(hours=1)
    assert reminders.sweep(town.system) == 1
