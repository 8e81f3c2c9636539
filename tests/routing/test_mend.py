from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.mend import filled, mended
from routing.plan import Plan, Route, Rule
from routing.problem import Pin, Precedence, Problem, Published, SameStart, TimeWindow, Vehicle, Visit, Weights
from tests.routing.towns import DAY, HOUR, MINUTE, drawn
from tests.routing.worlds import plans, told_problems

ROW = drawn("h...a...b...c")
HOME = Vehicle(1, ROW["h"], ROW["h"], DAY)
OTHER = replace(HOME, id=2)
SHORT = TimeWindow(8 * HOUR, 9 * HOUR)


def visit(number: int, letter: str, **wishes: object) -> Visit:
    return replace(Visit(number, ROW[letter], 30 * MINUTE), **wishes)  # type: ignore[arg-type]


def town(*visits: Visit, vehicles: tuple[Vehicle, ...] = (HOME, OTHER)) -> Problem:
    return ROW.problem(list(visits), list(vehicles))


def as_dict(routes: list[Route]) -> dict[int, tuple[int, ...]]:
    return {route.vehicle: route.visits for route in routes}


def test_what_is_frozen_is_first_whatever_was_given() -> None:
    frozen = replace(HOME, frozen=(3, 1))
    problem = town(visit(1, "a"), visit(2, "b"), visit(3, "c"), vehicles=(frozen, OTHER))
    assert as_dict(mended(problem, [Route(1, (2, 1)), Route(2, (3,))])) == {1: (3, 1, 2), 2: ()}
    assert as_dict(mended(problem, [])) == {1: (3, 1)}


def test_what_is_frozen_stays_though_it_is_late_and_the_rest_is_still_planned() -> None:
    frozen = replace(HOME, frozen=(1,))
    problem = town(visit(1, "a", windows=(TimeWindow(0, 60),)), visit(2, "b"), vehicles=(frozen,))
    assert as_dict(mended(problem, [Route(1, (2, 1))])) == {1: (1, 2)}


def test_behind_a_late_frozen_visit_only_what_breaks_more_is_taken_out() -> None:
    frozen = replace(HOME, frozen=(1,))
    missed = visit(1, "a", windows=(TimeWindow(0, 60),))
    made = (missed, visit(2, "b"), visit(3, "b", skills={"gas": 1}), visit(4, "c"))
    problem = replace(town(*made, vehicles=(frozen, OTHER)), links=(SameStart(2, 4),))
    routes = [Route(1, (1, 3, 2)), Route(2, (4,))]
    assert as_dict(mended(problem, routes)) == {1: (1, 2), 2: (4,)}


def test_nothing_is_put_before_what_is_frozen() -> None:
    frozen = replace(HOME, frozen=(2,))
    problem = town(visit(1, "a", service=0), visit(2, "b"), visit(3, "c"), vehicles=(frozen,))
    plan = filled(problem, mended(problem, [Route(1, (3,))]))
    assert plan.routes[0].visits[0] == 2
    assert violations(problem, plan) == []


def test_of_two_who_begin_together_neither_is_kept_without_the_other() -> None:
    problem = replace(town(visit(1, "a"), visit(2, "a"), visit(3, "b")), links=(SameStart(1, 2),))
    assert as_dict(mended(problem, [Route(1, (1, 3))])) == {1: (3,)}
    assert as_dict(mended(problem, [Route(1, (1, 2, 3))])) == {1: (3,)}


def test_without_what_comes_before_it_a_visit_is_taken_out_and_not_the_other_way_round() -> None:
    problem = replace(town(visit(1, "a"), visit(2, "a")), links=(Precedence(1, 2),))
    assert as_dict(mended(problem, [Route(1, (2,))])) == {1: ()}
    assert as_dict(mended(problem, [Route(1, (1,))])) == {1: (1,)}


def test_both_are_taken_out_when_waiting_for_the_other_takes_too_long() -> None:
    late, early = visit(1, "a", windows=(TimeWindow(12 * HOUR, 13 * HOUR),)), visit(2, "a", windows=(SHORT,))
    problem = replace(town(late, early, visit(3, "b")), links=(SameStart(1, 2),))
    assert as_dict(mended(problem, [Route(1, (1, 3)), Route(2, (2,))])) == {1: (3,), 2: ()}


def test_two_who_begin_together_are_put_in_together() -> None:
    hours = (TimeWindow(10 * HOUR, 11 * HOUR),)
    problem = replace(town(visit(1, "a"), visit(2, "a", windows=hours)), links=(SameStart(1, 2),))
    plan = filled(problem, [])
    assert sorted(route.visits for route in plan.routes) == [(1,), (2,)]
    assert violations(problem, plan) == []


def test_nobody_is_put_in_without_a_partner_for_whom_there_is_no_room() -> None:
    at_eight = {"pin": Pin(start=8 * HOUR + 4 * MINUTE)}
    made = (visit(1, "a", **at_eight), visit(2, "a", **at_eight), visit(3, "a", **at_eight))
    problem = replace(town(*made), links=(Precedence(2, 3), SameStart(1, 3)))
    plan = filled(problem, [])
    assert ([route.visits for route in plan.routes], set(plan.unassigned)) == ([(2,)], {1, 3})


