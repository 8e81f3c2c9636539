"""The rest of a running day as a problem of its own: what has begun keeps its vehicle, its order and its start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from routing.course import AS_PLANNED, Course, begun, lived
from routing.freeze_vehicle import Spell, left_of
from routing.joint import timed_routes
from routing.links import ends
from routing.plan import Plan
from routing.problem import Link, Pin, Precedence, Problem, Published, Visit


def frozen(problem: Problem, plan: Plan, before: int, course: Course = AS_PLANNED) -> Problem:
    """What can still be planned of a running day, and what cannot any more as the frozen heads of the vehicles.

    Frozen is whatever begins before `before`, or whose drive has to. It is bound by nothing else any more, and a
    vehicle may do all that its head needs: a head by itself breaks no rule. Nothing new begins before `before`.
    Vehicles with neither a head nor time left are gone, and pins to them are lifted. Links between what has begun and
    what has not are kept as far as they can be. `published` is the plan, but for visits whose technician is ill.
    """
    after = lived(problem, plan, course)
    heads = _without_called_off(begun(after, plan, before, course), before, course)
    told = timed_routes(problem, plan.routes)
    breaks = {
        route.vehicle: [stop for stop in timed if stop.kind == "break"]
        for route, timed in zip(plan.routes, told, strict=True)
    }
    vehicles, pinned = [], dict[int, Visit]()
    for vehicle in problem.vehicles:
        spell = Spell(before, tuple(heads.get(vehicle.id, ())), breaks.get(vehicle.id), course.out.get(vehicle.id))
        left, head = left_of(problem, vehicle, spell)
        vehicles += [left] if left is not None else []
        pinned |= {visit.id: visit for visit in head}
    able = {vehicle.id for vehicle in vehicles} - _out(before, course)
    rest = _Rest(problem, after, course, frozenset(able), pinned)
    return replace(
        problem,
        visits=tuple(rest.visits()),
        vehicles=tuple(vehicles),
        links=tuple(rest.links()),
        published=_published(plan, before, course, pinned),
    )


def _without_called_off(heads: Mapping[int, Sequence[Visit]], before: int, course: Course) -> dict[int, list[Visit]]:
    """The heads without the cancelled visits whose service has not begun; those at work on one end it now."""
    found = {}
    for vehicle, head in heads.items():
        kept = [visit for visit in head if visit.id not in course.cancelled or _start(visit) < before]
        found[vehicle] = [
            replace(visit, service=min(visit.service, before - _start(visit)))
            if visit.id in course.cancelled
            else visit
            for visit in kept
        ]
    return found


def _start(visit: Visit) -> int:
    assert visit.pin is not None
    assert visit.pin.start is not None
    return visit.pin.start


def _out(before: int, course: Course) -> set[int]:
    return {vehicle for vehicle, ill in course.out.items() if ill.since <= before}


def _published(plan: Plan, before: int, course: Course, pinned: Mapping[int, Visit]) -> Published:
    out = _out(before, course)
    return Published(
        {
            visit: route.vehicle
            for route in plan.routes
            for visit in route.visits
            if visit in pinned or not (route.vehicle in out or visit in course.cancelled)
        }
    )


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left to be put together: `able` are the vehicles at work, `pinned` the visits of the heads, by id."""

    problem: Problem
    after: Problem
    course: Course
    able: frozenset[int]
    pinned: Mapping[int, Visit]

    def visits(self) -> Iterator[Visit]:
        bound = dict(self._aboard())
        for visit in self.problem.visits:
            if visit.id in self.pinned:
                yield self.pinned[visit.id]
            elif visit.id not in self.course.cancelled:
                yield self._open(visit, bound.get(visit.id))

    def _aboard(self) -> Iterator[tuple[int, int]]:
        """Visits that have to follow on the vehicle of one that has begun."""
        for link in self.problem.links:
            if isinstance(link, Precedence) and link.same_vehicle and link.before in self.pinned:
                pin = self.pinned[link.before].pin
                assert pin is not None
                assert pin.vehicle is not None
                yield link.after, pin.vehicle

    def _open(self, visit: Visit, aboard: int | None) -> Visit:
        if visit.id in self.course.ends and visit.id not in self.course.started:
            visit = replace(visit, service=self.after.visit(visit.id).service)
        pin = visit.pin
        if pin is not None and self._is_lifted(pin, aboard):
            pin = Pin(None, pin.start) if pin.start is not None else None
        if pin is not None and pin.start is not None and self._is_too_early(visit.id, pin.start):
            pin = Pin(pin.vehicle, None) if pin.vehicle is not None else None
        allowed = visit.allowed if aboard is None else frozenset({aboard})
        return replace(visit, pin=pin, allowed=allowed)

    def _is_lifted(self, pin: Pin, aboard: int | None) -> bool:
        if pin.vehicle is None:
            return False
        return pin.vehicle not in self.able or aboard not in (None, pin.vehicle)

    def _is_too_early(self, visit: int, start: int) -> bool:
        """Whether what has begun before it ends too late for a pinned start."""
        before = (link for link in self.problem.links if isinstance(link, Precedence) and link.after == visit)
        found = ((link, self.pinned[link.before]) for link in before if link.before in self.pinned)
        return any(start < _start(other) + other.service + link.delay for link, other in found)

    def links(self) -> Iterator[Link]:
        """The links that can still be kept; what one vehicle had to do may now only be done by it."""
        gone = self.course.cancelled - self.pinned.keys()
        for link in self.problem.links:
            one, other = ends(link)
            if {one, other} & gone or other in self.pinned:
                continue
            if one not in self.pinned:
                yield link
            elif isinstance(link, Precedence):
                yield replace(link, same_vehicle=False)
