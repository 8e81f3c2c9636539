"""Which vehicle could make which visit at all, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from routing.clock import LATE, first_begin, start_windows
from routing.empty_days import EmptyDays
from routing.journey import Journey
from routing.links import ends, without
from routing.load import changed, excess, loaded
from routing.plan import Plan, Reason, Rule
from routing.problem import Problem, SameStart, Vehicle, Visit
from routing.schedule import forward


def barrier(problem: Problem, visit: Visit, vehicle: Vehicle) -> Rule | None:
    """The first rule that keeps the vehicle from the visit even on an empty day; None when it could."""
    return who_barrier(visit, vehicle) or day_barrier(problem, visit, vehicle)


def who_barrier(visit: Visit, vehicle: Vehicle) -> Rule | None:
    """The first rule about the person that stops: county, skill, level, allowed, pinned vehicle."""
    if visit.county is not None and vehicle.counties is not None and visit.county not in vehicle.counties:
        return Rule.COUNTY
    for skill, level in visit.skills.items():
        has = vehicle.skills.get(skill)
        if has is None:
            return Rule.SKILL
        if has < level:
            return Rule.LEVEL
    if vehicle.id in visit.forbidden or (visit.allowed is not None and vehicle.id not in visit.allowed):
        return Rule.NOT_ALLOWED
    if visit.pin is not None and visit.pin.vehicle not in (None, vehicle.id):
        return Rule.PIN
    return None


def pin_in_window(visit: Visit) -> bool:
    """Whether a pinned start, if any, lies in a window of the visit."""
    if visit.pin is None or visit.pin.start is None:
        return True
    return first_begin(visit.windows, visit.pin.start) == visit.pin.start


def day_barrier(problem: Problem, visit: Visit, vehicle: Vehicle) -> Rule | None:
    """The first rule of the day that stops the visit made alone: pin, load, limits, window, shift, break."""
    if not pin_in_window(visit):
        return Rule.PIN
    journey = Journey.of(problem, vehicle, (visit,))
    load = loaded(journey.visits, vehicle)
    if excess(vehicle.capacity, (load, changed(load, visit))) > 0:
        return Rule.CAPACITY
    if vehicle.max_visits == 0:
        return Rule.MAX_VISITS
    if vehicle.max_travel is not None and sum(journey.drives) > vehicle.max_travel:
        return Rule.MAX_TRAVEL
    if vehicle.max_distance is not None and sum(journey.metres) > vehicle.max_distance:
        return Rule.MAX_DISTANCE
    return _time_barrier(journey)


def _time_barrier(journey: Journey) -> Rule | None:
    vehicle, visit = journey.vehicle, journey.visits[0]
    arrive = vehicle.shift.earliest + journey.drives[0] + journey.setups[0]
    start = first_begin(start_windows(visit), arrive)
    if start is None or start > vehicle.shift.latest:
        return Rule.WINDOW
    if start + visit.service + journey.drives[1] > vehicle.shift.latest:
        return Rule.SHIFT
    end = forward(journey)[-1].ready[-1]
    if end >= LATE or end > vehicle.shift.latest:
        return Rule.BREAK
    return None


def reason(problem: Problem, plan: Plan, visit: Visit | int) -> Reason:
    """Why the plan leaves the visit out.

    The rule that stops most of the vehicles which come nearest to making it; `partner` or `precedence` when a visit
    it needs can be made by nobody, `no-time` when some could make it on an empty day, `no-vehicle` when there is
    nobody at all.
    """
    wanted = problem.visit(visit) if isinstance(visit, int) else visit
    return reasons(problem, plan, [wanted])[wanted.id]


def reasons(problem: Problem, plan: Plan, visits: Iterable[Visit | int]) -> dict[int, Reason]:
    """`reason` of many visits, by id: thousands a second."""
    asked = _Asked(problem, {route.vehicle for route in plan.routes if route.visits}, EmptyDays.of(problem))
    wanted = [problem.visit(visit) if isinstance(visit, int) else visit for visit in visits]
    return {visit.id: asked.reason(visit) for visit in wanted}


@dataclass(frozen=True, slots=True)
class _Able:
    """Who may make visits that ask for the same of a person: positions of vehicles, how many of them have visits, and
    how many others each rule stops."""

    who: NDArray[np.int64]
    busy: int
    stopped: Counter[Rule]


@dataclass(slots=True)
class _Asked:
    """What was found out about visits so far; like ones ask once."""

    problem: Problem
    busy: set[int]
    days: EmptyDays
    able: dict[object, _Able] = field(default_factory=dict)
    own: dict[int, Reason] = field(default_factory=dict)

    def reason(self, visit: Visit) -> Reason:
        found = self._own(visit)
        if found.rule != Rule.NO_TIME:
            return found
        return next(self._partners_reasons(visit), found)

    def _own(self, visit: Visit) -> Reason:
        """The reason but for the visit's links."""
        if visit.id not in self.own:
            self.own[visit.id] = _nobody(self.problem, visit) or self._of_days(visit, self._able(visit))
        return self.own[visit.id]

    def _partners_reasons(self, visit: Visit) -> Iterator[Reason]:
        """The visits that this one cannot be made without and that nobody can make."""
        for link in self.problem.links:
            if visit.id not in ends(link):
                continue
            first, second = ends(link)
            other = second if visit.id == first else first
            is_needed = visit.id in without((link,), [other]) and self.problem.has_visit(other)
            if is_needed and self._own(self.problem.visit(other)).rule != Rule.NO_TIME:
                rule = Rule.PARTNER if isinstance(link, SameStart) else Rule.PRECEDENCE
                yield Reason(rule, f"visit {other}, which it needs, can be made by nobody")

    def _able(self, visit: Visit) -> _Able:
        """Who may make it, of those its own pin or list leaves to choose from."""
        pinned = visit.pin.vehicle if visit.pin is not None else None
        key = (tuple(visit.skills.items()), visit.county, visit.allowed, visit.forbidden, pinned)
        if key not in self.able:
            chosen = [(k, vehicle) for k, vehicle in enumerate(self.problem.vehicles) if _is_candidate(visit, vehicle)]
            rules = [(k, vehicle, who_barrier(visit, vehicle)) for k, vehicle in chosen]
            who = [(k, vehicle) for k, vehicle, rule in rules if rule is None]
            self.able[key] = _Able(
                np.array([k for k, _ in who], dtype=np.int64),
                sum(vehicle.id in self.busy for _, vehicle in who),
                Counter(rule for _, _, rule in rules if rule is not None),
            )
        return self.able[key]

    def _of_days(self, visit: Visit, able: _Able) -> Reason:
        many = len(able.who)
        if not many:
            return _nearest(able.stopped, able.stopped.total())
        if not pin_in_window(visit):
            return _nearest(Counter({Rule.PIN: many}), many)
        stopped, free, resting = self.days.barriers(visit, able.who)
        for k in resting.tolist() if not len(free) else ():
            rule = day_barrier(self.problem, visit, self.problem.vehicles[k])
            if rule is None:
                break
            stopped[rule] = stopped.get(rule, 0) + 1
        else:
            if not len(free):
                return _nearest(Counter(stopped), many)
        return Reason(Rule.NO_TIME, able=many, busy=able.busy)


