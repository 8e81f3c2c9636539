"""How a planned day really goes: what is known by events, everything else as planned, and what has begun by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from routing.clock import start_windows
from routing.events import Ill
from routing.joint import timed_routes
from routing.journey import Journey
from routing.links import ends
from routing.plan import Plan, Route, Stop
from routing.problem import Pin, Problem, TimeWindow, Vehicle, Visit
from routing.sound import LATEST


@dataclass(frozen=True, slots=True)
class Course:
    """What is known: when services began and ended, what has not begun, what is called off, who is ill."""

    started: Mapping[int, int] = field(default_factory=dict)
    ends: Mapping[int, int] = field(default_factory=dict)
    waiting: frozenset[int] = frozenset()
    cancelled: frozenset[int] = frozenset()
    out: Mapping[int, Ill] = field(default_factory=dict)


AS_PLANNED = Course()


def lived(problem: Problem, plan: Plan, course: Course) -> Problem:
    """The problem in which services begin and last as known; what began in fact is bound by no window."""
    links = tuple(link for link in problem.links if not all(visit in course.started for visit in ends(link)))
    known = {
        visit: replace(problem.visit(visit), windows=(), pin=Pin(None, at)) for visit, at in course.started.items()
    }
    now = _with(replace(problem, links=links), known)
    pending = [[visit for visit in route.visits if visit in course.ends] for route in plan.routes]
    while any(pending):
        at = {stop.visit: stop.start for timed in times(now, plan.routes) for stop in timed}
        first = {own[0] for own in pending if own}
        longer = {visit: max(0, course.ends[visit] - course.started.get(visit, at[visit])) for visit in first}
        now = _with(now, {visit: replace(now.visit(visit), service=service) for visit, service in longer.items()})
        pending = [own[1:] for own in pending]
    return now


def times(problem: Problem, routes: Sequence[Route]) -> list[list[Stop]]:
    """The stops of each route as they are to be expected: where something is late, breaks are taken when they can be.

    `stops` has a break begin in time though a visit has to wait for it; nobody rests before what has begun.
    """
    found = timed_routes(problem, routes)
    late = {
        route.vehicle
        for route, timed in zip(routes, found, strict=True)
        if any(_is_late(problem, problem.vehicle(route.vehicle), stop) for stop in timed)
    }
    patient = tuple(_patient(vehicle) if vehicle.id in late else vehicle for vehicle in problem.vehicles)
    return timed_routes(replace(problem, vehicles=patient), routes) if late else found


def _is_late(problem: Problem, vehicle: Vehicle, stop: Stop) -> bool:
    if stop.visit is not None:
        windows = start_windows(problem.visit(stop.visit))
    else:
        windows = next((rest.windows for rest in vehicle.breaks if rest.id == stop.rest), ())
    return bool(windows) and stop.start > max(window.latest for window in windows)


def _patient(vehicle: Vehicle) -> Vehicle:
    """The vehicle with breaks that may begin at any time after their windows."""
    breaks = (replace(rest, windows=(*rest.windows, _ever(rest.windows))) for rest in vehicle.breaks)
    return replace(vehicle, breaks=tuple(breaks))


def _ever(windows: Sequence[TimeWindow]) -> TimeWindow:
    return TimeWindow(max(window.latest for window in windows), LATEST)


def begun(problem: Problem, plan: Plan, before: int, course: Course) -> dict[int, list[Visit]]:
    """What each vehicle has begun, in order: visits pinned to it and to their starts, bound by no other rule.

    `problem` is as `lived` gives it. A visit has begun when the drive to it had to begin before `before`, if nothing
    else is known. Where known starts contradict the drives between them, the later one counts, and the earlier
    visits have begun and ended as much sooner.
    """
    first = _heads(problem, plan.routes, before, course, whole=False)
    found = {vehicle: _pinned(problem, problem.vehicle(vehicle), head) for vehicle, head in first.items()}
    settled = _with(problem, {visit.id: visit for head in found.values() for visit in head})
    routes = [_reordered(route, found[route.vehicle]) for route in plan.routes]
    later = _heads(settled, routes, before, course, whole=True)
    return {vehicle: _pinned(settled, problem.vehicle(vehicle), head) for vehicle, head in later.items()}


def _heads(
    problem: Problem, routes: Sequence[Route], before: int, course: Course, *, whole: bool
) -> dict[int, dict[int, int]]:
    """Starts of what has begun, by vehicle and visit; without `whole` not of what is planned behind known starts."""
    found = {}
    for route, timed in zip(routes, times(problem, routes), strict=True):
        departures, starts = departs(timed), {stop.visit: stop.start for stop in timed}
        known = [visit for visit in route.visits if visit in course.started]
        limit = route.visits.index(known[-1]) if known and not whole else len(route.visits)
        ill = course.out.get(route.vehicle)
        if ill is not None and ill.since <= before:
            planned = _as_planned(route.visits[:limit], starts, ill.since, course)
        else:
            planned = _as_planned(route.visits[:limit], departures, before, course)
        begins = {visit: course.started.get(visit, starts[visit]) for visit in [*planned, *known]}
        ordered = dict(sorted(begins.items(), key=lambda pair: pair[1]))
        found[route.vehicle] = _without_let_go(problem, ordered, ill, before)
    return found


def _as_planned(visits: Sequence[int], begins: Mapping[int | None, int], until: int, course: Course) -> list[int]:
    """The visits that begin before `until`, up to the first that is known not to have begun."""
    found = []
    for visit in visits:
        if visit in course.waiting:
            break
        if begins[visit] < until and visit not in course.started:
            found.append(visit)
    return found


def _without_let_go(problem: Problem, begins: dict[int, int], ill: Ill | None, before: int) -> dict[int, int]:
    if ill is None or not ill.lets_go or ill.since > before:
        return begins
    return {visit: at for visit, at in begins.items() if at + problem.visit(visit).service <= ill.since}


def departs(timed: Sequence[Stop]) -> dict[int | None, int]:
    """When the drive to each visit has to begin at the latest, for its service to begin in time."""
    found: dict[int | None, int] = {}
    spent = 0
    for stop in timed:
        spent += stop.travel
        if stop.kind == "visit":
            found[stop.visit] = stop.start - stop.setup - spent
            spent = 0
        elif stop.kind == "break" and spent:
            spent += stop.service
    return found


def _pinned(problem: Problem, vehicle: Vehicle, begins: Mapping[int, int]) -> list[Visit]:
    """The visits of a head, from the last to the first made to end before the drive to the next."""
    if not begins:
        return []
    visits = [problem.visit(visit) for visit in begins]
    journey = Journey.of(problem, vehicle, visits)
    found: list[Visit] = []
    end: int | None = None
    for i in reversed(range(len(visits))):
        start, service = begins[visits[i].id], visits[i].service
        if end is not None:
            start = min(start, end)
            service = min(service, end - start)
        found.insert(0, _bound(visits[i], vehicle.id, start, service))
        end = start - journey.drives[i] - journey.setups[i]
    return found if end is None or end >= 0 else [_moved(visit, -end) for visit in found]


def _bound(visit: Visit, vehicle: int, start: int, service: int) -> Visit:
    """What has begun is not to be judged any more by who does it where and when."""
    nobody: frozenset[int] = frozenset()
    return replace(visit, service=service, windows=(), skills={}, county=None, allowed=None, forbidden=nobody,
                   pin=Pin(vehicle, start))  # fmt: skip


def _moved(visit: Visit, seconds: int) -> Visit:
    assert visit.pin is not None
    assert visit.pin.start is not None
    return replace(visit, pin=replace(visit.pin, start=visit.pin.start + seconds))


def _reordered(route: Route, head: Sequence[Visit]) -> Route:
    first = tuple(visit.id for visit in head)
    return Route(route.vehicle, first + tuple(visit for visit in route.visits if visit not in first))


def _with(problem: Problem, visits: Mapping[int, Visit]) -> Problem:
    return (
        replace(problem, visits=tuple(visits.get(visit.id, visit) for visit in problem.visits)) if visits else problem
    )
