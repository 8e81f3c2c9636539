from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from routing.check import violations
from routing.crew import Crew
from routing.joint import starts
from routing.large import solve_large
from routing.limits import Limits, Progress
from routing.plan import Plan, Route
from routing.problem import Link, Pin, Precedence, Problem, Published, SameStart, TimeWindow, Vehicle, Visit
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


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Areas of some hundred visits are cut as those of many thousand are."""
    monkeypatch.setattr("routing.large.MOST_VISITS", 100)


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


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("matrix", [True, False])
def test_an_area_planned_in_parts_breaks_nothing(matrix: bool) -> None:
    area = city(520, 60, matrix)
    told: list[Progress] = []
    plan = solve_large(area, Limits(0.8), None, told.append)
    assert violations(area, plan) == []
    assert sum(len(route.visits) for route in plan.routes) >= 500
    assert told[-1].cost < told[0].cost


@pytest.mark.usefixtures("small_parts")
def test_a_visit_pinned_to_a_vehicle_far_away_is_planned_with_it() -> None:
    area = city(520, 60)
    far = {1000 + k: 8 * k for k in range(0, 60, 7)}
    pins = {visit: Pin(vehicle=vehicle) for vehicle, visit in far.items()}
    area = replace(area, visits=tuple(replace(visit, pin=pins.get(visit.id)) for visit in area.visits))
    plan = solve_large(area, Limits(0.5), None, None)
    served_by = {visit_id: route.vehicle for route in plan.routes for visit_id in route.visits}
    assert {vehicle: visit for visit, vehicle in served_by.items() if visit in pins} == far
    assert violations(area, plan) == []


@pytest.mark.usefixtures("small_parts")
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


def joined(area: Problem) -> Problem:
    """The area with pairs who begin together, visits that follow others and shipments, among neighbours and afar."""
    links: list[Link] = []
    for n in range(0, 60, 6):
        links += [SameStart(n, n + 1), Precedence(n + 2, n + 3, 1800), Precedence(n + 4, n + 5, same_vehicle=True)]
    return replace(area, links=tuple(links))


def owners(plan: Plan) -> dict[int, int]:
    return {visit: route.vehicle for route in plan.routes for visit in route.visits}


@pytest.mark.usefixtures("small_parts")
def test_an_area_with_links_is_planned_in_parts_that_keep_them() -> None:
    area = joined(city(520, 60))
    plan = solve_large(area, Limits(1.5), None, None)
    assert violations(area, plan) == []
    assert sum(visit in owners(plan) for visit in range(60)) >= 54


def test_visits_in_no_route_stay_in_one_part_with_what_they_are_joined_to() -> None:
    area = joined(city(300, 40))
    for turn in range(3):
        cut = parts(area, Plan((), {}), 50, turn)
        assert {link for part in cut for link in part.problem.links} == set(area.links)
        assert all_ids(cut) == (list(range(300)), list(range(1000, 1040)))


def test_partners_in_different_parts_stay_where_and_when_they_are() -> None:
    area = replace(city(60, 12), links=(SameStart(0, 59), Precedence(1, 2)))
    rest = [visit for visit in range(60) if visit not in (0, 59, 1, 2)]
    routes = [Route(1000, (0,)), Route(1011, (59,)), Route(1005, (1, 2))]
    routes += [Route(1000 + k, (rest[k],)) for k in (1, 2, 3, 4, 6, 7, 8, 9, 10)]
    plan = Plan(tuple(routes), {})
    at = starts(area, plan)
    apart = 0
    for turn in range(4):
        cut = parts(area, plan, 12, turn)
        pins = {visit.id: visit.pin for part in cut for visit in part.problem.visits if visit.pin is not None}
        kept = [link for part in cut for link in part.problem.links]
        assert Precedence(1, 2) in kept
        assert pins == ({} if SameStart(0, 59) in kept else {0: Pin(1000, at[0]), 59: Pin(1011, at[59])})
        apart += SameStart(0, 59) not in kept
    assert apart


@pytest.mark.usefixtures("small_parts")
def test_what_is_frozen_is_planned_with_its_vehicle_and_stays_at_the_head() -> None:
    area = city(520, 60)
    heads = {1000 + k: (8 * k, 8 * k + 4) for k in range(0, 60, 7)}
    fleet = tuple(replace(vehicle, frozen=heads.get(vehicle.id, ())) for vehicle in area.vehicles)
    area = replace(area, vehicles=fleet)
    plan = solve_large(area, Limits(0.8), None, None)
    assert violations(area, plan) == []
    first = {route.vehicle: route.visits[:2] for route in plan.routes}
    assert {vehicle: first[vehicle] for vehicle in heads} == heads


@pytest.mark.usefixtures("small_parts")
def test_parts_share_what_may_be_changed_of_a_published_plan() -> None:
    area = city(520, 60)
    before = solve_large(area, Limits(0.5), None, None)
    told = owners(before)
    closed = replace(area, vehicles=area.vehicles[:-1], published=Published(told, 12))
    start = Plan(tuple(route for route in before.routes if route.vehicle != area.vehicles[-1].id), {})
    cut = parts(closed, start, 100, 0)
    budgets = [part.problem.published.most_changed for part in cut if part.problem.published is not None]
    assert sum(budget or 0 for budget in budgets) == 12
    plan = solve_large(closed, Limits(0.8), start, None)
    assert violations(closed, plan) == []


class Deadly:
    """Travel times that end whoever asks for them, as a crash in a library would."""

    def matrix(self, points: object, depart_at: int | None = None) -> tuple[None, None]:
        raise SystemExit(9)
