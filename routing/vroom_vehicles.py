"""The vehicles of a problem in VROOM's JSON form, with their breaks and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.errors import InvalidProblem
from routing.problem import MOST_BREAKS, Break, Rates, TimeWindow, Vehicle
from routing.validate import LATEST
from routing.vroom_fields import (
    Json,
    amounts,
    given_id,
    identity,
    limit,
    number,
    once,
    pair,
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

FASTEST = 5.0
DEAREST = 10_000_000
ANY_TIME = TimeWindow(0, LATEST)
REFUSED = {"max_load": "a load limit at a break is not planned with; leave it out"}


@dataclass(frozen=True, slots=True)
class Rest:
    """A break as the question names it."""

    id: int | str
    description: str


def vehicle_of(row: Json, where: str, places: Places, steps: Steps) -> Vehicle:
    """One vehicle; the times of its steps are kept."""
    number_of = identity(row, where)
    return Vehicle(
        id=number_of,
        start=places.number(row, "start", where),
        end=places.number(row, "end", where),
        shift=_shift(row, where, number_of, steps),
        breaks=_breaks(row, where, number_of, steps),
        skills=skills(row, where),
        capacity=amounts(row, "capacity", where),
        max_visits=limit(row, "max_tasks", where),
        max_travel=limit(row, "max_travel_time", where),
        max_distance=limit(row, "max_distance", where),
        rates=_rates(row, where),
        speed=_speed(row, where),
        description=text(row),
    )


def rests_of(vehicles: Sequence[Json]) -> dict[tuple[int, int], Rest]:
    """All breaks by vehicle and id."""
    return {
        (identity(row, "vehicles"), identity(rest, "breaks")): Rest(given_id(rest), text(rest))
        for row in vehicles
        for rest in rows(row, "breaks")
    }


def width_of(vehicles: Sequence[Vehicle]) -> int | None:
    """How many dimensions loads have; None when no vehicle says. A vehicle without a capacity carries anything."""
    width = max((len(vehicle.capacity) for vehicle in vehicles), default=0)
    for i, vehicle in enumerate(vehicles):
        if vehicle.capacity and len(vehicle.capacity) != width:
            raise InvalidProblem(f"vehicles[{i}].capacity", f"has not {width} entries like another; give all alike")
    return width or None


def _shift(row: Json, where: str, vehicle: int, steps: Steps) -> TimeWindow:
    given = row.get("time_window")
    shift = ANY_TIME if given is None else pair(given, f"{where}.time_window")
    for end in ("start", "end"):
        if bounds := steps.ends.get((vehicle, end)):
            (shift,) = bounds.cut((shift,))
    if shift.earliest == shift.latest:
        raise InvalidProblem(f"{where}.time_window", "is empty; it must end after it begins")
    return shift


def _breaks(row: Json, where: str, vehicle: int, steps: Steps) -> tuple[Break, ...]:
    given = rows(row, "breaks", f"{where}.breaks")
    if len(given) > MOST_BREAKS:
        raise InvalidProblem(f"{where}.breaks", f"are {len(given)}; at most {MOST_BREAKS} a vehicle can be planned")
    breaks = tuple(_break(rest, f"{where}.breaks[{i}]", vehicle, steps) for i, rest in enumerate(given))
    once((rest.id for rest in breaks), f"{where}.breaks")
    for (timed, rest), bounds in steps.rests.items():
        if timed == vehicle and rest not in {one.id for one in breaks}:
            raise InvalidProblem(bounds.where, f"is for break {rest}; the vehicle has none of that id, add it")
    return breaks


def _break(row: Json, where: str, vehicle: int, steps: Steps) -> Break:
    refuse(row, where, REFUSED)
    number_of = identity(row, where)
    given = windows(row, where) or (ANY_TIME,)
    bounds = steps.rests.get((vehicle, number_of))
    return Break(number_of, bounds.cut(given) if bounds else given, seconds(row, "service", where))


def _rates(row: Json, where: str) -> Rates:
    """`costs`: fixed, and per hour of travel, hour of service and kilometre."""
    given = row.get("costs")
    if given is None:
        return Rates()
    if not isinstance(given, Mapping):
        raise InvalidProblem(f"{where}.costs", "must be an object with fixed, per_hour, per_task_hour or per_km")
    usual = Rates()
    return Rates(
        fixed=whole(given, "fixed", f"{where}.costs", usual.fixed, DEAREST),
        per_hour=whole(given, "per_hour", f"{where}.costs", usual.per_hour, DEAREST),
        per_task_hour=whole(given, "per_task_hour", f"{where}.costs", usual.per_task_hour, DEAREST),
        per_km=whole(given, "per_km", f"{where}.costs", usual.per_km, DEAREST),
    )


def _speed(row: Json, where: str) -> float:
    speed = number(row, "speed_factor", where, 1.0)
    if not 0 < speed <= FASTEST:
        raise InvalidProblem(f"{where}.speed_factor", f"must be over 0 and at most {FASTEST:g}, not {speed:g}")
    return speed
