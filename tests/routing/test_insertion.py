from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.day import Day
from routing.insertion import fits, inserted, insertions
from routing.links import ends
from routing.plan import Insertion, Plan, Route
from routing.problem import (
    Break,
    Pin,
    Precedence,
    Problem,
    Published,
    Rates,
    SameStart,
    TimeWindow,
    Vehicle,
    Visit,
    Weights,
)
from routing.schedule import stops
from routing.score import travel_cost
from tests.routing.slow_insertions import slow_insertions
from tests.routing.towns import DAY, HOUR, MINUTE, drawn
from tests.routing.worlds import problems

ROW = drawn("h...a...b...c")
HOME = Vehicle(1, ROW["h"], ROW["h"], DAY)


def visit(number: int, letter: str, **wishes: object) -> Visit:
    return replace(Visit(number, ROW[letter], 30 * MINUTE), **wishes)  # type: ignore[arg-type]


def test_the_cheapest_place_comes_first() -> None:
    problem = ROW.problem([visit(1, "a"), visit(2, "c"), visit(3, "b")], [HOME])
    found = insertions(problem, Plan((Route(1, (1, 2)),), {}), 3)
    assert [(place.position, place.cost) for place in found] == [(1, 0), (2, 0), (0, 480)]


def test_a_vehicle_without_a_route_is_offered_with_its_whole_trip() -> None:
    problem = ROW.problem([visit(1, "b")], [HOME])
    assert [place.cost for place in insertions(problem, Plan((), {}), 1)] == [960]


def test_every_window_that_can_be_kept_is_named_with_its_start() -> None:
    choices = (TimeWindow(9 * HOUR, 10 * HOUR), TimeWindow(7 * HOUR, 8 * HOUR), TimeWindow(14 * HOUR, 15 * HOUR))
    problem = ROW.problem([visit(1, "a", windows=choices)], [HOME])
    found = insertions(problem, Plan((), {}), 1)
    assert [(place.window, place.start) for place in found] == [(0, 9 * HOUR), (2, 14 * HOUR)]


def test_a_visit_the_problem_does_not_know_can_be_tried() -> None:
    problem = ROW.problem([visit(1, "a")], [HOME])
    assert len(insertions(problem, Plan((Route(1, (1,)),), {}), visit(77, "b"))) == 2


def test_a_served_visit_is_tried_as_if_it_were_not_in_its_route() -> None:
    problem = ROW.problem([visit(1, "a"), visit(2, "b")], [HOME])
    found = insertions(problem, Plan((Route(1, (1, 2)),), {}), 2)
    assert [place.position for place in found] == [0, 1]


def test_nothing_fits_where_another_promise_would_break() -> None:
    tight = visit(1, "c", windows=(TimeWindow(8 * HOUR + 720, 8 * HOUR + 720),))
    problem = ROW.problem([tight, visit(2, "a")], [HOME])
    assert [place.position for place in insertions(problem, Plan((Route(1, (1,)),), {}), 2)] == [1]


def test_a_detour_that_makes_the_next_visit_set_up_again_must_leave_time_for_it() -> None:
    tight = visit(2, "a", setup=900, windows=(TimeWindow(8 * HOUR, 10 * HOUR),))
    problem = ROW.problem([visit(1, "a", setup=900), tight, visit(3, "b", service=0)], [HOME])
    day = Plan((Route(1, (1, 2)),), {})
    assert 1 in [place.position for place in insertions(problem, day, 3)]
    begin = 8 * HOUR + 240 + 900 + 1800
    tighter = replace(tight, windows=(TimeWindow(8 * HOUR, begin + 480 + 899),))
    problem = replace(problem, visits=(problem.visits[0], tighter, problem.visits[2]))
    assert 1 not in [place.position for place in insertions(problem, day, 3)]


