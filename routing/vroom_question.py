"""Reads a problem in VROOM's JSON form; refuses what would change its meaning and is not planned with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.errors import InvalidProblem
from routing.plan import Plan, Reason, Rule
from routing.problem import Problem, Vehicle, Visit
from routing.score import HOUR
from routing.travel import GreatCircle, TravelTimes
from routing.validate import validated
from routing.vroom_fields import Json, given_id, identity, once, rows
from routing.vroom_places import Matrices, Places, Point, has_matrices, matrices_of, profile_of
from routing.vroom_steps import Steps
from routing.vroom_tasks import Source, Task, links_of, shipments_of, sources_of, visits_of
from routing.vroom_vehicles import Rest, rests_of, vehicle_of
from routing.vroom_weights import weights_for


@dataclass(frozen=True, slots=True)
class Question:
    """A problem and what its answer needs: `tasks` by visit, `vehicles` and their `rests` by what the problem calls
    them, where the places are (as far as the question says), whether it wants a line to draw, and whether its steps
    are to be timed only, as they are."""

    problem: Problem
    start: Plan | None
    tasks: dict[int, Task]
    vehicles: dict[int, int | str]
    rests: dict[tuple[int, int], Rest]
    places: dict[int, Point]
    has_matrix: bool
    has_line: bool
    is_fixed: bool

    def as_given(self) -> Plan:
        """The routes of the steps and nothing else."""
        routes = () if self.start is None else self.start.routes
        placed = {visit for route in routes for visit in route.visits}
        left_out = Reason(Rule.NOT_ALLOWED, "it is in no vehicle's steps, which are all that was to be timed")
        return Plan(routes, {visit.id: left_out for visit in self.problem.visits if visit.id not in placed})


def from_vroom(question: Json, travel: TravelTimes | None = None) -> Question:
    """The problem of a VROOM input: jobs, shipments, vehicles and matrices (or coordinates, joined by `travel`).

    Skills become skills of level 1, a shipment two visits and a link. Without matrices `travel` (great circle by
    default) is used between `location`s. Raises InvalidProblem naming the JSON field and the remedy.
    """
    if not isinstance(question, Mapping):
        raise InvalidProblem("input", "must be a JSON object with jobs and vehicles")
    days = rows(question, "vehicles")
    profile = profile_of(days)
    matrices = matrices_of(question, profile) if has_matrices(question) else None
    places = Places(len(matrices[0]) if matrices else None)
    sources = list(sources_of(question))
    steps = _steps(sources, days)
    vehicles = tuple(vehicle_of(row, f"vehicles[{i}]", places, steps) for i, row in enumerate(days))
    once((vehicle.id for vehicle in vehicles), "vehicles")
    visits, tasks = visits_of(sources, vehicles, places, steps)
    problem = _joined(visits, vehicles, matrices, places, travel or GreatCircle())
    problem = replace(problem, links=tuple(links_of(sources)), weights=weights_for(problem))
    return Question(
        problem=validated(problem),
        start=Plan(tuple(steps.routes), {}) if steps.routes else None,
        tasks=tasks,
        vehicles={vehicle.id: given_id(row) for vehicle, row in zip(vehicles, days, strict=True)},
        rests=rests_of(days),
        places=places.known,
        has_matrix=matrices is not None,
        has_line=_option(question, "g"),
        is_fixed=_option(question, "c"),
    )


def _joined(
    visits: tuple[Visit, ...],
    vehicles: tuple[Vehicle, ...],
    matrices: Matrices | None,
    places: Places,
    travel: TravelTimes,
) -> Problem:
    if matrices is None:
        points = places.coordinates(len(places.numbers))
        return Problem.over(visits, vehicles, np.zeros((0, 2)) if points is None else points, travel)
    for i, vehicle in enumerate(vehicles):
        if matrices[2] is not None and (vehicle.rates.per_hour, vehicle.rates.per_km) != (HOUR, 0):
            raise InvalidProblem(f"vehicles[{i}].costs", "contradicts the matrix of costs; give one of the two")
    return Problem(visits, vehicles, *matrices, places.coordinates(len(matrices[0])))


def _steps(sources: Sequence[Source], days: Sequence[Json]) -> Steps:
    steps = Steps({(source.task.kind, identity(source.row, source.where)): source.visit for source in sources})
    for i, row in enumerate(days):
        steps.read(row, identity(row, f"vehicles[{i}]"), f"vehicles[{i}]")
    for pickup, delivery in shipments_of(sources):
        on_board = [{pickup.visit, delivery.visit} & set(route.visits) for route in steps.routes]
        if any(len(ends) == 1 for ends in on_board):
            raise InvalidProblem(
                "vehicles.steps",
                f"has one end of {pickup.where.removesuffix('.pickup')} only; give both to one vehicle",
            )
    return steps


def _option(question: Json, name: str) -> bool:
    """One of the options that VROOM's users give on its command line."""
    options = question.get("options")
    return isinstance(options, Mapping) and options.get(name) is True
