from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from routing.check import violations
from routing.crew import Crew
from routing.large import solve_large
from routing.limits import Limits, Progress
from routing.plan import Plan, Route
from routing.problem import Pin, Problem, TimeWindow, Vehicle, Visit
from routing.schedule import stops
from routing.split import Part, laid_out, parts
from routing.travel import GreatCircle

SHORT = Limits(0.1, iterations=1)
DAY = TimeWindow(8 * 3600, 18 * 3600)


def city(many: int, fleet: int, matrix: bool = True) -> Problem:
    """Visits and homes strewn over some ten kilometres."""
    random = np.random.default_rng(1)
    points = np.array([121.47, 31.23]) + random.normal(0, 0.04, (many + fleet, 2))
    visits = tuple(Visit(i, i, 1800, priority=i % 3) for i in range(many))
    vehicles = tuple(Vehicle(1000 + k, many + k, many + k, DAY) for k in range(fleet))
    if not matrix:
        return Problem(visits, vehicles, coordinates=points, travel=GreatCircle())
    return Problem.over(visits, vehicles, points, GreatCircle())


def all_ids(cut: list[Part]) -> tuple[list[int], list[int]]:
    visits = sorted(visit.id for part in cut for visit in part.problem.visits)
    return visits, sorted(vehicle.id for part in cut for vehicle in part.problem.vehicles)


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_parts_are_small_and_hold_every_visit_and_vehicle_once(turn: int) -> None:
    area = city(300, 40)
    cut = parts(area, Plan((), {}), 50, turn)
    assert all_ids(cut) == (list(range(300)), list(range(1000, 1040)))
    assert max(len(part.problem.visits) for part in cut) <= 51
    assert all(4 <= len(part.problem.vehicles) <= 6 for part in cut)


def test_a_visit_in_no_route_stays_with_the_vehicle_it_is_pinned_to() -> None:
    area = city(300, 40)
    pinned = tuple(replace(visit, pin=Pin(vehicle=1000 + visit.id % 40)) for visit in area.visits[:40])
    area = replace(area, visits=(*pinned, *area.visits[40:]))
    for part in parts(area, Plan((), {}), 50, 0):
        wanted = {visit.pin.vehicle for visit in part.problem.visits if visit.pin is not None}
        assert wanted == {vehicle.id for vehicle in part.problem.vehicles}


def test_no_route_is_cut_in_two() -> None:
    area = city(60, 10)
    plan = Plan(tuple(Route(1000 + k, tuple(range(6 * k, 6 * k + 6))) for k in range(8)), {})
    kept = [route for part in parts(area, plan, 15, 1) for route in part.start.routes]
    assert sorted(kept, key=lambda route: route.vehicle) == list(plan.routes)


def test_a_part_has_the_travel_of_the_whole() -> None:
    area = city(60, 10)
    part = parts(area, Plan((), {}), 15, 0)[0].problem
    route = Route(part.vehicles[0].id, tuple(visit.id for visit in part.visits[:3]))
    times = [(stop.start, stop.distance) for stop in stops(part, route)]
    assert times == [(stop.start, stop.distance) for stop in stops(area, route)]


def test_travel_worked_out_on_the_way_is_that_of_the_matrix() -> None:
    route = Route(1000, (3, 1, 2))
    times = [(stop.start, stop.distance) for stop in stops(city(6, 1), route)]
    assert times == [(stop.start, stop.distance) for stop in stops(city(6, 1, matrix=False), route)]


def test_a_matrix_alone_tells_how_places_lie() -> None:
    points = np.array([[0.0, 0.0], [300.0, 0.0], [0.0, 400.0], [700.0, 100.0]])
    apart = np.rint(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(np.int32)
    laid = laid_out(apart) * 1e6
    assert np.hypot(*(laid[:, None] - laid[None]).transpose(2, 0, 1)) == pytest.approx(apart, abs=2)


@pytest.mark.parametrize("matrix", [True, False])
def test_an_area_planned_in_parts_breaks_nothing(matrix: bool) -> None:
    area = city(520, 60, matrix)
    told: list[Progress] = []
    plan = solve_large(area, Limits(0.8), None, told.append)
    assert violations(area, plan) == []
    assert sum(len(route.visits) for route in plan.routes) >= 500
    assert told[-1].cost < told[0].cost


def test_a_visit_pinned_to_a_vehicle_far_away_is_planned_with_it() -> None:
    area = city(520, 60)
    far = {1000 + k: 8 * k for k in range(0, 60, 7)}
    pins = {visit: Pin(vehicle=vehicle) for vehicle, visit in far.items()}
    area = replace(area, visits=tuple(replace(visit, pin=pins.get(visit.id)) for visit in area.visits))
    plan = solve_large(area, Limits(0.5), None, None)
    served_by = {visit_id: route.vehicle for route in plan.routes for visit_id in route.visits}
    assert {vehicle: visit for visit, vehicle in served_by.items() if visit in pins} == far
    assert violations(area, plan) == []


def test_an_area_without_vehicles_for_some_parts_is_still_accounted_for() -> None:
    area = city(520, 1)
    assert violations(area, solve_large(area, Limits(0.3), None, None)) == []


def test_child_processes_plan_parts_side_by_side() -> None:
    cut = parts(city(60, 12), Plan((), {}), 15, 0)
    done: dict[int, Plan] = {}
    with Crew(2) as crew:
        crew.solve(cut, lambda _: SHORT, done.__setitem__)
    assert sorted(done) == list(range(len(cut)))
    assert all(violations(cut[number].problem, plan) == [] for number, plan in done.items())


def test_a_part_whose_child_dies_does_not_hold_up_the_others() -> None:
    cut = parts(city(60, 12), Plan((), {}), 15, 0)
    deadly = replace(cut[0], problem=replace(cut[0].problem, travel=Deadly(), durations=None))
    done: dict[int, Plan] = {}
    with Crew(1) as crew:
        crew.solve([deadly, *cut[1:]], lambda _: SHORT, done.__setitem__)
    assert sorted(done) == list(range(1, len(cut)))


class Deadly:
    """Travel times that end whoever asks for them, as a crash in a library would."""

    def matrix(self, points: object, depart_at: int | None = None) -> tuple[None, None]:
        raise SystemExit(9)
