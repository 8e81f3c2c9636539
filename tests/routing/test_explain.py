from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.eligibility import barrier
from routing.explain import explain
from routing.explanation import Explanation, Give, Relaxation, Remedy
from routing.insertion import fits, insertions
from routing.plan import Plan, Route, Rule
from routing.problem import Break, Precedence, Problem, SameStart, TimeWindow, Vehicle, Visit
from routing.relaxing import relaxed, remedied
from routing.score import travel_cost
from tests.routing.test_insertion import keepable
from tests.routing.towns import DAY, HOUR, MINUTE, drawn
from tests.routing.worlds import problems

ROW = drawn("h...a...b...c")
HOME = Vehicle(1, ROW["h"], ROW["h"], DAY, skills={"electric": 1}, counties=frozenset({"310101"}), soft_end=17 * HOUR)
VISIT = Visit(1, ROW["a"], 30 * MINUTE, county="310101", skills={"electric": 1})
AMOUNTS = {Give.EARLIER, Give.LATER, Give.OVERTIME, Give.CAPACITY, Give.MAX_VISITS, Give.MAX_TRAVEL, Give.MAX_DISTANCE}


def told(visits: list[Visit], vehicles: list[Vehicle], *routes: Route) -> Explanation:
    return explain(ROW.problem(visits, vehicles), Plan(routes, {}), visits[0])


def only(found: Explanation) -> Remedy:
    assert len(found.remedies) == 1
    return found.remedies[0]


def test_every_technician_has_the_first_rule_that_stops_him() -> None:
    fleet = [
        replace(HOME, counties=frozenset()),
        replace(HOME, id=2, skills={}),
        replace(HOME, id=3, max_travel=100),
        replace(HOME, id=4, breaks=(Break(1, (TimeWindow(8 * HOUR, 8 * HOUR),), 10 * HOUR),)),
        replace(HOME, id=5),
    ]
    all_day = Visit(2, ROW["h"], 10 * HOUR)
    found = told([VISIT, all_day], fleet, Route(5, (2,)))
    assert {one.vehicle: one.rule for one in found.obstacles} == {
        1: Rule.COUNTY, 2: Rule.SKILL, 3: Rule.MAX_TRAVEL, 4: Rule.BREAK, 5: Rule.NO_TIME,
    }  # fmt: skip
    assert set(found.counts.values()) == {1}


def test_where_it_fits_nothing_need_be_given_up() -> None:
    found = told([VISIT], [HOME, replace(HOME, id=2, skills={})])
    assert [place.vehicle for place in found.places] == [1]
    assert [one.vehicle for one in found.obstacles] == [2]
    assert found.remedies == ()


def test_a_window_that_is_missed_by_a_little_could_close_later() -> None:
    early = replace(VISIT, windows=(TimeWindow(7 * HOUR, 8 * HOUR),))
    remedy = only(told([early], [HOME]))
    assert remedy.relaxations == (Relaxation(Give.LATER, 1, 1, 240, window=0),)
    assert (remedy.start, remedy.cost, remedy.overtime) == (8 * HOUR + 240, 480, 0)


def test_a_window_could_open_just_early_enough_for_what_comes_after() -> None:
    fixed = Visit(2, ROW["b"], 30 * MINUTE, windows=(TimeWindow(9 * HOUR, 9 * HOUR),))
    busy = Visit(3, ROW["b"], 8 * HOUR, windows=(TimeWindow(9 * HOUR, 10 * HOUR),))
    wanted = replace(VISIT, windows=(TimeWindow(9 * HOUR, 10 * HOUR),))
    found = told([wanted, fixed, busy], [HOME], Route(1, (2, 3)))
    earlier = next(one for one in found.remedies if one.relaxations[0].kind == Give.EARLIER)
    assert earlier.relaxations[0].amount == 240 + 30 * MINUTE


def test_overtime_is_counted_after_the_hard_end_and_after_the_soft_one() -> None:
    late = replace(VISIT, windows=(TimeWindow(17 * HOUR + 45 * MINUTE, 18 * HOUR),))
    found = told([late], [HOME])
    overtime = next(one for one in found.remedies if one.relaxations[0].kind == Give.OVERTIME)
    assert overtime.relaxations[0].amount == 15 * MINUTE + 240
    assert overtime.overtime == HOUR + 15 * MINUTE + 240


def test_a_skill_a_level_or_a_county_is_what_is_missing() -> None:
    wanted = replace(VISIT, skills={"electric": 2})
    fleet = [HOME, replace(HOME, id=2, skills={}), replace(HOME, id=3, skills={"electric": 3}, counties=frozenset())]
    found = told([wanted], fleet)
    assert {one.relaxations for one in found.remedies} == {
        (Relaxation(Give.LEVEL, 1, 1, 1, "electric"),),
        (Relaxation(Give.SKILL, 1, 2, 2, "electric"),),
        (Relaxation(Give.COUNTY, 1, 3, 0, "310101"),),
    }