def test_a_break_may_be_taken_at_the_door_of_the_visit_after_the_new_one() -> None:
    opens = 8 * HOUR + 480 + 1800 + 120
    lunch = Break(1, (TimeWindow(opens, opens + 120),), 600)
    last = visit(1, "c", windows=(TimeWindow(8 * HOUR, opens + 120 + 600),))
    problem = ROW.problem([last, visit(2, "b")], [replace(HOME, breaks=(lunch,))])
    assert 0 in [place.position for place in insertions(problem, Plan((Route(1, (1,)),), {}), 2)]


def test_a_break_keeps_its_place_in_the_day() -> None:
    lunch = Break(1, (TimeWindow(12 * HOUR, 12 * HOUR),), 6 * HOUR - 480)
    problem = ROW.problem([visit(1, "a")], [replace(HOME, breaks=(lunch,))])
    assert fits(problem, Route(1, ()), problem.visits[0]) is not None
    late = visit(2, "a", windows=(TimeWindow(13 * HOUR, 17 * HOUR),))
    assert fits(problem, Route(1, ()), late) is None


def test_overtime_makes_a_place_dearer() -> None:
    evening = visit(1, "a", windows=(TimeWindow(16 * HOUR, 16 * HOUR),))
    tired = replace(HOME, id=2, soft_end=16 * HOUR)
    problem = ROW.problem([evening], [HOME, tired])
    assert [(place.vehicle, place.cost) for place in insertions(problem, Plan((), {}), 1)] == [
        (1, 480),
        (2, 480 + 2 * (30 * MINUTE + 240)),
    ]


def test_a_pinned_visit_is_offered_only_where_it_is_pinned() -> None:
    pinned = visit(1, "a", pin=Pin(2, 9 * HOUR), windows=(TimeWindow(8 * HOUR, 10 * HOUR),))
    problem = ROW.problem([pinned], [HOME, replace(HOME, id=2)])
    assert [(place.vehicle, place.start) for place in insertions(problem, Plan((), {}), 1)] == [(2, 9 * HOUR)]


def test_a_pinned_start_outside_its_windows_fits_nowhere() -> None:
    pinned = visit(1, "a", pin=Pin(start=12 * HOUR), windows=(TimeWindow(8 * HOUR, 10 * HOUR),))
    assert insertions(ROW.problem([pinned], [HOME]), Plan((), {}), 1) == []


def test_a_visit_begun_after_it_is_due_costs_the_lateness() -> None:
    due = visit(1, "a", due=8 * HOUR + 140, windows=(TimeWindow(8 * HOUR, 9 * HOUR), TimeWindow(9 * HOUR, 10 * HOUR)))
    found = insertions(ROW.problem([due], [HOME]), Plan((), {}), 1)
    assert [place.cost for place in found] == [480 + 100, 480 + HOUR - 140]


def test_a_technician_who_is_not_preferred_and_a_day_that_is_opened_cost_more() -> None:
    wished = visit(1, "a", preferred=frozenset({2}))
    fleet = [HOME, replace(HOME, id=2, rates=Rates(fixed=1000))]
    problem = replace(ROW.problem([wished, visit(2, "a")], fleet), weights=Weights(not_preferred=700))
    found = insertions(problem, Plan((Route(1, (2,)),), {}), 1)
    assert [(place.vehicle, place.cost) for place in found] == [(1, 700), (1, 700), (2, 480 + 1000)]


def test_a_slow_technician_needs_longer() -> None:
    problem = ROW.problem([visit(1, "a")], [replace(HOME, speed=0.5)])
    assert [(place.start, place.cost) for place in insertions(problem, Plan((), {}), 1)] == [(8 * HOUR + 480, 960)]


def test_nothing_is_put_before_the_end_of_a_frozen_head() -> None:
    begun = replace(HOME, frozen=(1, 2))
    problem = ROW.problem([visit(1, "a"), visit(2, "b"), visit(3, "b"), visit(4, "a")], [begun, replace(HOME, id=2)])
    plan = Plan((Route(1, (1, 2, 3)),), {})
    found = insertions(problem, plan, 4)
    assert {(place.vehicle, place.position) for place in found} == {(1, 2), (1, 3), (2, 0)}


