from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from dispatch import appointments, links, messages, orders, wording
from dispatch.errors import SlotTaken
from dispatch.messages import Template
from dispatch.outbox import Outbox, OutboxKind
from dispatch.system import System
from dispatch.work_order import BookedBy, WorkOrder, WorkOrderState
from tests.town import Town, shanghai


def rows(system: System) -> list[dict[str, Any]]:
    with system.transaction(read_only=True) as session:
        query = select(Outbox.payload).where(Outbox.kind == OutboxKind.MESSAGE).order_by(Outbox.id)
        return list(session.scalars(query))


def choose(system: System, order_id: int, hour: float) -> None:
    with system.transaction() as session:
        appointments.choose(
            session, system.travel_times, session.get_one(WorkOrder, order_id), shanghai(hour),
            booked_by=BookedBy.CONSUMER, by="consumer", at=system.now(),
        )  # fmt: skip


def order(town: Town, number: str, product: str = "lamp", county: str = "310101") -> int:
    with town.system.transaction() as session:
        return town.order(session, number, product, county).id


def test_booking_moving_and_cancelling_each_promise_one_message(town: Town) -> None:
    order_id = order(town, "A1")
    choose(town.system, order_id, 10)
    choose(town.system, order_id, 10)
    choose(town.system, order_id, 14)
    for _ in range(2):
        with town.system.transaction() as session:
            appointments.call_off(
                session, town.system.travel_times, session.get_one(WorkOrder, order_id), by="consumer",
                at=town.system.now(),
            )  # fmt: skip
    assert [row["template"] for row in rows(town.system)] == ["booked", "moved", "cancelled"]


def test_a_cancelled_order_is_told_once_to_a_consumer_who_was_asked_or_promised_something(town: Town) -> None:
    system = town.system
    order_id = order(town, "A1")
    choose(system, order_id, 10)
    for _ in range(2):
        with system.transaction() as session:
            orders.cancel(session, system.travel_times, order_id, by="merchant:lights", at=system.now())
    assert [row["template"] for row in rows(system)] == ["booked", "order-cancelled"]
    with system.transaction() as session:
        message = wording.compose(session, rows(system)[-1], "https://shifu.example", system.now())
    assert "/c/" not in message.text
    assert message.phone == "13900000001"


def test_nobody_is_told_of_an_order_they_never_heard_of(sqlite_town: Town) -> None:
    system = sqlite_town.system
    order_id = order(sqlite_town, "A1")
    with system.transaction() as session:
        row = session.get_one(WorkOrder, order_id)
        row.state, row.goods_arrived_at = WorkOrderState.AWAITING_GOODS, None
    with system.transaction() as session:
        orders.cancel(session, system.travel_times, order_id, by="li", at=system.now())
    assert rows(system) == []


def test_a_promise_that_fails_sends_nothing(sqlite_town: Town) -> None:
    late = [order(sqlite_town, f"A{n}", "water-heater", "310115") for n in range(3)]
    choose(sqlite_town.system, late[0], 10)
    choose(sqlite_town.system, late[1], 10)
    with pytest.raises(SlotTaken):
        choose(sqlite_town.system, late[2], 10)
    assert len(rows(sqlite_town.system)) == 2


def test_the_outbox_holds_no_personal_data_and_no_link(sqlite_town: Town) -> None:
    choose(sqlite_town.system, order(sqlite_town, "A1"), 10)
    (row,) = rows(sqlite_town.system)
    assert row.keys() == {"template", "order_id", "window"}
    for private in ("陈女士", "13900000001", "南京东路", "/c/"):
        assert private not in json.dumps(row, ensure_ascii=False)


@pytest.mark.parametrize(("language", "said"), [("zh", "5月12日周二 10:00–12:00"), ("en", "Tue 12 May 10:00–12:00")])
def test_a_message_is_worded_in_the_consumers_language_with_a_link_that_works(
    sqlite_town: Town, language: str, said: str
) -> None:
    system = sqlite_town.system
    order_id = order(sqlite_town, "A1")
    choose(system, order_id, 10)
    with system.transaction() as session:
        session.get_one(WorkOrder, order_id).language = language
        message = wording.compose(session, rows(system)[0], "https://shifu.example/", system.now())
        token = message.text.rpartition("https://shifu.example/c/")[2]
        assert links.find(session, token, system.now()).work_order_id == order_id
    assert said in message.text
    assert message.phone == "13900000001"


def test_every_template_has_words_in_both_languages(sqlite_town: Town) -> None:
    system = sqlite_town.system
    order_id = order(sqlite_town, "A1")
    with system.transaction() as session:
        for language in ("zh", "en"):
            session.get_one(WorkOrder, order_id).language = language
            texts = {
                wording.compose(session, {"template": t, "order_id": order_id}, "https://x", system.now()).text
                for t in Template
            }
            assert len(texts) == len(Template)


def test_only_an_order_that_can_be_booked_is_invited(sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        bookable = sqlite_town.order(session, "A1")
        booked = sqlite_town.order(session, "A2", window=(10, 12))
        for each in (bookable, booked):
            messages.invite(session, each, by="ada", at=system.now())
    assert rows(system) == [{"template": "book", "order_id": bookable.id}]
