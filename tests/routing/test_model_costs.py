"""What plans cost, against the same sums done by hand. Numbers are chosen so that nothing has to be rounded."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.plan import Plan, Route
from routing.problem import Pin, Published, Rates, Weights
from routing.score import left_out_cost, score, travel_cost
from tests.routing.lines import BEGIN, EXAMPLE, HOUR, LEFT_OUT, MINUTE, ByHand, Day, days

MODEST = settings(max_examples=50, deadline=None)


def cost(day: Day) -> int:
    return travel_cost(day.problem, day.plan.routes)


def with_vehicles(day: Day, **wishes: object) -> Day:
    for vehicle in (1, 2):
        day = day.with_vehicle(vehicle, **wishes)
    return day


@MODEST
@given(days())
def test_by_default_seconds_of_travel_are_what_a_day_costs(day: Day) -> None:
    assert cost(day) == ByHand.of(day, 1).travel + ByHand.of(day, 2).travel


@MODEST
@given(
    days(),
    st.builds(
        Rates,
        fixed=st.integers(0, 9999),
        per_hour=st.sampled_from((0, 3600, 7200)),
        per_task_hour=st.integers(0, 90).map(lambda n: n * 60),
        per_km=st.integers(0, 500).map(lambda n: n * 2),
    ),
)
def test_a_day_costs_its_fixed_rate_its_hours_its_work_and_its_kilometres(day: Day, rates: Rates) -> None:
    expected = 0
    for vehicle in (1, 2):
        hand = ByHand.of(day, vehicle)
        work = sum(day.problem.visit(visit).service for visit in day.route(vehicle))
        expected += rates.fixed + hand.travel * rates.per_hour // HOUR + hand.metres * rates.per_km // 1000
        expected += work * rates.per_task_hour // HOUR
    assert cost(with_vehicles(day, rates=rates)) == expected


def test_a_vehicle_that_stays_at_home_costs_nothing() -> None:
    day = with_vehicles(EXAMPLE, rates=Rates(fixed=500))
    assert travel_cost(day.problem, [Route(1, ()), Route(2, ())]) == 0


@MODEST
@given(days(), st.integers(0, 300), st.integers(1, 5))
def test_an_hour_after_the_soft_end_costs_the_rate_of_overtime(day: Day, before: int, rate: int) -> None:
    end = ByHand.of(day, 1).end
    soft = max(BEGIN, end - before * MINUTE)
    tired = day.with_vehicle(1, soft_end=soft, rates=Rates(overtime=rate * HOUR))
    assert cost(tired) - cost(day) == rate * (end - soft)


@MODEST
@given(days(), st.integers(0, 200), st.integers(0, 3))
def test_each_second_after_it_was_due_costs_its_weight(day: Day, minutes: int, weight: int) -> None:
    visit = day.route(1)[-1]
    due = BEGIN + minutes * MINUTE
    hurried = day.with_visit(visit, due=due).where(weights=Weights(late=weight))
    assert cost(hurried) - cost(day) == weight * max(0, ByHand.of(day, 1).starts[visit] - due)


@MODEST
@given(days(), st.integers(0, 999))
def test_everybody_who_is_not_preferred_costs_the_wish(day: Day, weight: int) -> None:
    wished = day.where(weights=Weights(not_preferred=weight))
    for visit in day.route(1):
        wished = wished.with_visit(visit, preferred=frozenset({2}))
    for visit in day.route(2):
        wished = wished.with_visit(visit, preferred=frozenset({2, 3}))
    assert cost(wished) - cost(day) == weight * len(day.route(1))


@MODEST
@given(days(), st.integers(0, 999))
def test_every_visit_with_another_technician_than_published_costs_the_change(day: Day, weight: int) -> None:
    told = dict.fromkeys((*day.route(1), *day.route(2)), 1)
    changed = day.where(weights=Weights(changed=weight), published=Published(told))
    assert cost(changed) - cost(day) == weight * len(day.route(2))


@MODEST
@given(days(), st.integers(0, 9), st.integers(0, 9))
def test_work_is_dearer_by_who_has_worked_more_and_cheaper_by_who_has_worked_less(day: Day, one: int, two: int) -> None:
    """An hour more than the mean makes each second of service cost `fairness` more."""
    fair = day.with_vehicle(1, worked=one * HOUR).with_vehicle(2, worked=two * HOUR).where(weights=Weights(fairness=2))
    work = [sum(day.problem.visit(visit).service for visit in day.route(vehicle)) for vehicle in (1, 2)]
    assert cost(fair) - cost(day) == (work[0] - work[1]) * (one - two)


@MODEST
@given(days(), st.integers(0, 100))
def test_what_is_left_out_costs_more_for_priority_for_being_due_and_for_a_pin(day: Day, priority: int) -> None:
    first, *others = (visit.id for visit in day.problem.visits)
    left = Plan((Route(1, tuple(others)),), {first: LEFT_OUT})
    wishes: list[dict[str, object]] = [{}, {"priority": priority}, {"due": BEGIN}, {"pin": Pin(start=BEGIN)}]
    lost = [score(day.with_visit(first, **wish).problem, left)[0] for wish in wishes]
    assert lost == [20_000, 20_000 + 200 * priority, 40_000, 2_000_000]


def test_no_detour_is_worth_leaving_a_visit_out() -> None:
    fewer = score(EXAMPLE.problem, Plan((Route(1, EXAMPLE.route(1)),), {}))
    assert score(EXAMPLE.problem, EXAMPLE.plan) < fewer
    assert fewer[0] == sum(left_out_cost(EXAMPLE.problem, EXAMPLE.problem.visit(visit)) for visit in EXAMPLE.route(2))


def test_a_matrix_of_costs_takes_the_place_of_travel() -> None:
    assert EXAMPLE.problem.durations is not None
    dear = EXAMPLE.where(costs=EXAMPLE.problem.durations * 3)
    assert cost(dear) == 3 * cost(EXAMPLE)
