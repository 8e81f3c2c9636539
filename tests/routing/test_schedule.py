from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations, product

import pytest
from hypothesis import given, settings

from routing.check import violations
from routing.plan import Plan, Route, Rule, Stop
from routing.problem import Break, Pin, Precedence, Problem, TimeWindow, Vehicle, Visit
from routing.schedule import stops
from tests.routing.towns import DAY, HOUR, MINUTE, drawn
from tests.routing.worlds import problems

ROW = drawn("h...a...b...c")
HOME = Vehicle(1, ROW["h"], ROW["h"], DAY)


def visit(number: int, letter: str, **wishes: object) -> Visit:
    return replace(Visit(number, ROW[letter], 30 * MINUTE), **wishes)  # type: ignore[arg-type]


def timed(visits: list[Visit], vehicle: Vehicle = HOME) -> list[Stop]:
    return stops(ROW.problem(visits, [vehicle]), Route(vehicle.id, tuple(visit.id for visit in visits)))


def kinds(found: list[Stop]) -> list[str]:
    return [stop.kind for stop in found]


def test_a_route_without_visits_has_no_stops() -> None:
    assert timed([]) == []


def test_a_route_drives_serves_and_comes_home() -> None:
    start, first, second, end = timed([visit(1, "a"), visit(2, "b")])
    assert start.leave == 8 * HOUR
    assert (first.arrive, first.start, first.leave) == (start.leave + 240, start.leave + 240, start.leave + 2040)
    assert (second.travel, second.distance, second.arrive) == (240, 2000, first.leave + 240)
    assert (end.arrive, end.travel) == (second.leave + 480, 480)


def test_the_departure_waits_so_that_nobody_waits_at_the_first_door() -> None:
    start, first, _ = timed([visit(1, "a", windows=(TimeWindow(10 * HOUR, 12 * HOUR),))])
    assert (start.leave, first.waiting, first.start) == (10 * HOUR - 240, 0, 10 * HOUR)


def test_a_later_departure_delays_no_later_start() -> None:
    early = (TimeWindow(9 * HOUR, 9 * HOUR + 600),)
    late = (TimeWindow(14 * HOUR, 15 * HOUR),)
    start, first, second, _ = timed([visit(1, "a", windows=early), visit(2, "b", windows=late)])
    assert (start.leave, first.start) == (9 * HOUR - 240, 9 * HOUR)
    assert (second.waiting, second.start) == (second.start - second.arrive, 14 * HOUR)


def test_setup_is_spent_once_at_a_place() -> None:
    found = timed([visit(1, "a", setup=300), visit(2, "a", setup=300), visit(3, "b", setup=300)])
    assert [stop.setup for stop in found] == [0, 300, 0, 300, 0]
    assert all(stop.arrive + stop.waiting + stop.setup == stop.start for stop in found)


def test_setup_is_done_while_the_window_is_still_closed() -> None:
    _, first, _ = timed([visit(1, "a", setup=300, windows=(TimeWindow(9 * HOUR, 9 * HOUR),))])
    assert first.start == 9 * HOUR


def test_a_break_is_taken_on_arrival_when_that_is_earlier() -> None:
    lunch = Break(7, (TimeWindow(8 * HOUR + 34 * MINUTE + 120, 9 * HOUR),), 600)
    found = timed([visit(1, "a"), visit(2, "b")], replace(HOME, breaks=(lunch,)))
    assert kinds(found) == ["start", "visit", "break", "visit", "end"]
    assert (found[2].place, found[2].travel, found[2].rest, found[3].travel) == (ROW["b"], 240, 7, 0)
    assert found[3].start == found[2].leave == found[2].start + 600


def test_a_break_is_taken_before_the_drive_when_it_would_be_too_late_after_it() -> None:
    lunch = Break(7, (TimeWindow(8 * HOUR, 8 * HOUR + 35 * MINUTE),), 600)
    busy = visit(1, "a", windows=(TimeWindow(8 * HOUR + 240, 8 * HOUR + 240),))
    found = timed([busy, visit(2, "c")], replace(HOME, breaks=(lunch,)))
    assert kinds(found) == ["start", "visit", "break", "visit", "end"]
    assert (found[2].place, found[2].start) == (ROW["a"], found[1].leave)


def test_a_pinned_start_is_kept_to_the_second() -> None:
    _, first, _ = timed([visit(1, "a", pin=Pin(start=11 * HOUR + 7))])
    assert first.start == 11 * HOUR + 7


def test_what_is_late_begins_on_arrival_and_later_stops_still_have_times() -> None:
    missed = (TimeWindow(6 * HOUR, 7 * HOUR),)
    _, first, second, end = timed([visit(1, "a", windows=missed), visit(2, "b")])
    assert (first.start, first.waiting) == (first.arrive, 0)
    assert second.start == first.leave + 240
    assert end.arrive > second.leave


def test_an_open_start_and_end_cost_no_travel() -> None:
    found = timed([visit(1, "a"), visit(2, "b")], replace(HOME, start=None, end=None))
    assert [stop.travel for stop in found] == [0, 0, 240, 0]
    assert (found[0].place, found[-1].place) == (None, None)


