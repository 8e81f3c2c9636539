from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, orders, plans, worklist
from dispatch.audit import AuditEntry
from dispatch.catalogue import Merchant
from dispatch.day_plan import Route, Stop, Unassigned
from dispatch.new_order import NewOrder
from dispatch.place import Places
from dispatch.work_order import (
    AppointmentState,
    BookedBy,
    PositionQuality,
    VisitState,
    WorkOrder,
    WorkOrderState,
)
from technicians.errors import Conflict, InvalidInput, NotFound
from tests.squares import squares
from tests.town import AREA, DOORS, TUESDAY, Town, shanghai

HUANGPU, XUHUI, PUDONG = "310101", "310104", "310115"
GOOD = NewOrder(
    number="A-1",
    product_code="lamp",
    consumer_name="陈女士",
    consumer_phone="+86 139 0000 0001",
    address="上海市黄浦区南京东路100号",
    lng=DOORS[HUANGPU][0],
    lat=DOORS[HUANGPU][1],
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return squares(tmp_path / "squares")


def submit(town: Town, session: Session, places: Places, **changed: Any) -> tuple[WorkOrder, bool]:
    order = replace(GOOD, **changed)
    return orders.submit(session, places, town.merchant_id, order, by="lights", at=town.system.now())


def actions(session: Session, order: WorkOrder) -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.subject == "work-order", AuditEntry.subject_id == str(order.id))
    return list(session.scalars(query.order_by(AuditEntry.id)))


def test_an_order_waits_for_its_goods_with_a_first_visit_as_long_as_its_product_takes(
    town: Town, places: Places
) -> None:
    with town.system.transaction() as session:
        order, created = submit(town, session, places)
        assert created
        assert (order.state, order.county_code) == (WorkOrderState.AWAITING_GOODS, HUANGPU)
        (visit,) = order.visits
        assert (visit.sequence, visit.service, visit.setup) == (1, 1800, 300)
        assert actions(session, order) == ["work-order.submitted"]


def test_an_order_whose_goods_are_there_can_be_booked(sqlite_town: Town, places: Places) -> None:
    with sqlite_town.system.transaction() as session:
        order, _ = submit(sqlite_town, session, places, goods_arrived_at=shanghai(7), service=4000)
        assert order.state == WorkOrderState.BOOKABLE
        assert order.visits[0].service == 4000


def test_a_window_given_with_the_order_is_the_merchants_promise(town: Town, places: Places) -> None:
    with town.system.transaction() as session:
        order, _ = submit(town, session, places, window_starts_at=shanghai(9), window_ends_at=shanghai(11))
        assert order.state == WorkOrderState.BOOKED
        promise = order.visits[0].appointment
        assert promise is not None
        assert (promise.state, promise.booked_by) == (AppointmentState.CONFIRMED, BookedBy.MERCHANT)
        assert (promise.window_starts_at, promise.window_ends_at) == (shanghai(9), shanghai(11))


def test_the_same_order_handed_in_twice_is_one_order(town: Town, places: Places) -> None:
    with town.system.transaction() as session:
        first, _ = submit(town, session, places)
    with town.system.transaction() as session:
        again, created = submit(town, session, places, address=f"  {GOOD.address} ")
        assert not created
        assert again.id == first.id
        assert len(session.scalars(select(WorkOrder)).all()) == 1
        assert actions(session, again) == ["work-order.submitted"]


def test_the_same_order_is_known_again_after_it_was_repaired_and_its_goods_arrived(
    sqlite_town: Town, places: Places
) -> None:
    with sqlite_town.system.transaction() as session:
        order, _ = submit(sqlite_town, session, places, lng=None, lat=None, address="")
        worklist.place(session, places, order.id, county_code=XUHUI, by="li", at=sqlite_town.system.now())
        orders.goods_arrived(session, order.id, arrived_at=shanghai(7), by="lights", at=sqlite_town.system.now())
        _, created = submit(sqlite_town, session, places, lng=None, lat=None, address="")
        assert not created


def test_the_same_number_with_other_content_is_a_conflict_that_names_the_fields(town: Town, places: Places) -> None:
    with town.system.transaction() as session:
        submit(town, session, places)
        with pytest.raises(Conflict, match="address, priority"):
            submit(town, session, places, address="上海市黄浦区西藏中路1号", priority=9)
        assert session.scalars(select(WorkOrder)).one().address == GOOD.address


