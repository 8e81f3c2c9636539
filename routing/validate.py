"""Is this problem one that can be planned? Says which field is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from routing import sound
from routing.errors import InvalidProblem
from routing.problem import MOST_BREAKS, Break, Problem, Vehicle, Visit, Weights
from routing.sound import LATEST as LATEST
from routing.validate_links import check_frozen, check_links, check_published
from routing.validate_travel import LONGEST_TRAVEL as LONGEST_TRAVEL
from routing.validate_travel import places_of


def validated(problem: Problem) -> Problem:
    """The problem itself when it is sound. Raises InvalidProblem, naming the field and the remedy, when it is
    not.

    An impossible visit is sound (it will be left out with a reason); contradictory or unreadable figures are
    not.
    """
    sound.unique("visits", [visit.id for visit in problem.visits])
    sound.unique("vehicles", [vehicle.id for vehicle in problem.vehicles])
    for vehicle in problem.vehicles:
        sound.factor(f"vehicle {vehicle.id} speed", vehicle.speed)
    places = places_of(problem)
    width = max((len(vehicle.capacity) for vehicle in problem.vehicles), default=0) or None
    for visit in problem.visits:
        _visit(problem, visit, places, width)
    for vehicle in problem.vehicles:
        _vehicle(vehicle, places, width)
    _weights(problem.weights)
    check_frozen(problem)
    check_links(problem)
    check_published(problem)
    return problem


def _visit(problem: Problem, visit: Visit, places: int, width: int | None) -> None:
    name = f"visit {visit.id}"
    sound.place(f"{name} place", visit.place, places)
    sound.whole(f"{name} service", visit.service)
    sound.whole(f"{name} setup", visit.setup)
    sound.whole(f"{name} priority", visit.priority)
    if not 0 <= visit.priority <= 100:
        raise InvalidProblem(f"{name} priority", f"is {visit.priority}; give 0 (ordinary) to 100 (must be served)")
    sound.windows(f"{name} windows", visit.windows)
    for field, load in (("load", visit.load), ("pickup", visit.pickup)):
        sound.load(f"{name} {field}", load, width)
    if visit.due is not None:
        sound.near(f"{name} due", visit.due)
    if visit.pin is not None:
        _pin(problem, visit, name)


def _pin(problem: Problem, visit: Visit, name: str) -> None:
    assert visit.pin is not None
    if visit.pin.vehicle is not None and not problem.has_vehicle(visit.pin.vehicle):
        raise InvalidProblem(
            f"{name} pin.vehicle",
            f"vehicle {visit.pin.vehicle} is not in the problem; add it or lift the pin",
        )
    # An empty `allowed` says that nobody may, a pin that somebody should: that visit is left out, not refused.
    barred = visit.allowed and visit.pin.vehicle is not None and visit.pin.vehicle not in visit.allowed
    if barred or visit.pin.vehicle in visit.forbidden:
        says = f"vehicle {visit.pin.vehicle} is not allowed or forbidden to make it; change that or lift the pin"
        raise InvalidProblem(f"{name} pin.vehicle", says)
    if visit.pin.start is not None:
        sound.instant(f"{name} pin.start", visit.pin.start)


def _vehicle(vehicle: Vehicle, places: int, width: int | None) -> None:
    name = f"vehicle {vehicle.id}"
    for field, place in (("start", vehicle.start), ("end", vehicle.end)):
        if place is not None:
            sound.place(f"{name} {field}", place, places)
    _shift(name, vehicle)
    sound.load(f"{name} capacity", vehicle.capacity, width)
    for field in ("max_visits", "max_travel", "max_distance"):
        limit = getattr(vehicle, field)
        if limit is not None:
            sound.whole(f"{name} {field}", limit)
    _breaks(name, vehicle.breaks)
    sound.whole(f"{name} worked", vehicle.worked)
    for rate in fields(vehicle.rates):
        sound.whole(f"{name} rates.{rate.name}", getattr(vehicle.rates, rate.name))


def _shift(name: str, vehicle: Vehicle) -> None:
    shift = vehicle.shift
    sound.instant(f"{name} shift", shift.earliest)
    sound.instant(f"{name} shift", shift.latest)
    if shift.earliest >= shift.latest:
        raise InvalidProblem(f"{name} shift", "is empty; it must end after it begins, or the vehicle be left out")
    if vehicle.soft_end is not None and not shift.earliest <= vehicle.soft_end <= shift.latest:
        raise InvalidProblem(f"{name} soft_end", "lies outside the shift; the soft end comes before the hard one")


def _weights(weights: Weights) -> None:
    for weight in fields(weights):
        sound.not_negative(f"weights.{weight.name}", getattr(weights, weight.name))


def _breaks(name: str, breaks: Sequence[Break]) -> None:
    if len(breaks) > MOST_BREAKS:
        raise InvalidProblem(f"{name} breaks", f"are {len(breaks)}; at most {MOST_BREAKS} a day can be planned")
    sound.unique(f"{name} breaks", [pause.id for pause in breaks])
    for pause in breaks:
        if not pause.windows:
            raise InvalidProblem(f"{name} break {pause.id}", "has no window; say when it may begin")
        sound.windows(f"{name} break {pause.id}", pause.windows)
        sound.whole(f"{name} break {pause.id} duration", pause.duration)
