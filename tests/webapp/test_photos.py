"""Photos by signed links, over the wire: who sees them, for how long, and what of them may be kept."""

from __future__ import annotations

import re

import pytest

from dispatch import photos
from dispatch.account import Role
from dispatch.catalogue import Merchant
from tests.clock import Clock
from tests.phone_day import fact, jpeg, publish
from tests.town import Town, shanghai
from tests.webapp.console import Console

LINK = re.compile(r'src="(/photos/[^"]+)"')


@pytest.fixture
def order_id(sqlite_town: Town) -> int:
    with sqlite_town.system.transaction() as session:
        order = sqlite_town.order(session, "A-1", "lamp", window=(9, 11))
        publish(session, sqlite_town, "T1", [order])
        visit_id, order_id = order.visits[0].id, order.id
    taken = fact(sqlite_town, shanghai(9.5), lng=121.48, lat=31.23, accuracy=8.0)
    photos.receive(
        sqlite_town.system, visit_id, sqlite_town.technicians["T1"], taken, shot_code="after",
        source=jpeg("teal", (800, 600)),
    )  # fmt: skip
    return order_id


def link_on(console: Console, order_id: int) -> str:
    found = LINK.search(console.page(f"/orders/{order_id}"))
    assert found
    return found.group(1)


def test_the_orders_page_shows_a_small_photo_that_opens_without_a_login(sqlite_town: Town, order_id: int) -> None:
    link = link_on(Console.of(sqlite_town.system), order_id)
    answer = Console(sqlite_town.system).get(link)
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_photo_is_kept_by_the_browser_as_long_as_its_link_is_good_and_by_nobody_else(
    sqlite_town: Town, order_id: int, clock: Clock
) -> None:
    link = link_on(Console.of(sqlite_town.system), order_id)
    anybody = Console(sqlite_town.system)
    clock.advance(minutes=2)
    kept = anybody.get(link).headers["Cache-Control"]
    assert kept == "private, max-age=1680, immutable"
    clock.advance(minutes=28)
    answer = anybody.get(link)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("end", ["1.whole.9999999999.AAAA", "x", "1.small", "..", "照片"])
def test_a_forged_link_is_not_found(sqlite_town: Town, order_id: int, end: str) -> None:
    assert Console(sqlite_town.system).get(f"/photos/{end}.jpg").status_code == 404


def test_a_small_photos_link_does_not_open_the_whole_one(sqlite_town: Town, order_id: int) -> None:
    link = link_on(Console.of(sqlite_town.system), order_id)
    assert ".small." in link
    assert Console(sqlite_town.system).get(link.replace(".small.", ".whole.")).status_code == 404


def test_the_whole_photo_is_reached_through_the_order_and_only_by_its_owner(
    sqlite_town: Town, order_id: int, clock: Clock
) -> None:
    office = Console.of(sqlite_town.system)
    (number,) = {link.split("/")[-1].split(".")[0] for link in LINK.findall(office.page(f"/orders/{order_id}"))}
    clock.advance(hours=5)
    answer = office.get(f"/orders/{order_id}/photos/{number}")
    assert answer.status_code == 302 and ".whole." in answer.location
    whole = office.get(answer.location)
    assert whole.status_code == 200 and b"Exif" not in whole.data
    stranger = Console.of(sqlite_town.system, Role.MERCHANT, merchant_id=other_shop(sqlite_town))
    assert stranger.get(f"/orders/{order_id}/photos/{number}").status_code == 404


def other_shop(town: Town) -> int:
    with town.system.transaction() as session:
        other = Merchant(code="other", name="Other Shop", created_at=town.system.now())
        session.add(other)
        session.flush()
        return other.id
