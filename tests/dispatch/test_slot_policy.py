"""Which windows an order may be offered: the most particular rule, by the local clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dispatch.slot_policy import USUAL, Policy, SlotPolicy, highest_floor, policy_for
from dispatch.system import System
from tests.town import TUESDAY, Town

CHICAGO = ZoneInfo("America/Chicago")
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def rule(product: str | None, county: str | None, length: int, at: datetime) -> SlotPolicy:
    return SlotPolicy(
        product_code=product, county_code=county, starts=[480], length=length, changed_at=at, changed_by="op"
    )


@pytest.mark.parametrize(
    ("product", "county", "length"),
    [("lamp", "310101", 30), ("lamp", "310104", 60), ("mattress", "310101", 90), ("mattress", "310104", 45)],
)
def test_the_most_particular_rule_holds(system: System, town: Town, product: str, county: str, length: int) -> None:
    with system.transaction() as session:
        session.add_all(
            rule(which, where, long, system.now())
            for which, where, long in (
                ("lamp", "310101", 30),
                ("lamp", None, 60),
                (None, "310101", 90),
                (None, None, 45),
            )
        )
    with system.transaction(read_only=True) as session:
        assert policy_for(session, product, county).length == length


def test_without_a_rule_the_usual_one_holds(system: System, town: Town) -> None:
    with system.transaction(read_only=True) as session:
        assert policy_for(session, "lamp", "310101") == USUAL


@pytest.mark.parametrize("on_date", [SPRING, AUTUMN, TUESDAY])
def test_windows_begin_by_the_local_clock_and_last_as_long_when_clocks_change(on_date: date) -> None:
    long_before = datetime(2026, 1, 1, tzinfo=UTC)
    windows = USUAL.windows(CHICAGO, on_date, long_before)
    assert [start.astimezone(CHICAGO).hour for start, _ in windows] == [8, 10, 12, 14, 16, 18]
    assert {end - start for start, end in windows} == {timedelta(hours=2)}


def test_a_window_in_the_hour_that_does_not_exist_is_two_hours_like_any_other() -> None:
    ((start, end),) = Policy(starts=(150,)).windows(CHICAGO, SPRING, datetime(2026, 1, 1, tzinfo=UTC))
    assert end - start == timedelta(hours=2)
    assert start.astimezone(CHICAGO).date() == SPRING


def test_a_window_that_begins_too_soon_is_not_there() -> None:
    noon = datetime(2026, 5, 12, 12, tzinfo=CHICAGO)
    assert [s.astimezone(CHICAGO).hour for s, _ in USUAL.windows(CHICAGO, TUESDAY, noon)] == [14, 16, 18]
    just_after = noon + timedelta(seconds=1)
    assert [s.astimezone(CHICAGO).hour for s, _ in USUAL.windows(CHICAGO, TUESDAY, just_after)] == [16, 18]


def test_the_most_careful_rule_says_how_far_promises_may_be_pushed(system: System, town: Town) -> None:
    with system.transaction() as session:
        assert highest_floor(session) == USUAL.floor
        session.add(SlotPolicy(product_code="lamp", starts=[480], floor=0.99, changed_at=system.now(), changed_by="op"))
        assert highest_floor(session) == 0.99


def test_a_general_rule_stands_for_the_usual_one(system: System, town: Town) -> None:
    with system.transaction() as session:
        town.take_risks(session)
        assert highest_floor(session) == 0.0
