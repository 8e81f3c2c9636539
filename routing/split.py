"""Cuts a large area into parts that can be planned one by one: neighbouring visits with the vehicles for them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.plan import Plan, Route
from routing.problem import Coordinates, Matrix, Problem, Vehicle, Visit
from routing.split_links import bound_and_loose, with_own_budgets, with_own_links

TURN = math.pi * (3 - math.sqrt(5))
"""The golden angle: cuts of successive rounds never run along each other."""


@dataclass(frozen=True, slots=True)
class Part:
    """A problem of its own, cut out of a larger one, the routes it has so far, and others seen elsewhere."""

    problem: Problem
    start: Plan
    others: tuple[Route, ...] = ()


def parts(problem: Problem, plan: Plan, most_visits: int, round_number: int) -> list[Part]:
    """The area in parts of at most about `most_visits`, no route cut in two; every visit and vehicle in one part.

    But for visits in no route that are joined to visits of several parts or have no vehicle near: those are in none
    this time. The first round cuts along the area's axes, later ones turn the cut. Needs `coordinates`.
    """
    area = _Area.of(problem, plan)
    cells = _halved(area, np.arange(len(area.points)), most_visits, round_number * TURN)
    cut = [part for cell in cells if (part := area.part(cell)) is not None]
    own = with_own_budgets(problem, plan, with_own_links(problem, plan, [part.problem for part in cut]))
    return [replace(part, problem=one) for part, one in zip(cut, own, strict=True) if one.visits]


def laid_out(durations: Matrix) -> Coordinates:
    """Points on a plane (n × 2) about as far apart as travel takes, for areas that are known by a matrix only.

    Classical multidimensional scaling (Torgerson, Psychometrika 1952); the unit is a millionth of a second.
    """
    apart = (durations.astype(np.float64) + durations.T) / 2
    squares = apart**2
    centred = -(squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()) / 2
    values, axes = np.linalg.eigh(centred)
    points: Coordinates = axes[:, -2:] * np.sqrt(np.maximum(values[-2:], 0)) * 1e-6
    return points


@dataclass(frozen=True, slots=True)
class _Area:
    """What is to be divided: one item per vehicle (with its route and visits bound to it), one per group of others."""

    problem: Problem
    routes: Sequence[Route]
    loose: Sequence[Sequence[Visit]]
    bound: Mapping[int, Sequence[Visit]]
    points: Coordinates
    visits: NDArray[np.int64]

    @staticmethod
    def of(problem: Problem, plan: Plan) -> _Area:
        assert problem.coordinates is not None
        by_vehicle = {route.vehicle: route for route in plan.routes}
        routes = [by_vehicle.get(vehicle.id, Route(vehicle.id, ())) for vehicle in problem.vehicles]
        bound, loose = bound_and_loose(problem, routes)
        centres = [problem.coordinates[[visit.place for visit in group]].mean(axis=0) for group in loose]
        points = np.array(centres, dtype=np.float64).reshape(-1, 2)
        weights = [len(route.visits) + len(bound.get(route.vehicle, ())) for route in routes] + [len(g) for g in loose]
        return _Area(
            problem,
            routes,
            loose,
            bound,
            np.vstack([anchors(problem, routes), flat(points, problem.coordinates)]),
            np.array(weights, dtype=np.int64),
        )

    def part(self, cell: NDArray[np.intp]) -> Part | None:
        """The problem of a cell's items; None when it has no visit or no vehicle."""
        k = len(self.routes)
        routes = [self.routes[i] for i in cell if i < k]
        visits = [self.problem.visit(visit_id) for route in routes for visit_id in route.visits]
        visits += [visit for i in cell if i >= k for visit in self.loose[i - k]]
        visits += [visit for route in routes for visit in self.bound.get(route.vehicle, ())]
        vehicles = [self.problem.vehicles[i] for i in cell if i < k]
        if not visits or not vehicles:
            return None
        start = Plan(tuple(route for route in routes if route.visits), {})
        return Part(cut_out(self.problem, visits, vehicles), start)


