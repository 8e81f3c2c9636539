import pytest

from dispatch import merchant_orders, merchants
from technicians.errors import NotFound
from tests.town import Town


def test_a_merchant_finds_its_order_by_its_own_number(town: Town) -> None:
    with town.system.transaction() as session:
        order = town.order(session, "A/1 灯")
        assert merchant_orders.by_number(session, town.merchant_id, "A/1 灯") is order


@pytest.mark.parametrize("number", ["A2", "a1", "", "A1\0", "\0", "x" * 5000])
def test_a_number_that_is_not_there_is_not_found(town: Town, number: str) -> None:
    with town.system.transaction() as session:
        town.order(session, "A1")
        with pytest.raises(NotFound):
            merchant_orders.by_number(session, town.merchant_id, number)


def test_two_merchants_may_use_one_number_and_each_sees_only_its_own(town: Town) -> None:
    with town.system.transaction() as session:
        mine = town.order(session, "A1")
        rival, _key = merchants.create(session, "rival", "Rival", by="ada", at=town.system.now())
        with pytest.raises(NotFound):
            merchant_orders.by_number(session, rival.id, "A1")
        theirs = town.order(session, "A2")
        theirs.merchant_id, theirs.number = rival.id, "A1"
        session.flush()
        assert merchant_orders.by_number(session, rival.id, "A1") is theirs
        assert merchant_orders.after(session, rival.id, 0, 10) == ([theirs], None)
        assert merchant_orders.after(session, town.merchant_id, 0, 10) == ([mine], None)
