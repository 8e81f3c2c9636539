"""Webhooks over the API: made with a secret told once, tried, watched, sent again; only one's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dispatch.delivering import PAUSES
from dispatch.outbox import OutboxState
from dispatch.worker import work_on
from tests.clock import Clock
from tests.listeners import listening
from tests.town import Town, shanghai
from tests.webapp.merchant_program import ORDER, Program

HOOK = {"url": "https://shop.example/hooks"}


@pytest.fixture
def reaching(sqlite_town: Town) -> Town:
    """The town, allowed to reach this machine."""
    private = replace(sqlite_town.system.settings, webhook_private=True)
    return replace(sqlite_town, system=replace(sqlite_town.system, settings=private))


@pytest.fixture
def lights(reaching: Town) -> Program:
    return Program.of(reaching, reaching.system)


def work(town: Town, program: Program, webhook: int) -> None:
    """What a worker does with everything that waits for the address."""
    for delivery in program.get(f"/webhooks/{webhook}/deliveries").json["deliveries"][::-1]:
        work_on(town.system, delivery["id"])


def test_the_secret_is_told_once(lights: Program) -> None:
    made = lights.post("/webhooks", HOOK, key="k1")
    assert made.status_code == 201 and made.json["secret"].startswith("whsec_")
    (listed,) = lights.get("/webhooks").json["webhooks"]
    assert "secret" not in listed
    assert listed == {key: value for key, value in made.json.items() if key != "secret"}


def test_what_is_done_with_an_order_arrives_at_the_merchants_program(lights: Program, reaching: Town) -> None:
    with listening() as listener:
        made = lights.post("/webhooks", {"url": listener.url}, key="k1").json
        lights.post("/orders", ORDER)
        lights.post("/orders/X1/holds", {"starts_at": shanghai(10).isoformat()})
        lights.post("/orders/X1/hold/confirm")
        lights.post("/orders/X1/appointment", {"starts_at": shanghai(14).isoformat()})
        lights.delete("/orders/X1/appointment")
        lights.delete("/orders/X1")
        work(reaching, lights, made["id"])
    told = [heard.json for heard in listener.heard]
    assert [event["type"] for event in told] == [
        "order.submitted", "order.bookable", "slot.held", "appointment.confirmed", "appointment.moved",
        "appointment.cancelled", "order.cancelled",
    ]  # fmt: skip
    assert {event["data"]["order"] for event in told} == {"X1"}
    assert told[2]["data"]["window"]["held_until"]
    assert told[4]["data"]["window"]["starts_at"] == shanghai(14).isoformat()


def test_deliveries_say_what_went_wrong_and_are_sent_again(lights: Program, reaching: Town, clock: Clock) -> None:
    with listening(500) as listener:
        made = lights.post("/webhooks", {"url": listener.url, "events": ["order.submitted"]}, key="k1").json
        lights.post("/orders", ORDER)
        work(reaching, lights, made["id"])
        (waiting,) = lights.get(f"/webhooks/{made['id']}/deliveries").json["deliveries"]
        assert (waiting["state"], waiting["type"], waiting["order"], waiting["attempts"], waiting["error"]) == (
            "waiting", "order.submitted", "X1", 1, "it answered with status 500",
        )  # fmt: skip
        assert waiting["next_at"]
        listener.answer = lambda _heard: (204, {}, b"")
        again = lights.post(f"/webhooks/{made['id']}/deliveries/{waiting['id']}/resend")
        assert again.status_code == 202
        work(reaching, lights, made["id"])
        (done,) = lights.get(f"/webhooks/{made['id']}/deliveries").json["deliveries"]
    assert (done["state"], done["status"], done["error"]) == (OutboxState.DONE, 204, None)
    assert done["webhook_id"] == listener.heard[-1].headers["webhook-id"]


def test_an_address_that_was_down_for_days_is_seen_to_be_off_and_switched_on(
    lights: Program, reaching: Town, clock: Clock
) -> None:
    with listening(500) as listener:
        made = lights.post("/webhooks", {"url": listener.url, "events": ["order.submitted"]}, key="k1").json
        lights.post("/orders", ORDER)
        for _ in range(len(PAUSES) + 1):
            work(reaching, lights, made["id"])
            clock.advance(hours=30)
        (off,) = lights.get("/webhooks").json["webhooks"]
        assert off["disabled_at"] and off["last_error"] == "it answered with status 500"
        assert off["failures"] == len(PAUSES) + 1
        listener.answer = lambda _heard: (200, {}, b"")
        clock.advance(days=-4)
        assert lights.post(f"/webhooks/{made['id']}/enable").json["disabled_at"] is None
        work(reaching, lights, made["id"])
        assert lights.get(f"/webhooks/{made['id']}/deliveries").json["deliveries"][0]["state"] == "done"


def test_a_test_event_is_sent_and_seen(lights: Program, reaching: Town) -> None:
    with listening() as listener:
        made = lights.post("/webhooks", {"url": listener.url, "events": ["issue.opened"]}, key="k1").json
        promised = lights.post(f"/webhooks/{made['id']}/test")
        assert (promised.status_code, promised.json["type"]) == (202, "webhook.test")
        work(reaching, lights, made["id"])
    assert listener.heard[0].json["data"] == {}


def test_a_private_address_is_refused_in_words(sqlite_town: Town) -> None:
    refused = Program.of(sqlite_town).post("/webhooks", {"url": "https://10.0.0.1/hooks"}, key="k1")
    assert (refused.status_code, refused.json["field"]) == (422, "url")
    assert "private network" in refused.json["detail"]


@pytest.mark.parametrize("body", [{}, {"url": 7}, HOOK | {"events": ["order.sold"]}, HOOK | {"secret": "mine"}])
def test_what_cannot_be_used_names_its_field(lights: Program, body: Any) -> None:
    refused = lights.post("/webhooks", body, key="k1")
    assert refused.status_code == 422 and refused.json["field"]
    assert lights.get("/webhooks").json == {"webhooks": []}


OF_ONE = (
    ("DELETE", "/webhooks/1"),
    ("POST", "/webhooks/1/enable"),
    ("POST", "/webhooks/1/test"),
    ("GET", "/webhooks/1/deliveries"),
    ("POST", "/webhooks/1/deliveries/1/resend"),
)


@pytest.mark.parametrize(("method", "path"), OF_ONE)
def test_another_merchants_webhook_is_not_found(lights: Program, reaching: Town, method: str, path: str) -> None:
    lights.post("/webhooks", HOOK, key="k1")
    lights.post("/orders", ORDER)
    rival = Program.of(reaching, merchant="rival")
    answer = rival.send(method, path)
    assert (answer.status_code, answer.json["code"]) == (404, "not-found")
    assert rival.get("/webhooks").json == {"webhooks": []}
    assert len(lights.get("/webhooks").json["webhooks"]) == 1


@pytest.mark.parametrize(("method", "path"), [*OF_ONE, ("GET", "/webhooks"), ("POST", "/webhooks")])
def test_without_a_known_key_nothing_is_told(sqlite_town: Town, method: str, path: str) -> None:
    answer = Program(sqlite_town.system, "guessed").send(method, path, HOOK if path == "/webhooks" else None, "k1")
    assert (answer.status_code, answer.json["code"]) == (401, "wrong-key")