def test_a_frozen_visit_has_the_one_place_where_it_is() -> None:
    begun = replace(HOME, frozen=(1, 2))
    problem = ROW.problem([visit(1, "a"), visit(2, "b"), visit(3, "c")], [begun, replace(HOME, id=2)])
    found = insertions(problem, Plan((Route(1, (1, 2, 3)),), {}), 2)
    assert [(place.vehicle, place.position) for place in found] == [(1, 1)]


def test_a_forbidden_technician_is_not_offered() -> None:
    problem = ROW.problem([visit(1, "a", forbidden=frozenset({1}))], [HOME, replace(HOME, id=2)])
    assert [place.vehicle for place in insertions(problem, Plan((), {}), 1)] == [2]


def test_the_second_of_two_technicians_comes_when_the_first_is_there() -> None:
    pair = [visit(1, "b"), visit(2, "b")]
    fleet = [HOME, replace(HOME, id=2)]
    problem = replace(ROW.problem(pair, fleet), links=(SameStart(1, 2),))
    found = insertions(problem, Plan((Route(1, (1,)),), {}), 2)
    assert [(place.vehicle, place.start) for place in found] == [(2, 8 * HOUR + 480)]
    assert insertions(problem, Plan((), {}), 2) == []


def test_a_visit_that_two_make_keeps_its_start_while_others_are_put_in() -> None:
    pair = [visit(1, "b"), visit(2, "b", windows=(TimeWindow(9 * HOUR, 17 * HOUR),)), visit(3, "a")]
    problem = replace(ROW.problem(pair, [HOME, replace(HOME, id=2)]), links=(SameStart(1, 2),))
    plan = Plan((Route(1, (1,)), Route(2, (2,))), {})
    assert (1, 0) in {(place.vehicle, place.position) for place in insertions(problem, plan, 3)}
    long = replace(problem, visits=(*pair[:2], visit(3, "a", service=HOUR)))
    assert (1, 0) not in {(place.vehicle, place.position) for place in insertions(long, plan, 3)}


def test_what_comes_after_another_visit_waits_for_it() -> None:
    pair = [visit(1, "b"), visit(2, "a")]
    links = (Precedence(1, 2, delay=HOUR),)
    problem = replace(ROW.problem(pair, [HOME, replace(HOME, id=2)]), links=links)
    found = insertions(problem, Plan((Route(1, (1,)),), {}), 2)
    left = 8 * HOUR + 480 + 30 * MINUTE
    assert {(place.vehicle, place.position, place.start) for place in found} == {
        (1, 1, left + HOUR),
        (2, 0, left + HOUR),
    }


def test_what_was_picked_up_is_delivered_by_the_same_technician_later() -> None:
    shipment = [visit(1, "b", pickup=(3,)), visit(2, "a", pickup=(0,)), visit(3, "a"), visit(4, "c", pickup=(3,))]
    fleet = [replace(HOME, capacity=(3,)), replace(HOME, id=2)]
    problem = replace(ROW.problem(shipment, fleet), links=(Precedence(1, 2, same_vehicle=True),))
    found = insertions(problem, Plan((Route(1, (3, 1)),), {}), 2)
    assert [(place.vehicle, place.position) for place in found] == [(1, 2)]
    day = Plan((Route(1, (3, 1, 2)),), {})
    assert [place.position for place in insertions(problem, day, 4) if place.vehicle == 1] == [3]
    assert fits(problem, Route(1, (1, 3)), problem.visits[1]) == Insertion(1, 1, 8 * HOUR + 480 + 1800 + 240, 0, 0)


