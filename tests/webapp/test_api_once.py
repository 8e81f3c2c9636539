"""A request sent again with its Idempotency-Key gets its answer again and does nothing; one key is one request."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from dispatch import idempotency
from dispatch.integration_records import IdempotencyKey, WebhookEndpoint
from dispatch.system import System
from dispatch.work_order import ConsumerLink
from tests.clock import Clock
from tests.town import Town, shanghai
from tests.webapp.merchant_program import ORDER, Program

HOOK = {"url": "https://shop.example/hooks"}
MANY = 6


def count(system: System, kind: type[Any]) -> int:
    with system.transaction(read_only=True) as session:
        return session.scalar(select(func.count(kind.id))) or 0


@pytest.fixture
def lights(town: Town) -> Program:
    return Program.of(town)


@pytest.fixture
def sqlite_lights(sqlite_town: Town) -> Program:
    return Program.of(sqlite_town)


def test_the_same_request_again_is_answered_and_not_done_again(lights: Program, town: Town) -> None:
    first = lights.post("/webhooks", HOOK, key="k1")
    again = lights.post("/webhooks", HOOK, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(town.system, WebhookEndpoint) == 1


def test_other_spacing_and_order_of_the_same_json_is_the_same_request(sqlite_lights: Program) -> None:
    headers = sqlite_lights.headers | {"Idempotency-Key": "k1", "Content-Type": "application/json"}
    texts = ('{"url": "https://a.example/", "events": []}', '{ "events":[],\n"url":"https://a.example/" }')
    for text in texts:
        answer = sqlite_lights.client.post("/api/v1/webhooks", data=text, headers=headers)
        assert answer.status_code == 201
    assert answer.headers["Idempotent-Replayed"] == "true"


def test_a_key_used_for_another_request_is_refused(sqlite_lights: Program, sqlite_town: Town) -> None:
    sqlite_lights.post("/webhooks", HOOK, key="k1")
    for answer in (
        sqlite_lights.post("/webhooks", {"url": "https://other.example/"}, key="k1"),
        sqlite_lights.post("/orders", ORDER, key="k1"),
    ):
        assert (answer.status_code, answer.json["code"], answer.json["field"]) == (
            422, "idempotency-key-reused", "Idempotency-Key",
        )  # fmt: skip
    assert count(sqlite_town.system, WebhookEndpoint) == 1


def test_a_request_that_needs_a_key_names_the_header(sqlite_lights: Program) -> None:
    refused = sqlite_lights.post("/webhooks", HOOK)
    assert (refused.status_code, refused.json["code"], refused.json["field"]) == (
        400, "idempotency-key-missing", "Idempotency-Key",
    )  # fmt: skip
    assert "Idempotency-Key" in refused.json["detail"]


@pytest.mark.parametrize("key", ["a b", "schlüssel", "x" * 201])
def test_what_is_no_key_is_refused(sqlite_lights: Program, key: str) -> None:
    refused = sqlite_lights.post("/webhooks", HOOK, key=key)
    assert (refused.status_code, refused.json["field"]) == (422, "Idempotency-Key")


def test_what_failed_may_be_tried_again_with_the_same_key(lights: Program) -> None:
    lights.post("/orders", ORDER | {"goods_arrived_at": None})
    early = lights.post("/orders/X1/appointment", {"starts_at": shanghai(10).isoformat()}, key="book")
    assert early.status_code == 409
    lights.post("/orders/X1/goods-arrived")
    assert lights.post("/orders/X1/appointment", {"starts_at": shanghai(10).isoformat()}, key="book").status_code == 200


def test_an_old_answer_comes_back_also_when_things_have_moved_on(sqlite_lights: Program) -> None:
    sqlite_lights.post("/orders", ORDER)
    first = sqlite_lights.post("/orders/X1/appointment", {"starts_at": shanghai(10).isoformat()}, key="book")
    sqlite_lights.delete("/orders/X1", key="cancel")
    again = sqlite_lights.post("/orders/X1/appointment", {"starts_at": shanghai(10).isoformat()}, key="book")
    assert (again.status_code, again.json) == (200, first.json)
    assert sqlite_lights.get("/orders/X1").json["state"] == "cancelled"


def test_one_merchants_key_means_nothing_to_another(sqlite_lights: Program, sqlite_town: Town) -> None:
    rival = Program.of(sqlite_town, merchant="rival")
    first = sqlite_lights.post("/webhooks", HOOK, key="k1").json
    second = rival.post("/webhooks", HOOK, key="k1").json
    assert first["secret"] != second["secret"]
    assert count(sqlite_town.system, WebhookEndpoint) == 2


def test_a_stranger_learns_nothing_by_a_key(sqlite_lights: Program, sqlite_town: Town) -> None:
    sqlite_lights.post("/webhooks", HOOK, key="k1")
    assert Program(sqlite_town.system, "guessed").post("/webhooks", HOOK, key="k1").status_code == 401


def test_a_link_is_told_again_without_lying_in_the_database(sqlite_lights: Program, sqlite_town: Town) -> None:
    sqlite_lights.post("/orders", ORDER)
    told = [sqlite_lights.post("/orders/X1/link", key="link").json["path"] for _ in range(2)]
    assert told[0] == told[1]
    assert count(sqlite_town.system, ConsumerLink) == 1
    with sqlite_town.system.transaction(read_only=True) as session:
        assert [row.answer for row in session.scalars(select(IdempotencyKey))] == [{}]


def test_what_is_deleted_twice_with_one_key_was_deleted_once(sqlite_lights: Program) -> None:
    made = sqlite_lights.post("/webhooks", HOOK, key="k1").json
    answers = [sqlite_lights.delete(f"/webhooks/{made['id']}", key="k2") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert sqlite_lights.delete(f"/webhooks/{made['id']}").status_code == 404


def test_keys_are_kept_for_thirty_days_and_then_swept(lights: Program, town: Town, clock: Clock) -> None:
    lights.post("/webhooks", HOOK, key="old")
    clock.advance(days=30)
    lights.post("/webhooks", HOOK, key="kept")
    assert lights.post("/webhooks", HOOK, key="old").headers["Idempotent-Replayed"] == "true"
    clock.advance(seconds=1)
    lights.post("/webhooks", HOOK, key="new")
    with town.system.transaction(read_only=True) as session:
        assert list(session.scalars(select(IdempotencyKey.key).order_by(IdempotencyKey.id))) == ["kept", "new"]


def at_once(program: Program, key: str) -> list[Any]:
    """The answers to one request sent by many threads at once, each again after a lost race."""
    start = threading.Barrier(MANY, timeout=60)
    told: list[Any] = []

    def ask() -> None:
        start.wait()
        while (answer := program.post("/webhooks", HOOK, key=key)).status_code == 409:
            pass
        told.append((answer.status_code, answer.json))

    threads = [threading.Thread(target=ask) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_many_at_once_do_it_once_and_all_get_the_one_answer(lights: Program, town: Town) -> None:
    told = at_once(lights, "k1")
    assert len(told) == MANY
    assert all(answer == told[0] for answer in told) and told[0][0] == 201
    assert count(town.system, WebhookEndpoint) == 1


def test_without_the_claim_everybody_would_do_it(lights: Program, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: a key is looked up before the work and written down after it, as one might well do it."""

    def look_only(session: Any, actor: str, key: str, sha256: str, at: Any) -> tuple[IdempotencyKey, bool]:
        found = select(IdempotencyKey).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
        known = session.scalars(found).one_or_none()
        return known or IdempotencyKey(), known is not None

    monkeypatch.setattr(idempotency, "claim", look_only)
    at_once(lights, "k1")
    assert count(town.system, WebhookEndpoint) == MANY


def test_a_request_without_a_key_is_done_each_time_where_that_does_no_harm(sqlite_lights: Program) -> None:
    sqlite_lights.post("/orders", ORDER)
    answers = [sqlite_lights.post("/orders/X1/goods-arrived") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert not any("Idempotent-Replayed" in answer.headers for answer in answers)


def test_keys_are_kept_longer_than_phones_may_be_away() -> None:
    assert timedelta(days=14) <= idempotency.KEPT
