from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest

from dispatch import appointments, consumer_view, expected_times, links, plans
from dispatch.catalogue import ServiceProduct
from dispatch.consumer_view import ConsumerView, Stage, known_as, shortened
from dispatch.day_plan import DayPlanState
from dispatch.evidence import EventType, Proof, ProofKind, VisitEvent
from dispatch.site_records import Surcharge
from dispatch.work_order import (
    AppointmentState,
    BookedBy,
    FailureReason,
    Visit,
    VisitCause,
    VisitState,
    WorkOrder,
    WorkOrderState,
)
from technicians.errors import NotFound
from technicians.people import Position
from tests.clock import Clock
from tests.town import AREA, TUESDAY, Town, shanghai


class Consumer:
    """An order of the town with its link, and what the link shows."""

    def __init__(self, town: Town, number: str = "A1", product: str = "lamp") -> None:
        self.town = town
        self.system = town.system
        with self.system.transaction() as session:
            order = town.order(session, number, product)
            self.order_id, self.visit_id = order.id, order.visits[0].id
            self.token = links.create(session, order.id, self.system.now())

    def book(self, hour: float) -> None:
        with self.system.transaction() as session:
            appointments.choose(
                session, self.system.travel_times, session.get_one(WorkOrder, self.order_id), shanghai(hour),
                booked_by=BookedBy.CONSUMER, by="consumer", at=self.system.now(),
            )  # fmt: skip

    def publish(self) -> None:
        with self.system.transaction() as session:
            draft = plans.in_state(session, AREA, TUESDAY, DayPlanState.DRAFT)
            assert draft is not None
            plans.publish(session, draft.id, by="ada", at=self.system.now())

    def sees(self) -> ConsumerView:
        with self.system.transaction(read_only=True) as session:
            link = links.find(session, self.token, self.system.now())
            return consumer_view.view(session, link, self.system.now())


@pytest.fixture
def consumer(sqlite_town: Town) -> Consumer:
    return Consumer(sqlite_town)


def test_the_link_shows_exactly_these_fields() -> None:
    assert {field.name for field in dataclasses.fields(ConsumerView)} == {
        "stage", "language", "number", "merchant", "product", "icon", "address", "zone", "today", "reference",
        "starts_at", "ends_at", "held_until", "delivery", "times_booked", "quote", "asks", "is_late", "technician",
        "expected", "whereabouts", "code", "arrived_at", "left_at", "failure", "wishes", "has_lapsed", "issues",
        "photos", "work", "price_list",
    }  # fmt: skip


def test_neither_name_nor_telephone_nor_door_is_shown(consumer: Consumer) -> None:
    with consumer.system.transaction() as session:
        order = session.get_one(WorkOrder, consumer.order_id)
        order.address, order.note = "上海市黄浦区南京东路100号3-2-1801室", "狗咬人"
    consumer.book(10)
    consumer.publish()
    shown = str(consumer.sees())
    for private in ("陈女士", "13900000001", "13800000000", "100", "1801", "狗咬人", "121.48"):
        assert private not in shown


def test_an_order_whose_goods_have_not_come_is_not_ready(consumer: Consumer) -> None:
    assert consumer.sees().stage == Stage.TO_BOOK
    with consumer.system.transaction() as session:
        order = session.get_one(WorkOrder, consumer.order_id)
        order.state, order.goods_arrived_at = WorkOrderState.AWAITING_GOODS, None
    assert consumer.sees().stage == Stage.NOT_READY


def test_who_comes_and_when_is_told_once_the_day_is_published(consumer: Consumer) -> None:
    consumer.book(10)
    before = consumer.sees()
    assert (before.stage, before.technician, before.expected) == (Stage.BOOKED, None, None)
    assert (before.starts_at, before.ends_at) == (shanghai(10), shanghai(12))
    consumer.publish()
    after = consumer.sees()
    assert after.technician in {"王师傅", "李师傅"}
    assert after.expected is not None
    assert shanghai(10) <= after.expected.starts_at < after.expected.ends_at <= shanghai(12)


