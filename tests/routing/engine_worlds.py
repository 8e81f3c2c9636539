"""Small random problems in which all that the engine has to heed is said at once, and what plans may break in them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume
from hypothesis import strategies as st

from routing.check import violations
from routing.errors import InvalidProblem
from routing.plan import Plan, Route, Rule, Violation
from routing.problem import Problem, Published, Rates, TimeWindow, Vehicle, Visit, Weights
from routing.validate import validated
from tests.routing.worlds import joined_problems, problems, told_problems

RATES = st.builds(
    Rates,
    fixed=st.sampled_from((0, 0, 500)),
    per_hour=st.sampled_from((3600, 3600, 1800)),
    per_task_hour=st.sampled_from((0, 900)),
    per_km=st.sampled_from((0, 50)),
    overtime=st.sampled_from((7200, 0)),
)
WEIGHTS = st.builds(
    Weights,
    left_out=st.sampled_from((20_000, 300, 0)),
    late=st.sampled_from((1, 1, 0, 7)),
    fairness=st.sampled_from((0.0, 30.0)),
)


@st.composite
def worked(draw: st.DrawFn, vehicle: Vehicle) -> Vehicle:
    return replace(
        vehicle,
        rates=draw(RATES),
        speed=draw(st.sampled_from((1.0, 1.0, 0.7, 1.5))),
        worked=draw(st.sampled_from((0, 7200))),
    )


@st.composite
def wished(draw: st.DrawFn, visit: Visit, fleet: tuple[int, ...]) -> Visit:
    some = st.frozensets(st.sampled_from(fleet), max_size=1)
    due = draw(st.sampled_from((None, None, 40, 120)))
    allowed = draw(st.one_of(st.none(), st.none(), st.frozensets(st.sampled_from(fleet))))
    return replace(visit, due=due, preferred=draw(some), forbidden=draw(some), allowed=allowed)


@st.composite
def priced(draw: st.DrawFn, problem: Problem) -> Problem:
    """The problem with rates, speeds, wishes and weights."""
    fleet = tuple(vehicle.id for vehicle in problem.vehicles)
    return replace(
        problem,
        visits=tuple(draw(wished(visit, fleet)) for visit in problem.visits),
        vehicles=tuple(draw(worked(vehicle)) for vehicle in problem.vehicles),
        weights=draw(WEIGHTS),
        costs=draw(st.sampled_from((None, None, problem.durations))),
    )


@st.composite
def full_problems(draw: st.DrawFn) -> Problem:
    """Links, frozen heads, something published with or without a budget, rates, speeds, wishes: all at once."""
    return sound(draw(priced(draw(told_problems()))))


@st.composite
def linked_problems(draw: st.DrawFn) -> Problem:
    """Links, rates, speeds and wishes; nothing frozen."""
    return sound(draw(priced(draw(joined_problems(most_visits=7)))))


@st.composite
def free_problems(draw: st.DrawFn) -> Problem:
    """No links, nothing frozen; rates, speeds and wishes."""
    return sound(draw(priced(draw(problems(most_visits=7, most_vehicles=3)))))


@st.composite
def roomy_problems(draw: st.DrawFn) -> Problem:
    """As `free_problems`, with a published plan and days long enough for several visits."""
    problem = draw(free_problems())
    fleet = tuple(replace(v, shift=TimeWindow(v.shift.earliest, 500)) for v in problem.vehicles)
    ids = st.sampled_from([vehicle.id for vehicle in fleet])
    told = {visit.id: draw(ids) for visit in problem.visits}
    return replace(problem, vehicles=fleet, published=draw(st.sampled_from((None, Published(told)))))


def sound(problem: Problem) -> Problem:
    """The problem unless it contradicts itself."""
    try:
        return validated(problem)
    except InvalidProblem:
        assume(False)
        raise


def unavoidable(problem: Problem, plan: Plan) -> set[tuple[Rule, int | None]]:
    """What frozen heads break, by themselves or waiting for each other, whatever is planned behind them."""
    heads = Plan(tuple(Route(vehicle.id, vehicle.frozen) for vehicle in problem.vehicles), plan.unassigned)
    return {(broken.rule, broken.vehicle) for broken in violations(problem, heads) if broken.vehicle is not None}


def avoidable(problem: Problem, plan: Plan) -> list[Violation]:
    """The rules the plan breaks without need; a budget for changes that nobody showed how to keep is not among them."""
    known = unavoidable(problem, plan) | {(Rule.DISRUPTION, None)}
    return [broken for broken in violations(problem, plan) if (broken.rule, broken.vehicle) not in known]
