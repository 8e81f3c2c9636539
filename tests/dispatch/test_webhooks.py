"""Webhooks reach the merchant's program, or are tried again for three days; a dead address is switched off."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch import order_events, webhooks
from dispatch.delivering import PAUSES
from dispatch.integration_records import WebhookEndpoint
from dispatch.order_events import OrderEvent
from dispatch.outbox import Outbox, OutboxState
from dispatch.system import System
from dispatch.worker import work_on
from technicians.errors import Conflict, InvalidInput, NotFound
from tests.clock import Clock
from tests.listeners import Heard, Listener, listening
from tests.town import Town

URL = "https://shop.example/hooks"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as opened:
        yield opened


@pytest.fixture
def reaching(town: Town) -> System:
    """The system, allowed to reach this machine."""
    return replace(town.system, settings=replace(town.system.settings, webhook_private=True))


@pytest.fixture
def sqlite_reaching(sqlite_town: Town) -> System:
    return replace(sqlite_town.system, settings=replace(sqlite_town.system.settings, webhook_private=True))


def add(town: Town, url: str, events: tuple[str, ...] = (), *, is_private_allowed: bool = True) -> WebhookEndpoint:
    with town.system.transaction() as session:
        return webhooks.add(
            session, town.merchant_id, url, events,
            is_private_allowed=is_private_allowed, by="merchant:lights", at=town.system.now(),
        )  # fmt: skip


def announce(town: Town, number: str = "A1") -> list[int]:
    """An event of an order; the rows that were promised."""
    with town.system.transaction() as session:
        told = [(OrderEvent.BOOKABLE, {"order": number, "state": "bookable"})]
        order_events.announce_all(session, town.merchant_id, told, at=town.system.now())
        found = [webhooks.deliveries(session, each) for each in webhooks.everything(session, town.merchant_id)]
        return [rows[0].id for rows in found if rows]


def row(system: System, outbox_id: int) -> Outbox:
    with system.transaction(read_only=True) as session:
        return session.get_one(Outbox, outbox_id)


def endpoint_of(town: Town, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    with town.system.transaction(read_only=True) as session:
        return webhooks.find(session, town.merchant_id, endpoint.id)


def is_signed(heard: Heard, secret: str) -> bool:
    """What a receiver's library does."""
    signed = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode() + heard.body
    seal = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return heard.headers["webhook-signature"] == f"v1,{base64.b64encode(seal).decode()}"


def test_an_event_arrives_signed_and_only_once(town: Town, reaching: System, listener: Listener) -> None:
    endpoint = add(town, f"{listener.url}/hooks")
    (delivery,) = announce(town)
    assert work_on(reaching, delivery)
    assert not work_on(reaching, delivery)
    (heard,) = listener.heard
    assert is_signed(heard, endpoint.secret) and not is_signed(heard, "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==")
    assert heard.json == {
        "type": "order.bookable",
        "timestamp": town.system.now().isoformat(),
        "data": {"order": "A1", "state": "bookable"},
    }
    assert row(reaching, delivery).result["status"] == 200
    assert endpoint_of(town, endpoint).last_sent_at == town.system.now()


def test_a_delivery_is_tried_ten_times_in_three_days_under_one_id_then_the_address_is_off(
    town: Town, reaching: System, listener: Listener, clock: Clock
) -> None:
    endpoint = add(town, listener.url)
    listener.answer = lambda _heard: (503, {}, b"")
    (delivery,) = announce(town)
    began = clock()
    while work_on(reaching, delivery) and row(reaching, delivery).state == OutboxState.WAITING:
        clock.set(row(reaching, delivery).due_at)
    assert len(listener.heard) == len(PAUSES) + 1
    assert len({heard.headers["webhook-id"] for heard in listener.heard}) == 1
    assert len({heard.headers["webhook-timestamp"] for heard in listener.heard}) == len(listener.heard)
    assert all(is_signed(heard, endpoint.secret) for heard in listener.heard)
    assert timedelta(days=2) < clock() - began < timedelta(days=4)
    failed = row(reaching, delivery)
    assert (failed.state, failed.error) == (OutboxState.FAILED, "It answered with status 503.")
    off = endpoint_of(town, endpoint)
    assert (off.disabled_at, off.last_error) == (clock(), "it answered with status 503")
    assert announce(town) == [delivery], "nothing more is promised"