def test_on_the_way_the_expected_time_counts_from_setting_out(consumer: Consumer, clock: Clock) -> None:
    consumer.book(10)
    consumer.publish()
    clock.set(shanghai(11.5))
    with consumer.system.transaction() as session:
        visit = session.get_one(Visit, consumer.visit_id)
        visit.move_to(VisitState.EN_ROUTE)
        visit.en_route_at = clock()
    shown = consumer.sees()
    assert shown.stage == Stage.ON_THE_WAY
    assert shown.expected is not None
    assert shanghai(11.25) <= shown.expected.starts_at < shanghai(11.5) < shown.expected.ends_at <= shanghai(12)


def set_out(consumer: Consumer, at: datetime) -> int:
    """Somebody is on the way; their id."""
    with consumer.system.transaction() as session:
        visit = session.get_one(Visit, consumer.visit_id)
        visit.move_to(VisitState.EN_ROUTE)
        visit.en_route_at, visit.technician_id = at, consumer.town.technicians["T1"]
        session.add(Position(technician_id=visit.technician_id, lng=121.47123, lat=31.22123, accuracy=8.0, at=at))
        return visit.technician_id


def test_where_somebody_is_shows_only_on_the_way_only_freshly_and_only_roughly(
    consumer: Consumer, clock: Clock
) -> None:
    consumer.book(10)
    consumer.publish()
    clock.set(shanghai(10))
    assert consumer.sees().whereabouts is None
    set_out(consumer, clock())
    found = consumer.sees().whereabouts
    assert found is not None
    assert (found.lng, found.lat, found.near) == (121.471, 31.221, (121.485, 31.23))
    assert 1_000 < found.metres < 2_500
    clock.advance(minutes=6)
    assert consumer.sees().whereabouts is None
    clock.advance(minutes=-6)
    with consumer.system.transaction() as session:
        session.get_one(Visit, consumer.visit_id).move_to(VisitState.ON_SITE)
    assert consumer.sees().whereabouts is None


def test_the_code_is_shown_on_the_day_itself(consumer: Consumer, clock: Clock) -> None:
    consumer.book(10)
    assert consumer.sees().code is None
    clock.set(shanghai(0.5))
    code = consumer.sees().code
    assert code is not None and len(code) == 6


def test_what_was_told_is_shown_until_it_has_passed_and_then_what_is_known(consumer: Consumer, clock: Clock) -> None:
    consumer.book(10)
    consumer.publish()
    with consumer.system.transaction() as session:
        plan = plans.in_state(session, AREA, TUESDAY, DayPlanState.PUBLISHED)
        assert plan is not None
        expected_times.record(session, plan, clock())
    told = consumer.sees().expected
    clock.set(shanghai(10.25))
    assert consumer.sees().expected == told
    clock.set(shanghai(11.5))
    later = consumer.sees().expected
    assert told is not None and later is not None
    assert told.ends_at < clock() < later.ends_at and not later.is_late
    clock.set(shanghai(11.95))
    late = consumer.sees().expected
    assert late is not None and late.is_late and late.ends_at > shanghai(12)


def test_a_window_that_has_closed_with_nobody_there_is_late(consumer: Consumer, clock: Clock) -> None:
    consumer.book(10)
    clock.set(shanghai(12))
    assert not consumer.sees().is_late
    clock.advance(minutes=1)
    assert consumer.sees().is_late


def test_after_a_failed_visit_the_next_one_is_to_be_booked_with_its_reason(consumer: Consumer) -> None:
    consumer.book(10)
    with consumer.system.transaction() as session:
        visit = session.get_one(Visit, consumer.visit_id)
        visit.failure_reason = FailureReason.NOBODY_HOME
        visit.move_to(VisitState.COULD_NOT_COMPLETE)
        assert visit.appointment is not None
        visit.appointment.move_to(AppointmentState.BROKEN)
        visit.work_order.move_to(WorkOrderState.BOOKABLE)
        second = Visit(sequence=2, cause=VisitCause.SECOND_VISIT, service=1800, setup=0)
        visit.work_order.visits.append(second)
    shown = consumer.sees()
    assert (shown.stage, shown.failure, shown.starts_at) == (Stage.TO_BOOK, FailureReason.NOBODY_HOME, None)


