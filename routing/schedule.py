"""When everything on a route happens: the only arithmetic of time in the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from routing.clock import LATE, NEVER, Clock, begin, held, last_begin, later, rest, served, start_windows
from routing.journey import Journey
from routing.load import Load, on_board
from routing.plan import Route, Stop
from routing.problem import Break, Problem, Vehicle


@dataclass(frozen=True, slots=True)
class Leg:
    """The forward clocks of one leg: free to leave, after breaks, at the door, after breaks at the door."""

    free: Clock
    rested: Clock
    arrived: Clock
    ready: Clock


@dataclass(frozen=True, slots=True)
class Rests:
    """The breaks (by position in the vehicle's `breaks`) taken on one leg, in order."""

    before_drive: list[int]
    at_door: list[int]


def stops(problem: Problem, route: Route, not_before: Mapping[int, int] | None = None) -> list[Stop]:
    """The timed stops of a route: start, visits and breaks in order, end. Empty for a route without visits.

    Every service begins as early as the order allows, breaks being placed so that nothing is late if that is
    possible (before a drive or on arrival, never within one); then the departure is moved as late as the
    first start allows. Times are given for impossible routes too: what is late begins on arrival.

    `not_before` bounds the starts of visits, by id, from below; a bound after the last window or the pinned start
    makes the visit late. Links are not looked at: `routing.joint.timed` finds the bounds they mean. Raises KeyError
    for unknown ids.
    """
    if not route.visits:
        return []
    visits = tuple(problem.visit(visit_id) for visit_id in route.visits)
    if not_before:
        visits = tuple(held(visit, not_before[visit.id]) if visit.id in not_before else visit for visit in visits)
    journey = Journey.of(problem, problem.vehicle(route.vehicle), visits)
    legs = forward(journey)
    rests = _rests(legs, journey.vehicle.breaks)
    diary = _Diary(journey, rests, on_board(journey.visits, journey.vehicle, problem.links))
    diary.depart(_departure(journey, legs[0], rests[0]))
    for i in range(len(journey.drives)):
        diary.travel(i)
    return diary.stops


def departing(vehicle: Vehicle) -> Clock:
    """The forward clock at the beginning of a shift."""
    return [vehicle.shift.earliest] + [NEVER] * ((1 << len(vehicle.breaks)) - 1)


def forward(journey: Journey) -> list[Leg]:
    """The earliest clocks along all legs of a journey; the last leg leads to the end."""
    breaks = journey.vehicle.breaks
    clock = departing(journey.vehicle)
    legs = []
    for i, drive in enumerate(journey.drives):
        rested = rest(clock, breaks)
        arrived = later(rested, drive)
        legs.append(Leg(clock, rested, arrived, rest(arrived, breaks)))
        if i < len(journey.visits):
            clock = served(journey.visits[i], journey.setups[i], legs[-1].ready)
    return legs


def _rests(legs: list[Leg], breaks: tuple[Break, ...]) -> list[Rests]:
    """Where each break is taken in the earliest schedule, leg by leg."""
    taken = (1 << len(breaks)) - 1
    rests = []
    for leg in reversed(legs):
        taken, at_door = _breaks_between(leg.arrived, leg.ready, taken, breaks)
        taken, before_drive = _breaks_between(leg.free, leg.rested, taken, breaks)
        rests.append(Rests(before_drive, at_door))
    return rests[::-1]


def _breaks_between(start: Clock, end: Clock, taken: int, breaks: tuple[Break, ...]) -> tuple[int, list[int]]:
    """Which breaks led from clock `start` to `end[taken]`, and the set taken before them."""
    found: list[int] = []
    while end[taken] != start[taken]:
        b = next(b for b, pause in enumerate(breaks) if _ends_with(end, taken, b, pause))
        found.insert(0, b)
        taken ^= 1 << b
    return taken, found


def _ends_with(clock: Clock, taken: int, b: int, pause: Break) -> bool:
    if not taken >> b & 1 or clock[taken ^ 1 << b] >= NEVER:
        return False
    return begin(pause.windows, clock[taken ^ 1 << b]) + pause.duration == clock[taken]


def _departure(journey: Journey, leg: Leg, rests: Rests) -> int:
    """The latest departure that delays no start of service: only waiting on the first leg can be saved."""
    breaks = journey.vehicle.breaks
    taken = sum(1 << b for b in rests.before_drive + rests.at_door)
    ready = leg.ready[taken] + journey.setups[0]
    by = (begin(start_windows(journey.visits[0]), ready) & (LATE - 1)) - journey.setups[0]
    for b in reversed(rests.at_door):
        by = last_begin(breaks[b].windows, by - breaks[b].duration)
    by -= journey.drives[0]
    for b in reversed(rests.before_drive):
        by = last_begin(breaks[b].windows, by - breaks[b].duration)
    return max(by, journey.vehicle.shift.earliest)


@dataclass(slots=True)
class _Diary:
    """Walks a journey whose breaks have their places and writes down the stops."""

    journey: Journey
    rests: list[Rests]
    loads: Sequence[Load]
    stops: list[Stop] = field(default_factory=list)

    def depart(self, at: int) -> None:
        place, load = self.journey.vehicle.start, self.loads[0]
        self.stops.append(Stop("start", None, place, at, 0, 0, at, 0, at, 0, 0, load))

    def travel(self, i: int) -> None:
        """Write down leg i: its breaks, then the visit or the end it leads to."""
        here, there = self.journey.ends_of(i)
        for b in self.rests[i].before_drive:
            self._pause(b, here, 0, 0, self.loads[i])
        drive, metres = self.journey.drives[i], self.journey.metres[i]
        for b in self.rests[i].at_door:
            self._pause(b, there, drive, metres, self.loads[i])
            drive = metres = 0
        arrive = self.stops[-1].leave + drive
        if i < len(self.journey.visits):
            self._serve(i, arrive, drive, metres)
        else:
            place, load = self.journey.vehicle.end, self.loads[-1]
            self.stops.append(Stop("end", None, place, arrive, 0, 0, arrive, 0, arrive, drive, metres, load))

    def _serve(self, i: int, arrive: int, drive: int, metres: int) -> None:
        visit, setup = self.journey.visits[i], self.journey.setups[i]
        start = begin(start_windows(visit), arrive + setup) & (LATE - 1)
        waiting, leave = start - setup - arrive, start + visit.service
        self.stops.append(
            Stop("visit", visit.id, visit.place, arrive, waiting, setup, start, visit.service, leave,
                 drive, metres, self.loads[i + 1])
        )  # fmt: skip

    def _pause(self, b: int, place: int | None, drive: int, metres: int, load: Load) -> None:
        pause = self.journey.vehicle.breaks[b]
        arrive = self.stops[-1].leave + drive
        start = begin(pause.windows, arrive) & (LATE - 1)
        leave = start + pause.duration
        self.stops.append(
            Stop("break", None, place, arrive, start - arrive, 0, start, pause.duration, leave,
                 drive, metres, load, pause.id)
        )  # fmt: skip
