"""Reads a problem in VROOM's JSON form; refuses what would change its meaning and is not planned with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.errors import InvalidProblem
from routing.plan import Plan
from routing.problem import Pin, Precedence, Problem, TimeWindow, Vehicle, Visit
from routing.score import HOUR
from routing.travel import GreatCircle, TravelTimes
from routing.validate import validated
from routing.vroom_fields import (
    Json,
    amounts,
    given_id,
    identity,
    once,
    refuse,
    rows,
    seconds,
    skills,
    text,
    whole,
    windows,
)
from routing.vroom_places import Matrices, Places, Point, has_matrices, matrices_of, profile_of
from routing.vroom_steps import Steps
from routing.vroom_vehicles import Rest, rests_of, vehicle_of
from routing.vroom_weights import weights_for

REFUSED = {
    "setup_per_type": "durations per vehicle type are not planned with; give setup",
    "service_per_type": "durations per vehicle type are not planned with; give service",
}


@dataclass(frozen=True, slots=True)
class Task:
    """A job, a pickup or a delivery as the question names it: each kind has ids of its own.

    `folded` is the part of the visit's service that the question calls its setup.
    """

    kind: str
    id: int | str
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A problem and what its answer needs: `tasks` by visit, `vehicles` and their `rests` by what the problem calls
    them, where the places are (as far as the question says), and whether it wants a `line` to draw."""

    problem: Problem
    start: Plan | None
    tasks: dict[int, Task]
    vehicles: dict[int, int | str]
    rests: dict[tuple[int, int], Rest]
    places: dict[int, Point]
    has_matrix: bool
    has_line: bool


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a visit comes from: its row, and the row with what both ends of a shipment share."""

    visit: int
    task: Task
    row: Json
    shared: Json
    where: str


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
    sources = list(_sources(question))
    steps = _steps(sources, days)
    vehicles = tuple(vehicle_of(row, f"vehicles[{i}]", places, steps) for i, row in enumerate(days))
    once((vehicle.id for vehicle in vehicles), "vehicles")
    visits, tasks = _planned(sources, vehicles, places, steps)
    problem = _joined(visits, vehicles, matrices, places, travel or GreatCircle())
    problem = replace(problem, links=tuple(_links(sources)), weights=weights_for(problem))
    return Question(
        problem=validated(problem),
        start=Plan(tuple(steps.routes), {}) if steps.routes else None,
        tasks=tasks,
        vehicles={vehicle.id: given_id(row) for vehicle, row in zip(vehicles, days, strict=True)},
        rests=rests_of(days),
        places=places.known,
        has_matrix=matrices is not None,
        has_line=_wants_line(question),
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


def _sources(question: Json) -> Iterator[_Source]:
    """Jobs keep their ids as visits; the ends of shipments get ids after the last of them."""
    jobs = rows(question, "jobs")
    numbers = [identity(job, f"jobs[{i}]") for i, job in enumerate(jobs)]
    once(numbers, "jobs")
    for i, (number, job) in enumerate(zip(numbers, jobs, strict=True)):
        yield _Source(number, Task("job", given_id(job)), job, job, f"jobs[{i}]")
    following = max(numbers, default=0) + 1
    shipments = rows(question, "shipments")
    for k, kind in enumerate(("pickup", "delivery")):
        ends = [_end(shipment, kind, f"shipments[{i}]") for i, shipment in enumerate(shipments)]
        once((identity(end, f"shipments[{i}].{kind}") for i, end in enumerate(ends)), f"shipments.{kind}")
        for i, (shipment, end) in enumerate(zip(shipments, ends, strict=True)):
            where = f"shipments[{i}].{kind}"
            yield _Source(following + 2 * i + k, Task(kind, given_id(end)), end, shipment, where)


def _end(shipment: Json, kind: str, where: str) -> Json:
    end = shipment.get(kind)
    if not isinstance(end, Mapping):
        raise InvalidProblem(f"{where}.{kind}", "is missing; a shipment has a pickup and a delivery")
    return end


def _steps(sources: Sequence[_Source], days: Sequence[Json]) -> Steps:
    steps = Steps({(source.task.kind, identity(source.row, source.where)): source.visit for source in sources})
    for i, row in enumerate(days):
        steps.read(row, identity(row, f"vehicles[{i}]"), f"vehicles[{i}]")
    for pickup, delivery in _shipments(sources):
        on_board = [{pickup.visit, delivery.visit} & set(route.visits) for route in steps.routes]
        if any(len(ends) == 1 for ends in on_board):
            raise InvalidProblem(
                "vehicles.steps",
                f"has one end of {pickup.where.removesuffix('.pickup')} only; give both to one vehicle",
            )
    return steps


def _shipments(sources: Sequence[_Source]) -> Iterator[tuple[_Source, _Source]]:
    pickups = [source for source in sources if source.task.kind == "pickup"]
    deliveries = [source for source in sources if source.task.kind == "delivery"]
    return zip(pickups, deliveries, strict=True)


def _links(sources: Sequence[_Source]) -> Iterator[Precedence]:
    for pickup, delivery in _shipments(sources):
        yield Precedence(pickup.visit, delivery.visit, same_vehicle=True)


def _planned(
    sources: Sequence[_Source], vehicles: Sequence[Vehicle], places: Places, steps: Steps
) -> tuple[tuple[Visit, ...], dict[int, Task]]:
    """The visits, their windows as ours, and the tasks they are."""
    width = max((len(vehicle.capacity) for vehicle in vehicles), default=0) or None
    made = [(source, _visit(source, places, steps, width)) for source in sources]
    used = Counter(visit.place for _, visit in made) + Counter(vehicle.start for vehicle in vehicles)
    visits, tasks = [], {}
    for source, visit in made:
        begun = after_setup(visit, is_shared=used[visit.place] > 1)
        tasks[visit.id] = replace(source.task, folded=begun.service - visit.service)
        visits.append(begun)
    return tuple(visits), tasks


def after_setup(visit: Visit, *, is_shared: bool) -> Visit:
    """The visit with windows for the start of service, as ours are, in place of the start of its set-up, as VROOM's.

    Where the place is reached from elsewhere only, service begins just the set-up later. At a place that is shared a
    visit may follow with no set-up: what is kept suits both, at the cost of some seconds at the ends of a window; a
    window shorter than the set-up is kept by making the set-up a part of the service.
    """
    if not visit.setup or not visit.windows:
        return visit
    if not is_shared:
        return replace(visit, windows=_moved(visit.windows, visit.setup, visit.setup))
    if all(window.latest - window.earliest >= visit.setup for window in visit.windows):
        return replace(visit, windows=_moved(visit.windows, visit.setup, 0))
    return replace(visit, setup=0, service=visit.service + visit.setup)


def _moved(windows: Sequence[TimeWindow], earliest: int, latest: int) -> tuple[TimeWindow, ...]:
    return tuple(TimeWindow(window.earliest + earliest, window.latest + latest) for window in windows)


def _visit(source: _Source, places: Places, steps: Steps, width: int | None) -> Visit:
    row, where = source.row, source.where
    refuse(row, where, REFUSED)
    place = places.number(row, "location", where)
    if place is None:
        raise InvalidProblem(
            f"{where}.location", "is missing; give [longitude, latitude], or location_index with matrices"
        )
    timed = steps.timed.get(source.visit)
    given = windows(row, where)
    shared_where = where.removesuffix(f".{source.task.kind}")
    return Visit(
        id=source.visit,
        place=place,
        service=seconds(row, "service", where),
        setup=seconds(row, "setup", where),
        windows=timed[1].cut(given) if timed else given,
        skills=skills(source.shared, shared_where),
        load=_load(row, where, width) if source.task.kind == "job" else (),
        pickup=_taken(source, shared_where, width),
        priority=whole(source.shared, "priority", shared_where, 0, most=100),
        pin=Pin(vehicle=timed[0]) if timed else None,
        description=text(row),
    )


def _load(job: Json, where: str, width: int | None) -> tuple[int, ...]:
    """What a job gets; `amount` is the old name."""
    return amounts(job, "delivery", where, width) or amounts(job, "amount", where, width)


def _taken(source: _Source, where: str, width: int | None) -> tuple[int, ...]:
    """What is on board after the visit: for a shipment until its delivery, else until the end."""
    if source.task.kind == "delivery":
        return ()
    return amounts(source.shared, "pickup" if source.task.kind == "job" else "amount", where, width)


def _wants_line(question: Json) -> bool:
    options = question.get("options")
    return isinstance(options, Mapping) and options.get("g") is True