def test_an_address_that_takes_other_events_stays_on_when_one_is_never_taken(
    sqlite_town: Town, sqlite_reaching: System, listener: Listener, clock: Clock
) -> None:
    endpoint = add(sqlite_town, listener.url)
    (never,) = announce(sqlite_town, "never")
    listener.answer = lambda heard: (500 if heard.json["data"]["order"] == "never" else 200, {}, b"")
    work_on(sqlite_reaching, never)
    clock.advance(hours=1)
    (taken,) = announce(sqlite_town, "taken")
    work_on(sqlite_reaching, taken)
    while work_on(sqlite_reaching, never) and row(sqlite_reaching, never).state == OutboxState.WAITING:
        clock.set(row(sqlite_reaching, never).due_at)
    assert row(sqlite_reaching, never).state == OutboxState.FAILED
    assert endpoint_of(sqlite_town, endpoint).disabled_at is None


def test_an_address_that_says_it_is_gone_is_switched_off_at_once(
    sqlite_town: Town, sqlite_reaching: System, listener: Listener
) -> None:
    endpoint = add(sqlite_town, listener.url)
    listener.answer = lambda _heard: (410, {}, b"")
    (first,) = announce(sqlite_town)
    (second,) = announce(sqlite_town)
    for delivery in (first, second):
        work_on(sqlite_reaching, delivery)
    assert len(listener.heard) == 1
    assert row(sqlite_reaching, second).error == "The address is switched off."
    assert endpoint_of(sqlite_town, endpoint).disabled_at is not None


def test_while_an_address_is_down_its_other_deliveries_wait_and_nobody_elses(
    sqlite_town: Town, sqlite_reaching: System, clock: Clock
) -> None:
    with listening(500) as down, listening() as up:
        add(sqlite_town, down.url)
        add(sqlite_town, up.url)
        rows = [delivery for _ in range(3) for delivery in announce(sqlite_town)]
        clock.advance(seconds=1)
        for delivery in rows:
            work_on(sqlite_reaching, delivery)
        assert (len(down.heard), len(up.heard)) == (1, 3)
        clock.advance(minutes=10)
        for delivery in rows:
            work_on(sqlite_reaching, delivery)
        assert len(down.heard) == 2


def test_a_redirect_is_a_failure_and_not_followed(
    sqlite_town: Town, sqlite_reaching: System, listener: Listener
) -> None:
    with listening() as inside:
        listener.answer = lambda _heard: (302, {"Location": inside.url}, b"")
        add(sqlite_town, listener.url)
        (delivery,) = announce(sqlite_town)
        work_on(sqlite_reaching, delivery)
        assert inside.heard == []
    assert row(sqlite_reaching, delivery).error == "it answered with status 302"


def test_a_name_that_leads_into_a_private_network_is_never_asked(sqlite_town: Town, listener: Listener) -> None:
    add(sqlite_town, listener.url.replace("127.0.0.1", "localhost"))
    (delivery,) = announce(sqlite_town)
    work_on(sqlite_town.system, delivery)
    assert listener.heard == []
    assert row(sqlite_town.system, delivery).error == "its name leads to an address that is not public"


def test_switched_on_again_an_address_gets_what_it_missed(
    town: Town, reaching: System, listener: Listener, clock: Clock
) -> None:
    endpoint = add(town, listener.url)
    listener.answer = lambda _heard: (410, {}, b"")
    missed = [announce(town, number)[0] for number in ("A1", "A2")]
    for delivery in missed:
        work_on(reaching, delivery)
    listener.answer = lambda _heard: (200, {}, b"")
    listener.heard.clear()
    clock.advance(hours=1)
    with town.system.transaction() as session:
        found = webhooks.find(session, town.merchant_id, endpoint.id)
        assert webhooks.enable(session, found, by="merchant:lights", at=clock()) == 2
    for delivery in missed:
        assert work_on(reaching, delivery)
    assert [heard.json["data"]["order"] for heard in listener.heard] == ["A1", "A2"]


