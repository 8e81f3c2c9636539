"""Where one more visit fits, worked out route by route with the clocks themselves: what the kernel must agree with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.clock import LATE, NEVER, Clock, later, rest, rest_before, start_by, start_windows
from routing.eligibility import pin_in_window, who_barrier
from routing.journey import Journey, setup_at
from routing.load import changed, excess, loaded
from routing.plan import Plan, Route
from routing.problem import Problem, TimeWindow, Vehicle, Visit
from routing.schedule import departing, forward

ANY_TIME = (TimeWindow(0, LATE - 1),)
Place = tuple[int, int, int, int]


def slow_insertions(problem: Problem, plan: Plan, visit: Visit) -> set[Place]:
    """(vehicle, position, window, start) of every place; links and frozen heads are not looked at."""
    routes = {route.vehicle: route for route in plan.routes}
    return {
        found
        for vehicle in problem.vehicles
        for found in _in_route(problem, routes.get(vehicle.id, Route(vehicle.id, ())), visit)
    }


def _in_route(problem: Problem, route: Route, visit: Visit) -> Iterator[Place]:
    vehicle = problem.vehicle(route.vehicle)
    if who_barrier(visit, vehicle) is not None or not pin_in_window(visit):
        return
    others = [problem.visit(visit_id) for visit_id in route.visits if visit_id != visit.id]
    if vehicle.max_visits is not None and len(others) >= vehicle.max_visits:
        return
    gaps = _Gaps.of(problem, vehicle, others, visit)
    for position in range(len(others) + 1):
        if _carries(vehicle, others, visit, position) and gaps.within_limits(position):
            yield from gaps.insertions(position)


def _carries(vehicle: Vehicle, others: Sequence[Visit], visit: Visit, position: int) -> bool:
    if not vehicle.capacity or not (visit.load or visit.pickup):
        return True
    order = [*others[:position], visit, *others[position:]]
    loads = [loaded(order, vehicle)]
    for one in order:
        loads.append(changed(loads[-1], one))
    return excess(vehicle.capacity, loads) <= 0


@dataclass(frozen=True, slots=True)
class _Gaps:
    """All that is needed to try one visit in every gap of one route.

    `there[i]` and `onward[i]` are (seconds, metres) to the visit from where leg i begins, and from it to
    where leg i leads. `free` are the forward clocks where legs begin, `starts_by` the latest starts of what
    they lead to.
    """

    journey: Journey
    visit: Visit
    there: Sequence[tuple[int, int]]
    onward: Sequence[tuple[int, int]]
    free: Sequence[Clock]
    starts_by: Sequence[Clock]

    @staticmethod
    def of(problem: Problem, vehicle: Vehicle, others: Sequence[Visit], visit: Visit) -> _Gaps:
        journey = Journey.of(problem, vehicle, others) if others else Journey(vehicle, (), (0,), (0,), ())
        free = [leg.free for leg in forward(journey)] if others else [departing(vehicle)]
        there, onward = _detours(problem, vehicle, others, visit)
        return _Gaps(journey, visit, there, onward, free, _starts_by(journey))

    def extra(self, i: int) -> tuple[int, int]:
        """Extra travel, in seconds and metres, of going there on leg i."""
        seconds = self.there[i][0] + self.onward[i][0] - self.journey.drives[i]
        return seconds, self.there[i][1] + self.onward[i][1] - self.journey.metres[i]

    def within_limits(self, i: int) -> bool:
        vehicle = self.journey.vehicle
        seconds, metres = self.extra(i)
        return (vehicle.max_travel is None or sum(self.journey.drives) + seconds <= vehicle.max_travel) and (
            vehicle.max_distance is None or sum(self.journey.metres) + metres <= vehicle.max_distance
        )

    def insertions(self, i: int) -> Iterator[Place]:
        """The windows of the visit in which its service can begin on leg i."""
        breaks = self.journey.vehicle.breaks
        at_door = rest(later(rest(self.free[i], breaks), self.there[i][0]), breaks)
        previous = self.journey.visits[i - 1].place if i else self.journey.vehicle.start
        ready = later(at_door, setup_at(self.visit, previous))
        arrive_by = self._arrive_by(i)
        for position, window in enumerate(start_windows(self.visit) or ANY_TIME):
            start = self._start(ready, window, self.onward[i][0], arrive_by)
            if start is not None:
                number = self._window_number(position, start)
                yield self.journey.vehicle.id, i, number, start

    def _window_number(self, position: int, start: int) -> int:
        """A pinned start uses the window of the visit it lies in."""
        if self.visit.pin is None or self.visit.pin.start is None:
            return position
        windows = enumerate(self.visit.windows)
        return next((n for n, window in windows if window.earliest <= start <= window.latest), 0)

    def _arrive_by(self, i: int) -> Clock:
        """The latest arrivals at what leg i leads to, when it is reached from the visit."""
        setup = setup_at(self.journey.visits[i], self.visit.place) if i < len(self.journey.visits) else 0
        return rest_before(later(self.starts_by[i], -setup), self.journey.vehicle.breaks)

    def _start(self, ready: Clock, window: TimeWindow, onward: int, arrive_by: Clock) -> int | None:
        """The earliest start inside `window` after which the rest of the route can be kept."""
        best: int | None = None
        for taken, moment in enumerate(ready):
            start = max(moment, window.earliest)
            if start <= window.latest and (best is None or start < best):
                leave: Clock = [NEVER] * len(ready)
                leave[taken] = start + self.visit.service
                arrive = later(rest(leave, self.journey.vehicle.breaks), onward)
                if any(at <= by for at, by in zip(arrive, arrive_by, strict=True)):
                    best = start
        return best


def _detours(
    problem: Problem, vehicle: Vehicle, others: Sequence[Visit], visit: Visit
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(seconds, metres) from where each leg begins to the visit, and from it to where each leg leads."""
    head = [] if vehicle.start is None else [vehicle.start]
    tail = [] if vehicle.end is None else [vehicle.end]
    along = [*head, *(other.place for other in others), *tail]
    durations, distances = problem.between([*along, visit.place], vehicle.speed)
    to_visit = list(zip(durations[:-1, -1].tolist(), distances[:-1, -1].tolist(), strict=True))
    from_visit = list(zip(durations[-1, :-1].tolist(), distances[-1, :-1].tolist(), strict=True))
    n = len(others)
    there = ([] if head else [(0, 0)]) + to_visit[: len(head) + n]
    onward = from_visit[len(head) :] + ([] if tail else [(0, 0)])
    return there, onward


def _starts_by(journey: Journey) -> list[Clock]:
    """For every leg the latest starts of what it leads to, by the set of breaks taken before that start."""
    breaks = journey.vehicle.breaks
    end: Clock = [-NEVER] * ((1 << len(breaks)) - 1) + [journey.vehicle.shift.latest]
    found = [end]
    for i in range(len(journey.visits) - 1, -1, -1):
        setup = journey.setups[i + 1] if i + 1 < len(journey.setups) else 0
        arrive_by = rest_before(later(found[-1], -setup), breaks)
        leave_by = rest_before(later(arrive_by, -journey.drives[i + 1]), breaks)
        found.append(start_by(journey.visits[i], leave_by))
    return found[::-1]
