"""What a consumer reads of what may be charged at the door."""

from __future__ import annotations

import pytest

from dispatch.catalogue import ServiceProduct
from tests.phone_pocket import ask_for_everything
from tests.town import Town, shanghai
from tests.webapp.consumer_link import ConsumerLink


@pytest.fixture
def consumer(sqlite_town: Town) -> ConsumerLink:
    return ConsumerLink(sqlite_town)


def test_the_price_list_stands_on_the_page_before_and_after_a_window_is_chosen(
    sqlite_town: Town, consumer: ConsumerLink
) -> None:
    ask_for_everything(sqlite_town)
    before = consumer.page("?lang=en")
    assert "What extra work would cost" in before
    assert "Cable" in before and "¥15" in before and "Drilled hole" in before and "¥30" in before
    consumer.post("/appointment", starts_at=shanghai(10).isoformat())
    booked = consumer.page()
    assert "如需加项，按此价目" in booked and "加线" in booked and "其他一律不得收费" in booked


def test_where_nothing_may_be_added_the_page_says_so(sqlite_town: Town, consumer: ConsumerLink) -> None:
    with sqlite_town.system.transaction() as session:
        session.get_one(ServiceProduct, "lamp").price = 12000
    page = consumer.page("?lang=en")
    assert "What extra work would cost" not in page
    assert "This price is final. Nothing else may be charged at the door." in page
