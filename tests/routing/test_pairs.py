"""A visit for two technicians, offered where both can begin together."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.day import COST, POSITION, ROW, START, WINDOW, Day
from routing.insertion import inserted
from routing.joint import starts
from routing.pairs import Pairs, pairs
from routing.plan import Plan, Route
from routing.problem import Break, Problem, SameStart, TimeWindow, Vehicle, Visit
from tests.routing.test_insertion import keepable
from tests.routing.towns import DAY, HOUR, MINUTE, drawn
from tests.routing.worlds import problems

ROW_OF_HOUSES = drawn("h...a...b...c")
MORNING, NOON = TimeWindow(8 * HOUR, 10 * HOUR), TimeWindow(12 * HOUR, 14 * HOUR)


def technician(number: int, **wishes: object) -> Vehicle:
    home = ROW_OF_HOUSES["h"]
    return replace(Vehicle(number, home, home, DAY), **wishes)  # type: ignore[arg-type]


def asked(**wishes: object) -> tuple[Visit, Visit]:
    """Both halves of a visit at b."""
    first = replace(Visit(50, ROW_OF_HOUSES["b"], 30 * MINUTE, load=(1,)), **wishes)  # type: ignore[arg-type]
    return first, replace(first, id=-50, load=())


def day_of(problem: Problem, *routes: Route) -> Day:
    return Day.of(problem, Plan(routes, {}))


def told(day: Day, found: Pairs) -> list[tuple[int, int, int, int]]:
    """(vehicle, vehicle, start, window) of each pair."""
    return [
        (day.routes[a[ROW]].vehicle, day.routes[b[ROW]].vehicle, int(a[START]), int(a[WINDOW]))
        for a, b in zip(found.first, found.second, strict=True)
    ]


def booked(problem: Problem, day: Day, halves: tuple[Visit, Visit], found: Pairs, n: int) -> tuple[Problem, Plan]:
    """The problem and the plan with the n-th pair in it."""
    window = int(found.first[n, WINDOW])
    made = [replace(half, windows=half.windows[window : window + 1]) for half in halves]
    routes = list(day.routes)
    for half, place in zip(made, (found.first[n], found.second[n]), strict=True):
        row, position = int(place[ROW]), int(place[POSITION])
        routes[row] = inserted(routes[row], half.id, position)
    link = SameStart(made[0].id, made[1].id)
    more = replace(problem, visits=(*problem.visits, *made), links=(*problem.links, link))
    return more, Plan(tuple(routes), {})


def test_both_begin_when_the_later_one_is_ready() -> None:
    busy = Visit(1, ROW_OF_HOUSES["a"], HOUR)
    day = day_of(ROW_OF_HOUSES.problem([busy], [technician(1), technician(2)]), Route(1, (1,)))
    found = pairs(day, *asked(windows=(TimeWindow(8 * HOUR + 30 * MINUTE, 10 * HOUR),)))
    assert told(day, found)[0][2:] == (8 * HOUR + 30 * MINUTE, 0)
    behind = pairs(day, *asked(windows=(TimeWindow(9 * HOUR + 8 * MINUTE, 10 * HOUR),)))
    assert told(day, behind)[0][2] == 9 * HOUR + 8 * MINUTE


def test_one_technician_is_no_pair() -> None:
    day = day_of(ROW_OF_HOUSES.problem([], [technician(1)]))
    assert len(pairs(day, *asked(windows=(MORNING,))).first) == 0


def test_two_technicians_are_offered_once_in_each_window() -> None:
    day = day_of(ROW_OF_HOUSES.problem([], [technician(1), technician(2)]))
    found = told(day, pairs(day, *asked(windows=(MORNING, NOON))))
    assert [(start, window) for _, _, start, window in found] == [(8 * HOUR + 8 * MINUTE, 0), (12 * HOUR, 1)]


def test_no_more_pairs_than_asked_for_are_given_the_cheapest_first() -> None:
    near = [technician(number) for number in (1, 2, 3)]
    far = technician(4, start=ROW_OF_HOUSES["c"], end=ROW_OF_HOUSES["c"])
    day = day_of(ROW_OF_HOUSES.problem([], [*near, far]))
    found = pairs(day, *asked(windows=(MORNING,)), most=2)
    assert all({4} & {one, other} for one, other, _, _ in told(day, found))
    assert len(found.first) == 2


def test_a_technician_on_a_break_is_waited_for() -> None:
    rest = Break(1, (TimeWindow(8 * HOUR, 8 * HOUR),), HOUR)
    day = day_of(ROW_OF_HOUSES.problem([], [technician(1, breaks=(rest,)), technician(2)]))
    assert told(day, pairs(day, *asked(windows=(MORNING,))))[0][2] == 9 * HOUR + 8 * MINUTE


def test_only_the_first_half_needs_room_in_the_van() -> None:
    day = day_of(ROW_OF_HOUSES.problem([], [technician(1, capacity=(0,)), technician(2, capacity=(1,))]))
    assert [pair[:2] for pair in told(day, pairs(day, *asked(windows=(MORNING,))))] == [(2, 1)]


def test_waiting_for_each_other_may_cost_overtime() -> None:
    evening = TimeWindow(16 * HOUR, 18 * HOUR)
    late = Visit(1, ROW_OF_HOUSES["b"], HOUR, windows=(TimeWindow(16 * HOUR, 16 * HOUR),))
    fleet = [technician(1, soft_end=17 * HOUR), technician(2, soft_end=17 * HOUR)]
    day = day_of(ROW_OF_HOUSES.problem([late], fleet), Route(1, (1,)))
    found = pairs(day, *asked(windows=(evening,)))
    starts_at, costs = found.second[0, START], found.first[0, COST] + found.second[0, COST]
    assert starts_at == 17 * HOUR
    assert costs == 960 + 2 * (30 + 8) * MINUTE * 2 - 8 * MINUTE * 2


@settings(max_examples=200, deadline=None)
@given(problems(most_visits=6, most_vehicles=4, plain=True), st.data())
def test_the_referee_finds_nothing_wrong_with_any_pair(problem: Problem, draw: st.DataObject) -> None:
    wanted, plan = problem.visits[0], keepable(problem, draw)
    if not wanted.windows:
        return
    day = Day.of(problem, plan)
    halves = replace(wanted, id=50), replace(wanted, id=-50, load=(), pickup=())
    found = pairs(day, *halves)
    for n in range(len(found.first)):
        more, after = booked(problem, day, halves, found, n)
        assert [broken for broken in violations(more, after) if broken.vehicle is not None] == []
        begun = starts(more, after)
        assert begun[50] == begun[-50] == found.first[n, START] == found.second[n, START]


@settings(max_examples=100, deadline=None)
@given(problems(most_visits=5, most_vehicles=3, plain=True), st.data())
def test_the_cheapest_pair_is_the_cheapest_of_all_that_can_be_tried(problem: Problem, draw: st.DataObject) -> None:
    problem = replace(problem, vehicles=tuple(replace(vehicle, breaks=()) for vehicle in problem.vehicles))
    wanted, plan = problem.visits[0], keepable(problem, draw)
    if not wanted.windows:
        return
    day, halves = Day.of(problem, plan), (replace(wanted, id=50), replace(wanted, id=-50, load=(), pickup=()))
    places, others = (day.places(half).tolist() for half in halves)
    prices = [
        a[COST] + b[COST] + abs(a[START] - b[START])
        for a in places
        for b in others
        if a[ROW] != b[ROW] and a[WINDOW] == b[WINDOW] == 0 and max(a[3], b[3]) <= min(a[6], b[6])
    ]
    found = pairs(day, *halves, most=1)
    first = [n for n in range(len(found.first)) if found.first[n, WINDOW] == 0]
    assert bool(first) == bool(prices)
    if first:
        one, other = found.first[0], found.second[0]
        alone = [
            next(p[START] for p in found_at if p[:3] == place.tolist()[:3])
            for found_at, place in ((places, one), (others, other))
        ]
        assert one[COST] + other[COST] + 2 * one[START] - sum(alone) == min(prices)
