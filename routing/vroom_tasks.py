"""The tasks of a problem in VROOM's JSON form: jobs, pickups and deliveries, and the visits they become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from routing.errors import InvalidProblem
from routing.problem import Pin, Precedence, TimeWindow, Vehicle, Visit
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
from routing.vroom_places import Places
from routing.vroom_steps import Steps
from routing.vroom_vehicles import width_of

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
class Source:
    """Where a visit comes from: its row, and the row with what both ends of a shipment share."""

    visit: int
    task: Task
    row: Json
    shared: Json
    where: str


def sources_of(question: Json) -> Iterator[Source]:
    """Jobs keep their ids as visits; the ends of shipments get ids after the last of them."""
    jobs = rows(question, "jobs")
    numbers = [identity(job, f"jobs[{i}]") for i, job in enumerate(jobs)]
    once(numbers, "jobs")
    for i, (number, job) in enumerate(zip(numbers, jobs, strict=True)):
        yield Source(number, Task("job", given_id(job)), job, job, f"jobs[{i}]")
    following = max(numbers, default=0) + 1
    shipments = rows(question, "shipments")
    for k, kind in enumerate(("pickup", "delivery")):
        ends = [_end(shipment, kind, f"shipments[{i}]") for i, shipment in enumerate(shipments)]
        once((identity(end, f"shipments[{i}].{kind}") for i, end in enumerate(ends)), f"shipments.{kind}")
        for i, (shipment, end) in enumerate(zip(shipments, ends, strict=True)):
            where = f"shipments[{i}].{kind}"
            yield Source(following + 2 * i + k, Task(kind, given_id(end)), end, shipment, where)


def _end(shipment: Json, kind: str, where: str) -> Json:
    end = shipment.get(kind)
    if not isinstance(end, Mapping):
        raise InvalidProblem(f"{where}.{kind}", "is missing; a shipment has a pickup and a delivery")
    return end


def shipments_of(sources: Sequence[Source]) -> Iterator[tuple[Source, Source]]:
    """The pickup and the delivery of each shipment."""
    pickups = [source for source in sources if source.task.kind == "pickup"]
    deliveries = [source for source in sources if source.task.kind == "delivery"]
    return zip(pickups, deliveries, strict=True)


def links_of(sources: Sequence[Source]) -> Iterator[Precedence]:
    """What joins the two ends of each shipment."""
    for pickup, delivery in shipments_of(sources):
        yield Precedence(pickup.visit, delivery.visit, same_vehicle=True)


def visits_of(
    sources: Sequence[Source], vehicles: Sequence[Vehicle], places: Places, steps: Steps
) -> tuple[tuple[Visit, ...], dict[int, Task]]:
    """The visits, their windows as ours, and the tasks they are."""
    width = width_of(vehicles)
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


def _visit(source: Source, places: Places, steps: Steps, width: int | None) -> Visit:
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


def _taken(source: Source, where: str, width: int | None) -> tuple[int, ...]:
    """What is on board after the visit: for a shipment until its delivery, else until the end."""
    if source.task.kind == "delivery":
        return ()
    return amounts(source.shared, "pickup" if source.task.kind == "job" else "amount", where, width)
