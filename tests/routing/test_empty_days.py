"""Asked of all vehicles at once, what stops a visit on an empty day is what stops each of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.eligibility import ORDER, day_barrier, pin_in_window, reason, reasons, who_barrier
from routing.empty_days import EmptyDays
from routing.plan import Plan, Reason, Rule
from routing.problem import Problem
from tests.routing.engine_worlds import free_problems, linked_problems
from tests.routing.worlds import plans


@settings(max_examples=150, deadline=None)
@given(free_problems())
def test_each_vehicle_is_stopped_by_the_rule_it_is_stopped_by_alone(problem: Problem) -> None:
    days, everybody = EmptyDays.of(problem), np.arange(len(problem.vehicles))
    for visit in problem.visits:
        if not pin_in_window(visit):
            continue
        alone = [day_barrier(problem, visit, vehicle) for vehicle in problem.vehicles]
        stopped, free, resting = days.barriers(visit, everybody)
        assert {alone[k] for k in free.tolist()} <= {None}
        assert {alone[k] for k in resting.tolist()} <= {None, Rule.BREAK}
        assert stopped == Counter(rule for rule in alone if rule not in (None, Rule.BREAK))


@settings(max_examples=60, deadline=None)
@given(linked_problems(), st.data())
def test_many_are_told_what_each_would_be_told(problem: Problem, draw: st.DataObject) -> None:
    plan = draw.draw(plans(problem))
    assert reasons(problem, plan, problem.visits) == {v.id: reason(problem, plan, v) for v in problem.visits}


@settings(max_examples=100, deadline=None)
@given(free_problems())
def test_of_those_who_are_qualified_the_rule_that_comes_nearest_is_told(problem: Problem) -> None:
    told = reasons(problem, Plan((), {}), problem.visits)
    for visit in problem.visits:
        qualified = [vehicle for vehicle in problem.vehicles if who_barrier(visit, vehicle) is None]
        alone = Counter(day_barrier(problem, visit, vehicle) for vehicle in qualified)
        if alone and None not in alone:
            nearest = max(alone, key=lambda rule: ORDER.index(rule) if rule is not None else -1)
            assert told[visit.id] == Reason(nearest or Rule.MISSING, stopped=alone[nearest], nearest=len(qualified))
        elif qualified:
            assert told[visit.id] == Reason(Rule.NO_TIME, able=len(qualified), busy=0)