def test_a_van_that_is_too_small_is_overloaded_by_what_is_too_much() -> None:
    remedy = only(told([replace(VISIT, load=(7,))], [replace(HOME, capacity=(5,))]))
    assert remedy.relaxations == (Relaxation(Give.CAPACITY, 1, 1, 2),)


def test_another_visit_can_go_to_somebody_who_has_time() -> None:
    skilled = replace(HOME, skills={"electric": 1})
    plain = replace(HOME, id=2, skills={})
    morning = (TimeWindow(8 * HOUR + 240, 8 * HOUR + 240),)
    simple = Visit(2, ROW["a"], 30 * MINUTE, windows=morning)
    found = told([replace(VISIT, windows=morning), simple], [skilled, plain], Route(1, (2,)))
    move = next(one for one in found.remedies if one.relaxations[0].kind == Give.MOVE)
    assert move.relaxations == (Relaxation(Give.MOVE, 2, 1, to_vehicle=2, to_position=0),)
    assert (move.vehicle, move.position) == (1, 0)


def test_two_things_are_given_up_only_where_one_does_not_help() -> None:
    wanted = replace(VISIT, county="310104", windows=(TimeWindow(7 * HOUR, 8 * HOUR),))
    found = told([wanted], [HOME])
    assert [{one.kind for one in remedy.relaxations} for remedy in found.remedies] == [{Give.COUNTY, Give.LATER}]


def test_what_nobody_may_make_alone_is_given_to_nobody() -> None:
    found = told([replace(VISIT, allowed=frozenset())], [HOME])
    assert ([one.rule for one in found.obstacles], found.remedies) == ([Rule.NOT_ALLOWED], ())


def test_a_partner_who_cannot_be_met_is_the_obstacle() -> None:
    pair = [VISIT, Visit(2, ROW["b"], 30 * MINUTE)]
    fleet = [HOME, replace(HOME, id=2, shift=TimeWindow(12 * HOUR, 18 * HOUR))]
    problem = replace(ROW.problem(pair, fleet), links=(SameStart(1, 2),))
    found = explain(problem, Plan((Route(1, (2,)),), {}), 1)
    assert {one.vehicle: one.rule for one in found.obstacles} == {1: Rule.PARTNER, 2: Rule.PARTNER}
    after = replace(problem, links=(Precedence(2, 1),))
    alone = explain(after, Plan((), {}), 1)
    assert {one.rule for one in alone.obstacles} == {Rule.PRECEDENCE}


@settings(max_examples=80, deadline=None)
@given(problems(most_visits=7, most_vehicles=3), st.data())
def test_every_remedy_places_the_visit_and_breaks_nothing(problem: Problem, draw: st.DataObject) -> None:
    plan = keepable(problem, draw)
    wanted = problem.visits[0]
    found = explain(problem, plan, wanted)
    assert bool(found.places) == bool(insertions(problem, plan, wanted))
    for remedy in found.remedies:
        easier = relaxed(problem, remedy.relaxations)
        after = remedied(plan, wanted.id, remedy)
        assert wanted.id in next(route for route in after.routes if route.vehicle == remedy.vehicle).visits
        assert [one for one in violations(easier, after) if one.vehicle is not None] == []
        assert remedy.cost == travel_cost(easier, after.routes) - travel_cost(problem, plan.routes)


@settings(max_examples=80, deadline=None)
@given(problems(most_visits=7, most_vehicles=3), st.data())
def test_no_remedy_gives_up_a_second_more_than_it_must(problem: Problem, draw: st.DataObject) -> None:
    plan = keepable(problem, draw)
    wanted = problem.visits[0]
    for remedy in explain(problem, plan, wanted).remedies:
        one = remedy.relaxations[0]
        if len(remedy.relaxations) == 1 and one.kind in AMOUNTS:
            stricter = relaxed(problem, (replace(one, amount=one.amount - 1),))
            found = insertions(stricter, plan, stricter.visit(wanted.id))
            assert (remedy.vehicle, remedy.position) not in {(place.vehicle, place.position) for place in found}


@settings(max_examples=80, deadline=None)
@given(problems(most_visits=7, most_vehicles=3), st.data())
def test_who_is_stopped_by_no_rule_has_no_room(problem: Problem, draw: st.DataObject) -> None:
    plan = keepable(problem, draw)
    wanted = problem.visits[0]
    routes = {route.vehicle: route for route in plan.routes}
    for one in explain(problem, plan, wanted).obstacles:
        vehicle = problem.vehicle(one.vehicle)
        assert one.rule == (barrier(problem, wanted, vehicle) or Rule.NO_TIME)
        assert fits(problem, routes.get(one.vehicle, Route(one.vehicle, ())), wanted) is None
