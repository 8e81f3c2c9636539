"""Everything that is tried to place one more visit when rules may be given up: vehicles, limits, other visits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from routing.clock import start_windows
from routing.day import COST, END, LATEST, POSITION, ROW, START, WINDOW, Day
from routing.explanation import Give, Relaxation
from routing.links import ends
from routing.plan import Route
from routing.problem import Pin, Problem, TimeWindow, Vehicle, Visit

MOST_GIVEN = 2
WIDER = 4 * 3600
MOST_OVERTIME = 3 * 3600
LIMITS = (Give.OVERTIME, Give.CAPACITY, Give.MAX_VISITS, Give.MAX_TRAVEL, Give.MAX_DISTANCE)


@dataclass(frozen=True, slots=True)
class Trial:
    """A vehicle's route tried with `given` about the person, limits `waived`, and visit `moved` taken out."""

    vehicle: Vehicle
    given: tuple[Relaxation, ...]
    waived: tuple[Give, ...]
    moved: int | None

    @property
    def many(self) -> int:
        """How many things are given up."""
        return len(self.given) + len(self.waived) + (self.moved is not None)


@dataclass(frozen=True, slots=True)
class Chance:
    """A place that a trial found: what is given up but for limits' amounts, and about what it costs.

    `amount` are the seconds by which windows and the shift are overrun.
    """

    trial: Trial
    relaxations: tuple[Relaxation, ...]
    position: int
    amount: int
    cost: int

    @property
    def kinds(self) -> tuple[Give, ...]:
        moved = (Give.MOVE,) if self.trial.moved is not None else ()
        return tuple(sorted((*(one.kind for one in self.relaxations), *self.trial.waived, *moved)))


def chances(problem: Problem, day: Day, visit: Visit) -> list[Chance]:
    """Every place where the visit fits when one or two things are given up; `day` is the plan as it is.

    What nobody at all is allowed to make is not for one vehicle to make.
    """
    if visit.allowed is not None and not visit.allowed:
        return []
    asked = list(_windows(visit))
    tried = list(_trials(problem, day, visit))
    rows = _rows(problem, day, tried)
    found = rows.places(_anybodys(visit, [window for _, window in asked]))
    driven = rows.driven_cost()
    known = {route.vehicle: cost for route, cost in zip(day.routes, day.driven_cost().tolist(), strict=True)}
    made = []
    for place in found.tolist():
        trial, window = tried[place[ROW]], asked[place[WINDOW]][0]
        if 0 < trial.many + (window is not None) <= MOST_GIVEN:
            saved = known[trial.vehicle.id] - int(driven[place[ROW]])
            made.append(_chance(visit, trial, window, place, saved))
    return made


def persons_rules(visit: Visit, vehicle: Vehicle) -> tuple[Relaxation, ...]:
    """All that would have to be given up for this vehicle to be one that may make the visit."""

    def given(kind: Give, amount: int = 0, name: str = "") -> Relaxation:
        return Relaxation(kind, visit.id, vehicle.id, amount, name)

    found = []
    if visit.county is not None and vehicle.counties is not None and visit.county not in vehicle.counties:
        found.append(given(Give.COUNTY, name=visit.county))
    for skill, level in visit.skills.items():
        has = vehicle.skills.get(skill)
        if has is None:
            found.append(given(Give.SKILL, level, skill))
        elif has < level:
            found.append(given(Give.LEVEL, level - has, skill))
    if vehicle.id in visit.forbidden or (visit.allowed is not None and vehicle.id not in visit.allowed):
        found.append(given(Give.ALLOW))
    if visit.pin is not None and visit.pin.vehicle not in (None, vehicle.id):
        found.append(given(Give.UNPIN))
    return tuple(found)


def _windows(visit: Visit) -> Iterator[tuple[tuple[Give, int] | None, TimeWindow]]:
    """The visit's windows, then what lies around each of them; a pinned start is not given up."""
    own = start_windows(visit)
    yield from ((None, window) for window in own)
    if own is visit.windows:
        for number, window in enumerate(own):
            yield (Give.EARLIER, number), TimeWindow(window.earliest - WIDER, window.earliest - 1)
            yield (Give.LATER, number), TimeWindow(window.latest + 1, window.latest + WIDER)
    if not own:
        yield None, TimeWindow(0, 1 << 31)