def test_a_test_event_reaches_also_an_address_that_is_off(
    sqlite_town: Town, sqlite_reaching: System, listener: Listener
) -> None:
    endpoint = add(sqlite_town, listener.url)
    with sqlite_reaching.transaction() as session:
        found = webhooks.find(session, sqlite_town.merchant_id, endpoint.id)
        found.disabled_at = sqlite_reaching.now()
        delivery = webhooks.test(session, found, sqlite_reaching.now()).id
    assert work_on(sqlite_reaching, delivery)
    assert listener.heard[0].json["type"] == "webhook.test"


def test_a_delivery_sent_again_has_the_same_id(town: Town, reaching: System, listener: Listener) -> None:
    endpoint = add(town, listener.url)
    (delivery,) = announce(town)
    work_on(reaching, delivery)
    with reaching.transaction() as session:
        found = webhooks.find(session, town.merchant_id, endpoint.id)
        again = webhooks.resend(session, found, delivery, reaching.now()).id
        with pytest.raises(NotFound):
            webhooks.resend(session, found, 4711, reaching.now())
    work_on(reaching, again)
    first, second = listener.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_delivery_that_waits_is_brought_forward(sqlite_town: Town, sqlite_reaching: System, clock: Clock) -> None:
    with listening(500) as down:
        endpoint = add(sqlite_town, down.url)
        (delivery,) = announce(sqlite_town)
        work_on(sqlite_reaching, delivery)
        with sqlite_reaching.transaction() as session:
            found = webhooks.find(session, sqlite_town.merchant_id, endpoint.id)
            assert webhooks.resend(session, found, delivery, clock()).id == delivery
        assert work_on(sqlite_reaching, delivery)
        assert len(down.heard) == 2


def test_an_address_that_was_deleted_is_told_nothing_more(town: Town, reaching: System, listener: Listener) -> None:
    endpoint = add(town, listener.url)
    (delivery,) = announce(town)
    with reaching.transaction() as session:
        found = webhooks.find(session, town.merchant_id, endpoint.id)
        webhooks.remove(session, found, by="merchant:lights", at=reaching.now())
    assert not work_on(reaching, delivery)
    assert row(reaching, delivery).state == OutboxState.CANCELLED
    assert announce(town) == [] and listener.heard == []


def test_another_merchants_address_is_not_found(sqlite_town: Town) -> None:
    endpoint = add(sqlite_town, URL)
    with sqlite_town.system.transaction(read_only=True) as session, pytest.raises(NotFound):
        webhooks.find(session, sqlite_town.merchant_id + 1, endpoint.id)


BAD_ADDRESSES = [
    "", "shop.example/hooks", "ftp://shop.example", "http://shop.example/hooks", "https://", "https://ada:x@shop.example",
    "https://shop.example/#a", "https://shop.example:port/", "https://shop.example/a b", "https://商店.example/",
    "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/", "https://169.254.169.254/latest", "https://localhost/",
    "https://intranet/", "https://db.internal/", "https://shop.example/" + "a" * 500, "https://shop.example/\nX: y",
]  # fmt: skip


@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_an_address_that_cannot_be_used_is_refused(sqlite_town: Town, url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(sqlite_town, url, is_private_allowed=False)
    assert refused.value.field == "url" and refused.value.remedy


def test_an_event_that_does_not_exist_is_refused_by_its_name(sqlite_town: Town) -> None:
    with pytest.raises(InvalidInput, match=r"order\.sold") as refused:
        add(sqlite_town, URL, ("order.sold",))
    assert refused.value.field == "events" and "order.bookable" in str(refused.value.remedy)


def test_a_merchant_has_at_most_ten_addresses(sqlite_town: Town) -> None:
    for _ in range(webhooks.MOST_ENDPOINTS):
        add(sqlite_town, URL)
    with pytest.raises(Conflict):
        add(sqlite_town, URL)
