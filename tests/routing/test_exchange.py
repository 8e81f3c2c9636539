"""A better plan is taken over in parts, each judged on its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from routing.chance import Chances
from routing.day import Day
from routing.exchange import exchanges, with_better
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Problem, SameStart, TimeWindow, Vehicle, Visit
from routing.spread import Spreads
from tests.routing.towns import HOUR, MINUTE

FLOOR, WORTH = 0.9, 20_000.0
MORNING, DAY = TimeWindow(8 * HOUR, 10 * HOUR), TimeWindow(8 * HOUR, 18 * HOUR)


def street(*visits: Visit, technicians: int = 2) -> Problem:
    """Places 0 to 9 along a street, ten minutes from one to the next; technician 1 lives at 0, 2 at 9, others at 5."""
    where = np.arange(10)
    durations = (np.abs(where[:, None] - where) * 10 * MINUTE).astype(np.int32)
    homes = [0, 9, 5, 5][:technicians]
    fleet = tuple(Vehicle(n + 1, home, home, TimeWindow(8 * HOUR, 18 * HOUR)) for n, home in enumerate(homes))
    return Problem(visits, fleet, durations)


def visit(number: int, place: int, window: TimeWindow = DAY, minutes: int = 30) -> Visit:
    return Visit(number, place, minutes * MINUTE, windows=(window,))


def plan(*routes: tuple[int, ...]) -> Plan:
    return Plan(tuple(Route(number + 1, visits) for number, visits in enumerate(routes) if visits), {})


def taken(problem: Problem, before: Plan, after: Plan) -> Plan:
    return with_better(problem, before, after, spreads=Spreads(), kinds={}, floor=FLOOR, worth=WORTH)


def test_routes_that_exchange_visits_are_one_part_and_unchanged_ones_are_none() -> None:
    before, after = plan((1, 2), (3,), (4, 5), (6,)), plan((2,), (3, 1), (5, 4), (6,))
    parts = [[route.vehicle for route in part.after] for part in exchanges(before, after)]
    assert sorted(parts) == [[1, 2], [3]]


def test_routes_whose_visits_are_linked_are_one_part() -> None:
    before, after = plan((1, 2), (3, 4)), plan((2, 1), (4, 3))
    assert len(list(exchanges(before, after))) == 2
    assert len(list(exchanges(before, after, [SameStart(1, 3)]))) == 1


def test_what_is_shorter_is_taken_and_what_is_longer_is_not() -> None:
    problem = street(visit(1, 1), visit(2, 8), visit(3, 4), visit(4, 4), technicians=4)
    shorter, longer = plan((1,), (2,), (), (4, 3)), plan((2,), (1,), (3,), (4,))
    assert taken(problem, longer, shorter).routes == shorter.routes
    assert taken(problem, shorter, longer) == shorter
    one_each = plan((1,), (2,), (3,), (4,))
    assert taken(problem, longer, replace(shorter, routes=one_each.routes)) == one_each


def test_a_shorter_day_is_not_taken_when_a_promise_becomes_unlikely() -> None:
    problem = street(visit(1, 1, minutes=110), visit(2, 1, MORNING), visit(3, 1, MORNING, minutes=110))
    before, after = plan((1, 3), (2,)), plan((3, 2, 1), ())
    day = Day.of(problem, after)
    chances = Chances.of(day, Spreads()).planned(np.array([0]))[0]
    assert np.nanmin(chances) < FLOOR
    assert taken(problem, before, after) == before


def test_nobody_is_left_out_for_a_shorter_day_and_who_comes_in_is_left_out_no_more() -> None:
    problem = street(visit(1, 1), visit(2, 8))
    one, both = Plan((Route(1, (1,)),), {2: Reason(Rule.NO_TIME)}), plan((1,), (2,))
    assert taken(problem, both, one) == both
    assert taken(problem, one, both) == both
