"""Who found no window that suits is told when time comes free, who has waited longest first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from dispatch import appointments, waitlist, worker
from dispatch.consumer_records import WaitlistEntry, WaitState, Wish
from dispatch.messages import Template
from dispatch.outbox import Outbox, OutboxKind
from dispatch.system import System
from dispatch.work_order import BookedBy, WorkOrder, WorkOrderState
from technicians.errors import Conflict
from tests.clock import Clock
from tests.town import TUESDAY, Town, shanghai

ALL_DAY = (8, 10, 12, 14, 16)


def new_order(town: Town, number: str) -> int:
    """A water heater in a county where one technician can put it up."""
    with town.system.transaction() as session:
        order = town.order(session, number, "water-heater", "310115")
        order.consumer_phone, order.address = f"139{number}", f"世纪大道{number}号"
        return order.id


def choose(system: System, order_id: int, hour: float) -> None:
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.choose(
            session, system.travel_times, order, shanghai(hour),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip


def call_off(system: System, order_id: int) -> None:
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        appointments.call_off(session, system.travel_times, order, by="consumer", at=system.now())


def join(system: System, order_id: int, wish: Wish = Wish.ANY, **more: object) -> int:
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        return waitlist.join(session, order, wish, by="consumer", at=system.now(), **more).id  # type: ignore[arg-type]


def told(system: System) -> list[tuple[int, str]]:
    """Work off what came free; the orders that were told of it, and how."""
    with system.transaction(read_only=True) as session:
        rows = list(session.scalars(select(Outbox.id).where(Outbox.kind == OutboxKind.WAITLIST)))
    for row in rows:
        worker.work_on(system, row)
    wanted = {Template.EARLIER_FREE, Template.WINDOW_FREE}
    with system.transaction(read_only=True) as session:
        messages = session.scalars(select(Outbox).where(Outbox.kind == OutboxKind.MESSAGE).order_by(Outbox.id))
        return [(m.payload["order_id"], m.payload["template"]) for m in messages if m.payload["template"] in wanted]


def state(system: System, entry_id: int) -> WaitState:
    with system.transaction(read_only=True) as session:
        return session.get_one(WaitlistEntry, entry_id).state


@pytest.fixture
def full(system: System, town: Town) -> list[int]:
    """Every window of Tuesday is taken that can be, one order each."""
    orders = []
    for n, hour in enumerate(ALL_DAY):
        order_id = new_order(town, f"F{n}")
        choose(system, order_id, hour)
        orders.append(order_id)
    return orders


def test_time_that_comes_free_is_told_to_who_has_waited_longest(
    system: System, town: Town, full: list[int], clock: Clock
) -> None:
    waiting = [new_order(town, f"W{n}") for n in range(5)]
    for order_id in waiting:
        join(system, order_id, until=TUESDAY)
        clock.advance(minutes=1)
    call_off(system, full[1])
    assert told(system) == [(order_id, Template.WINDOW_FREE) for order_id in waiting[:3]]


def test_somebody_who_was_told_is_told_again_after_a_while_only(
    system: System, town: Town, full: list[int], clock: Clock
) -> None:
    entry = join(system, new_order(town, "W"))
    call_off(system, full[1])
    assert len(told(system)) == 1
    assert state(system, entry) == WaitState.OFFERED
    call_off(system, full[2])
    assert len(told(system)) == 1
    clock.advance(hours=3)
    call_off(system, full[3])
    assert len(told(system)) == 2


def test_who_books_waits_no_longer(system: System, town: Town, full: list[int]) -> None:
    order_id = new_order(town, "W")
    entry = join(system, order_id)
    call_off(system, full[1])
    choose(system, order_id, 10)
    assert state(system, entry) == WaitState.SERVED
    assert told(system) == []


def test_who_wants_an_earlier_window_is_told_of_earlier_ones_only(system: System, town: Town, full: list[int]) -> None:
    middle = full[2]
    entry = join(system, middle, Wish.EARLIER)
    call_off(system, full[4])
    assert told(system) == []
    call_off(system, full[0])
    assert told(system) == [(middle, Template.EARLIER_FREE)]
    choose(system, middle, 8)
    assert state(system, entry) == WaitState.SERVED


def test_who_wants_to_be_called_is_not_told(system: System, town: Town, full: list[int]) -> None:
    join(system, new_order(town, "W"), Wish.CALL)
    call_off(system, full[1])
    assert told(system) == []


def test_a_day_after_the_last_that_helps_is_not_told(system: System, town: Town, full: list[int]) -> None:
    join(system, new_order(town, "W"), until=TUESDAY - timedelta(days=1))
    call_off(system, full[1])
    assert told(system) == []


def test_joining_twice_is_one_entry_and_leaving_ends_it(system: System, town: Town, full: list[int]) -> None:
    order_id = new_order(town, "W")
    first = join(system, order_id, until=TUESDAY)
    assert join(system, order_id, until=TUESDAY + timedelta(days=2)) == first
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        assert waitlist.wishes(session, order) == {Wish.ANY}
        waitlist.leave(session, order, by="consumer", at=system.now())
        assert waitlist.wishes(session, order) == frozenset()
    call_off(system, full[1])
    assert told(system) == []


def test_an_order_that_is_over_cannot_wait(system: System, town: Town) -> None:
    order_id = new_order(town, "W")
    with system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        order.move_to(WorkOrderState.CANCELLED)
        order.visits[0].move_to(order.visits[0].state.CANCELLED)
    with pytest.raises(Conflict, match="no visit to come"):
        join(system, order_id)
