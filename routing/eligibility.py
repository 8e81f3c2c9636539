"""Which vehicle could make which visit at all, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from routing.clock import LATE, first_begin, start_windows
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
    found = _own_reason(problem, plan, wanted)
    if found.rule != Rule.NO_TIME:
        return found
    return next(_partners_reasons(problem, plan, wanted), found)


def _own_reason(problem: Problem, plan: Plan, wanted: Visit) -> Reason:
    candidates = _candidates(problem, wanted)
    if isinstance(candidates, Reason):
        return candidates
    stopped = [(vehicle, who_barrier(wanted, vehicle)) for vehicle in candidates]
    qualified = [vehicle for vehicle, rule in stopped if rule is None]
    if not qualified:
        return _nearest(Counter(rule for _, rule in stopped if rule is not None), len(candidates))
    days: Counter[Rule] = Counter()
    for vehicle in qualified:
        rule = day_barrier(problem, wanted, vehicle)
        if rule is None:
            return _no_time(plan, qualified)
        days[rule] += 1
    return _nearest(days, len(qualified))


def _partners_reasons(problem: Problem, plan: Plan, wanted: Visit) -> Iterator[Reason]:
    """The visits that this one cannot be made without and that nobody can make."""
    for link in problem.links:
        if wanted.id not in ends(link):
            continue
        first, second = ends(link)
        other = second if wanted.id == first else first
        is_needed = wanted.id in without((link,), [other]) and problem.has_visit(other)
        if is_needed and _own_reason(problem, plan, problem.visit(other)).rule != Rule.NO_TIME:
            rule = Rule.PARTNER if isinstance(link, SameStart) else Rule.PRECEDENCE
            yield Reason(rule, f"visit {other}, which it needs, can be made by nobody")


ORDER = (
    Rule.COUNTY, Rule.SKILL, Rule.LEVEL, Rule.NOT_ALLOWED, Rule.PIN, Rule.CAPACITY, Rule.MAX_VISITS,
    Rule.MAX_TRAVEL, Rule.MAX_DISTANCE, Rule.WINDOW, Rule.SHIFT, Rule.BREAK,
)  # fmt: skip


def _candidates(problem: Problem, visit: Visit) -> Sequence[Vehicle] | Reason:
    """The vehicles the visit's own pin or list leaves to choose from."""
    if not problem.vehicles:
        return Reason(Rule.NO_VEHICLE, "there is no vehicle to plan for")
    if visit.pin is not None and visit.pin.vehicle is not None:
        if not problem.has_vehicle(visit.pin.vehicle):
            return Reason(Rule.PIN, f"it is pinned to vehicle {visit.pin.vehicle}, which is not in the problem")
        return (problem.vehicle(visit.pin.vehicle),)
    if visit.allowed is None:
        return problem.vehicles
    allowed = [vehicle for vehicle in problem.vehicles if vehicle.id in visit.allowed]
    return allowed or Reason(Rule.NOT_ALLOWED, "none of the vehicles allowed to make it is in the problem")


def _nearest(stopped: Counter[Rule], among: int) -> Reason:
    rule = max(stopped, key=lambda rule: (ORDER.index(rule), stopped[rule]))
    return Reason(rule, stopped=stopped[rule], nearest=among)


def _no_time(plan: Plan, qualified: Sequence[Vehicle]) -> Reason:
    ids = {vehicle.id for vehicle in qualified}
    busy = sum(1 for route in plan.routes if route.vehicle in ids and route.visits)
    return Reason(Rule.NO_TIME, able=len(qualified), busy=busy)