def cut_out(problem: Problem, visits: Sequence[Visit], vehicles: Sequence[Vehicle]) -> Problem:
    """The problem of some visits and vehicles, its places renumbered and its travel made into a matrix."""
    places = sorted(
        {visit.place for visit in visits} | {p for v in vehicles for p in (v.start, v.end) if p is not None}
    )
    number = {place: i for i, place in enumerate(places)}
    durations, distances = problem.between(places)
    return replace(
        problem,
        visits=tuple(replace(visit, place=number[visit.place]) for visit in visits),
        vehicles=tuple(
            replace(v, start=_renumbered(number, v.start), end=_renumbered(number, v.end)) for v in vehicles
        ),
        durations=durations,
        distances=distances,
        costs=None if problem.costs is None else problem.costs[np.ix_(places, places)],
        coordinates=None if problem.coordinates is None else problem.coordinates[places],
    )


def _renumbered(number: Mapping[int, int], place: int | None) -> int | None:
    return None if place is None else number[place]


def anchors(problem: Problem, routes: Sequence[Route]) -> Coordinates:
    """Where each route's vehicle belongs, k × 2, flat: amid its visits, or near its home and counties."""
    assert problem.coordinates is not None
    counties = _county_sums(problem)
    points = [_anchor(problem, problem.vehicle(route.vehicle), route, counties) for route in routes]
    return flat(np.array(points, dtype=np.float64).reshape(-1, 2), problem.coordinates)


def flat(points: Coordinates, area: Coordinates) -> Coordinates:
    """Points with longitudes shrunk so that a unit is as long to the east as to the north in this area."""
    shrunk: Coordinates = points * np.array([math.cos(math.radians(float(area[:, 1].mean()))), 1.0])
    return shrunk


def _county_sums(problem: Problem) -> dict[str, NDArray[np.float64]]:
    """For each county the sums of its visits' lng and lat, and their number."""
    assert problem.coordinates is not None
    sums: dict[str, NDArray[np.float64]] = {}
    for visit in problem.visits:
        if visit.county is not None:
            point = np.append(problem.coordinates[visit.place], 1.0)
            sums[visit.county] = sums.get(visit.county, np.zeros(3)) + point
    return sums


def _anchor(
    problem: Problem, vehicle: Vehicle, route: Route, counties: dict[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Where a vehicle belongs: amid its route, else its home drawn half-way to the visits it covers."""
    assert problem.coordinates is not None
    if route.visits:
        places = [problem.visit(visit_id).place for visit_id in route.visits]
        centre: NDArray[np.float64] = problem.coordinates[places].mean(axis=0)
        return centre
    homes = [problem.coordinates[place] for place in (vehicle.start, vehicle.end) if place is not None]
    known = [counties[county] for county in sorted(vehicle.counties or ()) if county in counties]
    if known:
        total = np.sum(known, axis=0)
        homes.append(total[:2] / total[2])
    mean: NDArray[np.float64] = np.mean(homes or problem.coordinates, axis=0)
    return mean


def _halved(area: _Area, cell: NDArray[np.intp], most_visits: int, turn: float) -> Iterable[NDArray[np.intp]]:
    """Cut a cell until it is small enough: across its longer side, visits and vehicles in the same proportion."""
    weights = area.visits[cell]
    if weights.sum() <= most_visits or len(cell) < 2:
        return [cell]
    along = area.points[cell] @ _direction(area.points[cell], turn)
    left = np.zeros(len(cell), dtype=bool)
    for loose in (True, False):
        kind = (cell >= len(area.routes)) == loose
        left[kind] = _first_half(along[kind], weights[kind])
    if left.all() or not left.any():
        return [cell]
    return [
        *_halved(area, cell[left], most_visits, turn),
        *_halved(area, cell[~left], most_visits, turn),
    ]


def _direction(points: Coordinates, turn: float) -> NDArray[np.float64]:
    """The axis the points spread along most, turned."""
    centred = points - points.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    x, y = axes[:, -1]
    return np.array([x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)])


def _first_half(along: NDArray[np.float64], weights: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which items come first along the axis, up to half of the visits (of the items when none has visits)."""
    amounts = weights if weights.any() else np.ones_like(weights)
    order = np.argsort(along, kind="stable")
    first = np.zeros(len(along), dtype=bool)
    first[order] = np.cumsum(amounts[order]) * 2 <= amounts.sum()
    return first
