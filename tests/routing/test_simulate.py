"""Simulated days: exact where nothing varies, the right chances where something does."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.day import day
from routing.draws import drawn
from routing.errors import InvalidProblem
from routing.outlook import Outlook, VisitOutlook
from routing.plan import Plan, Route
from routing.problem import Break, Precedence, Problem, SameStart, TimeWindow, Vehicle, Visit
from routing.schedule import stops
from routing.simulate import simulate, walked
from routing.spread import Spread, Spreads, Surprises
from routing.steps import laid_out
from tests.routing.towns import DAY, HOUR, MINUTE
from tests.routing.towns import drawn as town_of
from tests.routing.worlds import problems

NO_SURPRISES = Surprises(no_show=0.0, overrun=0.0)
AS_PLANNED = Spreads(Spread(sigma=0.0), Spread(sigma=0.0), surprises=NO_SURPRISES)
SERVICE_ONLY = replace(AS_PLANNED, service=Spread(sigma=0.4))
TOWN = town_of("A    B    C")


def plan_of(*routes: tuple[int, ...]) -> Plan:
    return Plan(tuple(Route(k, visits) for k, visits in enumerate(routes, start=1)), {})


def vehicle(number: int = 1, **more: object) -> Vehicle:
    return Vehicle(**({"id": number, "start": TOWN["A"], "end": TOWN["A"], "shift": DAY} | more))  # type: ignore[arg-type]


def at(letter: str, number: int, service: int, opens: float, closes: float) -> Visit:
    return Visit(number, TOWN[letter], service, windows=(TimeWindow(int(opens * HOUR), int(closes * HOUR)),))


def of(outlook: Outlook, visit: int) -> VisitOutlook:
    return next(seen for seen in outlook.visits if seen.visit == visit)


def routes_of(problem: Problem, order: list[int]) -> Plan:
    """The visits dealt out in turn."""
    fleet = [v.id for v in problem.vehicles]
    dealt = {k: tuple(order[n :: len(fleet)]) for n, k in enumerate(fleet)}
    return Plan(tuple(Route(k, visits) for k, visits in dealt.items()), {})


@settings(max_examples=60, deadline=None)
@given(problems(most_visits=5), st.randoms(use_true_random=False))
def test_a_day_on_which_nothing_varies_goes_as_planned(problem: Problem, random: object) -> None:
    order = [visit.id for visit in problem.visits]
    random.shuffle(order)  # type: ignore[attr-defined]
    plan = routes_of(problem, order)
    steps = laid_out(problem, plan)
    begins = walked(steps, drawn(problem, steps, 2, 0, AS_PLANNED, {}))
    planned = [stop.start for route in plan.routes for stop in stops(problem, route)]
    assert begins[:, 0].tolist() == begins[:, 1].tolist() == planned


@settings(max_examples=20, deadline=None)
@given(problems(most_visits=4))
def test_nobody_begins_before_a_window_opens_or_leaves_before_the_planned_departure(problem: Problem) -> None:
    plan = routes_of(problem, [visit.id for visit in problem.visits])
    steps = laid_out(problem, plan)
    begins = walked(steps, drawn(problem, steps, 20, 1, Spreads(), {}))
    for stop, row in zip(steps.stops, begins, strict=True):
        if stop.kind == "start":
            assert (row == stop.start).all()
        elif stop.visit is not None and problem.visit(stop.visit).windows:
            assert (row >= min(window.earliest for window in problem.visit(stop.visit).windows)).all()


def test_the_same_seed_gives_the_same_outlook_and_another_one_does_not() -> None:
    problem = TOWN.problem([at("B", 1, 50 * MINUTE, 8, 9), at("C", 2, 600, 8, 9.1)], [vehicle()])
    plan = plan_of((1, 2))
    assert simulate(problem, plan, 200, 3) == simulate(problem, plan, 200, 3)
    assert simulate(problem, plan, 200, 3) != simulate(problem, plan, 200, 4)


def test_the_chance_is_the_one_of_the_log_normal_distribution() -> None:
    """Begins at 8:05, drives 5 minutes: in time when 60 minutes of work take 70 at most."""
    problem = TOWN.problem([at("B", 1, HOUR, 8, 9), at("C", 2, 600, 8, 8 + 80 / 60)], [vehicle()])
    outlook = simulate(problem, plan_of((1, 2)), 10_000, 1, SERVICE_ONLY)
    expected = NormalDist().cdf((np.log(70 / 60) + 0.4**2 / 2) / 0.4)
    assert of(outlook, 2).chance == pytest.approx(expected, abs=0.015)
    assert of(outlook, 1).chance == 1.0
    assert outlook.kept == pytest.approx(1 + of(outlook, 2).chance)
    assert outlook.all_kept == of(outlook, 2).chance


def test_the_mean_of_a_duration_is_the_planned_one() -> None:
    problem = TOWN.problem([Visit(1, TOWN["B"], HOUR)], [vehicle()])
    steps = laid_out(problem, plan_of((1,)))
    begins = walked(steps, drawn(problem, steps, 10_000, 1, replace(AS_PLANNED, service=Spread(1.5, 0.4)), {}))
    assert (begins[-1] - begins[1]).mean() - 5 * MINUTE == pytest.approx(1.5 * HOUR, rel=0.02)


def test_each_kind_of_visit_and_each_hour_of_departure_has_its_own_distribution() -> None:
    problem = TOWN.problem([at("B", 1, HOUR, 8, 18), at("B", 2, HOUR, 14, 18)], [vehicle(), vehicle(2)])
    slow = replace(AS_PLANNED, kinds={"stove": Spread(2.0, 0.0)}, hours={17: Spread(3.0, 0.0)})
    outlook = simulate(problem, plan_of((1,), (2,)), 1, 0, slow, {1: "stove"})
    ends = {seen.vehicle: seen.median for seen in outlook.vehicles}
    assert ends[1] == of(outlook, 1).planned + 2 * HOUR + 5 * MINUTE
    assert ends[2] == of(outlook, 2).planned + HOUR + 5 * MINUTE
    late = replace(problem, visits=(*problem.visits[:1], at("B", 2, HOUR, 16.5, 18)))
    assert simulate(late, plan_of((1,), (2,)), 1, 0, slow).vehicles[1].median == 17.5 * HOUR + 15 * MINUTE


def test_nobody_at_home_ends_a_visit_early_and_other_work_ends_it_late() -> None:
    problem = TOWN.problem([Visit(1, TOWN["B"], HOUR)], [vehicle()])
    begins = DAY.earliest + 5 * MINUTE
    nobody = replace(AS_PLANNED, surprises=Surprises(no_show=1.0, no_show_seconds=600, overrun=0.0))
    assert simulate(problem, plan_of((1,)), 5, 0, nobody).vehicles[0].late == begins + 600 + 5 * MINUTE
    longer = replace(AS_PLANNED, surprises=Surprises(no_show=0.0, overrun=1.0, overrun_factor=2.0))
    assert simulate(problem, plan_of((1,)), 5, 0, longer).vehicles[0].early == begins + 2 * HOUR + 5 * MINUTE


def test_delays_that_are_shared_come_together() -> None:
    """Two technicians' second visits: independent, unless the region's traffic is the same for both."""
    visits = [at("B", 1, 600, 8, 9), at("C", 2, 600, 8, 8.4), at("B", 3, 600, 8, 9), at("C", 4, 600, 8, 8.4)]
    problem = TOWN.problem(visits, [vehicle(), vehicle(2)])
    travel = replace(AS_PLANNED, travel=Spread(sigma=0.6))
    own = simulate(problem, plan_of((1, 2), (3, 4)), 4000, 1, replace(travel, shared_travel=0.0))
    shared = simulate(problem, plan_of((1, 2), (3, 4)), 4000, 1, replace(travel, shared_travel=1.0))
    assert own.all_kept == pytest.approx(of(own, 2).chance * of(own, 4).chance, abs=0.02)
    assert shared.all_kept == of(shared, 2).chance == of(shared, 4).chance


def test_overtime_is_counted_from_the_soft_end() -> None:
    problem = TOWN.problem([Visit(1, TOWN["B"], HOUR)], [vehicle(soft_end=DAY.earliest + HOUR)])
    seen = simulate(problem, plan_of((1,)), 3, 0, AS_PLANNED).vehicles[0]
    assert (seen.after_soft_end, seen.after_hard_end, seen.overtime) == (1.0, 0.0, 10 * MINUTE)


def test_a_break_stands_where_the_plan_has_it_and_holds_the_rest_up() -> None:
    noon = Break(1, (TimeWindow(9 * HOUR, 10 * HOUR),), 30 * MINUTE)
    problem = TOWN.problem([at("B", 1, HOUR, 8, 9), at("C", 2, 600, 8, 11)], [vehicle(breaks=(noon,))])
    doubled = replace(AS_PLANNED, service=Spread(2.0, 0.0))
    seen = of(simulate(problem, plan_of((1, 2)), 1, 0, doubled), 2)
    assert seen.median == 8 * HOUR + 5 * MINUTE + 2 * HOUR + 30 * MINUTE + 5 * MINUTE


def test_linked_visits_wait_for_each_other() -> None:
    visits = [at("B", 1, HOUR, 8, 18), at("B", 2, 600, 8, 18), at("B", 3, 600, 8, 18)]
    links = (SameStart(2, 3),)
    problem = replace(TOWN.problem(visits, [vehicle(), vehicle(2)]), links=links)
    outlook = simulate(problem, plan_of((1, 2), (3,)), 500, 1, SERVICE_ONLY)
    assert [of(outlook, 2).early, of(outlook, 2).late] == [of(outlook, 3).early, of(outlook, 3).late]
    assert of(outlook, 3).planned == of(outlook, 2).planned == 8 * HOUR + 5 * MINUTE + HOUR
    after = replace(problem, links=(Precedence(1, 3, delay=HOUR),))
    told = simulate(after, plan_of((1, 2), (3,)), 1, 1, AS_PLANNED)
    assert of(told, 3).median == 8 * HOUR + 5 * MINUTE + HOUR + HOUR


def test_links_that_go_in_a_circle_do_not_stop_the_simulation() -> None:
    visits = [at("B", n, 600, 8, 18) for n in (1, 2, 3, 4)]
    links = (Precedence(2, 3), Precedence(4, 1))
    problem = replace(TOWN.problem(visits, [vehicle(), vehicle(2)]), links=links)
    assert simulate(problem, plan_of((1, 2), (3, 4)), 10, 1).promises == 4


def test_a_visit_without_a_window_is_no_promise() -> None:
    problem = TOWN.problem([Visit(1, TOWN["B"], HOUR)], [vehicle()])
    outlook = simulate(problem, plan_of((1,)), 10, 1)
    assert (outlook.promises, outlook.share_kept, outlook.all_kept, outlook.riskiest()) == (0, 1.0, 1.0, [])
    assert simulate(problem, Plan((), {}), 10, 1).visits == ()


@pytest.mark.parametrize("days", [0, -1, 10_001])
def test_a_number_of_days_that_cannot_be_simulated_is_refused(days: int) -> None:
    with pytest.raises(InvalidProblem, match="days"):
        simulate(TOWN.problem([], [vehicle()]), Plan((), {}), days, 1)


def test_a_visit_takes_as_long_in_two_plans_of_the_same_day() -> None:
    """So that the difference between two outlooks is one of the plans, not of luck."""
    problem = day(20, 4, 1)
    ids = [visit.id for visit in problem.visits]
    one, two = laid_out(problem, routes_of(problem, ids)), laid_out(problem, routes_of(problem, ids[::-1]))
    noise = replace(Spreads(), shared_service=0.0)
    took = []
    for steps in (one, two):
        service = drawn(problem, steps, 50, 7, noise, {}).service
        took.append({stop.visit: service[row].tolist() for row, stop in enumerate(steps.stops) if stop.visit})
    assert took[0] == took[1]
