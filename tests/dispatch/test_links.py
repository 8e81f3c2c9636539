from datetime import timedelta

import pytest
from sqlalchemy import select

from dispatch import links
from dispatch.work_order import ConsumerLink
from technicians.errors import NotFound
from tests.clock import Clock
from tests.town import Town


def test_a_link_finds_its_order_for_sixty_days(town: Town, clock: Clock) -> None:
    with town.system.transaction() as session:
        order_id = town.order(session, "A1").id
        token = links.create(session, order_id, clock())
    clock.advance(days=59, hours=23)
    with town.system.transaction(read_only=True) as session:
        assert links.find(session, token, clock()).work_order_id == order_id
    clock.advance(hours=1)
    with town.system.transaction(read_only=True) as session, pytest.raises(NotFound) as refused:
        links.find(session, token, clock())
    assert refused.value.remedy


def test_a_guessed_link_and_an_expired_one_cannot_be_told_apart(sqlite_town: Town, clock: Clock) -> None:
    with sqlite_town.system.transaction() as session:
        token = links.create(session, sqlite_town.order(session, "A1").id, clock())
    told = []
    with sqlite_town.system.transaction(read_only=True) as session:
        for tried, at in ((token, clock() + timedelta(days=61)), (token[:-1] + "_", clock()), ("", clock())):
            with pytest.raises(NotFound) as refused:
                links.find(session, tried, at)
            told.append(str(refused.value))
    assert len(set(told)) == 1


def test_of_the_token_only_a_digest_is_kept(sqlite_town: Town, clock: Clock) -> None:
    with sqlite_town.system.transaction() as session:
        token = links.create(session, sqlite_town.order(session, "A1").id, clock())
        kept = session.scalars(select(ConsumerLink)).one()
    assert len(token) * 6 >= 128
    assert token not in str(vars(kept))
