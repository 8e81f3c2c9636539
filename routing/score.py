"""How good a plan is: what it leaves out first, what its routes cost second. Costs are in the units of `Rates`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routing.clock import LATE
from routing.journey import Journey
from routing.plan import Plan, Route
from routing.problem import Problem, Vehicle, Visit
from routing.schedule import forward, stops

HOUR = 3600


def left_out_cost(problem: Problem, visit: Visit) -> int:
    """What leaving a visit out costs: beyond any detour, more for priority, for what falls due, and for pins."""
    weights = problem.weights
    weight = weights.left_out * (100 + visit.priority + 100 * weights.due * (visit.due is not None)) // 100
    return weight * weights.pinned if visit.pin is not None else weight


def score(problem: Problem, plan: Plan) -> tuple[int, int]:
    """(cost of what is left out, cost of the routes): the smaller plan is the better one."""
    served = {visit_id for route in plan.routes for visit_id in route.visits}
    lost = sum(left_out_cost(problem, visit) for visit in problem.visits if visit.id not in served)
    return lost, travel_cost(problem, plan.routes)


def travel_cost(problem: Problem, routes: Iterable[Route]) -> int:
    """What routes cost: travel, overtime, fixed costs, lateness, and technicians who are not the ones wished for."""
    mean = mean_worked(problem)
    return sum(_route_cost(problem, route, mean) for route in routes if route.visits)


def mean_worked(problem: Problem) -> float:
    """The mean of what the vehicles have worked, in seconds; 0 without any."""
    return sum(vehicle.worked for vehicle in problem.vehicles) / max(1, len(problem.vehicles))


def assignment_cost(problem: Problem, visit: Visit, vehicle: Vehicle, mean: float) -> int:
    """What it costs that this vehicle makes the visit, wherever on its route: `mean` is `mean_worked`."""
    weights = problem.weights
    cost = round(visit.service * vehicle.rates.per_task_hour / HOUR)
    if visit.preferred and vehicle.id not in visit.preferred:
        cost += weights.not_preferred
    if problem.published is not None and problem.published.vehicles.get(visit.id, vehicle.id) != vehicle.id:
        cost += weights.changed
    if weights.fairness:
        cost += round(visit.service * weights.fairness * (vehicle.worked - mean) / HOUR)
    return cost


def arc_cost(vehicle: Vehicle, seconds: int, metres: int) -> int:
    """What a drive costs where the problem has no matrix of costs."""
    rates = vehicle.rates
    if rates.per_hour == HOUR and not rates.per_km:
        return seconds
    return round(seconds * rates.per_hour / HOUR + metres * rates.per_km / 1000)


def overtime_cost(vehicle: Vehicle, seconds: int) -> int:
    """What that much work after the soft end costs."""
    return seconds * vehicle.rates.overtime // HOUR


def _route_cost(problem: Problem, route: Route, mean: float) -> int:
    vehicle = problem.vehicle(route.vehicle)
    visits = [problem.visit(visit_id) for visit_id in route.visits]
    journey = Journey.of(problem, vehicle, visits)
    chosen = sum(assignment_cost(problem, visit, vehicle, mean) for visit in visits)
    if problem.costs is None:
        driven = sum(arc_cost(vehicle, *leg) for leg in zip(journey.drives, journey.metres, strict=True))
    else:
        driven = _along_costs(problem, vehicle, visits)
    late = problem.weights.late * _late(problem, route, visits)
    return driven + chosen + late + vehicle.rates.fixed + overtime_cost(vehicle, overtime(journey))


def _late(problem: Problem, route: Route, visits: Sequence[Visit]) -> int:
    """Seconds by which services begin after they are due."""
    due = {visit.id: visit.due for visit in visits if visit.due is not None}
    if not due:
        return 0
    return sum(max(0, stop.start - due[stop.visit]) for stop in stops(problem, route) if stop.visit in due)


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