def test_deliveries_leave_and_pickups_stay_on_board() -> None:
    van = replace(HOME, capacity=(5,))
    found = timed([visit(1, "a", load=(2,)), visit(2, "b", load=(1,), pickup=(4,))], van)
    assert [stop.load for stop in found] == [(3,), (1,), (4,), (4,)]


def test_a_shipment_is_on_board_between_its_two_visits_only() -> None:
    made = [visit(1, "a", pickup=(3,)), visit(2, "b", load=(1,)), visit(3, "b"), visit(4, "c", pickup=(2,))]
    problem = replace(
        ROW.problem(made, [replace(HOME, capacity=(4,))]), links=(Precedence(1, 3, same_vehicle=True), Precedence(2, 4))
    )
    found = stops(problem, Route(1, (1, 2, 3, 4)))
    assert [stop.load for stop in found] == [(1,), (4,), (3,), (0,), (2,), (2,)]


def test_what_is_to_be_delivered_before_it_was_picked_up_is_not_on_board() -> None:
    problem = ROW.problem([visit(1, "a", pickup=(3,)), visit(2, "b")], [replace(HOME, capacity=(3,))])
    problem = replace(problem, links=(Precedence(1, 2, same_vehicle=True),))
    assert [stop.load for stop in stops(problem, Route(1, (2, 1)))] == [(0,), (0,), (3,), (3,)]


def test_an_unknown_visit_has_no_times() -> None:
    with pytest.raises(KeyError):
        stops(ROW.problem([], [HOME]), Route(1, (99,)))


def is_late(problem: Problem, route: Route) -> bool:
    late = {Rule.WINDOW, Rule.BREAK, Rule.SHIFT, Rule.PIN}
    return any(broken.rule in late for broken in violations(problem, Plan((route,), {})))


def possible_ends(problem: Problem, vehicle: Vehicle, visits: list[Visit]) -> list[int]:
    """Every end of day without lateness, by trying all break orders and places: two slots on each leg."""
    durations = problem.durations
    assert durations is not None
    slots = range(2 * (len(visits) + 1))
    ends = []
    for order in permutations(vehicle.breaks):
        for places in product(slots, repeat=len(order)):
            if list(places) == sorted(places):
                end = _walk(durations, vehicle, visits, list(zip(places, order, strict=True)))
                ends.extend([] if end is None else [end])
    return ends


def _walk(durations: object, vehicle: Vehicle, visits: list[Visit], rests: list[tuple[int, Break]]) -> int | None:
    now: int | None = vehicle.shift.earliest
    place = vehicle.start
    for leg in range(len(visits) + 1):
        goal = visits[leg].place if leg < len(visits) else vehicle.end
        now = _rest(now, [pause for slot, pause in rests if slot == 2 * leg])
        if now is not None and place is not None and goal is not None:
            now += int(durations[place, goal])  # type: ignore[index]
        now = _rest(now, [pause for slot, pause in rests if slot == 2 * leg + 1])
        if leg < len(visits) and now is not None:
            setup = visits[leg].setup if place != goal else 0
            now = _begin(visits[leg].windows, now + setup)
            if now is not None and visits[leg].pin is not None:
                now = visits[leg].pin.start if now <= visits[leg].pin.start else None  # type: ignore[union-attr, operator]
            now = None if now is None else now + visits[leg].service
        place = goal
    return now if now is not None and now <= vehicle.shift.latest else None


def _rest(now: int | None, pauses: list[Break]) -> int | None:
    for pause in pauses:
        begun = None if now is None else _begin(pause.windows, now)
        now = None if begun is None else begun + pause.duration
    return now


def _begin(windows: tuple[TimeWindow, ...], now: int) -> int | None:
    if not windows:
        return now
    return next((at for at in range(now, 400) if any(w.earliest <= at <= w.latest for w in windows)), None)


@settings(max_examples=150, deadline=None)
@given(problems(most_visits=3, most_vehicles=1))
def test_breaks_are_placed_as_well_as_trying_every_place_can(problem: Problem) -> None:
    vehicle = problem.vehicles[0]
    route = Route(vehicle.id, tuple(visit.id for visit in problem.visits))
    ends = possible_ends(problem, vehicle, list(problem.visits))
    assert is_late(problem, route) == (not ends)
    if ends:
        assert stops(problem, route)[-1].leave == min(ends)


@settings(max_examples=200, deadline=None)
@given(problems())
def test_every_second_of_a_route_is_accounted_for(problem: Problem) -> None:
    for vehicle in problem.vehicles:
        found = stops(problem, Route(vehicle.id, tuple(visit.id for visit in problem.visits)))
        assert found[0].leave >= vehicle.shift.earliest
        for before, stop in pairwise(found):
            assert stop.arrive == before.leave + stop.travel
            assert stop.arrive + stop.waiting + stop.setup == stop.start
            assert stop.start + stop.service == stop.leave
            assert stop.waiting >= 0
        assert sorted(s.rest for s in found if s.rest is not None) == [pause.id for pause in vehicle.breaks]
