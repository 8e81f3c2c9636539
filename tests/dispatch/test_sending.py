"""What becomes of a promised message: sent, skipped because it is no longer true, tried again, given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import later, messages, order_history
from dispatch.messages import Template
from dispatch.notify.message import Message, NotSent
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.system import System
from dispatch.work_order import Appointment, AppointmentState, BookedBy, VisitState, WorkOrder, WorkOrderState
from dispatch.worker import work_on
from tests.clock import Clock
from tests.town import TUESDAY, Town, shanghai


@dataclass
class Provider:
    """Takes every message, or fails as it is told."""

    name: str = "provider"
    failure: NotSent | None = None
    sent: list[tuple[Message, str]] = field(default_factory=list)

    def send(self, message: Message, message_id: str) -> str:
        if self.failure is not None:
            raise self.failure
        self.sent.append((message, message_id))
        return "ref-1"


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def reached(town: Town, provider: Provider) -> System:
    return replace(town.system, notifier=provider)


@pytest.fixture
def sqlite_reached(sqlite_town: Town, provider: Provider) -> System:
    return replace(sqlite_town.system, notifier=provider)


def tell(town: Town, template: Template, window: tuple[float, float] | None = None, on_date: date = TUESDAY) -> int:
    """A promised message about a new order, with or without an appointment; the row's number."""
    with town.system.transaction() as session:
        order = town.order(session, "A1", window=window, on_date=on_date)
        return messages.tell(
            session, order, template, by="li", at=town.system.now(), promise=order.visits[0].appointment
        ).id


def row(system: System, outbox_id: int) -> Outbox:
    with system.transaction(read_only=True) as session:
        return session.get_one(Outbox, outbox_id)


def the_order(session: Session) -> WorkOrder:
    return session.scalars(select(WorkOrder)).one()


def test_a_message_goes_out_once_with_a_link_and_is_in_the_history(
    reached: System, town: Town, provider: Provider
) -> None:
    message = tell(town, Template.BOOK)
    assert work_on(reached, message)
    assert not work_on(reached, message)
    ((sent, _),) = provider.sent
    assert sent.phone == "13900000001" and "/c/" in sent.text
    assert row(reached, message).result == {"sent_by": "provider", "parts": 2, "as": "ref-1"}
    with reached.transaction(read_only=True) as session:
        happened = order_history.history(session, the_order(session).id)
    assert [(told.what, told.facts.get("template")) for told in happened if told.what.startswith("message")] == [
        ("message.sent", "book")
    ]


def test_a_provider_that_is_down_is_asked_again_ever_more_seldom_for_a_day_under_one_id(
    reached: System, town: Town, provider: Provider, clock: Clock
) -> None:
    message = tell(town, Template.BOOK)
    began, waits = clock(), []
    provider.failure = NotSent("it answered with status 503")
    while True:
        assert work_on(reached, message)
        waiting = row(reached, message)
        if waiting.state != OutboxState.WAITING:
            break
        assert waiting.error == "it answered with status 503"
        waits.append(waiting.due_at - clock())
        clock.set(waiting.due_at)
    assert waiting.state == OutboxState.FAILED and "Call the consumer." in str(waiting.error)
    assert timedelta(hours=18) < clock() - began < timedelta(hours=30)
    assert len(waits) == 15 and waits[0] < timedelta(minutes=1) and waits[-1] > timedelta(hours=2)
    with reached.transaction(read_only=True) as session:
        happened = order_history.history(session, the_order(session).id)
    assert [(told.what, told.why) for told in happened if told.what.startswith("message")] == [
        ("message.failed", "provider-refuses")
    ]


def test_a_message_that_goes_out_at_the_second_try_is_the_same_message(
    sqlite_reached: System, sqlite_town: Town, provider: Provider, clock: Clock
) -> None:
    """Also when the first try had arrived and only its answer was lost: the same id, the same text, the same link."""
    message = tell(sqlite_town, Template.BOOK)
    taken: list[tuple[Message, str]] = []

    @dataclass
    class Deaf(Provider):
        def send(self, message: Message, message_id: str) -> str:
            taken.append((message, message_id))
            raise NotSent("no answer within 10 s")

    work_on(replace(sqlite_reached, notifier=Deaf()), message)
    clock.advance(minutes=1)
    assert later.times(row(sqlite_reached, message)) == 1
    work_on(sqlite_reached, message)
    assert provider.sent == taken


def test_a_number_that_can_never_be_reached_is_given_up_at_once(
    sqlite_reached: System, sqlite_town: Town, provider: Provider
) -> None:
    provider.failure = NotSent("the receiver was refused (550)", again=False)
    message = tell(sqlite_town, Template.BOOK)
    work_on(sqlite_reached, message)
    assert row(sqlite_reached, message).state == OutboxState.FAILED


