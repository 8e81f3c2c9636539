from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.joint import starts, timed
from routing.plan import Plan, Route, Rule
from routing.problem import Precedence, Problem, SameStart, TimeWindow, Vehicle, Visit
from routing.schedule import stops
from tests.routing.clockwork import ActedOut
from tests.routing.towns import DAY, HOUR, MINUTE, drawn
from tests.routing.worlds import joined_problems, plans, problems

ROW = drawn("h...a...b...c")
HOME = Vehicle(1, ROW["h"], ROW["h"], DAY)
OTHER = replace(HOME, id=2)
TIMES = {Rule.WINDOW, Rule.PIN, Rule.SHIFT, Rule.PARTNER, Rule.PRECEDENCE}


def visit(number: int, letter: str, **wishes: object) -> Visit:
    return replace(Visit(number, ROW[letter], 30 * MINUTE), **wishes)  # type: ignore[arg-type]


def town(*visits: Visit) -> Problem:
    return ROW.problem(list(visits), [HOME, OTHER])


def day(*routes: tuple[int, ...]) -> Plan:
    return Plan(tuple(Route(n + 1, visits) for n, visits in enumerate(routes)), {})


def test_a_bound_delays_a_start_and_what_follows() -> None:
    problem = town(visit(1, "a"), visit(2, "b"))
    start, first, second, _ = stops(problem, Route(1, (1, 2)), {1: 10 * HOUR})
    assert (start.leave, first.start, second.start) == (10 * HOUR - 240, 10 * HOUR, 10 * HOUR + 30 * MINUTE + 240)


def test_a_bound_chooses_the_next_window() -> None:
    problem = town(visit(1, "a", windows=(TimeWindow(8 * HOUR, 9 * HOUR), TimeWindow(14 * HOUR, 15 * HOUR))))
    assert stops(problem, Route(1, (1,)), {1: 9 * HOUR + 1})[1].start == 14 * HOUR


def test_a_bound_after_the_last_window_makes_a_visit_late() -> None:
    problem = town(visit(1, "a", windows=(TimeWindow(8 * HOUR, 9 * HOUR),)))
    assert stops(problem, Route(1, (1,)), {1: 9 * HOUR + 7})[1].start == 9 * HOUR + 7


def test_two_technicians_begin_when_the_later_one_is_there() -> None:
    problem = replace(town(visit(1, "a"), visit(2, "c"), visit(3, "a")), links=(SameStart(1, 3),))
    plan = day((1,), (2, 3))
    assert starts(problem, plan) == {1: 8 * HOUR + 2520 + 480, 2: 8 * HOUR + 720, 3: 8 * HOUR + 2520 + 480}
    assert violations(problem, plan) == []


def test_a_start_for_two_is_found_in_windows_of_both() -> None:
    hours = (TimeWindow(8 * HOUR, 9 * HOUR), TimeWindow(11 * HOUR, 12 * HOUR))
    others = (TimeWindow(9 * HOUR + 60, 10 * HOUR), TimeWindow(11 * HOUR + 60, 13 * HOUR))
    problem = replace(town(visit(1, "a", windows=hours), visit(2, "a", windows=others)), links=(SameStart(1, 2),))
    assert starts(problem, day((1,), (2,))) == {1: 11 * HOUR + 60, 2: 11 * HOUR + 60}


def test_who_installs_waits_for_the_delivery_and_its_delay() -> None:
    problem = replace(town(visit(1, "c"), visit(2, "c"), visit(3, "b")), links=(Precedence(1, 2, 10 * MINUTE),))
    plan = day((1,), (2, 3))
    found = timed(problem, plan)
    assert found[2][1].start == found[1][1].leave + 10 * MINUTE
    assert found[2][2].start == found[2][1].leave + 240
    assert violations(problem, plan) == []


def test_a_delay_on_one_route_is_waited_for() -> None:
    problem = replace(town(visit(1, "a"), visit(2, "a")), links=(Precedence(1, 2, HOUR),))
    begun = starts(problem, day((1, 2)))
    assert begun[2] == begun[1] + 30 * MINUTE + HOUR


def test_routes_that_wait_for_each_other_in_a_circle_still_have_times() -> None:
    made = [visit(n, letter) for n, letter in zip((1, 2, 3, 4, 5, 6), "abbabc", strict=True)]
    problem = replace(town(*made), links=(SameStart(1, 4), SameStart(2, 3), Precedence(5, 6, HOUR)))
    plan = day((1, 2, 5), (3, 4, 6))
    assert {broken.rule for broken in violations(problem, plan)} == {Rule.PARTNER}


def test_without_links_every_route_has_its_own_times() -> None:
    problem = town(visit(1, "a"), visit(2, "b"))
    assert timed(problem, day((1,), (2,))) == {
        1: stops(problem, Route(1, (1,))),
        2: stops(problem, Route(2, (2,))),
    }


@settings(max_examples=150, deadline=None)
@given(joined_problems(breaks=False), st.data())
def test_times_are_those_of_a_day_acted_out_second_by_second(problem: Problem, draw: st.DataObject) -> None:
    plan = draw.draw(plans(problem))
    acted = ActedOut(problem, plan)
    in_time = acted.run() and not broken_by_vehicles(problem, plan)
    broken = {found.rule for found in violations(problem, plan)}
    assert in_time == (not broken & TIMES)
    if in_time:
        assert starts(problem, plan) == acted.starts


def broken_by_vehicles(problem: Problem, plan: Plan) -> bool:
    """Whether a link is broken by who makes its visits, whatever the times."""
    home = {visit_id: route.vehicle for route in plan.routes for visit_id in route.visits}
    return any(
        (home[link.first] == home[link.second])
        if isinstance(link, SameStart)
        else (link.same_vehicle and home[link.before] != home[link.after])
        for link in problem.links
    )


def test_a_visit_that_is_planned_twice_still_has_times() -> None:
    problem = replace(town(visit(1, "a"), visit(2, "b"), visit(3, "c")), links=(SameStart(1, 3), Precedence(2, 3)))
    plan = Plan((Route(1, (1, 2, 1)), Route(2, (2, 3, 1))), {})
    assert Rule.DUPLICATE in {broken.rule for broken in violations(problem, plan)}


@settings(max_examples=100, deadline=None)
@given(problems(), st.data())
def test_waiting_for_nobody_changes_nothing(problem: Problem, draw: st.DataObject) -> None:
    plan = draw.draw(plans(problem))
    assert timed(problem, plan) == {route.vehicle: stops(problem, route) for route in plan.routes}
    for route in plan.routes:
        own = {stop.visit: stop.start for stop in stops(problem, route) if stop.visit is not None}
        assert stops(problem, route, own) == stops(problem, route)


@settings(max_examples=100, deadline=None)
@given(joined_problems(), st.data())
def test_linked_days_account_for_every_second_too(problem: Problem, draw: st.DataObject) -> None:
    for found in timed(problem, draw.draw(plans(problem))).values():
        for before, stop in pairwise(found):
            assert stop.arrive == before.leave + stop.travel
            assert stop.arrive + stop.waiting + stop.setup == stop.start
            assert stop.waiting >= 0
