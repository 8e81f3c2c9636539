from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import appointments, links, messages, orders, sms_length, wording
from dispatch.errors import SlotTaken
from dispatch.messages import Template
from dispatch.notify.message import Message
from dispatch.outbox import Outbox, OutboxKind
from dispatch.system import System
from dispatch.work_order import BookedBy, ConsumerLink, WorkOrder, WorkOrderState
from technicians.errors import NotFound
from tests.clock import Clock
from tests.town import Town, shanghai


def rows(system: System) -> list[dict[str, Any]]:
    with system.transaction(read_only=True) as session:
        query = select(Outbox.payload).where(Outbox.kind == OutboxKind.MESSAGE).order_by(Outbox.id)
        return list(session.scalars(query))


def composed(
    session: Session, system: System, payload: dict[str, Any], base_url: str = "https://shifu.example"
) -> Message:
    return wording.compose(session, payload, base_url=base_url, secret="s" * 40, at=system.now())


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
        message = composed(session, system, rows(system)[-1])
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
    with sqlite_town.system.transaction() as session:
        sqlite_town.take_risks(session)
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


@pytest.mark.parametrize(("language", "said"), [("zh", "5月12日周二 10:00–12:00"), ("en", "Tue 12 May 10:00-12:00")])
def test_a_message_is_worded_in_the_consumers_language_with_a_link_that_works(
    sqlite_town: Town, language: str, said: str
) -> None:
    system = sqlite_town.system
    order_id = order(sqlite_town, "A1")
    choose(system, order_id, 10)
    with system.transaction() as session:
        session.get_one(WorkOrder, order_id).language = language
        message = composed(session, system, rows(system)[0], "https://shifu.example/")
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
            texts = {composed(session, system, {"template": t, "order_id": order_id}).text for t in Template}
            assert len(texts) == len(Template)


def test_only_an_order_that_can_be_booked_is_invited(sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        bookable = sqlite_town.order(session, "A1")
        booked = sqlite_town.order(session, "A2", window=(10, 12))
        for each in (bookable, booked):
            messages.invite(session, each, by="ada", at=system.now())
    assert rows(system) == [{"template": "book", "order_id": bookable.id}]


def test_all_messages_of_an_order_have_the_same_link(sqlite_town: Town, clock: Clock) -> None:
    system = sqlite_town.system
    order_id, other = order(sqlite_town, "A1"), order(sqlite_town, "A2")
    texts = []
    for _ in range(3):
        with system.transaction() as session:
            texts.append(composed(session, system, {"template": "book", "order_id": order_id}).text)
        clock.advance(days=30)
    assert len(set(texts)) == 1
    with system.transaction() as session:
        assert session.scalar(select(func.count(ConsumerLink.id))) == 1
        assert composed(session, system, {"template": "book", "order_id": other}).text not in texts


def test_a_revoked_link_is_followed_by_another_one(sqlite_town: Town, clock: Clock) -> None:
    system = sqlite_town.system
    order_id = order(sqlite_town, "A1")
    with system.transaction() as session:
        before = links.standing(session, order_id, "secret", system.now())
        links.revoke_all(session, order_id, system.now())
        clock.advance(seconds=1)
        after = links.standing(session, order_id, "secret", system.now())
        assert links.find(session, after, system.now()).work_order_id == order_id
        with pytest.raises(NotFound):
            links.find(session, before, system.now())


def test_a_link_cannot_be_worked_out_without_the_secret(sqlite_town: Town) -> None:
    system = sqlite_town.system
    order_id = order(sqlite_town, "A1")
    with system.transaction() as session:
        links.standing(session, order_id, "secret", system.now())
        guessed = links._worked_out("secret of somebody else", order_id, system.now())
        with pytest.raises(NotFound):
            links.find(session, guessed, system.now())


def test_names_with_line_breaks_stay_on_one_line(sqlite_town: Town) -> None:
    system = sqlite_town.system
    order_id = order(sqlite_town, "A1")
    with system.transaction() as session:
        row = session.get_one(WorkOrder, order_id)
        row.merchant.name, row.product.name_zh = "明亮\r\n灯具\x1b[31m", "吊\n灯 {link}"
        text = composed(session, system, {"template": "book", "order_id": order_id}).text
    assert text.isprintable()
    assert text.startswith("【明亮 灯具 [31m】您的吊 灯 {link}已到货")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_message_takes_more_than_two_parts(sqlite_town: Town, language: str) -> None:
    system = sqlite_town.system
    order_id = order(sqlite_town, "A1")
    window = [shanghai(10).isoformat(), shanghai(12).isoformat()]
    with system.transaction() as session:
        row = session.get_one(WorkOrder, order_id)
        row.language, row.merchant.name = language, "明亮灯具旗舰店" if language == "zh" else "Bright Lights Store"
        row.product.name_zh, row.product.name_en = "储水式热水器", "Storage water heater"
        long = {
            template: text
            for template in Template
            if sms_length.parts(
                text := composed(session, system, {"template": template, "order_id": order_id, "window": window}).text
            )
            > 2
        }
    assert long == {}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("师" * 70, 1),
        ("师" * 71, 2),
        ("师" * 135, 3),
        ("", 1),
    ],
)
def test_the_parts_of_a_text_message_are_counted_as_gateways_do(text: str, parts: int) -> None:
    assert sms_length.parts(text) == parts