def test_a_day_is_brought_up_to_date_route_by_route() -> None:
    problem = ROW.problem([visit(number, "abc"[number % 3]) for number in range(1, 9)], [HOME, replace(HOME, id=2)])
    day = Day.of(problem, Plan((Route(1, (1, 2)),), {}))
    for route in (Route(2, (3,)), Route(1, (1, 2, 4, 5, 6)), Route(2, ()), Route(1, (6, 1))):
        day = day.with_route(route)
        fresh = Day.of(problem, Plan(tuple(day.routes), {}))
        assert day.insertions(problem.visit(7)) == fresh.insertions(problem.visit(7))


def test_one_plan_after_another_is_answered_as_if_it_were_the_first() -> None:
    problem = ROW.problem([visit(number, "abc"[number % 3]) for number in range(1, 9)], [HOME, replace(HOME, id=2)])
    routes = [Route(1, (1, 2)), Route(2, (3, 4)), Route(1, (2,)), Route(2, (4, 5, 1, 6))]
    for pair in ((0, 1), (0, 3), (2, 3), (2, 1), (0, 1)):
        plan = Plan(tuple(routes[number] for number in pair), {})
        assert insertions(problem, plan, 7) == Day.of(problem, plan).insertions(problem.visit(7))


def keepable(problem: Problem, draw: st.DataObject) -> Plan:
    """A plan that breaks nothing, grown by inserting visits where they fit."""
    plan = Plan((), {})
    for wanted in problem.visits[1:]:
        places = insertions(problem, plan, wanted)
        if places:
            place = draw.draw(st.sampled_from(places))
            routes = {route.vehicle: route for route in plan.routes}
            route = routes.get(place.vehicle, Route(place.vehicle, ()))
            routes[place.vehicle] = inserted(route, wanted.id, place.position)
            plan = Plan(tuple(routes.values()), {})
    return plan


def breaks_rules(problem: Problem, route: Route) -> bool:
    return any(broken.vehicle is not None for broken in violations(problem, Plan((route,), {})))


@settings(max_examples=200, deadline=None)
@given(problems(), st.data())
def test_insertions_are_exactly_the_places_where_the_referee_finds_nothing(
    problem: Problem, draw: st.DataObject
) -> None:
    wanted = problem.visits[0]
    plan = keepable(problem, draw)
    routes = {route.vehicle: route for route in plan.routes}
    tried = [
        (vehicle.id, position, inserted(routes.get(vehicle.id, Route(vehicle.id, ())), wanted.id, position))
        for vehicle in problem.vehicles
        for position in range(len(routes.get(vehicle.id, Route(vehicle.id, ())).visits) + 1)
    ]
    allowed = {(vehicle, position) for vehicle, position, route in tried if not breaks_rules(problem, route)}
    offered = insertions(problem, plan, wanted)
    assert {(place.vehicle, place.position) for place in offered} == allowed
    assert [place.cost for place in offered] == sorted(place.cost for place in offered)


@settings(max_examples=150, deadline=None)
@given(problems(), st.data())
def test_an_insertion_holds_in_the_window_it_names(problem: Problem, draw: st.DataObject) -> None:
    wanted = problem.visits[0]
    plan = keepable(problem, draw)
    routes = {route.vehicle: route for route in plan.routes}
    for place in insertions(problem, plan, wanted):
        if wanted.windows:
            chosen = replace(wanted, windows=(wanted.windows[place.window],))
            narrowed = replace(problem, visits=(chosen, *problem.visits[1:]))
            route = inserted(routes.get(place.vehicle, Route(place.vehicle, ())), wanted.id, place.position)
            assert not breaks_rules(narrowed, route)
            start = next(stop.start for stop in stops(narrowed, route) if stop.visit == wanted.id)
            assert wanted.windows[place.window].earliest <= place.start <= start


@settings(max_examples=150, deadline=None)
@given(problems(), st.data())
def test_places_windows_and_starts_are_those_of_the_clocks(problem: Problem, draw: st.DataObject) -> None:
    plan = keepable(problem, draw)
    for wanted in problem.visits:
        found = insertions(problem, plan, wanted)
        told = {(place.vehicle, place.position, place.window, place.start) for place in found}
        assert told == slow_insertions(problem, plan, wanted)


