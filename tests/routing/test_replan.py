"""A running day planned anew: on one row of houses by hand, and as properties of small random days."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from routing.check import violations
from routing.difference import Budget, Difference, Kind
from routing.errors import InvalidProblem
from routing.events import Back, Cancelled, Emergency, Event, Ill, NotBegun, Overrun, StartedAt
from routing.freeze import frozen
from routing.joint import starts
from routing.limits import Limits
from routing.mend import filled, mended
from routing.plan import Plan, Route, Rule
from routing.problem import Break, Pin, Precedence, Problem, SameStart, TimeWindow, Vehicle, Visit
from routing.replan import Replanned, replan
from routing.solve import solve
from routing.validate import validated
from tests.routing.towns import DAY, HOUR, MINUTE, drawn
from tests.routing.worlds import joined_problems, problems, visits

LIMITS = Limits(seconds=5.0, iterations=300)
ROW = drawn("h...a...b...c...d")
ONE, OTHER = (Vehicle(number, ROW["h"], ROW["h"], DAY) for number in (1, 2))
TEN = 10 * HOUR
HALF_PAST = TEN + 30 * MINUTE


def visit(number: int, letter: str, opens: float = 8, closes: float = 18, minutes: int = 30) -> Visit:
    window = TimeWindow(int(opens * HOUR), int(closes * HOUR))
    return Visit(number, ROW[letter], minutes * MINUTE, windows=(window,))


def town(*made: Visit, vehicles: tuple[Vehicle, ...] = (ONE, OTHER)) -> Problem:
    return ROW.problem(list(made), list(vehicles))


def running(*routes: tuple[int, ...]) -> Plan:
    return Plan(tuple(Route(number, stops) for number, stops in enumerate(routes, 1)), {})


def kinds(difference: Difference) -> dict[int, Kind]:
    return {change.visit: change.kind for change in difference.changes}


def route(plan: Plan, vehicle: int) -> tuple[int, ...]:
    return next((route.visits for route in plan.routes if route.vehicle == vehicle), ())


MORNING = town(visit(1, "a", 8, 9), visit(2, "b", 10.5, 12), visit(3, "c", 13, 15), visit(4, "d", 8, 18))
RUNNING = running((1, 2, 3), (4,))


def replanned(*events: Event, problem: Problem = MORNING, now: int = TEN, budget: Budget | None = None) -> Replanned:
    found = replan(problem, RUNNING, events, now, LIMITS, budget or Budget())
    assert violations(found.problem, found.plan) == []
    return found


def test_what_has_begun_is_frozen_at_its_start() -> None:
    rest = frozen(MORNING, RUNNING, TEN)
    assert rest.vehicle(1).frozen == (1,)
    assert rest.visit(1).pin == Pin(1, 8 * HOUR + 4 * MINUTE)
    assert rest.visit(2) == MORNING.visit(2)


def test_a_drive_that_has_to_begin_freezes_its_visit_and_waiting_does_not() -> None:
    on_the_way = frozen(MORNING, RUNNING, HALF_PAST - 3 * MINUTE)
    assert on_the_way.vehicle(1).frozen == (1, 2)
    assert on_the_way.visit(2).pin == Pin(1, HALF_PAST)
    assert frozen(MORNING, RUNNING, HALF_PAST - 4 * MINUTE).vehicle(1).frozen == (1,)


def test_nothing_is_frozen_before_the_day_begins() -> None:
    rest = frozen(MORNING, RUNNING, 7 * HOUR)
    assert rest.vehicles == MORNING.vehicles
    assert rest.visits == MORNING.visits


def test_when_all_has_begun_the_plan_stays_as_it_is() -> None:
    found = replanned(now=17 * HOUR)
    assert {vehicle.id: vehicle.frozen for vehicle in found.problem.vehicles} == {1: (1, 2, 3), 2: (4,)}
    assert set(kinds(found.difference).values()) == {Kind.BEGUN}
    assert starts(found.problem, found.plan) == starts(MORNING, RUNNING)


def test_without_events_nobody_hears_of_anything() -> None:
    found = replanned(now=9 * HOUR, budget=Budget(0, 0))
    assert set(kinds(found.difference).values()) == {Kind.BEGUN, Kind.UNCHANGED}
    assert (found.difference.tell, found.difference.vehicles, found.difference.endangered) == ((), (), ())


def test_the_visits_of_somebody_ill_go_to_others_and_what_they_did_stays() -> None:
    found = replanned(Ill(1, TEN)).difference
    assert kinds(found) == {1: Kind.BEGUN, 2: Kind.TECHNICIAN, 3: Kind.TECHNICIAN, 4: Kind.BEGUN}
    assert (found.vehicles, found.tell, found.changed) == ((1, 2), (2, 3), 0)


def test_the_visit_at_hand_stays_with_somebody_ill_unless_they_let_go() -> None:
    at_work = HALF_PAST + 10 * MINUTE
    assert kinds(replanned(Ill(1, at_work), now=at_work).difference)[2] == Kind.BEGUN
    assert kinds(replanned(Ill(1, at_work, lets_go=True), now=at_work).difference)[2] == Kind.TECHNICIAN


def test_somebody_ill_later_today_works_until_then() -> None:
    found = replanned(Ill(1, 11 * HOUR + 900))
    assert kinds(found.difference)[2] == Kind.UNCHANGED
    assert kinds(found.difference)[3] == Kind.TECHNICIAN
    assert found.problem.vehicle(1).shift.latest == 11 * HOUR + 900


def test_who_comes_back_is_planned_again() -> None:
    found = replanned(Ill(1, TEN), Back(ONE))
    assert kinds(found.difference)[3] == Kind.UNCHANGED


def test_with_everybody_ill_promises_are_left_out_with_a_reason() -> None:
    found = replanned(Ill(1, 7 * HOUR), Ill(2, 7 * HOUR))
    assert found.problem.vehicles == ()
    assert {one.visit for one in found.difference.endangered} == {1, 2, 3, 4}
    assert all(one.reason is not None for one in found.difference.endangered)


def test_an_overrun_passes_on_what_can_no_longer_be_kept() -> None:
    found = replanned(Overrun(1, 13 * HOUR))
    assert kinds(found.difference) == {1: Kind.BEGUN, 2: Kind.TECHNICIAN, 3: Kind.UNCHANGED, 4: Kind.BEGUN}
    assert found.difference.forced == (2,)
    assert found.difference.changed == 0


def test_a_promise_is_never_moved_only_given_up() -> None:
    alone = town(visit(1, "a", 8, 9), visit(2, "b", 10, 12), vehicles=(ONE,))
    found = replan(alone, running((1, 2)), [Overrun(1, 13 * HOUR)], TEN, LIMITS)
    (endangered,) = found.difference.endangered
    assert (endangered.visit, endangered.late) == (2, 0)
    assert endangered.reason is not None
    assert found.problem.visit(2).windows == alone.visit(2).windows


def test_who_is_on_the_way_too_late_is_not_stopped_but_listed() -> None:
    found = replanned(StartedAt(2, 12 * HOUR + 600))
    (endangered,) = found.difference.endangered
    assert (endangered.visit, endangered.late) == (2, 600)
    assert starts(found.problem, found.plan)[2] == 12 * HOUR + 600


def test_known_starts_count_more_than_planned_ones() -> None:
    found = replanned(StartedAt(1, 8 * HOUR + 15 * MINUTE), StartedAt(2, 8 * HOUR + 30 * MINUTE))
    at = starts(found.problem, found.plan)
    assert (at[1], at[2]) == (8 * HOUR + 15 * MINUTE, 8 * HOUR + 30 * MINUTE)
    assert found.problem.visit(1).service == 11 * MINUTE


def test_what_has_not_begun_though_planned_is_free_again() -> None:
    found = replanned(NotBegun(4))
    assert found.problem.vehicle(2).frozen == ()
    assert starts(found.problem, found.plan)[4] >= TEN


def test_an_emergency_is_put_in_and_those_who_have_it_are_named() -> None:
    found = replanned(Emergency(replace(visit(9, "d", 10, 11), priority=100)))
    assert found.difference.of(Kind.PLANNED) == (9,)
    assert 9 in found.difference.tell


def test_what_is_called_off_is_gone_and_comes_back_as_something_new() -> None:
    gone = replanned(Cancelled(3))
    assert not gone.problem.has_visit(3)
    assert gone.difference.of(Kind.CANCELLED) == (3,)
    again = replanned(Cancelled(3), Emergency(MORNING.visit(3)))
    assert again.difference.of(Kind.CANCELLED) == ()
    assert starts(again.problem, again.plan)[3] == 13 * HOUR


def test_a_visit_called_off_while_somebody_is_at_work_ends_now() -> None:
    found = replanned(Cancelled(2), now=HALF_PAST + 10 * MINUTE)
    assert found.problem.visit(2).service == 10 * MINUTE
    assert kinds(found.difference)[2] == Kind.BEGUN


def test_a_visit_called_off_on_the_way_frees_its_technician_now() -> None:
    found = replanned(Cancelled(2), Emergency(visit(9, "a", 8, 18)), now=HALF_PAST - 2 * MINUTE)
    assert found.problem.vehicle(1).frozen == (1,)
    assert starts(found.problem, found.plan)[9] >= HALF_PAST - 2 * MINUTE


def test_nobody_drives_in_the_past() -> None:
    found = replanned(Emergency(visit(9, "c", 8, 18)))
    assert starts(found.problem, found.plan)[9] >= TEN + 4 * MINUTE


def test_breaks_that_began_stay_and_the_others_are_still_to_come() -> None:
    rests = (Break(1, (TimeWindow(9 * HOUR, 9 * HOUR),), 1800), Break(2, (TimeWindow(9 * HOUR, 12 * HOUR),), 1800))
    problem = town(visit(1, "a", 8, 9), visit(2, "b", 12.5, 14), vehicles=(replace(ONE, breaks=rests),))
    rest = frozen(problem, running((1, 2)), 9 * HOUR + 60)
    begun, open_ = rest.vehicle(1).breaks
    assert begun.windows == (TimeWindow(9 * HOUR, 9 * HOUR),)
    assert open_.windows == (TimeWindow(9 * HOUR + 60, 12 * HOUR),)


def test_an_overrun_beyond_shift_and_break_makes_nothing_impossible() -> None:
    tired = replace(ONE, breaks=(Break(1, (TimeWindow(11 * HOUR, 12 * HOUR),), 1800),))
    problem = town(visit(1, "a", 8, 9), visit(2, "b", 10, 12), vehicles=(tired, OTHER))
    found = replan(problem, running((1, 2)), [Overrun(1, 20 * HOUR)], TEN, LIMITS)
    assert violations(found.problem, found.plan) == []
    assert kinds(found.difference)[2] == Kind.TECHNICIAN


def test_a_pin_to_somebody_ill_is_lifted() -> None:
    pinned = replace(MORNING.visit(3), pin=Pin(1))
    problem = replace(MORNING, visits=(*MORNING.visits[:2], pinned, MORNING.visits[3]))
    assert route(replanned(Ill(1, TEN), problem=problem).plan, 2)[-1] == 3


def test_partners_of_whom_one_has_begun_are_joined_no_more() -> None:
    problem = replace(MORNING, links=(SameStart(1, 4), SameStart(2, 3)))
    assert frozen(problem, RUNNING, TEN).links == (SameStart(2, 3),)


def test_what_is_on_board_can_only_be_delivered_by_who_has_it() -> None:
    problem = replace(MORNING, links=(Precedence(1, 3, same_vehicle=True),))
    rest = frozen(problem, RUNNING, TEN)
    assert rest.links == (Precedence(1, 3),)
    assert rest.visit(3).allowed == frozenset({1})
    left = replan(problem, RUNNING, [Ill(1, TEN)], TEN, LIMITS)
    assert 3 in left.plan.unassigned


CROWDED = town(*(visit(n, "a", 10, 17, minutes=60) for n in range(1, 7)), visit(7, "b", 10, 11), visit(8, "c", 10, 11))
BUSY = running((1, 2, 3, 7), (4, 5, 6, 8))


def test_nobody_who_was_promised_is_left_out_for_somebody_new() -> None:
    plan = running((1,))
    alone = town(visit(1, "a", 11, 11.5, minutes=60), vehicles=(ONE,))
    urgent = Emergency(replace(visit(9, "a", 11, 11.5, minutes=60), priority=80))
    assert replan(alone, plan, [urgent], TEN, LIMITS).difference.of(Kind.LEFT_OUT) == (9,)
    more_urgent = Emergency(replace(urgent.visit, priority=100))
    assert replan(alone, plan, [more_urgent], TEN, LIMITS).difference.of(Kind.DROPPED) == (1,)


@pytest.mark.parametrize("most", [0, 1, 3])
def test_no_more_visits_change_their_technician_than_may(most: int) -> None:
    urgent = [Emergency(replace(visit(20 + n, "d", 10, 12, minutes=60), priority=90)) for n in range(3)]
    plan = running((7, 1, 2, 3), (8, 4, 5, 6))
    found = replan(CROWDED, plan, urgent, TEN, LIMITS, Budget(changed=most))
    assert violations(found.problem, found.plan) == []
    assert found.difference.changed <= most


@pytest.mark.parametrize("most", [0, 2])
def test_no_more_visits_begin_at_another_time_than_may(most: int) -> None:
    urgent = Emergency(replace(visit(20, "d", 11, 12, minutes=60), priority=90))
    plan = running((7, 1, 2, 3), (8, 4, 5, 6))
    found = replan(CROWDED, plan, [urgent], TEN, LIMITS, Budget(moved=most))
    assert violations(found.problem, found.plan) == []
    assert found.difference.moved <= most
    free = replan(CROWDED, plan, [urgent], TEN, LIMITS)
    assert free.difference.moved > most
    if most == 0:
        assert found.plan.unassigned[20].rule == Rule.DISRUPTION


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (Ill(77, 0), "vehicle 77"), (Overrun(77, 0), "visit 77"), (StartedAt(77, 0), "visit 77"),
        (NotBegun(77), "visit 77"), (Cancelled(77), "visit 77"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named(event: Event, field: str) -> None:
    with pytest.raises(InvalidProblem, match=rf"events\[1\]\.\w+: {field} is not in the problem"):
        replan(MORNING, RUNNING, [Cancelled(4), event], TEN, LIMITS)


def test_a_running_plan_of_something_else_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="running: visit 9 is not in the problem"):
        replan(MORNING, running((9,)), [], TEN, LIMITS)
    with pytest.raises(InvalidProblem, match="running: vehicle 3 is not in the problem"):
        replan(MORNING, running((), (), (1,)), [], TEN, LIMITS)


def cheap(problem: Problem, limits: Limits, start: Plan | None = None) -> Plan:
    """What is kept of the start, and insertions."""
    return filled(problem, mended(problem, start.routes if start is not None else ()))


@st.composite
def events(draw: st.DrawFn, problem: Problem, plan: Plan) -> list[Event]:
    at = st.integers(0, 300)
    planned = [visit for route in plan.routes for visit in route.visits]
    fresh = visits(50, 1, False).map(lambda one: Emergency(replace(one, load=(0,), pickup=())))
    possible: list[st.SearchStrategy[Event]] = [
        st.builds(Ill, st.sampled_from([vehicle.id for vehicle in problem.vehicles]), at, st.booleans()),
        st.builds(Cancelled, st.sampled_from([visit.id for visit in problem.visits])),
        fresh,
    ]
    if planned:
        told = st.sampled_from(planned)
        possible += [st.builds(Overrun, told, at), st.builds(StartedAt, told, at), st.builds(NotBegun, told)]
    return draw(st.lists(st.one_of(possible), max_size=4))


@st.composite
def running_days(draw: st.DrawFn) -> tuple[Problem, Plan, list[Event]]:
    """Small days that are carried out: nothing is broken in them."""
    problem = draw(st.one_of(problems(5, 3), joined_problems()))
    try:
        validated(problem)
    except InvalidProblem:
        assume(False)
    plan = filled(problem, ())
    assume(violations(problem, plan) == [])
    return problem, plan, draw(events(problem, plan))


BUDGETS = st.builds(Budget, st.sampled_from((None, 0, 1)), st.sampled_from((None, 0, 1)), st.just(5))
SOME = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


@SOME
@given(running_days(), st.integers(0, 250), BUDGETS)
def test_whatever_happens_no_rule_is_broken_the_frozen_stays_and_the_budget_holds(
    day: tuple[Problem, Plan, list[Event]], now: int, budget: Budget
) -> None:
    problem, plan, told = day
    found = replan(problem, plan, told, now, LIMITS, budget, cheap)
    assert violations(found.problem, found.plan) == []
    at = starts(found.problem, found.plan)
    for vehicle in found.problem.vehicles:
        assert route(found.plan, vehicle.id)[: len(vehicle.frozen)] == vehicle.frozen
    head = {visit for vehicle in found.problem.vehicles for visit in vehicle.frozen}
    assert {visit: found.problem.visit(visit).pin.start for visit in head} == {v: at[v] for v in head}  # type: ignore[union-attr]
    assert all(start >= now for visit, start in at.items() if visit not in head)
    assert budget.changed is None or found.difference.changed <= budget.changed
    assert budget.moved is None or found.difference.moved <= budget.moved


@SOME
@given(running_days(), st.integers(0, 250))
def test_what_has_begun_is_the_same_before_and_after_when_all_goes_as_planned(
    day: tuple[Problem, Plan, list[Event]], now: int
) -> None:
    problem, plan, _ = day
    before = starts(problem, plan)
    rest = frozen(problem, plan, now)
    head = {visit for vehicle in rest.vehicles for visit in vehicle.frozen}
    after = starts(rest, filled(rest, mended(rest, plan.routes)))
    assert head >= {visit for visit, start in before.items() if start < now}
    assert {visit: before[visit] for visit in head} == {visit: after[visit] for visit in head}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(running_days(), st.integers(0, 250), BUDGETS)
def test_the_engine_keeps_the_same(day: tuple[Problem, Plan, list[Event]], now: int, budget: Budget) -> None:
    problem, plan, told = day
    broken: list[Plan] = []

    def judged(problem: Problem, limits: Limits, start: Plan | None = None) -> Plan:
        found = solve(problem, limits, start)
        broken.extend([found] if violations(problem, found) else [])
        return found

    replan(problem, plan, told, now, Limits(0.3, iterations=50), budget, judged)
    assert broken == []
