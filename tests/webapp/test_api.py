"""The merchants' API: their own orders and nobody else's, safe to repeat, refusals that name the field."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dispatch import links, merchants
from dispatch.work_order import Visit, VisitState
from tests.clock import Clock
from tests.town import Town, shanghai
from tests.webapp.merchant_program import ORDER, Program

TEN = shanghai(10).isoformat()


@pytest.fixture
def lights(sqlite_town: Town) -> Program:
    """The town's merchant."""
    return Program.of(sqlite_town)


@pytest.fixture
def rival(sqlite_town: Town) -> Program:
    """Another merchant."""
    return Program.of(sqlite_town, merchant="rival")


def test_an_order_is_handed_in_booked_moved_and_given_back(lights: Program) -> None:
    made = lights.post("/orders", ORDER)
    assert (made.status_code, made.json["state"], made.json["county_code"]) == (201, "bookable", "310101")
    offers = lights.get("/orders/X1/offers").json["offers"]
    assert offers and {offer["grade"] for offer in offers} <= {"best", "good"}
    for offer in offers[:2]:
        booked = lights.post("/orders/X1/appointment", {"starts_at": offer["starts_at"]})
        assert booked.status_code == 200
        promise = booked.json["visits"][0]["appointment"]
        assert (promise["window_starts_at"], promise["booked_by"]) == (offer["starts_at"], "merchant")
    for _ in range(2):
        given_back = lights.delete("/orders/X1/appointment")
        assert (given_back.status_code, given_back.json["state"]) == (200, "bookable")


def test_an_order_is_cancelled_once_however_often_it_is_asked(lights: Program, rival: Program) -> None:
    lights.post("/orders", ORDER)
    lights.post("/orders/X1/appointment", {"starts_at": TEN})
    assert rival.delete("/orders/X1").status_code == 404
    for _ in range(2):
        cancelled = lights.delete("/orders/X1")
        assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")
        (visit,) = cancelled.json["visits"]
        assert (visit["state"], visit["appointment"]) == ("cancelled", None)
    refused = lights.post("/orders/X1/appointment", {"starts_at": TEN})
    assert refused.status_code == 409


def test_an_order_cannot_be_cancelled_while_a_technician_is_on_the_way(lights: Program, sqlite_town: Town) -> None:
    lights.post("/orders", ORDER)
    lights.post("/orders/X1/appointment", {"starts_at": TEN})
    with sqlite_town.system.transaction() as session:
        session.scalars(select(Visit)).one().move_to(VisitState.EN_ROUTE)
    refused = lights.delete("/orders/X1")
    assert (refused.status_code, refused.json["code"], refused.json["field"]) == (409, "conflict", "order")
    assert "on the way" in refused.json["detail"] and refused.json["remedy"]
    assert lights.get("/orders/X1").json["state"] == "booked"


def test_the_same_order_again_is_the_same_order_and_a_changed_one_is_refused(lights: Program) -> None:
    assert lights.post("/orders", ORDER).status_code == 201
    assert lights.post("/orders", ORDER).status_code == 200
    refused = lights.post("/orders", ORDER | {"note": "ring twice"})
    assert (refused.status_code, refused.json["code"], refused.json["field"]) == (409, "conflict", "note")
    assert len(lights.get("/orders").json["orders"]) == 1


def test_an_order_without_a_clear_county_is_parked_and_says_why(lights: Program) -> None:
    made = lights.post("/orders", ORDER | {"address": "中山路1号"})
    assert (made.status_code, made.json["state"]) == (201, "parked")
    assert made.json["parked_because"]
    assert lights.get("/orders/X1/offers").status_code == 409


def test_goods_that_arrive_make_the_order_bookable_and_are_told_once(lights: Program, clock: Clock) -> None:
    waiting = lights.post("/orders", ORDER | {"goods_arrived_at": None})
    assert waiting.json["state"] == "awaiting-goods"
    first = lights.post("/orders/X1/goods-arrived", {})
    assert first.json["state"] == "bookable"
    clock.advance(hours=1)
    again = lights.post("/orders/X1/goods-arrived")
    assert again.json["goods_arrived_at"] == first.json["goods_arrived_at"]


def test_every_wrong_field_is_named_with_its_path(lights: Program) -> None:
    refused = lights.post("/orders", ORDER | {"priority": 900, "lat": 95, "colour": "red"})
    assert (refused.status_code, refused.content_type) == (422, "application/problem+json")
    assert refused.json["type"] == "urn:shifu:invalid-input"
    assert {error["field"] for error in refused.json["errors"]} == {"priority", "lat", "colour"}
    assert all(error["message"] for error in refused.json["errors"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"product_code": "piano"}, "product_code"),
        ({"consumer_phone": "call me"}, "consumer_phone"),
        ({"lng": 31.2, "lat": 121.4}, "lat"),
        ({"lng": 31.2, "lat": 88.4}, "lng"),
        ({"lng": 121.4}, "lat"),
        ({"window_starts_at": TEN}, "window_ends_at"),
        ({"number": "a/b"}, "number"),
        ({"number": ".."}, "number"),
        ({"number": "a\tb"}, "number"),
        ({"number": ""}, "number"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    lights: Program, change: dict[str, Any], field: str
) -> None:
    refused = lights.post("/orders", ORDER | change)
    assert refused.status_code == 422
    assert refused.json["field"] == field
    assert lights.get("/orders").json["orders"] == []


