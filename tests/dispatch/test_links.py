from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from dispatch import links, orders
from dispatch.work_order import ConsumerLink
from technicians.errors import Conflict, NotFound
from tests.town import Town


def test_a_link_finds_its_order_and_only_its_digest_is_kept(town: Town) -> None:
    with town.system.transaction() as session:
        order = town.order(session, "A-1")
        token = links.create(session, order.id, town.system.now())
    with town.system.transaction(read_only=True) as session:
        assert links.find(session, token, town.system.now()).work_order_id == order.id
        kept = session.scalars(select(ConsumerLink)).one()
        assert token not in (kept.token_hash, str(kept.id))
        assert len(token) >= 32


@pytest.mark.parametrize("guess", ["", "a", "x" * 32, "x" * 100_000, "\udcff", "' or 1=1"])
def test_a_guessed_link_is_not_found(sqlite_town: Town, guess: str) -> None:
    with sqlite_town.system.transaction() as session:
        links.create(session, sqlite_town.order(session, "A-1").id, sqlite_town.system.now())
        with pytest.raises(NotFound, match="not valid"):
            links.find(session, guess, sqlite_town.system.now())


def test_a_link_ends(sqlite_town: Town) -> None:
    now = sqlite_town.system.now()
    with sqlite_town.system.transaction() as session:
        token = links.create(session, sqlite_town.order(session, "A-1").id, now)
        assert links.find(session, token, now + links.VALID_FOR - timedelta(seconds=1))
        with pytest.raises(NotFound, match="not valid"):
            links.find(session, token, now + links.VALID_FOR)


def test_a_second_link_leaves_the_first_good_until_all_are_revoked(sqlite_town: Town) -> None:
    now = sqlite_town.system.now()
    with sqlite_town.system.transaction() as session:
        order = sqlite_town.order(session, "A-1")
        tokens = [links.create(session, order.id, now) for _ in range(2)]
        assert len({links.find(session, token, now).id for token in tokens}) == 2
        assert links.revoke_all(session, order.id, now) == 2
        for token in tokens:
            with pytest.raises(NotFound):
                links.find(session, token, now)


def test_no_link_is_made_for_a_cancelled_or_another_merchants_order(sqlite_town: Town) -> None:
    system = sqlite_town.system
    with system.transaction() as session:
        order = sqlite_town.order(session, "A-1")
        with pytest.raises(NotFound):
            links.create(session, order.id, system.now(), merchant_id=99)
        orders.cancel(session, system.travel_times, order.id, by="li", at=system.now())
        with pytest.raises(Conflict):
            links.create(session, order.id, system.now())
