from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from dispatch import orders, worklist
from dispatch.new_order import NewOrder
from dispatch.place import Places
from dispatch.work_order import PositionQuality, WorkOrder, WorkOrderState
from technicians.errors import Conflict, InvalidInput
from tests.squares import squares
from tests.town import DOORS, Town, shanghai

HUANGPU, XUHUI = "310101", "310104"
LOST = NewOrder("A-1", "lamp", "陈女士", "13900000001", "朝阳区建国路88号", goods_arrived_at=shanghai(7))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return squares(tmp_path / "squares")


def lost(town: Town, session: Session, places: Places, order: NewOrder = LOST) -> WorkOrder:
    row, _ = orders.submit(session, places, town.merchant_id, order, by="lights", at=town.system.now())
    assert row.state == WorkOrderState.PARKED
    return row


def test_a_position_takes_an_order_off_the_worklist(town: Town, places: Places) -> None:
    with town.system.transaction() as session:
        order = lost(town, session, places)
        lng, lat = DOORS[HUANGPU]
        worklist.place(session, places, order.id, lng=lng, lat=lat, by="li", at=town.system.now())
        assert (order.state, order.parked_because) == (WorkOrderState.BOOKABLE, None)
        assert (order.county_code, order.lng, order.lat) == (HUANGPU, lng, lat)
        assert order.position_quality == PositionQuality.EXACT


def test_a_county_alone_means_its_centre(sqlite_town: Town, places: Places) -> None:
    with sqlite_town.system.transaction() as session:
        order = lost(sqlite_town, session, places)
        worklist.place(session, places, order.id, county_code=XUHUI, by="li", at=sqlite_town.system.now())
        assert (order.county_code, order.position_quality) == (XUHUI, PositionQuality.COUNTY_CENTRE)


def test_a_promise_given_with_a_parked_order_comes_into_force(sqlite_town: Town, places: Places) -> None:
    promised = NewOrder(
        "A-1", "lamp", "陈女士", "13900000001", "", window_starts_at=shanghai(9), window_ends_at=shanghai(11)
    )
    with sqlite_town.system.transaction() as session:
        order = lost(sqlite_town, session, places, promised)
        worklist.place(session, places, order.id, county_code=XUHUI, by="li", at=sqlite_town.system.now())
        assert order.state == WorkOrderState.BOOKED


def test_a_county_that_contradicts_the_position_is_refused(sqlite_town: Town, places: Places) -> None:
    with sqlite_town.system.transaction() as session:
        order = lost(sqlite_town, session, places)
        lng, lat = DOORS[HUANGPU]
        with pytest.raises(InvalidInput, match=HUANGPU) as refused:
            worklist.place(
                session,
                places,
                order.id,
                county_code=XUHUI,
                lng=lng,
                lat=lat,
                by="li",
                at=sqlite_town.system.now(),
            )
        assert refused.value.field == "county_code"
        assert order.state == WorkOrderState.PARKED


@pytest.mark.parametrize(
    ("county_code", "lng", "lat", "field"),
    [
        (None, None, None, "county_code"),
        ("110105", None, None, "county_code"),
        (None, 125.0, 30.0, "lng"),
        (None, 31.2, 121.4, "lng"),
        (XUHUI, 121.4, None, "lat"),
    ],
)
def test_a_repair_that_does_not_say_where_is_refused(
    sqlite_town: Town,
    places: Places,
    county_code: str | None,
    lng: float | None,
    lat: float | None,
    field: str,
) -> None:
    with sqlite_town.system.transaction() as session:
        order = lost(sqlite_town, session, places)
        with pytest.raises(InvalidInput) as refused:
            worklist.place(
                session, places, order.id, county_code=county_code, lng=lng, lat=lat,
                by="li", at=sqlite_town.system.now(),
            )  # fmt: skip
        assert refused.value.field == field
        assert order.state == WorkOrderState.PARKED


def test_a_booked_order_is_not_moved_under_its_appointment(sqlite_town: Town, places: Places) -> None:
    with sqlite_town.system.transaction() as session:
        order = sqlite_town.order(session, "B-1", window=(9, 11))
        with pytest.raises(Conflict, match="booked"):
            worklist.place(session, places, order.id, county_code=XUHUI, by="li", at=sqlite_town.system.now())


def test_a_dispatcher_can_put_an_order_on_the_worklist_with_a_reason(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        order = sqlite_town.order(session, "B-1")
        worklist.park(session, order.id, why="门牌号不存在", by="li", at=sqlite_town.system.now())
        assert order.state == WorkOrderState.PARKED


def test_a_position_that_lies_in_the_chosen_county_is_kept(sqlite_town: Town, places: Places) -> None:
    lng, lat = DOORS[HUANGPU]
    disputed = NewOrder("A-1", "lamp", "陈女士", "13900000001", "", county_code=XUHUI, lng=lng, lat=lat)
    with sqlite_town.system.transaction() as session:
        order = lost(sqlite_town, session, places, disputed)
        worklist.place(session, places, order.id, county_code=HUANGPU, by="li", at=sqlite_town.system.now())
        assert (order.lng, order.lat, order.position_quality) == (lng, lat, PositionQuality.EXACT)


def test_a_position_outside_the_chosen_county_is_given_up_for_its_centre(sqlite_town: Town, places: Places) -> None:
    lng, lat = DOORS[HUANGPU]
    disputed = NewOrder("A-1", "lamp", "陈女士", "13900000001", "", county_code=XUHUI, lng=lng, lat=lat)
    with sqlite_town.system.transaction() as session:
        order = lost(sqlite_town, session, places, disputed)
        worklist.place(session, places, order.id, county_code=XUHUI, by="li", at=sqlite_town.system.now())
        assert order.position_quality == PositionQuality.COUNTY_CENTRE
        assert order.lng != lng
