"""The pages of orders: found, opened, changed, and kept from whom they are not for."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dispatch import links, orders
from dispatch.account import Role
from dispatch.catalogue import Merchant
from dispatch.evidence import Proof, ProofKind
from dispatch.new_order import NewOrder
from dispatch.system import System
from dispatch.work_order import ConsumerLink, WorkOrder, WorkOrderState
from tests.squares import squares
from tests.town import Town
from tests.webapp.console import Console
from webapp.app import create_app
from webapp.order_words import county_name

HEADER = "number,product,consumer_name,phone,address,lng,lat"
GOOD = "C-1,lamp,陈女士,13900000001,上海市黄浦区南京东路100号,121.4846,31.2316"
LOST = "C-2,lamp,李先生,13900000002,朝阳区建国路88号,,"


@pytest.fixture
def town(sqlite_system: System) -> Town:
    squares(sqlite_system.settings.boundaries)
    return Town.build(sqlite_system)


@pytest.fixture
def office(town: Town) -> Console:
    return Console.of(town.system)


@pytest.fixture
def seller(town: Town) -> Console:
    return Console.of(town.system, Role.MERCHANT, merchant_id=town.merchant_id)


def given(town: Town, number: str = "A-1", **more: Any) -> int:
    with town.system.transaction() as session:
        return town.order(session, number, **more).id


def of_somebody_else(town: Town, number: str = "X-1") -> int:
    with town.system.transaction() as session:
        other = session.scalars(select(Merchant).where(Merchant.code == "other")).one_or_none()
        other = other or Merchant(code="other", name="Other Shop", created_at=town.system.now())
        session.add(other)
        session.flush()
        order = town.order(session, number)
        order.merchant_id = other.id
        return order.id


def parked(town: Town) -> int:
    order = NewOrder("P-1", "lamp", "陈女士", "13900000001", "朝阳区建国路88号")
    with town.system.transaction() as session:
        row, _ = orders.submit(session, town.system.places, town.merchant_id, order, by="t", at=town.system.now())
        return row.id


def state(town: Town, order_id: int) -> WorkOrderState:
    with town.system.transaction(read_only=True) as session:
        return orders.find(session, order_id).state


def send(console: Console, path: str, content: bytes, **more: str) -> TestResponse:
    form = {"csrf": console.secret(), "file": (BytesIO(content), "orders.csv"), **more}
    return console.client.post(path, data=form, headers=console.headers, content_type="multipart/form-data")


def rows(session: Session) -> int:
    return len(session.scalars(select(WorkOrder)).all())


def test_the_list_shows_orders_states_and_counts(office: Console, town: Town) -> None:
    given(town, "A-1")
    given(town, "A-2", window=(9, 11))
    page = office.page("/orders")
    assert page.index(">A-2<") < page.index(">A-1<")
    assert "05-12 09:00–11:00" in page
    assert re.search(r'Booked <span class="count">1</span>', page)


def test_an_empty_list_says_how_orders_come_in(office: Console) -> None:
    assert "Orders come in through the API" in office.page("/orders")


def test_the_search_and_a_state_narrow_the_list_and_stay_in_its_links(office: Console, town: Town) -> None:
    given(town, "A-1")
    given(town, "A-2", window=(9, 11))
    page = office.page("/orders?q=A-&state=booked")
    assert ">A-2<" in page
    assert ">A-1<" not in page
    assert "/orders/file.csv?q=A-&amp;state=booked" in page
    assert "Nothing matches" in office.page("/orders?q=nowhere")


def test_a_state_that_does_not_exist_is_refused(office: Console) -> None:
    answer = office.get("/orders?state=lost")
    assert answer.status_code == 422
    assert "There is no state" in answer.get_data(as_text=True)


def test_a_second_page_follows_the_first(office: Console, town: Town) -> None:
    with town.system.transaction() as session:
        for number in range(103):
            town.order(session, f"N-{number:03}")
    first = office.page("/orders")
    found = re.search(r'href="([^"]+)" rel="next"', first)
    assert found
    second = office.page(unescape(found.group(1)))
    assert ">N-003<" in first
    assert ">N-002<" in second
    assert ">N-003<" not in second


def test_other_peoples_text_is_only_text(office: Console, town: Town) -> None:
    order_id = given(town)
    with town.system.transaction() as session:
        order = orders.find(session, order_id)
        order.consumer_name, order.address, order.note = "<b>x</b>", "<script>1</script>" * 10, "<i>y</i>"
    for page in (office.page("/orders"), office.page(f"/orders/{order_id}")):
        assert "<b>x</b>" not in page
        assert "<script>1" not in page
        assert "&lt;script&gt;1" in page


def test_the_csv_file_holds_what_the_list_shows(office: Console, town: Town) -> None:
    given(town, "A-1")
    given(town, "A-2", window=(9, 11))
    answer = office.get("/orders/file.csv?state=booked")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="orders-2026-05-11.csv"'
    lines = answer.get_data(as_text=True).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("A-2,Bright Lights,lamp,booked")


def test_an_order_shows_its_consumer_visit_and_history(office: Console, town: Town) -> None:
    page = office.page(f"/orders/{given(town, window=(9, 11))}")
    for shown in (
        "陈女士",
        "13900000001",
        "南京东路100号",
        "Visit 1",
        "09:00–11:00",
        "Window promised",
        "Order handed in",
    ):
        assert shown in page


def test_the_goods_can_be_noted_and_the_order_cancelled(office: Console, town: Town) -> None:
    order_id = given(town)
    with town.system.transaction() as session:
        order = orders.find(session, order_id)
        order.goods_arrived_at, order.state = None, WorkOrderState.AWAITING_GOODS
    assert office.post(f"/orders/{order_id}/goods").status_code == 302
    assert state(town, order_id) == WorkOrderState.BOOKABLE
    assert office.post(f"/orders/{order_id}/cancel", {"why": "sold"}).status_code == 302
    assert state(town, order_id) == WorkOrderState.CANCELLED
    page = office.page(f"/orders/{order_id}")
    assert "cancelled and out of every plan" in page
    assert "sold" in page


def test_a_consumers_link_is_shown_once_and_works(office: Console, town: Town) -> None:
    answer = office.post(f"/orders/{given(town)}/link").get_data(as_text=True)
    found = re.search(r'value="http://localhost/c/([\w-]+)"', answer)
    assert found
    with town.system.transaction(read_only=True) as session:
        assert links.find(session, found.group(1), town.system.now())
        assert found.group(1) not in str(session.scalars(select(ConsumerLink.token_hash)).all())


def test_photos_are_shown_and_sent(office: Console, town: Town) -> None:
    order_id = given(town)
    with town.system.transaction() as session:
        visit = orders.find(session, order_id).visits[0]
        proof = Proof(
            visit_id=visit.id, technician_id=town.technicians["T1"], kind=ProofKind.PHOTO, shot_code="after",
            sha256=town.system.photos.put(b"a photo"), received_at=town.system.now(),
        )  # fmt: skip
        session.add(proof)
        session.flush()
        number = proof.id
    assert f"/orders/{order_id}/photos/{number}" in office.page(f"/orders/{order_id}")
    answer = office.get(office.get(f"/orders/{order_id}/photos/{number}").location)
    assert (answer.content_type, answer.data) == ("image/jpeg", b"a photo")
    other = given(town, "A-2")
    assert office.get(f"/orders/{other}/photos/{number}").status_code == 404


def test_a_merchant_sees_their_own_orders_only(seller: Console, town: Town) -> None:
    mine, other = given(town, "A-1"), of_somebody_else(town)
    page = seller.page("/orders")
    assert ">A-1<" in page
    assert "X-1" not in page
    assert "Other Shop" not in page
    assert "X-1" not in seller.get("/orders/file.csv").get_data(as_text=True)
    assert seller.get(f"/orders/{mine}").status_code == 200
    assert seller.get(f"/orders/{other}").status_code == 404
    for verb in ("goods", "cancel", "link"):
        assert seller.post(f"/orders/{other}/{verb}").status_code == 404
    assert seller.get(f"/orders/{other}/photos/1").status_code == 404
    assert state(town, other) == WorkOrderState.BOOKABLE


@pytest.mark.parametrize(
    "path", ["/orders/worklist", "/roster", "/coverage", "/roster/1", "/roster/import", "/roster/file.csv"]
)
def test_a_merchant_does_not_enter_the_offices_rooms(seller: Console, path: str) -> None:
    assert seller.get(path).status_code == 403


def test_the_worklist_gives_the_reason_and_a_suggested_county_repairs_it(office: Console, town: Town) -> None:
    order_id = parked(town)
    page = office.page("/orders/worklist")
    assert "The address does not name one county" in page
    assert "Chaoyang" in page
    assert office.post(f"/orders/worklist/{order_id}", {"suggested": "310101"}).status_code == 302
    assert state(town, order_id) == WorkOrderState.AWAITING_GOODS
    assert "Order P-1 has its place." in office.page("/orders/worklist")
    assert "Nothing to repair" in office.page("/orders/worklist")


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ("Washington County (Alabama)", "Huangpu District (310101)")),
        ("zh", ("Washington County (Alabama)", "上海市黄浦区")),
    ],
)
def test_a_county_is_named_with_what_it_lies_in(town: Town, language: str, names: tuple[str, str]) -> None:
    with create_app(town.system).test_request_context(headers={"Accept-Language": language}):
        assert (county_name("01129"), county_name("310101")) == names


def test_a_position_repairs_an_order_too(office: Console, town: Town) -> None:
    order_id = parked(town)
    office.post(f"/orders/worklist/{order_id}", {"county": "", "lng": "121.4365", "lat": "31.1885"})
    with town.system.transaction(read_only=True) as session:
        assert orders.find(session, order_id).county_code == "310104"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"lng": "east", "lat": "31"}, "not a number of degrees"),
        ({"lng": "31.2", "lat": "121.4"}, "look swapped"),
        ({}, "Choose a county or give a position"),
        ({"county": "110105"}, "not served here"),
    ],
)
def test_a_repair_that_does_not_say_where_is_refused(
    office: Console, town: Town, form: dict[str, str], said: str
) -> None:
    order_id = parked(town)
    answer = office.post(f"/orders/worklist/{order_id}", form)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert state(town, order_id) == WorkOrderState.PARKED


def test_a_dispatcher_parks_an_order_with_a_reason(office: Console, town: Town) -> None:
    order_id = given(town)
    assert office.post(f"/orders/{order_id}/park", {"why": " "}).status_code == 422
    assert office.post(f"/orders/{order_id}/park", {"why": "no such number"}).status_code == 302
    assert "no such number" in office.page("/orders/worklist")


def test_a_file_is_looked_at_before_it_is_taken_in(office: Console, town: Town) -> None:
    content = "\n".join((HEADER, GOOD, LOST)).encode()
    preview = send(office, "/orders/import", content, merchant="lights").get_data(as_text=True)
    assert "The file is right" in preview
    assert "The address does not name one county" in preview
    with town.system.transaction(read_only=True) as session:
        assert rows(session) == 0
    answer = send(office, "/orders/import/load", content, merchant="lights")
    assert "Imported" in answer.get_data(as_text=True)
    with town.system.transaction(read_only=True) as session:
        assert rows(session) == 2


def test_a_wrong_file_is_explained_cell_by_cell_and_nothing_is_taken_in(office: Console, town: Town) -> None:
    content = "\n".join((HEADER, GOOD.replace("lamp", "piano"), LOST.replace("13900000002", "?"))).encode()
    for path in ("/orders/import", "/orders/import/load"):
        answer = send(office, path, content, merchant="lights")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "2 cells are wrong" in page
        assert "is no service product" in page
        assert "is not a telephone number" in page
    with town.system.transaction(read_only=True) as session:
        assert rows(session) == 0


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00", HEADER.encode() + b',colour\n"'])
def test_a_file_that_is_no_table_is_refused_in_the_page(office: Console, content: bytes) -> None:
    answer = send(office, "/orders/import", content, merchant="lights")
    assert answer.status_code == 422
    assert "Import orders" in answer.get_data(as_text=True)


def test_an_import_without_a_file_or_for_nobody_is_refused(office: Console) -> None:
    assert office.post("/orders/import", {"merchant": "lights"}).status_code == 422
    assert send(office, "/orders/import", HEADER.encode(), merchant="nobody").status_code == 404


def test_a_merchant_imports_for_themselves_whatever_the_form_says(seller: Console, town: Town) -> None:
    of_somebody_else(town)
    send(seller, "/orders/import/load", "\n".join((HEADER, GOOD)).encode(), merchant="other")
    with town.system.transaction(read_only=True) as session:
        order = session.scalars(select(WorkOrder).where(WorkOrder.number == "C-1")).one()
        assert order.merchant_id == town.merchant_id


def test_everything_is_told_in_chinese_too(town: Town) -> None:
    order_id = parked(town)
    console = Console.of(town.system, language="zh")
    assert "这些工单" in console.page("/orders/worklist")
    page = console.page(f"/orders/{order_id}")
    assert "地址" in page
    assert "The address" not in page
    wrong = send(
        console, "/orders/import", "\n".join((HEADER, GOOD.replace("lamp", "piano"))).encode(), merchant="lights"
    )
    assert "没有“piano”这种服务产品" in wrong.get_data(as_text=True)


def test_the_boundaries_of_these_tests_are_squares(town: Town, tmp_path: Path) -> None:
    assert town.system.places.layer is not None
    assert len(town.system.places.layer) == 3