def booked(session: Session) -> None:
    the_order(session).move_to(WorkOrderState.BOOKED)


def cancelled(session: Session) -> None:
    the_order(session).move_to(WorkOrderState.CANCELLED)


def moved(session: Session) -> None:
    promise = session.scalars(select(Appointment)).one()
    promise.move_to(AppointmentState.MOVED)
    session.flush()
    session.add(
        Appointment(
            visit_id=promise.visit_id, window_starts_at=shanghai(14), window_ends_at=shanghai(16),
            booked_by=BookedBy.CONSUMER, created_at=promise.created_at,
        )
    )  # fmt: skip


def given_back(session: Session) -> None:
    session.scalars(select(Appointment)).one().move_to(AppointmentState.CANCELLED)
    the_order(session).move_to(WorkOrderState.BOOKABLE)


def begun(session: Session) -> None:
    the_order(session).visits[0].move_to(VisitState.EN_ROUTE)


def over(session: Session) -> None:
    begun(session)
    the_order(session).visits[0].move_to(VisitState.ON_SITE)


def nothing(_session: Session) -> None: ...


MOOT: list[tuple[Template, bool, Callable[[Session], None], str]] = [
    (Template.BOOK, False, booked, "order-booked"),
    (Template.BOOK, False, cancelled, "order-cancelled"),
    (Template.REMINDER, False, booked, "order-booked"),
    (Template.BOOKED, True, moved, "window-moved"),
    (Template.BOOKED, True, given_back, "no-appointment"),
    (Template.BOOKED, True, cancelled, "order-cancelled"),
    (Template.MOVED, True, moved, "window-moved"),
    (Template.DAY_BEFORE, True, moved, "window-moved"),
    (Template.DAY_BEFORE, True, begun, "begun"),
    (Template.CANCELLED, True, nothing, "booked-again"),
    (Template.EARLIER_FREE, True, begun, "under-way"),
    (Template.WINDOW_FREE, True, nothing, "order-booked"),
    (Template.ON_THE_WAY, True, over, "no-longer-on-the-way"),
    (Template.ON_THE_WAY, True, nothing, "no-longer-on-the-way"),
]


@pytest.mark.parametrize(("template", "has_window", "then", "why"), MOOT)
def test_what_is_no_longer_true_is_not_sent(
    sqlite_reached: System, sqlite_town: Town, provider: Provider,
    template: Template, has_window: bool, then: Callable[[Session], None], why: str,
) -> None:  # fmt: skip
    message = tell(sqlite_town, template, (10, 12) if has_window else None)
    with sqlite_reached.transaction() as session:
        then(session)
    assert work_on(sqlite_reached, message)
    done = row(sqlite_reached, message)
    assert (done.state, done.result, provider.sent) == (OutboxState.DONE, {"skipped": why}, [])


STILL_TRUE: list[tuple[Template, bool, Callable[[Session], None]]] = [
    (Template.BOOK, False, nothing),
    (Template.AGAIN, False, nothing),
    (Template.BOOKED, True, nothing),
    (Template.DAY_BEFORE, True, nothing),
    (Template.ORDER_CANCELLED, True, cancelled),
    (Template.EARLIER_FREE, True, nothing),
    (Template.ON_THE_WAY, True, begun),
    (Template.ISSUE_ANSWERED, True, cancelled),
]


@pytest.mark.parametrize(("template", "has_window", "then"), STILL_TRUE)
def test_what_is_still_true_is_sent(
    sqlite_reached: System, sqlite_town: Town, provider: Provider,
    template: Template, has_window: bool, then: Callable[[Session], None],
) -> None:  # fmt: skip
    message = tell(sqlite_town, template, (10, 12) if has_window else None)
    with sqlite_reached.transaction() as session:
        then(session)
    work_on(sqlite_reached, message)
    assert [sent.template for sent, _ in provider.sent] == [template]


def reminders(system: System) -> list[tuple[datetime, Any]]:
    with system.transaction(read_only=True) as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == OutboxKind.MESSAGE).order_by(Outbox.id))
        return [(each.due_at, each.payload["window"]) for each in rows if each.payload["template"] == "day-before"]


def test_a_promise_is_told_again_the_evening_before_by_the_clock_of_the_place(town: Town) -> None:
    thursday = TUESDAY + timedelta(days=2)
    tell(town, Template.BOOKED, (10, 12), thursday)
    assert reminders(town.system) == [
        (shanghai(18, thursday - timedelta(days=1)),
         [shanghai(10, thursday).isoformat(), shanghai(12, thursday).isoformat()])
    ]  # fmt: skip


def test_a_promise_made_on_the_day_before_is_not_told_again(sqlite_town: Town) -> None:
    tell(sqlite_town, Template.BOOKED, (10, 12))
    assert reminders(sqlite_town.system) == []