def finish_with_a_photo(consumer: Consumer) -> None:
    """Complete the visit, with one photo in the store."""
    sha256 = consumer.system.photos.put(b"the bytes of a photo")
    with consumer.system.transaction() as session:
        visit = session.get_one(Visit, consumer.visit_id)
        visit.move_to(VisitState.ON_SITE).move_to(VisitState.COMPLETED)
        visit.left_at = consumer.system.now()
        visit.work_order.move_to(WorkOrderState.COMPLETED)
        session.add(
            Proof(
                visit_id=visit.id, technician_id=consumer.town.technicians["T1"], kind=ProofKind.PHOTO,
                shot_code="after", source_sha256=sha256, sha256=sha256, size=20, width=800, height=600,
                received_at=consumer.system.now(),
            )
        )  # fmt: skip


def test_photos_are_shown_when_the_work_is_done_and_only_those(consumer: Consumer) -> None:
    consumer.book(10)
    finish_with_a_photo(consumer)
    shown = consumer.sees()
    assert [(photo.number, photo.shot.name_en) for photo in shown.photos] == [(1, "After")]
    with consumer.system.transaction(read_only=True) as session:
        link = links.find(session, consumer.token, consumer.system.now())
        assert consumer_view.photo_id(session, link, 1) == shown.photos[0].proof_id
        for number in (0, 2):
            with pytest.raises(NotFound):
                consumer_view.photo_id(session, link, number)


def test_what_was_done_and_agreed_is_shown_with_its_total_once_the_work_is_done(consumer: Consumer) -> None:
    consumer.book(10)
    with consumer.system.transaction() as session:
        product = session.get_one(ServiceProduct, "lamp")
        product.surcharges = [
            {"code": "duct", "name_zh": "加长管", "name_en": "Duct", "amount": 3000, "most": 3, "photo": False}
        ]
        visit = session.get_one(Visit, consumer.visit_id)
        visit.told, visit.accepted_at = {"serial": {"number": "SN-42", "read": "hand", "format": ""}}, shanghai(11)
        session.add_all([signed(consumer), agreed(consumer)])
    before = consumer.sees()
    assert (before.work, [line.name_en for line in before.price_list]) == (None, ["Duct"])
    finish_with_a_photo(consumer)
    shown = consumer.sees()
    assert shown.work is not None and shown.price_list == ()
    assert (shown.work.serial, shown.work.accepted_at) == ("SN-42", shanghai(11))
    assert [(line.name_en, line.count, line.total) for line in shown.work.charged] == [("Duct", 2, 6000)]
    assert shown.work.total == shown.quote.total + 6000
    assert shown.work.signature is not None
    assert shown.work.signature.lines == ["0,0 100,50"]


def signed(consumer: Consumer) -> VisitEvent:
    return VisitEvent(
        event_id="0197-1", visit_id=consumer.visit_id, technician_id=consumer.town.technicians["T1"],
        type=EventType.SIGNATURE, device_id="phone", device_time=shanghai(11), received_at=shanghai(11),
        payload={"name": "", "strokes": [[0, 0, 100, 50]]},
    )  # fmt: skip


def agreed(consumer: Consumer) -> Surcharge:
    return Surcharge(
        visit_id=consumer.visit_id, technician_id=consumer.town.technicians["T1"], event_id="0197-2", code="duct",
        name_zh="加长管", name_en="Duct", count=2, amount=3000, currency="CNY", agreed_at=shanghai(11),
    )  # fmt: skip


def test_another_orders_photo_is_out_of_reach(sqlite_town: Town) -> None:
    mine, other = Consumer(sqlite_town, "A1"), Consumer(sqlite_town, "A2")
    other.book(10)
    finish_with_a_photo(other)
    with sqlite_town.system.transaction(read_only=True) as session:
        link = links.find(session, mine.token, sqlite_town.system.now())
        with pytest.raises(NotFound):
            consumer_view.photo_id(session, link, 1)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("王建国", "王师傅"),
        ("王师傅", "王师傅"),
        ("欧阳明", "欧阳师傅"),
        ("David Chen", "David"),
        ("  ", ""),
    ],
)
def test_a_technician_is_called_as_one_is_called_at_the_door(name: str, called: str) -> None:
    assert known_as(name) == called


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("南京东路100号12-3室", "南京东路**号**室"),
        ("1600 Main St, Apt 4", "** Main St, Apt **"),
        ("路１００号", "路**号"),
    ],
)
def test_a_shortened_address_has_no_numbers(address: str, short: str) -> None:
    assert shortened(address) == short


def test_a_shortened_address_is_short() -> None:
    assert len(shortened("很长的地址" * 40)) == consumer_view.LONGEST_ADDRESS
