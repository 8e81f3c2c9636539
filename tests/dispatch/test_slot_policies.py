"""The rules for windows: kept by operators, one for each product and county, with every change in the audit."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from dispatch import slot_policies
from dispatch.audit import AuditEntry
from dispatch.slot_bounds import require_sound
from dispatch.slot_policy import USUAL, Policy, policy_for
from technicians.errors import Conflict, InvalidInput, NotFound
from tests.town import Town

EVENINGS = Policy(starts=(1080, 1200), length=120, days=3, lead=60, hold=5, floor=0.9)


def add(town: Town, product: str | None = None, county: str | None = None, policy: Policy = EVENINGS) -> int:
    with town.system.transaction() as session:
        return slot_policies.add(session, product, county, policy, by="anna", at=town.system.now())


def change(town: Town, rule_id: int, policy: Policy) -> None:
    with town.system.transaction() as session:
        slot_policies.change(session, rule_id, policy, by="bert", at=town.system.now())


def remove(town: Town, rule_id: int) -> None:
    with town.system.transaction() as session:
        slot_policies.remove(session, rule_id, by="carl", at=town.system.now())


def holds(town: Town, product: str, county: str) -> Policy:
    with town.system.transaction(read_only=True) as session:
        return policy_for(session, product, county)


def audited(town: Town) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    with town.system.transaction(read_only=True) as session:
        return [(row.actor, row.action, row.before, row.after) for row in session.scalars(select(AuditEntry))]


def test_a_rule_that_is_added_holds_where_it_says(town: Town) -> None:
    add(town, "lamp", "310101")
    assert holds(town, "lamp", "310101") == EVENINGS
    assert holds(town, "lamp", "310104") == holds(town, "mattress", "310101") == USUAL


def test_rules_are_listed_from_the_general_to_the_particular(town: Town) -> None:
    for product, county in [("lamp", "310101"), ("mattress", None), ("lamp", None), (None, "310104"), (None, None)]:
        add(town, product, county)
    with town.system.transaction(read_only=True) as session:
        found = slot_policies.listed(session)
    named = [(rule.product and rule.product.code, rule.county and rule.county.code) for rule in found]
    assert named == [(None, None), (None, "310104"), ("lamp", None), ("mattress", None), ("lamp", "310101")]
    assert {rule.policy for rule in found} == {EVENINGS}
    assert found[1].county is not None and found[1].county.area.time_zone == "Asia/Shanghai"


@pytest.mark.parametrize(("product", "county"), [(None, None), ("lamp", None), (None, "310101"), ("lamp", "310101")])
def test_a_product_and_county_have_one_rule(town: Town, product: str | None, county: str | None) -> None:
    add(town, product, county)
    with pytest.raises(Conflict, match="already"):
        add(town, product, county)


def test_of_two_who_add_the_same_rule_at_once_one_succeeds(town: Town) -> None:
    start = threading.Barrier(4, timeout=60)
    told: list[str] = []

    def adding() -> None:
        start.wait()
        try:
            add(town)
        except Conflict:
            told.append("there already")
        else:
            told.append("added")

    threads = [threading.Thread(target=adding) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["added", "there already", "there already", "there already"]
    with town.system.transaction(read_only=True) as session:
        assert len(slot_policies.listed(session)) == 1


def test_a_change_is_in_force_at_once_and_the_audit_has_what_changed(town: Town) -> None:
    rule = add(town, "lamp")
    change(town, rule, replace(EVENINGS, days=14, floor=0.95))
    assert holds(town, "lamp", "310101") == replace(EVENINGS, days=14, floor=0.95)
    assert audited(town)[-1] == (
        "bert", "slot-policy.changed", {"days": 3, "floor": 0.9}, {"days": 14, "floor": 0.95},
    )  # fmt: skip


def test_the_same_rule_again_changes_nothing(town: Town) -> None:
    rule = add(town, "lamp")
    change(town, rule, EVENINGS)
    assert [action for _, action, _, _ in audited(town)] == ["slot-policy.added"]


def test_without_its_rule_a_product_follows_the_more_general_one(town: Town) -> None:
    add(town, None, "310101", replace(EVENINGS, days=5))
    rule = add(town, "lamp")
    remove(town, rule)
    assert holds(town, "lamp", "310101").days == 5
    actor, action, before, after = audited(town)[-1]
    assert (actor, action, before["product"], before["starts"]) == (
        "carl",
        "slot-policy.removed",
        "lamp",
        "18:00 20:00",
    )
    assert after == {}


def test_a_rule_that_is_gone_can_be_neither_changed_nor_removed(town: Town) -> None:
    rule = add(town)
    remove(town, rule)
    with pytest.raises(NotFound):
        change(town, rule, USUAL)
    with pytest.raises(NotFound):
        remove(town, rule)


@pytest.mark.parametrize(("product", "county", "field"), [("sofa", None, "product"), (None, "999999", "county")])
def test_a_rule_is_for_what_there_is(town: Town, product: str | None, county: str | None, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        add(town, product, county)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"starts": ()}, "starts", "There are 0 windows a day."),
        ({"starts": (1320,), "length": 121}, "starts", "The window that begins at 22:00 would end after midnight."),
        ({"length": 10}, "length", "It is not between 15 and 720."),
        ({"days": 61}, "days", "It is not between 1 and 60."),
        ({"lead": 10_081}, "lead", "It is not between 0 and 168."),
        ({"lead": -1}, "lead", "It is not between 0 and 168."),
        ({"hold": 0}, "hold", "It is not between 1 and 120."),
        ({"floor": 1.0}, "floor", "It is not between 0 and 99.9."),
        ({"floor": float("nan")}, "floor", "It is not between 0 and 99.9."),
    ],
)
def test_a_rule_by_which_nothing_could_be_offered_is_refused(given: dict[str, Any], field: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        require_sound(replace(USUAL, **given))
    assert (caught.value.field, caught.value.message) == (field, told)


def test_windows_may_overlap_and_end_at_midnight() -> None:
    require_sound(replace(USUAL, starts=(1200, 1260, 1320), length=120))
