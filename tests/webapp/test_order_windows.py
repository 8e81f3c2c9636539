"""The window of an order in the console: chosen, moved, given back, and kept from other merchants."""

from __future__ import annotations

import pytest

from dispatch import appointments, orders
from dispatch.account import Role
from dispatch.work_order import Appointment, BookedBy, VisitState, WorkOrderState
from tests.town import Town, shanghai
from tests.webapp.console import Console
from tests.webapp.test_orders import given, of_somebody_else

TEN, TWO = shanghai(10).isoformat(), shanghai(14).isoformat()


@pytest.fixture
def office(sqlite_town: Town) -> Console:
    return Console.of(sqlite_town.system)


def promise(town: Town, order_id: int) -> Appointment | None:
    with town.system.transaction(read_only=True) as session:
        return orders.find(session, order_id).visits[-1].appointment


def take_everything(town: Town) -> None:
    """Two others are promised the only time that the technician of Pudong has at ten."""
    with town.system.transaction() as session:
        town.take_risks(session)
    for number in ("R1", "R2"):
        order_id = given(town, number, product="water-heater", county="310115")
        with town.system.transaction() as session:
            appointments.choose(
                session, town.system.travel_times, orders.find(session, order_id), shanghai(10),
                booked_by=BookedBy.CONSUMER, by="consumer", at=town.system.now(),
            )  # fmt: skip


def test_a_dispatcher_promises_moves_and_gives_back_a_window(office: Console, sqlite_town: Town) -> None:
    order_id = given(sqlite_town)
    path = f"/orders/{order_id}/window"
    assert f'href="{path}#window"' in office.page(f"/orders/{order_id}")
    assert f'value="{TEN}"' in office.page(path)
    for starts_at, hour in ((TEN, 10), (TWO, 14)):
        assert office.post(path, {"starts_at": starts_at}).status_code == 302
        booked = promise(sqlite_town, order_id)
        assert booked is not None
        assert (booked.window_starts_at, booked.booked_by) == (shanghai(hour), BookedBy.DISPATCHER)
    assert "The window is promised" in office.page(f"/orders/{order_id}")
    assert office.post(f"{path}/give-back", {"why": "ill"}).status_code == 302
    assert promise(sqlite_town, order_id) is None
    page = office.page(f"/orders/{order_id}")
    assert "The window is given back" in page and "Nothing is promised yet" in page


def test_a_window_taken_meanwhile_is_refused_with_those_that_are_free_now(office: Console, sqlite_town: Town) -> None:
    order_id = given(sqlite_town, product="water-heater", county="310115")
    assert f'value="{TEN}"' in office.page(f"/orders/{order_id}/window")
    take_everything(sqlite_town)
    refused = office.post(f"/orders/{order_id}/window", {"starts_at": TEN})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "has just been taken" in page
    assert f'value="{TEN}"' not in page and f'value="{TWO}"' in page
    assert promise(sqlite_town, order_id) is None


def test_where_nothing_can_be_promised_the_page_says_why_and_who_is_near(office: Console, sqlite_town: Town) -> None:
    order_id = given(sqlite_town, product="chandelier", county="310115")
    page = office.page(f"/orders/{order_id}/window")
    assert "Nobody there has the skill." in page
    assert "王师傅 has the skills and starts" in page
    assert f'href="/roster/{sqlite_town.technicians["T1"]}"' in page


@pytest.mark.parametrize("starts_at", ["", "tomorrow", "2026-05-12T10:30:00+08:00", "0001-01-01T00:00:00+00:00"])
def test_what_is_no_window_is_refused_and_the_old_promise_stays(
    office: Console, sqlite_town: Town, starts_at: str
) -> None:
    order_id = given(sqlite_town)
    office.post(f"/orders/{order_id}/window", {"starts_at": TEN})
    refused = office.post(f"/orders/{order_id}/window", {"starts_at": starts_at})
    assert refused.status_code == 422
    assert "can no longer be chosen" in refused.get_data(as_text=True)
    kept = promise(sqlite_town, order_id)
    assert kept is not None and kept.window_starts_at == shanghai(10)


def test_once_the_technician_has_left_the_window_is_only_shown(office: Console, sqlite_town: Town) -> None:
    order_id = given(sqlite_town)
    office.post(f"/orders/{order_id}/window", {"starts_at": TEN})
    with sqlite_town.system.transaction() as session:
        orders.find(session, order_id).visits[0].move_to(VisitState.EN_ROUTE)
    page = office.page(f"/orders/{order_id}/window")
    assert "10:00–12:00" in page and 'name="starts_at"' not in page
    for refused in (
        office.post(f"/orders/{order_id}/window", {"starts_at": TWO}),
        office.post(f"/orders/{order_id}/window/give-back"),
    ):
        assert refused.status_code == 409
        assert "Nothing was changed." in refused.get_data(as_text=True)


def test_giving_back_twice_is_as_good_as_once(office: Console, sqlite_town: Town) -> None:
    order_id = given(sqlite_town)
    office.post(f"/orders/{order_id}/window", {"starts_at": TEN})
    for _ in range(2):
        assert office.post(f"/orders/{order_id}/window/give-back").status_code == 302
    with sqlite_town.system.transaction(read_only=True) as session:
        assert orders.find(session, order_id).state == WorkOrderState.BOOKABLE


def test_a_merchant_chooses_for_their_own_consumers_and_for_nobody_elses(sqlite_town: Town) -> None:
    seller = Console.of(sqlite_town.system, Role.MERCHANT, merchant_id=sqlite_town.merchant_id)
    own, other = given(sqlite_town), of_somebody_else(sqlite_town)
    assert seller.post(f"/orders/{own}/window", {"starts_at": TEN}).status_code == 302
    booked = promise(sqlite_town, own)
    assert booked is not None and booked.booked_by == BookedBy.MERCHANT
    assert seller.get(f"/orders/{other}/window").status_code == 404
    assert seller.post(f"/orders/{other}/window", {"starts_at": TEN}).status_code == 404
    assert seller.post(f"/orders/{other}/window/give-back").status_code == 404
    assert promise(sqlite_town, other) is None