ORDER = (
    Rule.COUNTY, Rule.SKILL, Rule.LEVEL, Rule.NOT_ALLOWED, Rule.PIN, Rule.CAPACITY, Rule.MAX_VISITS,
    Rule.MAX_TRAVEL, Rule.MAX_DISTANCE, Rule.WINDOW, Rule.SHIFT, Rule.BREAK,
)  # fmt: skip


def _nobody(problem: Problem, visit: Visit) -> Reason | None:
    """Why there is no vehicle to choose from, if that is so."""
    if not problem.vehicles:
        return Reason(Rule.NO_VEHICLE, "there is no vehicle to plan for")
    if visit.pin is not None and visit.pin.vehicle is not None:
        if not problem.has_vehicle(visit.pin.vehicle):
            return Reason(Rule.PIN, f"it is pinned to vehicle {visit.pin.vehicle}, which is not in the problem")
    elif visit.allowed is not None and not any(problem.has_vehicle(vehicle) for vehicle in visit.allowed):
        return Reason(Rule.NOT_ALLOWED, "none of the vehicles allowed to make it is in the problem")
    return None


def _is_candidate(visit: Visit, vehicle: Vehicle) -> bool:
    """Whether the visit's own pin, or else its list, leaves the vehicle to choose from."""
    if visit.pin is not None and visit.pin.vehicle is not None:
        return vehicle.id == visit.pin.vehicle
    return visit.allowed is None or vehicle.id in visit.allowed


def _nearest(stopped: Counter[Rule], among: int) -> Reason:
    rule = max(stopped, key=lambda rule: (ORDER.index(rule), stopped[rule]))
    return Reason(rule, stopped=stopped[rule], nearest=among)
