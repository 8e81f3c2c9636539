"""How good a plan is: what it leaves out first, what it costs to drive second."""

from __future__ import annotations

from collections.abc import Iterable

from routing.clock import LATE
from routing.journey import Journey
from routing.plan import Plan, Route
from routing.problem import Problem, Vehicle, Visit
from routing.schedule import forward

LEFT_OUT = 20_000
PINNED = 100
NOT_PREFERRED = 600
OVERTIME = 2


def left_out_cost(visit: Visit) -> int:
    """What leaving a visit out costs, in seconds of travel: beyond any detour, more for priority and pins."""
    weight = LEFT_OUT * (100 + visit.priority) // 100
    return weight * PINNED if visit.pin is not None else weight


def score(problem: Problem, plan: Plan) -> tuple[int, int]:
    """(cost of what is left out, cost of the routes): the smaller plan is the better one."""
    served = {visit_id for route in plan.routes for visit_id in route.visits}
    lost = sum(left_out_cost(visit) for visit in problem.visits if visit.id not in served)
    return lost, travel_cost(problem, plan.routes)


def travel_cost(problem: Problem, routes: Iterable[Route]) -> int:
    """Travel (in `costs` if there are any), overtime, and technicians who are not the preferred ones."""
    return sum(_route_cost(problem, route) for route in routes if route.visits)


def _route_cost(problem: Problem, route: Route) -> int:
    vehicle = problem.vehicle(route.vehicle)
    visits = [problem.visit(visit_id) for visit_id in route.visits]
    journey = Journey.of(problem, vehicle, visits)
    strangers = sum(1 for visit in visits if visit.preferred and vehicle.id not in visit.preferred)
    driven = sum(journey.drives) if problem.costs is None else _along_costs(problem, vehicle, visits)
    return driven + NOT_PREFERRED * strangers + OVERTIME * overtime(journey)


def _along_costs(problem: Problem, vehicle: Vehicle, visits: list[Visit]) -> int:
    along = [vehicle.start, *(visit.place for visit in visits), vehicle.end]
    known = [place for place in along if place is not None]
    assert problem.costs is not None
    return int(problem.costs[known[:-1], known[1:]].sum())


def overtime(journey: Journey) -> int:
    """Seconds a journey ends after its vehicle's soft end."""
    if journey.vehicle.soft_end is None:
        return 0
    end = forward(journey)[-1].ready[-1] % LATE
    return max(0, end - journey.vehicle.soft_end)
