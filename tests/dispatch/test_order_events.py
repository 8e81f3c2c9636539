"""Every change of an order is told to its merchant's addresses, once for each, without the consumer's data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event, select

from dispatch import facts, order_events, orders, visits, worklist
from dispatch.integration_records import WebhookEndpoint
from dispatch.new_order import NewOrder
from dispatch.order_events import OrderEvent
from dispatch.outbox import Outbox, OutboxKind
from dispatch.system import System
from dispatch.work_order import FailureReason, VisitState, WorkOrder
from tests.town import Town

SUBMITTED = {
    "number": "A1", "product_code": "lamp", "consumer_name": "陈女士", "consumer_phone": "13900000001",
    "address": "上海市黄浦区南京东路100号",
}  # fmt: skip


def listen(town: Town, *events: str) -> int:
    with town.system.transaction() as session:
        endpoint = WebhookEndpoint(
            merchant_id=town.merchant_id, url="https://shop.example/hooks", secret="whsec_c2VjcmV0",
            events=list(events), created_at=town.system.now(),
        )  # fmt: skip
        session.add(endpoint)
        session.flush()
        return endpoint.id


def told(system: System) -> list[dict[str, Any]]:
    with system.transaction(read_only=True) as session:
        query = select(Outbox.payload).where(Outbox.kind == OutboxKind.WEBHOOK).order_by(Outbox.id)
        return list(session.scalars(query))


def types(system: System) -> list[str]:
    return [payload["message"]["type"] for payload in told(system)]


def submit(town: Town, **fields: Any) -> int:
    system = town.system
    with system.transaction() as session:
        order, _ = orders.submit(
            session, system.places, town.merchant_id, NewOrder(**(SUBMITTED | fields)), by="li", at=system.now()
        )
        return order.id


def test_an_order_is_told_from_its_submission_to_its_end(town: Town) -> None:
    listen(town)
    system = town.system
    order_id = submit(town)
    with system.transaction() as session:
        orders.goods_arrived(session, order_id, arrived_at=system.now(), by="li", at=system.now())
    for _ in range(2):
        with system.transaction() as session:
            orders.cancel(session, system.travel_times, order_id, by="li", at=system.now())
    assert types(system) == ["order.submitted", "order.bookable", "order.cancelled"]
    assert [payload["message"]["data"]["state"] for payload in told(system)] == [
        "awaiting-goods", "bookable", "cancelled",
    ]  # fmt: skip


def test_an_order_without_a_county_is_told_as_parked_and_again_when_it_is_placed(sqlite_town: Town) -> None:
    system = sqlite_town.system
    listen(sqlite_town)
    order_id = submit(sqlite_town, address="中山路1号", goods_arrived_at=system.now())
    with system.transaction() as session:
        worklist.place(session, system.places, order_id, county_code="310101", by="li", at=system.now())
    assert types(system) == ["order.submitted", "order.parked", "order.bookable"]


@pytest.mark.parametrize("reason", [None, FailureReason.NOBODY_HOME])
def test_what_a_technician_does_is_told_and_whether_the_promise_was_kept(
    sqlite_town: Town, reason: FailureReason | None
) -> None:
    system = sqlite_town.system
    listen(sqlite_town)
    with system.transaction() as session:
        order = sqlite_town.order(session, "A1", window=(10, 12))
        visit_id, person = order.visits[0].id, sqlite_town.technicians["T1"]
        order.product.shot_list = []
        order.visits[0].technician_id = person
        session.flush()

        def fact(name: str) -> facts.Fact:
            return facts.Fact(
                event_id=name, device_id="phone", device_time=system.now(), at=system.now(), received_at=system.now()
            )

        visits.set_out(session, visit_id, person, fact("1"))
        visits.arrive(session, visit_id, person, fact("2"))
        if reason is None:
            visits.complete(session, visit_id, person, fact("3"))
        else:
            visits.could_not_complete(session, visit_id, person, fact("3"), reason=reason)
    ended = "visit.completed" if reason is None else "visit.could-not-complete"
    assert types(system) == ["visit.en-route", "visit.on-site", ended, "appointment.kept"]
    last = told(system)[-1]["message"]["data"]
    assert last["window"]["state"] == "kept" and last["visit"] == 1
    assert told(system)[2]["message"]["data"].get("reason") == reason


def test_only_the_events_that_were_asked_for_are_told(sqlite_town: Town) -> None:
    listen(sqlite_town, OrderEvent.BOOKABLE)
    submit(sqlite_town, goods_arrived_at=sqlite_town.system.now())
    assert types(sqlite_town.system) == ["order.bookable"]


def test_another_merchants_address_and_a_disabled_one_are_told_nothing(sqlite_town: Town) -> None:
    system = sqlite_town.system
    endpoint_id = listen(sqlite_town)
    with system.transaction() as session:
        session.get_one(WebhookEndpoint, endpoint_id).disabled_at = system.now()
    submit(sqlite_town)
    assert told(system) == []


def test_every_address_gets_an_id_of_its_own(sqlite_town: Town) -> None:
    listen(sqlite_town)
    listen(sqlite_town)
    submit(sqlite_town)
    first, second = told(sqlite_town.system)
    assert first["message"] == second["message"]
    assert first["id"] != second["id"] and first["endpoint"] != second["endpoint"]


def test_nothing_of_the_consumer_is_told(sqlite_town: Town) -> None:
    listen(sqlite_town)
    submit(sqlite_town, note="门铃坏了", goods_arrived_at=sqlite_town.system.now())
    text = json.dumps(told(sqlite_town.system), ensure_ascii=False)
    assert not [private for private in ("陈女士", "13900000001", "南京东路", "门铃") if private in text]


def test_what_is_rolled_back_is_never_told(sqlite_town: Town) -> None:
    system = sqlite_town.system
    listen(sqlite_town)
    with pytest.raises(ZeroDivisionError), system.transaction() as session:
        order = sqlite_town.order(session, "A1")
        order_events.announce(session, order, OrderEvent.BOOKABLE, at=system.now())
        raise ZeroDivisionError
    assert told(system) == []


def test_a_thousand_events_take_as_many_statements_as_one(sqlite_town: Town) -> None:
    listen(sqlite_town)
    statements: list[str] = []
    event.listen(sqlite_town.system.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with sqlite_town.system.transaction() as session:
        happened = [(OrderEvent.SUBMITTED, {"order": f"A{n}"}) for n in range(1000)]
        assert (
            order_events.announce_all(session, sqlite_town.merchant_id, happened, at=sqlite_town.system.now()) == 1000
        )
    assert len(statements) <= 3
    assert len(told(sqlite_town.system)) == 1000


def test_every_visit_state_a_technician_can_reach_has_an_event() -> None:
    begun = {VisitState.EN_ROUTE, VisitState.ON_SITE, VisitState.COMPLETED, VisitState.COULD_NOT_COMPLETE}
    assert {f"visit.{state}" for state in begun} <= {*OrderEvent}


def test_an_order_with_a_window_is_told_as_submitted_only(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        order: WorkOrder = sqlite_town.order(session, "A1", window=(10, 12))
    assert [happened for happened, _ in order_events.on_intake("A1", order.state)] == [OrderEvent.SUBMITTED]
