"""The 24-hour clock of an order, on both databases: started, paused, met, stopped, and never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from dispatch import order_import, orders, sla, sla_ledger, worklist
from dispatch.new_order import NewOrder
from dispatch.outbox import Outbox, OutboxKind
from dispatch.place import Places
from dispatch.sla_clock import PauseCause, SlaClock, SlaEntry, SlaEvent, SlaKind
from dispatch.sla_standing import Standing
from dispatch.work_order import FailureReason, WorkOrder, WorkOrderState
from technicians.errors import Conflict, InvalidInput
from tests.clock import Clock
from tests.squares import squares
from tests.town import ZONE, Town, shanghai

STARTED, PAUSED, RESUMED = SlaEvent.STARTED, SlaEvent.PAUSED, SlaEvent.RESUMED
BREACHED, MET, STOPPED = SlaEvent.BREACHED, SlaEvent.MET, SlaEvent.STOPPED
HOUR = 3600
WAIT = PauseCause.CONSUMER_ASKED_TO_WAIT


@pytest.fixture
def places(town: Town) -> Places:
    return squares(town.system.settings.boundaries)


def timed(town: Town, session: Session, number: str = "A-1") -> WorkOrder:
    """An order whose goods are there and whose clock runs from now."""
    order = town.order(session, number)
    sla.goods_arrived(session, order, town.system.now(), "shop")
    return order


def the_clock(session: Session, order: WorkOrder) -> SlaClock:
    """The last clock of the order."""
    query = select(SlaClock.id).where(SlaClock.work_order_id == order.id).order_by(SlaClock.id.desc())
    return sla_ledger.find(session, session.scalars(query).first() or 0)


def story(session: Session, order: WorkOrder) -> list[SlaEvent]:
    return [entry.event for entry in the_clock(session, order).entries]


def now_is(town: Town, session: Session, order: WorkOrder) -> Standing:
    standing = sla.latest(session, order.id, town.system.now())
    assert standing is not None
    return standing


def looks(session: Session) -> int:
    return session.scalar(select(func.count()).where(Outbox.kind == OutboxKind.CLOCK)) or 0


def submitted(town: Town, session: Session, places: Places, **more: object) -> WorkOrder:
    order = NewOrder("S-1", "lamp", "陈女士", "13900000001", "上海市黄浦区南京东路100号", **more)  # type: ignore[arg-type]
    row, _ = orders.submit(session, places, town.merchant_id, order, by="shop", at=town.system.now())
    return row


def test_the_arrival_of_the_goods_starts_the_clock(town: Town, places: Places, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = submitted(town, session, places)
        assert sla.latest(session, order.id, clock()) is None
    created = clock()
    clock.advance(hours=5)
    with town.system.transaction() as session:
        arrived_at = created + timedelta(hours=2)
        orders.goods_arrived(session, order.id, arrived_at=arrived_at, by="shop", at=clock())
        orders.goods_arrived(session, order.id, arrived_at=clock(), by="shop", at=clock())
        assert story(session, order) == [STARTED]
        assert (now_is(town, session, order).elapsed, looks(session)) == (3 * HOUR, 1)


@pytest.mark.parametrize(("hours", "elapsed"), [(-48, 5 * HOUR), (48, 0)])
def test_a_clock_starts_neither_before_the_order_nor_in_the_future(
    town: Town, places: Places, clock: Clock, hours: int, elapsed: int
) -> None:
    with town.system.transaction() as session:
        order = submitted(town, session, places)
        arrived_at = clock() + timedelta(hours=hours)
        clock.advance(hours=5)
        orders.goods_arrived(session, order.id, arrived_at=arrived_at, by="shop", at=clock())
        assert now_is(town, session, order).elapsed == elapsed


def test_an_order_handed_in_with_a_window_is_met_at_once(town: Town, places: Places) -> None:
    window = {"window_starts_at": shanghai(14), "window_ends_at": shanghai(16)}
    with town.system.transaction() as session:
        order = submitted(town, session, places, goods_arrived_at=shanghai(7), **window)
        assert order.state == WorkOrderState.BOOKED
        assert (story(session, order), looks(session)) == ([STARTED, MET], 0)
        assert the_clock(session, order).ended_at == town.system.now()


def test_a_parked_order_rests_until_somebody_says_where_it_is(town: Town, places: Places, clock: Clock) -> None:
    with town.system.transaction() as session:
        lost = NewOrder("L-1", "lamp", "陈女士", "13900000001", "朝阳区建国路88号", goods_arrived_at=shanghai(7))
        order, _ = orders.submit(session, places, town.merchant_id, lost, by="shop", at=clock())
        assert now_is(town, session, order).cause == PauseCause.ADDRESS_UNCLEAR
        clock.advance(hours=30)
        assert now_is(town, session, order).elapsed == 0
        worklist.place(session, places, order.id, county_code="310104", by="li", at=clock())
        clock.advance(hours=1)
        assert story(session, order) == [STARTED, PAUSED, RESUMED]
        assert (now_is(town, session, order).elapsed, looks(session)) == (HOUR, 1)


def test_an_order_put_on_the_worklist_by_hand_rests_too(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session)
        clock.advance(hours=2)
        worklist.park(session, order.id, why="门牌号不存在", by="li", at=clock())
        now = now_is(town, session, order)
        assert (now.cause, now.note, now.elapsed) == (PauseCause.ADDRESS_UNCLEAR, "门牌号不存在", 2 * HOUR)


def test_a_parked_order_that_brought_its_window_is_met_when_it_is_placed(town: Town, places: Places) -> None:
    lost = NewOrder(
        "L-1", "lamp", "陈女士", "13900000001", "", goods_arrived_at=shanghai(7),
        window_starts_at=shanghai(14), window_ends_at=shanghai(16),
    )  # fmt: skip
    with town.system.transaction() as session:
        order, _ = orders.submit(session, places, town.merchant_id, lost, by="shop", at=town.system.now())
        worklist.place(session, places, order.id, county_code="310104", by="li", at=town.system.now())
        assert story(session, order) == [STARTED, PAUSED, RESUMED, MET]


def test_an_appointment_meets_the_clock_once(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session)
        clock.advance(hours=3)
        sla.appointment_made(session, order, clock(), "chen")
        sla.appointment_made(session, order, clock(), "chen")
        now = now_is(town, session, order)
        assert (story(session, order), now.ended, now.elapsed) == ([STARTED, MET], MET, 3 * HOUR)


def test_an_appointment_made_too_late_is_a_breach_first(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session)
        clock.advance(hours=25)
        sla.appointment_made(session, order, clock(), "chen")
        assert story(session, order) == [STARTED, BREACHED, MET]


def test_a_window_given_back_begins_another_day(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session)
        sla.appointment_made(session, order, clock(), "chen")
        clock.advance(hours=40)
        for _ in range(2):
            sla.appointment_cancelled(session, order, clock(), "chen")
        subjects = session.scalars(select(SlaClock.subject).where(SlaClock.work_order_id == order.id)).all()
        assert (sorted(subjects), now_is(town, session, order).elapsed) == (["1", "2"], 0)


def test_without_the_goods_a_window_given_back_begins_nothing(town: Town) -> None:
    with town.system.transaction() as session:
        order = town.order(session, "A-1")
        order.goods_arrived_at = None
        sla.appointment_cancelled(session, order, town.system.now(), "chen")
        assert sla.latest(session, order.id, town.system.now()) is None


@pytest.mark.parametrize(
    ("because", "cause"),
    [
        (FailureReason.NOBODY_HOME, None),
        (FailureReason.GOODS_DAMAGED, PauseCause.GOODS_DAMAGED),
        (FailureReason.SITE_NOT_READY, PauseCause.SITE_NOT_READY),
    ],
)
def test_after_a_visit_that_failed_the_next_try_has_its_own_clock(
    town: Town, because: FailureReason, cause: PauseCause | None
) -> None:
    with town.system.transaction() as session:
        order = timed(town, session)
        sla.appointment_made(session, order, town.system.now(), "chen")
        sla.could_not_complete(session, order, because, town.system.now(), "technician:T1")
        assert (the_clock(session, order).subject, now_is(town, session, order).cause) == ("2", cause)


def test_a_cancelled_order_stops_its_clock(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session)
        clock.advance(hours=2)
        orders.cancel(session, town.system.travel_times, order.id, by="shop", at=clock())
        assert (story(session, order), now_is(town, session, order).elapsed) == ([STARTED, STOPPED], 2 * HOUR)


def test_every_verb_may_be_repeated(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session)
        running = the_clock(session, order)
        until = clock() + timedelta(days=1)
        for _ in range(2):
            sla_ledger.start(session, order.id, SlaKind.BOOKING, subject="1", started_at=clock(), by="shop", at=clock())
        for _ in range(2):
            sla_ledger.pause(session, running, WAIT, until=until, by="li", at=clock())
        for _ in range(2):
            sla_ledger.resume(session, running, by="li", at=clock())
        for _ in range(2):
            sla_ledger.stop(session, running, by="li", at=clock())
        assert story(session, order) == [STARTED, PAUSED, RESUMED, STOPPED]


def test_a_clock_that_has_ended_can_neither_rest_nor_run_nor_end_otherwise(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session)
        ended = sla_ledger.meet(session, the_clock(session, order), by="li", at=clock())
        with pytest.raises(Conflict, match="ended"):
            sla_ledger.pause(session, ended, WAIT, by="li", at=clock())
        with pytest.raises(Conflict, match="ended"):
            sla_ledger.resume(session, ended, by="li", at=clock())
        with pytest.raises(Conflict, match="ended"):
            sla_ledger.stop(session, ended, by="li", at=clock())
        assert story(session, order) == [STARTED, MET]


def test_a_pause_ends_in_the_future(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session)
        with pytest.raises(InvalidInput, match="not ahead") as refused:
            sla_ledger.pause(session, the_clock(session, order), WAIT, until=clock(), by="li", at=clock())
        assert refused.value.field == "until"


def test_a_verb_of_a_machine_whose_clock_is_behind_comes_after_what_was_written(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order = timed(town, session)
        running = the_clock(session, order)
        sla_ledger.pause(session, running, WAIT, by="li", at=clock() + timedelta(seconds=5))
        sla_ledger.resume(session, running, by="wang", at=clock())
        entries = the_clock(session, order).entries
        assert [entry.event for entry in entries] == [STARTED, PAUSED, RESUMED]
        assert entries[2].at >= entries[1].at


HEADER = "number,product,consumer_name,phone,address,lng,lat,goods_arrived_at\n"
ROW = "C-{n},lamp,陈女士,13900000001,上海市黄浦区南京东路100号,121.4846,31.2316,2026-05-11 08:00\n"


def test_the_clocks_of_a_file_take_as_many_statements_as_those_of_one_order(town: Town, places: Places) -> None:
    def statements(first: int, rows: int) -> int:
        content = HEADER + "".join(ROW.format(n=n) for n in range(first, first + rows))
        seen: list[str] = []
        with town.system.transaction() as session:
            event.listen(session.get_bind(), "before_cursor_execute", lambda *told: seen.append(told[2]))
            order_import.load(
                session, places, town.merchant_id, content.encode(), zone=ZONE, by="shop", at=town.system.now()
            )
        return len([text for text in seen if "sla_" in text or "INTO outbox" in text])

    statements(0, 1)
    assert statements(1, 2) == statements(3, 60)
    with town.system.transaction(read_only=True) as session:
        assert session.scalar(select(func.count(SlaClock.id))) == 63
        assert session.scalar(select(func.count(SlaEntry.id))) == 63
        assert looks(session) == 63
