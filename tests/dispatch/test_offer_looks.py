"""Looks at the windows on offer: kept when they are news, once, whoever looks at the same time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from dispatch import offer_looks
from dispatch.consumer_records import NothingBecause, OfferLook
from dispatch.work_order import WorkOrder
from tests.town import Town

LOOKERS = 6


def given(town: Town) -> int:
    with town.system.transaction() as session:
        return town.order(session, "A-1").id


def look(town: Town, order_id: int, offered: int, because: NothingBecause | None = None) -> bool:
    with town.system.transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        return offer_looks.note(session, order, offered, because, town.system.now())


def kept(town: Town, order_id: int) -> OfferLook:
    with town.system.transaction(read_only=True) as session:
        return session.scalars(select(OfferLook).where(OfferLook.work_order_id == order_id)).one()


def test_a_first_look_is_kept(town: Town) -> None:
    order = given(town)
    assert look(town, order, 12)
    row = kept(town, order)
    assert (row.offered, row.ever_offered, row.nothing_because, row.outcomes) == (12, True, None, 1)
    assert row.first_at == row.last_at == town.system.now()


def test_another_number_of_windows_is_no_news(town: Town) -> None:
    order = given(town)
    look(town, order, 12)
    assert not look(town, order, 9)
    assert kept(town, order).offered == 12


def test_finding_nothing_after_something_is_news_and_what_was_once_found_is_not_forgotten(town: Town) -> None:
    order = given(town)
    first_at = town.system.now()
    look(town, order, 12)
    town.system.now.advance(hours=1)  # type: ignore[attr-defined]
    assert look(town, order, 0, NothingBecause.FULL)
    row = kept(town, order)
    assert (row.offered, row.ever_offered, row.nothing_because, row.outcomes) == (0, True, NothingBecause.FULL, 2)
    assert (row.first_at, row.last_at) == (first_at, first_at + timedelta(hours=1))


def test_another_reason_for_nothing_is_news(town: Town) -> None:
    order = given(town)
    look(town, order, 0, NothingBecause.FULL)
    assert not look(town, order, 0, NothingBecause.FULL)
    assert look(town, order, 0, NothingBecause.NOBODY_WORKS)
    assert kept(town, order).nothing_because == NothingBecause.NOBODY_WORKS


def test_a_reader_knows_beforehand_whether_there_is_something_to_write(town: Town) -> None:
    order = given(town)
    with town.system.transaction(read_only=True) as session:
        assert offer_looks.is_news(session, order, 0, NothingBecause.FULL)
    look(town, order, 0, NothingBecause.FULL)
    with town.system.transaction(read_only=True) as session:
        assert not offer_looks.is_news(session, order, 0, NothingBecause.FULL)
        assert offer_looks.is_news(session, order, 3, None)


@pytest.mark.parametrize(("offered", "because"), [(0, None), (3, NothingBecause.FULL)])
def test_a_look_has_windows_or_a_reason_never_both(town: Town, offered: int, because: NothingBecause | None) -> None:
    with pytest.raises(ValueError, match="for a reason"):
        look(town, given(town), offered, because)


def test_many_first_looks_at_once_are_one_row_and_no_error(town: Town) -> None:
    order = given(town)
    start = threading.Barrier(LOOKERS, timeout=60)
    news: list[bool] = []

    def looking() -> None:
        start.wait()
        news.append(look(town, order, 0, NothingBecause.FULL))

    threads = [threading.Thread(target=looking) for _ in range(LOOKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(news) == LOOKERS
    assert kept(town, order).outcomes == 1