def test_what_comes_first_is_put_in_even_when_nothing_can_follow() -> None:
    problem = replace(town(visit(1, "a"), visit(2, "a", skills={"gas": 1})), links=(Precedence(1, 2),))
    plan = filled(problem, [])
    assert ([route.visits for route in plan.routes], set(plan.unassigned)) == ([(1,)], {2})


def test_a_shipment_keeps_its_order_when_its_route_is_built_anew() -> None:
    small = replace(HOME, capacity=(1,))
    send, receive = visit(1, "b", pickup=(1,)), visit(2, "a")
    problem = replace(
        town(send, receive, visit(3, "c", load=(2,)), vehicles=(small,)), links=(Precedence(1, 2, same_vehicle=True),)
    )
    assert as_dict(mended(problem, [Route(1, (1, 3, 2))])) == {1: (1, 2)}


def test_visits_go_back_to_the_published_technician_while_too_many_have_changed() -> None:
    told = Published({1: 1, 2: 1, 3: 1}, most_changed=1)
    problem = replace(town(visit(1, "a"), visit(2, "b"), visit(3, "c")), published=told)
    plan = filled(problem, mended(problem, [Route(1, (3,)), Route(2, (1, 2))]))
    assert violations(problem, plan) == []
    assert len(next(route for route in plan.routes if route.vehicle == 1).visits) == 2


def test_what_is_left_out_goes_to_the_published_technician_when_too_many_have_changed() -> None:
    far = replace(HOME, start=ROW["c"], end=ROW["c"])
    problem = replace(town(visit(1, "a"), vehicles=(far, OTHER)), weights=Weights(changed=0))
    problem = replace(problem, published=Published({1: 1}, most_changed=1))
    assert as_dict(list(filled(problem, []).routes)) == {2: (1,)}
    kept = replace(problem, published=Published({1: 1}, most_changed=0))
    assert as_dict(list(filled(kept, []).routes)) == {1: (1,)}


def test_nobody_goes_back_where_it_would_make_a_partner_late() -> None:
    soon, at_once = TimeWindow(8 * HOUR, 8 * HOUR + 30 * MINUTE), TimeWindow(8 * HOUR, 8 * HOUR + 15 * MINUTE)
    made = (visit(1, "a"), visit(2, "a", windows=(soon,)), visit(3, "c", windows=(at_once,)))
    told = replace(
        town(*made, vehicles=(HOME, OTHER, replace(HOME, id=3))), published=Published({3: 1}, most_changed=0)
    )
    routes = [Route(1, (1,)), Route(2, (2,)), Route(3, (3,))]
    assert as_dict(mended(told, routes))[1] == (3, 1)
    assert as_dict(mended(replace(told, links=(SameStart(1, 2),)), routes))[1] == (1,)


def test_half_of_a_shipment_is_taken_out() -> None:
    problem = replace(town(visit(1, "a"), visit(2, "b")), links=(Precedence(1, 2, same_vehicle=True),))
    assert as_dict(mended(problem, [Route(1, (1,))])) == {1: ()}
    assert as_dict(mended(problem, [Route(1, (1,)), Route(2, (2,))])) == {1: (), 2: ()}
    receiver = replace(problem, visits=(visit(1, "a"), visit(2, "b", skills={"gas": 1})))
    assert filled(receiver, []).routes == ()


def test_a_pinned_visit_is_put_behind_what_is_frozen() -> None:
    frozen = replace(HOME, frozen=(2,))
    problem = town(visit(1, "a", pin=Pin(1)), visit(2, "c"), vehicles=(frozen,))
    assert as_dict(mended(problem, [])) == {1: (2, 1)}


def unavoidable(problem: Problem, plan: Plan) -> set[tuple[Rule, int | None]]:
    """What the frozen heads break by themselves, and a budget nobody said how to keep."""
    heads = [Route(vehicle.id, vehicle.frozen) for vehicle in problem.vehicles]
    alone = violations(problem, Plan(tuple(heads), plan.unassigned))
    return {(broken.rule, broken.vehicle) for broken in alone if broken.vehicle is not None} | {(Rule.DISRUPTION, None)}


@settings(max_examples=150, deadline=None)
@given(told_problems(), st.data())
def test_any_routes_become_a_plan_that_breaks_only_what_is_frozen_so(problem: Problem, draw: st.DataObject) -> None:
    given_routes = draw.draw(plans(problem)).routes
    plan = filled(problem, mended(problem, given_routes))
    broken = {(found.rule, found.vehicle) for found in violations(problem, plan)}
    assert broken <= unavoidable(problem, plan)


@settings(max_examples=75, deadline=None)
@given(told_problems())
def test_a_plan_that_breaks_nothing_is_left_as_it_is(problem: Problem) -> None:
    plan = filled(problem, mended(problem, []))
    if not violations(problem, plan):
        assert {r.vehicle: r.visits for r in mended(problem, plan.routes) if r.visits} == {
            r.vehicle: r.visits for r in plan.routes
        }