@st.composite
def priced(draw: st.DrawFn) -> Problem:
    """A problem in which everything costs something."""
    problem = draw(problems())
    rates = st.builds(Rates, *[st.integers(0, 5000)] * 5)
    speeds = st.sampled_from((0.7, 1.0, 1.3))
    fleet = tuple(
        replace(vehicle, rates=draw(rates), speed=draw(speeds), worked=draw(st.integers(0, 9 * HOUR)))
        for vehicle in problem.vehicles
    )
    ids = st.frozensets(st.sampled_from([vehicle.id for vehicle in fleet]), max_size=1)
    made = tuple(replace(one, preferred=draw(ids)) for one in problem.visits)
    told = {one.id: fleet[0].id for one in made if draw(st.booleans())}
    weights = Weights(fairness=draw(st.sampled_from((0.0, 40.0))))
    costs = draw(st.sampled_from((None, problem.durations)))
    return replace(problem, visits=made, vehicles=fleet, published=Published(told), weights=weights, costs=costs)


@settings(max_examples=150, deadline=None)
@given(priced(), st.data())
def test_a_place_costs_what_the_score_of_the_plan_grows_by(problem: Problem, draw: st.DataObject) -> None:
    wanted = problem.visits[0]
    plan = keepable(problem, draw)
    routes = {route.vehicle: route for route in plan.routes}
    for place in insertions(problem, plan, wanted):
        chosen = replace(wanted, windows=wanted.windows[place.window : place.window + 1])
        narrowed = replace(problem, visits=(chosen, *problem.visits[1:]))
        route = routes.get(place.vehicle, Route(place.vehicle, ()))
        after = travel_cost(narrowed, [inserted(route, wanted.id, place.position)])
        assert place.cost == after - travel_cost(narrowed, [route])


def joined(problem: Problem, plan: Plan, draw: st.DataObject) -> Problem:
    """The problem with links that the plan keeps, some to the visit that is in no route."""
    ids = [one.id for one in problem.visits]
    pairs = [(a, b) for a in ids for b in ids if a != b]
    for a, b in draw.draw(st.lists(st.sampled_from(pairs), max_size=4)) if pairs else []:
        link = draw.draw(
            st.sampled_from((SameStart(a, b), Precedence(a, b), Precedence(a, b, 5), Precedence(a, b, 0, True)))
        )
        more = replace(problem, links=(*problem.links, link))
        if not breaks_links(more, plan, {problem.visits[0].id}):
            problem = more
    return problem


def breaks_links(problem: Problem, plan: Plan, free: set[int]) -> bool:
    """Whether the plan breaks anything, but for links to `free` visits it does not serve."""
    served = {v for route in plan.routes for v in route.visits}
    links = tuple(link for link in problem.links if not set(ends(link)) & (free - served))
    found = violations(replace(problem, links=links), plan)
    return any(broken.vehicle is not None for broken in found)


@settings(max_examples=200, deadline=None)
@given(problems(most_visits=6, most_vehicles=3, plain=True), st.data())
def test_an_insertion_keeps_every_link(problem: Problem, draw: st.DataObject) -> None:
    plan = keepable(problem, draw)
    problem = joined(problem, plan, draw)
    for wanted in problem.visits:
        rest = tuple(Route(r.vehicle, tuple(v for v in r.visits if v != wanted.id)) for r in plan.routes)
        if any(breaks_rules(replace(problem, links=()), route) for route in rest):
            # Where a detour is shorter than the drive, a route may need the visit that is to be moved.
            continue
        routes = {route.vehicle: route for route in rest}
        for place in insertions(problem, plan, wanted):
            changed = inserted(routes.get(place.vehicle, Route(place.vehicle, ())), wanted.id, place.position)
            after = Plan(tuple((routes | {place.vehicle: changed}).values()), {})
            assert not breaks_links(problem, after, {problem.visits[0].id} - {wanted.id}), place
