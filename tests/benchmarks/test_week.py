"""A small week, booked by fitting and by counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from benchmarks.week_counts import Counted, Tried, at_aim, best, reach
from benchmarks.week_nights import Result, booked_by_skill
from benchmarks.week_orders import DAYS, WINDOWS, Week, week
from benchmarks.week_ours import Rules, book
from routing.check import violations
from routing.spread import Spreads

SPREADS = Spreads()
RULES = Rules(floor=0.97, every=5, iterations=2)


@pytest.fixture(scope="module")
def orders() -> Week:
    return week(8, 200, 1)


@pytest.fixture(scope="module")
def fitted(orders: Week) -> Result:
    return book(orders, RULES, SPREADS)


def test_a_stream_hangs_on_its_seed_only(orders: Week) -> None:
    assert week(8, 200, 1).consumers == orders.consumers
    assert week(8, 200, 2).consumers != orders.consumers


def test_another_week_has_the_same_people_and_other_orders(orders: Week) -> None:
    other = week(8, 200, 1, stream=1)
    assert other.vehicles == orders.vehicles
    assert not {one.point for one in other.consumers} & {one.point for one in orders.consumers}


def test_consumers_ask_one_after_the_other_and_before_the_days_they_want(orders: Week) -> None:
    assert sorted(one.asks_at for one in orders.consumers) == [one.asks_at for one in orders.consumers]
    assert all(one.asks_at < on_day < DAYS for one in orders.consumers for on_day, _ in one.wants)


def test_whoever_books_stands_in_a_route_of_the_day_and_is_promised_the_window_they_wanted(
    orders: Week, fitted: Result
) -> None:
    wants = {one.id: one.wants for one in orders.consumers}
    for number, night in enumerate(fitted.nights):
        assert violations(night.problem, night.plan) == []
        served = {visit for route in night.plan.routes for visit in route.visits}
        assert served == {consumer for consumer, cell in fitted.taken.items() if cell[0] == number}
        for visit in served:
            assert fitted.taken[visit] in wants[visit]
            assert night.problem.visit(visit).windows == (WINDOWS[fitted.taken[visit][1]],)
    assert 100 < fitted.booked < len(orders.consumers)


def test_a_higher_floor_keeps_more_promises_to_fewer_consumers(orders: Week, fitted: Result) -> None:
    lax = book(orders, Rules(floor=0.6, every=0), SPREADS)
    assert lax.booked > fitted.booked
    assert lax.kept(SPREADS) < fitted.kept(SPREADS)


def test_counts_book_no_more_than_they_are_and_keep_fewer_promises_the_higher_they_are(
    orders: Week, fitted: Result
) -> None:
    mix = booked_by_skill(orders.consumers, fitted.taken)
    counted = Counted.like(orders, reach(orders, 0.97, SPREADS), SPREADS, mix, "by window")
    counted = replace(counted, looked_at=(2,))
    few, many = counted.tried(0.5), counted.tried(3.0)
    booked = Counter(few.result.taken.values())
    assert all(booked[cell] <= round(0.5 * counted.mix[cell[1], "", 0]) for cell in booked)
    assert few.result.booked < many.result.booked
    assert few.kept > many.kept


def tried(booked: int, kept: float) -> Tried:
    return Tried(1.0, Result((), dict.fromkeys(range(booked), (0, 0)), 0.0), kept)


def test_what_counts_book_at_the_aim_is_read_between_those_on_both_sides_of_it() -> None:
    assert at_aim([tried(100, 0.995), tried(120, 0.985)]) == pytest.approx(110)
    assert at_aim([tried(100, 0.995), tried(110, 0.992)]) == 110
    assert best([tried(100, 0.98), tried(90, 0.985)]).result.booked == 90