def test_a_request_without_a_body_means_an_empty_object(lights: Program) -> None:
    lights.post("/orders", ORDER | {"goods_arrived_at": None})
    assert lights.post("/orders/X1/goods-arrived").json["state"] == "bookable"
    refused = lights.post("/orders/X1/appointment")
    assert (refused.status_code, refused.json["field"]) == (422, "starts_at")


@pytest.mark.parametrize("body", ["{", "", "[]", "null", '"x"', "7"])
def test_a_body_that_is_no_order_is_refused(lights: Program, body: str) -> None:
    answer = lights.client.post(
        "/api/v1/orders", data=body, headers=lights.headers | {"Content-Type": "application/json"}
    )
    assert answer.status_code in {400, 422}
    assert answer.content_type == "application/problem+json"


def test_a_window_taken_meanwhile_is_a_conflict_with_a_code(sqlite_town: Town, lights: Program) -> None:
    with sqlite_town.system.transaction() as session:
        sqlite_town.take_risks(session)
    heavy = {"product_code": "water-heater", "address": "上海市浦东新区世纪大道100号"}
    codes = []
    for number in ("W1", "W2", "W3"):
        lights.post("/orders", ORDER | heavy | {"number": number})
        codes.append(lights.post(f"/orders/{number}/appointment", {"starts_at": TEN}))
    assert [answer.status_code for answer in codes] == [200, 200, 409]
    assert codes[2].json["code"] == "slot-taken"


def test_a_window_off_the_grid_names_the_field(lights: Program) -> None:
    lights.post("/orders", ORDER)
    refused = lights.post("/orders/X1/appointment", {"starts_at": shanghai(10.5).isoformat()})
    assert (refused.status_code, refused.json["field"]) == (422, "starts_at")


def test_the_link_leads_the_consumer_to_this_order(lights: Program, sqlite_town: Town) -> None:
    lights.post("/orders", ORDER)
    made = lights.post("/orders/X1/link")
    assert made.status_code == 201
    assert lights.client.get(made.json["path"]).status_code == 200
    with sqlite_town.system.transaction(read_only=True) as session:
        token = made.json["path"].removeprefix("/c/")
        assert links.find(session, token, sqlite_town.system.now()).work_order.number == "X1"


FOREIGN = (
    ("GET", "/orders/X1", None),
    ("GET", "/orders/X1/offers", None),
    ("POST", "/orders/X1/goods-arrived", {}),
    ("POST", "/orders/X1/appointment", {"starts_at": TEN}),
    ("DELETE", "/orders/X1/appointment", None),
    ("POST", "/orders/X1/link", None),
)


@pytest.mark.parametrize(("method", "path", "body"), FOREIGN)
def test_another_merchants_order_is_not_found(
    lights: Program, rival: Program, method: str, path: str, body: Any
) -> None:
    lights.post("/orders", ORDER)
    before = lights.get("/orders/X1").json
    answer = rival.client.open(f"/api/v1{path}", method=method, json=body, headers=rival.headers)
    assert (answer.status_code, answer.json["code"]) == (404, "not-found")
    assert lights.get("/orders/X1").json == before
    assert rival.get("/orders").json["orders"] == []


@pytest.mark.parametrize(("method", "path", "body"), [*FOREIGN, ("GET", "/orders", None), ("POST", "/orders", ORDER)])
@pytest.mark.parametrize("key", ["", "shifu_guessed"])
def test_without_a_known_key_nothing_is_told(sqlite_town: Town, key: str, method: str, path: str, body: Any) -> None:
    stranger = Program(sqlite_town.system, key)
    answer = stranger.client.open(f"/api/v1{path}", method=method, json=body, headers=stranger.headers)
    assert (answer.status_code, answer.json["code"]) == (401, "wrong-key")


def test_a_new_key_ends_the_one_before(sqlite_town: Town, lights: Program) -> None:
    assert lights.get("/orders").status_code == 200
    with sqlite_town.system.transaction() as session:
        merchants.new_key(session, "lights", by="ada", at=sqlite_town.system.now())
    assert lights.get("/orders").status_code == 401


def test_pages_follow_one_another_without_gaps(lights: Program) -> None:
    for number in range(5):
        lights.post("/orders", ORDER | {"number": f"X{number}"})
    seen, cursor = [], 0
    while cursor is not None:
        page = lights.get(f"/orders?limit=2&cursor={cursor}").json
        seen += [order["number"] for order in page["orders"]]
        cursor = page["next"]
    assert seen == [f"X{number}" for number in range(5)]
