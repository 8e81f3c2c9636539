"""A plan made ready to be asked, again and again, where one more visit fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.clock import LATE, start_windows
from routing.day_arrays import empty_rows, load_rows, vehicle_arrays, visit_arrays, window_rows
from routing.day_kernel import FAR, Rows, Vehicles, Visits, Wanted, places, prepare
from routing.eligibility import pin_in_window
from routing.fleet import Fleet
from routing.joint import timed
from routing.links import ends
from routing.load import excess, on_board
from routing.partners import Opening, is_kept_by_order, kept_start, linked, opening
from routing.plan import Insertion, Plan, Route, Stop
from routing.problem import Link, Precedence, Problem, SameStart, TimeWindow, Vehicle, Visit
from routing.qualified import Qualified
from routing.reach import ELSEWHERE, Point, Reach, Travel, drive_costs
from routing.widened import filled, held_together, widened

Ints = NDArray[np.int64]
ANY_TIME = (TimeWindow(0, LATE - 1),)
SPARE_VISITS = 2
ROW, POSITION, WINDOW, START, COST, END, LATEST = range(7)


@dataclass(slots=True)
class Day:
    """Routes, one row each, with all that does not depend on the visit to be put in worked out.

    A row is a vehicle, by its number among `vehicles`, and its visits by id. Usually that is one row for every
    vehicle; several may stand for one vehicle when different days of it are tried.
    """

    problem: Problem
    vehicles: Sequence[Vehicle]
    routes: list[Route]
    links: Sequence[Link]
    _number: dict[int, int]
    held: dict[int, tuple[int, Stop]]
    _who: Qualified
    _reach: Reach
    _fleet: Fleet
    _visits: Visits
    _vehicles: Vehicles
    _rows: Rows
    _head: Ints

    @staticmethod
    def of(problem: Problem, plan: Plan) -> Day:
        """Every vehicle's route, empty ones too. Raises KeyError for unknown ids."""
        known = {route.vehicle: route for route in plan.routes}
        routes = [known.get(vehicle.id, Route(vehicle.id, ())) for vehicle in problem.vehicles]
        return Day.over(
            problem, problem.vehicles, problem.visits, routes, range(len(routes)), problem.links, _held(problem, plan)
        )

    @staticmethod
    def over(
        problem: Problem,
        vehicles: Sequence[Vehicle],
        visits: Sequence[Visit],
        routes: Sequence[Route],
        numbers: Iterable[int],
        links: Sequence[Link],
        held: Mapping[int, tuple[int, Stop]],
    ) -> Day:
        """Any routes over `visits`; `numbers` are the positions of their vehicles in `vehicles`.

        `held` are the vehicles and times of planned visits that `links` join to others.
        """
        dimensions = max((len(vehicle.capacity) for vehicle in vehicles), default=0)
        number = {visit.id: i for i, visit in enumerate(visits)}
        states = 1 << max((len(vehicle.breaks) for vehicle in vehicles), default=0)
        most = max((len(route.visits) for route in routes), default=0) + SPARE_VISITS
        rows = empty_rows(len(routes), most, states, dimensions)
        rows.vehicle[:] = list(numbers)
        day = Day(
            problem, vehicles, list(routes), links, number, dict(held), Qualified.of(vehicles), Reach.of(problem),
            Fleet.of(problem, vehicles), visit_arrays(visits, dimensions), vehicle_arrays(vehicles, dimensions),
            rows, np.zeros(len(routes), np.int64),
        )  # fmt: skip
        day._hold(visits)
        day._ship()
        day._fill(range(len(routes)))
        return day

    def with_route(self, route: Route) -> Day:
        """The day with what one vehicle does now: this one, changed in place (a new one where links join visits)."""
        row = next(r for r, known in enumerate(self.routes) if known.vehicle == route.vehicle)
        if len(route.visits) > self._rows.order.shape[1]:
            self._rows = _grown(self._rows, len(route.visits) + SPARE_VISITS)
        self.routes[row] = route
        if self.links:
            return Day.of(self.problem, Plan(tuple(self.routes), {}))
        self._fill([row])
        return self

    def changed(self, plan: Plan) -> Day:
        """The day of another plan of the same problem, of which only what differs is worked out anew."""
        known = {route.vehicle: route for route in plan.routes}
        routes = [known.get(vehicle.id, Route(vehicle.id, ())) for vehicle in self.vehicles]
        most = max((len(route.visits) for route in routes), default=0)
        if self.links or most > self._rows.order.shape[1]:
            return Day.of(self.problem, plan)
        other = replace(self, routes=routes, _rows=Rows(*(part.copy() for part in self._rows)), _head=self._head.copy())
        pairs = enumerate(zip(routes, self.routes, strict=True))
        other._fill([row for row, (new, old) in pairs if new is not old and new != old])
        return other

    def booked(
        self, visits: Sequence[Visit], routes: Sequence[Route], at: Point | None = None, links: Sequence[SameStart] = ()
    ) -> Day:
        """A new day in which visits that this one does not know stand in `routes`, the others as they were.

        All are at one place: their own, or that of the coordinates `at`. `links` join them. What is planned and joined
        to others keeps its start. Raises ValueError when anything else of the routes has changed: that takes a new day.
        """
        known = {route.vehicle: row for row, route in enumerate(self.routes)}
        new = {visit.id for visit in visits}
        for route in routes:
            if tuple(v for v in route.visits if v not in new) != self.routes[known[route.vehicle]].visits:
                raise ValueError(f"the route of vehicle {route.vehicle} has changed in other ways; make a new Day")
        place, reach = self._reaching(at) if at is not None else (None, self._reach)
        placed = [visit if place is None else replace(visit, place=place) for visit in visits]
        problem = widened(self.problem, placed, reach.points, links)
        day = self._with(problem, reach, placed, max(len(route.visits) for route in routes))
        for route in routes:
            day.routes[known[route.vehicle]] = route
        if links:
            day.held.update(held_together(problem, routes, links, self.held))
            day._hold(placed)
        day._fill([known[route.vehicle] for route in routes])
        return day

    def _reaching(self, at: Point) -> tuple[int, Reach]:
        """The number of the place at these coordinates, and a reach that has it."""
        place = self._reach.place_at(at)
        if place != ELSEWHERE:
            return place, self._reach
        return len(self._reach.points), self._reach.with_point(at)

    def _with(self, problem: Problem, reach: Reach, visits: Sequence[Visit], most: int) -> Day:
        """A copy that knows more visits, in no route yet, and has room for routes of `most`."""
        more = visit_arrays(visits, self._vehicles.capacity.shape[1])
        number = self._number | {visit.id: len(self._number) + i for i, visit in enumerate(visits)}
        rows = Rows(*(part.copy() for part in self._rows))
        if most > rows.order.shape[1]:
            rows = _grown(rows, most + SPARE_VISITS)
        return replace(
            self, problem=problem, routes=list(self.routes), links=problem.links, _number=number, held=dict(self.held),
            _reach=reach, _visits=Visits(*map(filled, self._visits, more)), _rows=rows, _head=self._head.copy(),
        )  # fmt: skip

    def insertions(self, visit: Visit, at: Point | None = None) -> list[Insertion]:
        """Every place, and every window of the visit there, where it fits; cheapest first, then earliest.

        `at` are coordinates (lng, lat) in place of the visit's `place`; the problem need not know them.
        """
        found = self.places(visit, at)
        for row in self._holders(visit.id):
            route = self.routes[row]
            rest = Route(route.vehicle, tuple(v for v in route.visits if v != visit.id))
            alone = self._of_one(rest, self.vehicles[self._rows.vehicle[row]])
            own = alone.places(visit, at)
            own[:, ROW] = row
            found = np.concatenate([found, own])
        return self._sorted(visit, found)

    def places(self, visit: Visit, at: Point | None = None) -> Ints:
        """(row, position, window, start, cost, end of the route, latest start), but for rows that hold the visit.

        `at` as in `insertions`.
        """
        visit = self.located(visit, at)
        open_to = opening(self.links, visit, self.held) if self.links else Opening()
        if open_to is None or not pin_in_window(visit):
            return np.zeros((0, 7), np.int64)
        wanted = self._wanted(visit, open_to, at)
        found = np.empty(((wanted.last - wanted.first + 1).sum() * len(wanted.windows), 7), np.int64)
        clocks = np.empty((4, self._rows.rested.shape[2]), np.int64)
        found = found[: places(self._visits, self._vehicles, self._rows, wanted, clocks, found)]
        if self.links and linked(self.links, visit.id):
            kept = [self._may_stand(visit, open_to, row, position) for row, position in found[:, :2].tolist()]
            found = found[np.array(kept, dtype=bool)]
        return found

    def arrays(self) -> tuple[Visits, Vehicles, Rows]:
        """What kernels read; visits by their position in the problem, if the day is one of a problem."""
        return self._visits, self._vehicles, self._rows

    def detours(self, visit: Visit, places: Ints, at: Point | None = None) -> tuple[Ints, Ints]:
        """Seconds of the drives to the visit and from it at each of `places`; the visit as `located` has it."""
        rows, position = places[:, ROW], places[:, POSITION]
        ends = np.stack([self._rows.along[rows, position], self._rows.along[rows, position + 1]], axis=1)
        there, back = self._reach.around(visit.place, ends, at)
        number = self._rows.vehicle[rows]
        return self._fleet.at_speed(there[0], number)[:, 0].copy(), self._fleet.at_speed(back[0], number)[:, 1].copy()

    def driven_cost(self) -> Ints:
        """What the drives of each row cost."""
        legs = np.arange(self._rows.cost.shape[1]) <= self._rows.many[:, None]
        cost: Ints = np.where(legs, self._rows.cost, 0).sum(axis=1)
        return cost

    def located(self, visit: Visit, at: Point | None) -> Visit:
        """The visit at the place with these coordinates, or ELSEWHERE."""
        return visit if at is None else replace(visit, place=self._reach.place_at(at))

    def _wanted(self, visit: Visit, open_to: Opening, at: Point | None) -> Wanted:
        rows, first, last = self._candidates(visit)
        along, number = self._rows.along[rows], self._rows.vehicle[rows]
        drives, back = self._reach.around(visit.place, along, at)
        here = np.full_like(along, visit.place)
        there, there_metres, there_cost = self._driven(drives, along, here, number)
        if back is drives:
            onward, onward_metres, onward_cost = there, there_metres, there_cost
        else:
            onward, onward_metres, onward_cost = self._driven(back, here, along, number)
        windows = window_rows([open_to.narrowed(start_windows(visit) or ANY_TIME)], max(1, len(start_windows(visit))))
        load, pickup = self._loads(visit)
        return Wanted(
            rows, first, last, there, onward, there_metres, onward_metres, there_cost, onward_cost,
            self._fleet.assigned(self.problem, visit, number), visit.place, visit.service, visit.setup, windows[0],
            load, pickup, FAR if visit.due is None else visit.due, self.problem.weights.late,
        )  # fmt: skip

    def _candidates(self, visit: Visit) -> tuple[Ints, Ints, Ints]:
        """Rows of those qualified, with the first and last leg on which a frozen head leaves room."""
        count = self._rows.many
        able = self._who.able(visit)[self._rows.vehicle] & (count < self._vehicles.max_visits[self._rows.vehicle])
        first, last = self._head, count
        if self._fleet.frozen:
            able &= [self._may_hold(visit.id, row) for row in range(len(count))]
            first, last = self._frozen_place(visit.id)
        able &= first <= last
        able[self._holders(visit.id)] = False
        rows = np.flatnonzero(able)
        return rows, first[rows], last[rows]

    def _may_hold(self, visit_id: int, row: int) -> bool:
        """A frozen visit belongs to its vehicle."""
        vehicle = self._fleet.frozen.get(visit_id)
        return vehicle is None or vehicle == self.routes[row].vehicle

    def _frozen_place(self, visit_id: int) -> tuple[Ints, Ints]:
        """The legs left by frozen heads; a frozen visit has one place only."""
        first, last = self._head.copy(), self._rows.many.copy()
        if visit_id in self._fleet.frozen:
            for row, route in enumerate(self.routes):
                head = self.vehicles[self._rows.vehicle[row]].frozen
                if visit_id in head:
                    others = tuple(other for other in head if other != visit_id)
                    is_kept = route.visits[: len(others)] == others
                    first[row], last[row] = head.index(visit_id), head.index(visit_id) if is_kept else -1
        return first, last

    def _loads(self, visit: Visit) -> tuple[Ints, Ints]:
        """What the visit asks of the van; nothing when it has no load, or when its links say where that goes."""
        dimensions = self._vehicles.capacity.shape[1]
        is_shipment = any(isinstance(link, Precedence) for link in linked(self.links, visit.id))
        if is_shipment or not (visit.load or visit.pickup):
            nothing = np.full(dimensions, -FAR)
            return nothing, nothing
        return load_rows([visit.load], dimensions)[0], load_rows([visit.pickup], dimensions)[0]

    def _may_stand(self, visit: Visit, open_to: Opening, row: int, position: int) -> bool:
        route = self.routes[row]
        if not open_to.allows(route.vehicle, route.visits, position):
            return False
        vehicle = self.vehicles[self._rows.vehicle[row]]
        order = [self.problem.visit(v) for v in route.visits]
        order.insert(position, visit)
        loads = on_board(order, vehicle, self.links)
        return not (visit.load or visit.pickup) or excess(vehicle.capacity, loads) <= 0

    def _holders(self, visit_id: int) -> list[int]:
        if visit_id not in self._number:
            return []
        inside = np.arange(self._rows.order.shape[1]) < self._rows.many[:, None]
        holds = (self._rows.order == self._number[visit_id]) & inside
        return list(np.flatnonzero(holds.any(axis=1)).tolist())

    def _of_one(self, route: Route, vehicle: Vehicle) -> Day:
        visits = [self.problem.visit(v) for v in route.visits]
        return Day.over(self.problem, (vehicle,), visits, [route], [0], self.links, self.held)

    def _sorted(self, visit: Visit, found: Ints) -> list[Insertion]:
        vehicle = self._fleet.ids[self._rows.vehicle[found[:, ROW]]]
        order = np.lexsort((found[:, POSITION], vehicle, found[:, START], found[:, COST]))
        position, window, start, cost = found[order, POSITION : COST + 1].T.tolist()
        if visit.pin is not None and visit.pin.start is not None:
            window = [_window_number(visit, visit.pin.start)] * len(window)
        return list(map(Insertion, vehicle[order].tolist(), position, start, cost, window))

    def _hold(self, visits: Sequence[Visit]) -> None:
        """Planned visits joined to others keep their start."""
        kept = {visit for link in self.links if not is_kept_by_order(link) for visit in ends(link)}
        for visit in visits:
            if visit.id in self.held and visit.id in kept:
                span = kept_start(visit, self.held[visit.id][1].start)[0]
                self._visits.windows[self._number[visit.id]] = (FAR, -FAR)
                self._visits.windows[self._number[visit.id], 0] = (span.earliest, span.latest)

    def _ship(self) -> None:
        """What is shipped is put off where it is delivered."""
        for link in self.links:
            if isinstance(link, Precedence) and link.same_vehicle and self._ships(link):
                before, after = self._number[link.before], self._number[link.after]
                self._visits.pickup[after] -= self._visits.pickup[before]

    def _ships(self, link: Precedence) -> bool:
        """Whether both visits of a link stand on one of the routes, in their order."""
        return any(
            link.before in route.visits[: route.visits.index(link.after)]
            for route in self.routes
            if link.after in route.visits
        )

    def _fill(self, chosen: Sequence[int] | range) -> None:
        """Work out the chosen rows from their routes."""
        rows, most = self._rows, self._rows.order.shape[1]
        for row in chosen:
            visits = self.routes[row].visits
            frozen = self.vehicles[rows.vehicle[row]].frozen
            rows.many[row] = len(visits)
            rows.order[row, : len(visits)] = [self._number[v] for v in visits]
            self._head[row] = len(frozen) if visits[: len(frozen)] == frozen else most + 1
        picked = np.array(chosen, np.int64)
        rows.along[picked] = along = self._along(picked)
        start = np.where(rows.many[picked, None] > 0, along[:, :-1], -1)
        travel = self._reach.legs(start, along[:, 1:])
        drives = self._driven(travel, start, along[:, 1:], rows.vehicle[picked])
        rows.drive[picked], rows.metres[picked], rows.cost[picked] = drives
        prepare(self._visits, self._vehicles, rows, picked, np.empty(rows.rested.shape[2], np.int64))

    def _along(self, picked: Ints) -> Ints:
        """The places of start, visits and end of each picked row, filled up with -1."""
        rows, many = self._rows, self._rows.many[picked]
        number = rows.vehicle[picked]
        along = np.full((len(picked), rows.along.shape[1]), -1)
        along[:, 0] = self._vehicles.start[number]
        if len(self._visits.place):
            inside = np.arange(rows.order.shape[1]) < many[:, None]
            along[:, 1:-1] = np.where(inside, self._visits.place[rows.order[picked]], -1)
        along[np.arange(len(picked)), many + 1] = self._vehicles.end[number]
        return along

    def _driven(self, travel: Travel, start: Ints, end: Ints, number: Ints) -> tuple[Ints, Ints, Ints]:
        """Seconds, metres and cost of the drives of vehicles, one row each, given ordinary travel."""
        seconds, metres = self._fleet.at_speed(travel[0], number), travel[1]
        costs = self._reach.costs(start, end)
        if costs is None:
            fleet = self._fleet
            costs = drive_costs(seconds, metres, fleet.per_hour[number, None], fleet.per_km[number, None])
        return seconds, metres, costs


def _held(problem: Problem, plan: Plan) -> dict[int, tuple[int, Stop]]:
    """Vehicle and times of the planned visits that are joined to others."""
    if not problem.links:
        return {}
    joined = {visit for link in problem.links for visit in ends(link)}
    return {
        stop.visit: (vehicle, stop)
        for vehicle, stops in timed(problem, plan).items()
        for stop in stops
        if stop.visit is not None and stop.visit in joined
    }


def _grown(rows: Rows, most: int) -> Rows:
    """The same rows with room for longer routes."""
    more = most - rows.order.shape[1]
    wide = {
        "order",
        "along",
        "drive",
        "metres",
        "cost",
        "rested",
        "start_by",
        "arrive_by",
        "spare_before",
        "spare_after",
    }
    grown = [
        np.pad(part, [(0, 0), (0, more)] + [(0, 0)] * (part.ndim - 2)) if name in wide else part
        for name, part in rows._asdict().items()
    ]
    return Rows(*grown)


def _window_number(visit: Visit, start: int) -> int:
    """A pinned start uses the window of the visit it lies in."""
    return next((n for n, window in enumerate(visit.windows) if window.earliest <= start <= window.latest), 0)