def test_two_merchants_may_use_the_same_number(sqlite_town: Town, places: Places) -> None:
    with sqlite_town.system.transaction() as session:
        submit(sqlite_town, session, places)
        other = Merchant(code="other", name="Other", created_at=sqlite_town.system.now())
        session.add(other)
        session.flush()
        _, created = orders.submit(session, places, other.id, GOOD, by="other", at=sqlite_town.system.now())
        assert created


def test_an_order_without_a_county_is_parked_with_the_reason_and_never_lost(town: Town, places: Places) -> None:
    with town.system.transaction() as session:
        order, created = submit(town, session, places, address="朝阳区建国路88号", lng=None, lat=None)
        assert created
        assert order.state == WorkOrderState.PARKED
        assert order.parked_because is not None
        assert order.parked_because.startswith("address-unclear?candidates=")


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an empty number": ({"number": " "}, "number"),
    "a number of 81 characters": ({"number": "x" * 81}, "number"),
    "no name": ({"consumer_name": ""}, "consumer_name"),
    "a control character": ({"consumer_name": "a\x00b"}, "consumer_name"),
    "words for a phone": ({"consumer_phone": "call me"}, "consumer_phone"),
    "a phone of three digits": ({"consumer_phone": "110"}, "consumer_phone"),
    "a 501-character address": ({"address": "路" * 501}, "address"),
    "a language nobody speaks": ({"language": "tlh"}, "language"),
    "swapped coordinates": ({"lng": 31.2, "lat": 121.4}, "lng"),
    "half a position": ({"lat": None}, "lat"),
    "a county name for a code": ({"county_code": "黄浦区"}, "county_code"),
    "a priority of 101": ({"priority": 101}, "priority"),
    "a service of a second": ({"service": 1}, "service"),
    "goods of next week": ({"goods_arrived_at": shanghai(9) + timedelta(days=7)}, "goods_arrived_at"),
    "a window that ends before it starts": (
        {"window_starts_at": shanghai(11), "window_ends_at": shanghai(9)},
        "window_ends_at",
    ),
    "a window of no length": (
        {"window_starts_at": shanghai(9), "window_ends_at": shanghai(9)},
        "window_ends_at",
    ),
    "a window without an end": ({"window_starts_at": shanghai(9)}, "window_ends_at"),
    "a window without a start": ({"window_ends_at": shanghai(9)}, "window_starts_at"),
    "a window of yesterday": (
        {
            "window_starts_at": shanghai(9) - timedelta(days=2),
            "window_ends_at": shanghai(11) - timedelta(days=2),
        },
        "window_ends_at",
    ),
    "a window in two years": (
        {
            "window_starts_at": shanghai(9) + timedelta(days=700),
            "window_ends_at": shanghai(11) + timedelta(days=700),
        },
        "window_starts_at",
    ),
    "a window over midnight": (
        {"window_starts_at": shanghai(22), "window_ends_at": shanghai(26 - 24) + timedelta(days=1)},
        "window_ends_at",
    ),
    "a window of two days": (
        {"window_starts_at": shanghai(9), "window_ends_at": shanghai(9) + timedelta(days=2)},
        "window_ends_at",
    ),
    "an unknown product": ({"product_code": "piano"}, "product_code"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_field_that_cannot_be_used_is_named_with_a_remedy(sqlite_town: Town, places: Places, what: str) -> None:
    changed, field = BAD[what]
    with sqlite_town.system.transaction() as session:
        with pytest.raises(InvalidInput) as refused:
            submit(sqlite_town, session, places, **changed)
        assert refused.value.field == field
        assert refused.value.remedy
        assert session.scalars(select(WorkOrder)).all() == []


@pytest.mark.parametrize("phone", ["13900000001", "+86 139-0000-0001", "(312) 555-0100", "021-6321 0000转 12"])
def test_telephone_numbers_are_taken_as_people_write_them(sqlite_town: Town, places: Places, phone: str) -> None:
    with sqlite_town.system.transaction() as session:
        order, _ = submit(sqlite_town, session, places, consumer_phone=phone)
        assert order.consumer_phone == phone


def test_the_arrival_of_the_goods_makes_an_order_bookable_once(town: Town, places: Places) -> None:
    with town.system.transaction() as session:
        order, _ = submit(town, session, places)
        for hour in (7, 8):
            orders.goods_arrived(session, order.id, arrived_at=shanghai(hour), by="lights", at=town.system.now())
        assert (order.state, order.goods_arrived_at) == (WorkOrderState.BOOKABLE, shanghai(7))
        assert actions(session, order)[1:] == ["work-order.goods-arrived"]


def test_goods_may_arrive_for_a_parked_order_which_stays_parked(sqlite_town: Town, places: Places) -> None:
    with sqlite_town.system.transaction() as session:
        order, _ = submit(sqlite_town, session, places, lng=None, lat=None, address="")
        orders.goods_arrived(session, order.id, arrived_at=shanghai(7), by="lights", at=sqlite_town.system.now())
        assert (order.state, order.goods_arrived_at) == (WorkOrderState.PARKED, shanghai(7))


def test_another_merchants_order_is_not_found(town: Town, places: Places) -> None:
    with town.system.transaction() as session:
        order, _ = submit(town, session, places)
        with pytest.raises(NotFound):
            orders.find(session, order.id, merchant_id=town.merchant_id + 1)
        with pytest.raises(NotFound):
            orders.cancel(session, town.system.travel_times, order.id, by="x", at=town.system.now(), merchant_id=99)


def test_a_cancelled_order_leaves_the_plan_and_its_appointment_is_cancelled(town: Town) -> None:
    system = town.system
    with system.transaction() as session:
        order = town.order(session, "B-1", window=(9, 11))
        other = town.order(session, "B-2", window=(9, 11))
        _planned(town, session, order, other)
    with system.transaction() as session:
        orders.cancel(session, system.travel_times, order.id, by="li", at=system.now(), why="changed their mind")
    with system.transaction(read_only=True) as session:
        order = orders.find(session, order.id)
        visit = order.visits[0]
        assert (order.state, visit.state) == (WorkOrderState.CANCELLED, VisitState.CANCELLED)
        assert visit.appointments[0].state == AppointmentState.CANCELLED
        assert session.scalars(select(Stop.visit_id).where(Stop.visit_id.is_not(None))).all() == [other.visits[0].id]
        assert session.scalars(select(Unassigned)).all() == []
        assert actions(session, order)[-1] == "work-order.cancelled"


def _planned(town: Town, session: Session, *planned: WorkOrder) -> None:
    """Give the orders' visits to the first technician in a draft."""
    plan = plans.ensure(session, AREA, TUESDAY, town.system.now())
    route = session.scalars(
        select(Route).where(Route.day_plan_id == plan.id, Route.technician_id == town.technicians["T1"])
    ).one()
    for position, order in enumerate(planned):
        session.add(
            Stop(
                day_plan_id=plan.id, route_id=route.id, position=position, visit_id=order.visits[0].id,
                scheduled_arrival=shanghai(9 + position), scheduled_start=shanghai(9 + position),
                scheduled_leave=shanghai(9.75 + position), travel=600, distance=2000,
            )
        )  # fmt: skip
    session.flush()


def test_cancelling_twice_is_as_good_as_once(sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        order = sqlite_town.order(session, "B-1")
        for _ in range(2):
            orders.cancel(session, system.travel_times, order.id, by="li", at=system.now())
        assert actions(session, order) == ["work-order.cancelled"]


def test_an_order_whose_technician_is_on_the_way_cannot_be_cancelled(sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        order = sqlite_town.order(session, "B-1", window=(9, 11))
        order.visits[0].move_to(VisitState.EN_ROUTE)
        with pytest.raises(Conflict, match="on the way"):
            orders.cancel(session, system.travel_times, order.id, by="li", at=system.now())
        assert order.state == WorkOrderState.BOOKED


def test_a_done_order_cannot_be_cancelled(sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        order = sqlite_town.order(session, "B-1", window=(9, 11))
        order.move_to(WorkOrderState.COMPLETED)
        with pytest.raises(Conflict, match="completed"):
            orders.cancel(session, system.travel_times, order.id, by="li", at=system.now())


def test_the_audit_of_many_orders_is_one_whole_chain(town: Town, places: Places) -> None:
    with town.system.transaction() as session:
        for number in ("A-1", "A-2", "A-3"):
            submit(town, session, places, number=number)
        assert audit.broken_at(session) is None


def test_a_position_is_kept_as_exact(sqlite_town: Town, places: Places) -> None:
    with sqlite_town.system.transaction() as session:
        order, _ = submit(sqlite_town, session, places)
        assert (order.lng, order.lat, order.position_quality) == (*DOORS[HUANGPU], PositionQuality.EXACT)
