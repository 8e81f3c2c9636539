"""A link opens its own order and no other, not too often, and in few bytes."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule

from dispatch.consumer_records import Issue, WaitlistEntry
from dispatch.work_order import Appointment, AppointmentState, Visit, WorkOrder
from tests.clock import Clock
from tests.town import Town, shanghai
from tests.webapp.consumer_link import ConsumerLink

TEN = shanghai(10).isoformat()
TWO = shanghai(14).isoformat()
LIGHT = 60_000
CANARY = ("蓝鲸家园", "金丝雀女士", "13987654321", "CANARY-77")


def routes(consumer: ConsumerLink) -> Iterator[tuple[str, str]]:
    """Method and path behind the link of every view that a consumer may call."""
    rule: Rule
    for rule in consumer.app.url_map.iter_rules():
        if rule.rule.startswith("/c/<token>"):
            path = rule.rule.removeprefix("/c/<token>").replace("<int(max=999):number>", "1")
            yield from ((method, path) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def form(path: str) -> dict[str, str]:
    return {"starts_at": TWO, "wish": "call", "kind": "late", "text": "x"} if path != "/questions" else {}


def test_every_route_shows_and_changes_only_the_links_own_order(sqlite_town: Town) -> None:
    mine = ConsumerLink(sqlite_town, "A1")
    other = ConsumerLink(sqlite_town, CANARY[3], consumer_name=CANARY[1], consumer_phone=CANARY[2], address=CANARY[0])
    other.post("/appointment", starts_at=TEN)
    walked = list(routes(mine))
    assert len(walked) >= 16
    for method, path in walked:
        answer = mine.get(path) if method == "GET" else mine.post(path, **form(path))
        assert answer.status_code < 500, (method, path)
        page = answer.get_data(as_text=True)
        assert not [word for word in CANARY if word in page], (method, path)
    with sqlite_town.system.transaction(read_only=True) as session:
        theirs = session.get_one(Visit, other.visit_id)
        assert [promise.state for promise in theirs.appointments] == [AppointmentState.CONFIRMED]
        assert theirs.appointments[0].window_starts_at == shanghai(10)
        assert {entry.visit_id for entry in session.query(WaitlistEntry)} <= {mine.visit_id}
        assert {issue.work_order_id for issue in session.query(Issue)} == {mine.order_id}


@pytest.mark.parametrize("token", ["x" * 32, "a" * 4000, "..", "链接"])
def test_a_token_nobody_was_given_opens_no_route(sqlite_town: Town, token: str, clock: Clock) -> None:
    consumer = ConsumerLink(sqlite_town)
    consumer.token = token
    for method, path in routes(consumer):
        answer = consumer.get(path) if method == "GET" else consumer.post(path, **form(path))
        assert answer.status_code == 404, (method, path)
    with sqlite_town.system.transaction(read_only=True) as session:
        assert session.query(Appointment).count() == 0
        assert session.query(WorkOrder).count() == 1


def test_a_link_opened_too_often_is_asked_to_wait_in_words(sqlite_town: Town) -> None:
    consumer = ConsumerLink(sqlite_town, "A1")
    answers = [consumer.get("/issue") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    page = consumer.get("/issue", **{"Accept-Language": "zh"}).get_data(as_text=True)
    assert "请等一分钟再刷新" in page and "预约都不受影响" in page
    neighbour = ConsumerLink(sqlite_town, "A2")
    assert neighbour.get("/issue").status_code == 200


def test_guessing_many_links_from_one_address_is_stopped(sqlite_town: Town) -> None:
    consumer = ConsumerLink(sqlite_town)
    seen = set()
    for n in range(301):
        consumer.token = f"guess{n:027}"
        seen.add(consumer.get().status_code)
    assert seen == {404, 429}


def weight(consumer: ConsumerLink, path: str) -> tuple[int, int]:
    """Bytes that a first visit to the page transfers, styles, script and icons with it: as served, and compressed."""
    client = consumer.app.test_client(use_cookies=False)
    page = consumer.page(path)
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert len(addresses) >= 4
    parts = [page.encode()]
    for address in sorted(addresses):
        with client.get(address) as answer:
            parts.append(answer.data)
    return sum(map(len, parts)), sum(len(gzip.compress(part)) for part in parts)


@pytest.mark.parametrize("path", ["", "/issue", "/move", "/cancel"])
def test_a_page_with_all_it_loads_is_light(sqlite_town: Town, path: str) -> None:
    consumer = ConsumerLink(sqlite_town)
    if path in {"/move", "/cancel"}:
        consumer.post("/appointment", starts_at=TEN)
    plain, compressed = weight(consumer, path)
    assert plain <= LIGHT
    assert compressed <= LIGHT / 3