def _anybodys(visit: Visit, windows: Sequence[TimeWindow]) -> Visit:
    """The visit without any rule about who may make it: that is looked at before."""
    start = visit.pin.start if visit.pin is not None else None
    pin = None if start is None else Pin(start=start)
    return replace(
        visit, skills={}, county=None, allowed=None, forbidden=frozenset(), pin=pin,
        windows=visit.windows if pin else tuple(windows),
    )  # fmt: skip


def _trials(problem: Problem, day: Day, visit: Visit) -> Iterator[Trial]:
    joined = {end for link in problem.links for end in ends(link)}
    for vehicle, route in zip(day.vehicles, day.routes, strict=True):
        given = persons_rules(visit, vehicle)
        left = MOST_GIVEN - len(given)
        if left < 0:
            continue
        limits = _limits(problem, vehicle, route, visit)
        for many in range(left + 1):
            for waived in combinations(limits, many):
                yield Trial(vehicle, given, waived, None)
        movable = _movable(problem, vehicle, route, joined) if left else []
        for waived in ((), *((kind,) for kind in limits)) if left > 1 else ((),):
            yield from (Trial(vehicle, given, waived, moved) for moved in movable)


def _limits(problem: Problem, vehicle: Vehicle, route: Route, visit: Visit) -> list[Give]:
    """The limits of the vehicle that may stop this visit."""
    limits = [Give.OVERTIME]
    if vehicle.capacity and (visit.load or visit.pickup):
        limits.append(Give.CAPACITY)
    if vehicle.max_visits is not None and len(route.visits) >= vehicle.max_visits:
        limits.append(Give.MAX_VISITS)
    if vehicle.max_travel is not None:
        limits.append(Give.MAX_TRAVEL)
    if vehicle.max_distance is not None:
        limits.append(Give.MAX_DISTANCE)
    return limits


def _movable(problem: Problem, vehicle: Vehicle, route: Route, joined: set[int]) -> list[int]:
    """Visits that nothing ties to the route."""
    fixed = joined | set(vehicle.frozen)
    return [v for v in route.visits if v not in fixed and problem.visit(v).pin is None]


def _rows(problem: Problem, day: Day, tried: Sequence[Trial]) -> Day:
    """A day with one row for every trial."""
    vehicles: list[Vehicle] = []
    numbers: dict[tuple[int, tuple[Give, ...]], int] = {}
    for trial in tried:
        if (trial.vehicle.id, trial.waived) not in numbers:
            numbers[trial.vehicle.id, trial.waived] = len(vehicles)
            vehicles.append(_without_limits(trial.vehicle, trial.waived))
    known = {route.vehicle: route for route in day.routes}
    routes = [_without(known[trial.vehicle.id], trial.moved) for trial in tried]
    served = [problem.visit(v) for route in day.routes for v in route.visits]
    chosen = [numbers[trial.vehicle.id, trial.waived] for trial in tried]
    return Day.over(problem, vehicles, served, routes, chosen, problem.links, day.held)


def _without(route: Route, moved: int | None) -> Route:
    if moved is None:
        return route
    return Route(route.vehicle, tuple(v for v in route.visits if v != moved))


def _without_limits(vehicle: Vehicle, waived: Sequence[Give]) -> Vehicle:
    for kind in waived:
        if kind == Give.OVERTIME:
            end = vehicle.shift.latest + MOST_OVERTIME
            vehicle = replace(vehicle, shift=TimeWindow(vehicle.shift.earliest, end))
        elif kind == Give.CAPACITY:
            vehicle = replace(vehicle, capacity=())
        elif kind == Give.MAX_VISITS:
            vehicle = replace(vehicle, max_visits=None)
        elif kind == Give.MAX_TRAVEL:
            vehicle = replace(vehicle, max_travel=None)
        else:
            vehicle = replace(vehicle, max_distance=None)
    return vehicle


def _chance(visit: Visit, trial: Trial, window: tuple[Give, int] | None, place: list[int], saved: int) -> Chance:
    given, over = trial.given, 0
    if window is not None:
        kind, number = window
        span = visit.windows[number]
        off = place[START] - span.latest if kind == Give.LATER else span.earliest - place[LATEST]
        given, over = (*given, Relaxation(kind, visit.id, trial.vehicle.id, off, window=number)), off
    if Give.OVERTIME in trial.waived:
        over += max(0, place[END] - trial.vehicle.shift.latest)
    return Chance(trial, given, place[POSITION], over, place[COST] - saved)
