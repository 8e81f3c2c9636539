"""The page of the operator's numbers: what it counts, how it is narrowed and sorted, and whose orders are seen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from dispatch import offer_looks
from dispatch.account import Role
from dispatch.catalogue import Merchant
from dispatch.consumer_records import NothingBecause
from tests.town import Town
from tests.webapp.console import Console


@pytest.fixture
def town(sqlite_town: Town) -> Town:
    """Two lamps in Huangpu, one of them booked, a mattress in Xuhui; goods arrived yesterday."""
    with sqlite_town.system.transaction() as session:
        orders = [
            sqlite_town.order(session, "A-1", window=(10, 12)),
            sqlite_town.order(session, "A-2"),
            sqlite_town.order(session, "B-1", "mattress", "310104"),
        ]
        for order in orders:
            order.goods_arrived_at = sqlite_town.system.now() - timedelta(hours=26)
        orders[0].visits[0].appointments[0].created_at = sqlite_town.system.now() - timedelta(hours=20)
        offer_looks.note(session, orders[1], 0, NothingBecause.FULL, sqlite_town.system.now())
    return sqlite_town


@pytest.fixture
def office(town: Town) -> Console:
    return Console.of(town.system)


def rows(page: str) -> list[str]:
    """The names in the tables, from the top down."""
    return re.findall(r'<tr(?: class="is-here")?><th scope="row"><a [^>]*>([^<]+)</a>', page)


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_last_four_weeks_of_the_area_are_shown(office: Console) -> None:
    page = text(office.page("/numbers"))
    assert "2026-04-14 to 2026-05-11" in page
    assert "Booked within 24 hours 33.3 %" in page
    assert "2 late, 0 still running" in page
    assert "Goods to appointment 6.0 h" in page
    assert "Every route is full 1 100.0 %" in page
    assert "Consumers 1 100.0 %" in page


def test_every_number_in_the_tables_is_explained(office: Console) -> None:
    page = office.page("/numbers")
    (head,) = re.findall(r"<thead>.*?</thead>", page, re.DOTALL)[:1]
    labels = re.findall(r'<a class="sort"[^>]*title="[^"]+">([^<]+)', head)
    meanings = re.search(r"What the numbers mean(.*?)</details>", page, re.DOTALL)
    assert len(labels) == 21 and meanings is not None
    assert [label for label in labels if f"<dt>{label}</dt>" not in meanings[1]] == []


def test_a_county_narrows_the_products_and_a_product_the_counties(office: Console) -> None:
    assert rows(office.page("/numbers")) == ["Huangpu District", "Xuhui District", "Lamp", "Mattress"]
    narrowed = office.page("/numbers?county=310101")
    assert rows(narrowed) == ["Huangpu District", "Xuhui District", "Lamp"]
    assert "Goods arrived 2 100.0 %" in text(narrowed)
    assert rows(office.page("/numbers?product=mattress")) == ["Xuhui District", "Lamp", "Mattress"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("", "Huangpu District"),
        ("?sort=arrived", "Xuhui District"),
        ("?sort=name&down=yes", "Xuhui District"),
        ("?sort=booking_rate", "Xuhui District"),
        ("?sort=median_hours", "Huangpu District"),
        ("?sort=median_hours&down=yes", "Huangpu District"),
        ("?sort=__class__", "Huangpu District"),
    ],
)
def test_the_tables_are_sorted_by_any_number_with_the_unknown_last(office: Console, query: str, first: str) -> None:
    assert rows(office.page(f"/numbers{query}"))[0] == first


def test_a_period_without_goods_says_what_would_be_here(office: Console) -> None:
    page = office.page("/numbers?since=2026-01-01&until=2026-01-07")
    assert "Nothing to count yet" in page
    assert "<table" not in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("since=yesterday", "“yesterday” is not a day."),
        ("since=2026-05-12&until=2026-05-01", "The period ends before it begins."),
        ("since=2020-01-01", "The period is longer than 400 days."),
        ("merchant=nobody", "There is no merchant “nobody”."),
    ],
)
def test_what_cannot_be_counted_is_said(office: Console, query: str, told: str) -> None:
    answer = office.get(f"/numbers?{query}")
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)


def test_the_file_has_what_the_page_counts(office: Console) -> None:
    answer = office.get("/numbers/file.csv?since=2026-05-01&until=2026-05-11")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bookings-2026-05-01-2026-05-11.csv"'
    lines = answer.get_data(as_text=True).splitlines()
    assert [line.split(",")[:5] for line in lines[1:]] == [
        ["310101", "黄浦区", "lamp", "lamp", "2"],
        ["310104", "徐汇区", "mattress", "mattress", "1"],
    ]


def test_a_merchant_sees_their_own_orders_and_cannot_ask_for_others(town: Town) -> None:
    with town.system.transaction() as session:
        other = Merchant(code="other", name="Other Shop", created_at=town.system.now())
        session.add(other)
        session.flush()
        town.order(session, "X-1", "water-heater", "310115").merchant_id = other.id
        theirs = other.id
    seller = Console.of(town.system, Role.MERCHANT, merchant_id=theirs)
    for query in ("", "?merchant=lights"):
        page = seller.page(f"/numbers{query}")
        assert rows(page) == ["Pudongxinqu New Area", "Water-Heater"]
        assert "Bright Lights" not in page
    assert "310101" not in seller.get("/numbers/file.csv").get_data(as_text=True)


def test_the_office_may_ask_for_one_merchant(town: Town, office: Console) -> None:
    with town.system.transaction() as session:
        session.add(Merchant(code="other", name="Other Shop", created_at=town.system.now()))
    assert "Every merchant" in office.page("/numbers")
    assert "Nothing to count yet" in office.page("/numbers?merchant=other")
    assert rows(office.page("/numbers?merchant=lights"))[0] == "Huangpu District"


def test_numbers_are_written_in_chinese_too(town: Town) -> None:
    page = text(Console.of(town.system, Role.OPERATOR, language="zh").page("/numbers"))
    assert "24 小时内约好 33.3 %" in page
    assert "6.0 小时" in page
    assert "路线都已排满" in page
