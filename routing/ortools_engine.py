"""The engine on OR-Tools' routing model: takes a checked problem of moderate size, gives routes to be checked.

It relaxes what the model cannot say exactly (a break may interrupt a drive and use the gaps between its
windows, loads delivered and picked up are only bounded): the caller judges and repairs every route.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import (
    pywrapcp,
    routing_enums_pb2,
    routing_ils_pb2,
)

from routing.clock import start_windows
from routing.eligibility import who_barrier
from routing.journey import setup_at
from routing.plan import Route
from routing.problem import Problem, TimeWindow, Vehicle, Visit
from routing.score import HOUR, left_out_cost

Found = Callable[[int, int], None]
Parameters = Any


def improved(
    problem: Problem,
    seconds: float,
    start: Sequence[Route] = (),
    found: Found | None = None,
    solutions: int | None = None,
) -> list[Route] | None:
    """Routes for the visits of `problem`, searched for at most `seconds` or `solutions` improvements.

    `start` is a complete set of routes to improve. `found(placed, cost)` is called at every better solution.
    None when OR-Tools finds nothing in time.
    """
    ends = time.monotonic() + seconds
    model = _Model(problem)
    model.build()
    if found is not None:
        model.tell(found)
    return model.search(ends, start, solutions)


@dataclass(slots=True)
class _Model:
    """One OR-Tools model: node i < n is visit i, then start and end places, then nowhere."""

    problem: Problem
    visits: Sequence[Visit] = field(init=False)
    vehicles: Sequence[Vehicle] = field(init=False)
    manager: pywrapcp.RoutingIndexManager = field(init=False)
    routing: pywrapcp.RoutingModel = field(init=False)
    nodes: _Nodes = field(init=False)
    origin: int = field(init=False)
    horizon: int = field(init=False)

    def __post_init__(self) -> None:
        self.visits = self.problem.visits
        self.vehicles = self.problem.vehicles
        self.nodes = _Nodes.of(self.problem)
        self.origin = min(vehicle.shift.earliest for vehicle in self.vehicles)
        self.horizon = max(vehicle.shift.latest for vehicle in self.vehicles) - self.origin
        self.manager = pywrapcp.RoutingIndexManager(
            len(self.nodes.durations), len(self.vehicles), self.nodes.starts, self.nodes.ends
        )
        self.routing = pywrapcp.RoutingModel(self.manager)

    def build(self) -> None:
        self._costs()
        self._time()
        self._loads()
        self._limits()
        self._choices()

    def _costs(self) -> None:
        by_preference: dict[tuple[int, ...], int] = {}
        for k, vehicle in enumerate(self.vehicles):
            others = tuple(
                i for i, visit in enumerate(self.visits) if visit.preferred and vehicle.id not in visit.preferred
            )
            if others not in by_preference:
                costs = self.nodes.costs.copy()
                costs[:, list(others)] += self.problem.weights.not_preferred
                by_preference[others] = self.routing.RegisterTransitMatrix(costs.tolist())
            self.routing.SetArcCostEvaluatorOfVehicle(by_preference[others], k)

    def _time(self) -> None:
        transit = np.maximum(0, self.nodes.durations + self.nodes.spent[:, None] - self.nodes.saved)
        evaluator = self.routing.RegisterTransitMatrix(transit.tolist())
        self.routing.AddDimension(evaluator, self.horizon, self.horizon, False, "time")
        clock = self.routing.GetDimensionOrDie("time")
        for i, visit in enumerate(self.visits):
            self._windows(clock.CumulVar(self.manager.NodeToIndex(i)), visit)
        for k, vehicle in enumerate(self.vehicles):
            self._shift(clock, k, vehicle)

    def _windows(self, begin: pywrapcp.IntVar, visit: Visit) -> None:
        """Service begins in one of the windows, set-up that much earlier: all windows less the holes between."""
        spans = merged(start_windows(visit), self.origin, self.origin + self.horizon)
        earlier = self.origin + visit.setup
        begin.SetRange(max(0, spans[0].earliest - earlier), max(0, spans[-1].latest - earlier))
        for before, after in pairwise(spans):
            begin.RemoveInterval(before.latest + 1 - earlier, after.earliest - 1 - earlier)

    def _shift(self, clock: pywrapcp.RoutingDimension, k: int, vehicle: Vehicle) -> None:
        start, end = self.routing.Start(k), self.routing.End(k)
        shift = (vehicle.shift.earliest - self.origin, vehicle.shift.latest - self.origin)
        clock.CumulVar(start).SetRange(*shift)
        clock.CumulVar(end).SetRange(*shift)
        if vehicle.soft_end is not None:
            overtime = round(vehicle.rates.overtime / HOUR)
            clock.SetCumulVarSoftUpperBound(end, max(0, vehicle.soft_end - self.origin), overtime)
        if vehicle.breaks:
            clock.SetBreakIntervalsOfVehicle(self._intervals(k, vehicle), k, self._spent_by_index())

    def _intervals(self, k: int, vehicle: Vehicle) -> list[pywrapcp.IntervalVar]:
        intervals = []
        for pause in vehicle.breaks:
            spans = merged(pause.windows, vehicle.shift.earliest, vehicle.shift.latest) or pause.windows
            interval = self.routing.solver().FixedDurationIntervalVar(
                spans[0].earliest - self.origin,
                spans[-1].latest - self.origin,
                pause.duration,
                False,
                f"break {pause.id} of {k}",
            )
            intervals.append(interval)
        return intervals

    def _spent_by_index(self) -> list[int]:
        """What no break may interrupt at each stop: set-up and service."""
        at, size = self.manager.IndexToNode, self.routing.Size()
        return [0 if self.routing.IsStart(i) else int(self.nodes.spent[at(i)]) for i in range(size)]

    def _loads(self) -> None:
        width = max((len(vehicle.capacity) for vehicle in self.vehicles), default=0)
        unlimited = sum(sum(visit.load) + sum(visit.pickup) for visit in self.visits) + 1
        for d in range(width):
            limits = [v.capacity[d] if d < len(v.capacity) else unlimited for v in self.vehicles]
            for name in ("load", "pickup"):
                units = [_entry(getattr(visit, name), d) for visit in self.visits]
                if any(units):
                    self._total(f"{name} {d}", units, limits)

    def _total(self, name: str, units: list[int], limits: list[int]) -> None:
        """A sum over the visits of a route that is limited for each vehicle."""
        padded = units + [0] * (len(self.nodes.durations) - len(units))
        evaluator = self.routing.RegisterUnaryTransitVector(padded)
        self.routing.AddDimensionWithVehicleCapacity(evaluator, 0, limits, True, name)

    def _limits(self) -> None:
        n = len(self.visits)
        if any(vehicle.max_visits is not None for vehicle in self.vehicles):
            limits = [n if v.max_visits is None else v.max_visits for v in self.vehicles]
            self._total("visits", [1] * n, limits)
        self._along("travel", self.nodes.durations, [vehicle.max_travel for vehicle in self.vehicles])
        self._along("distance", self.nodes.distances, [vehicle.max_distance for vehicle in self.vehicles])

    def _along(self, name: str, matrix: NDArray[np.int64], limits: list[int | None]) -> None:
        if all(limit is None for limit in limits):
            return
        unlimited = int(matrix.max()) * (len(self.visits) + 1)
        evaluator = self.routing.RegisterTransitMatrix(matrix.tolist())
        bounds = [unlimited if limit is None else limit for limit in limits]
        self.routing.AddDimensionWithVehicleCapacity(evaluator, 0, bounds, True, name)

    def _choices(self) -> None:
        """Who may make each visit, and what leaving it out costs."""
        for i, visit in enumerate(self.visits):
            index = self.manager.NodeToIndex(i)
            able = [k for k, vehicle in enumerate(self.vehicles) if who_barrier(visit, vehicle) is None]
            if len(able) < len(self.vehicles):
                self.routing.VehicleVar(index).SetValues([-1, *able])
            self.routing.AddDisjunction([index], left_out_cost(self.problem, visit))

    def tell(self, found: Found) -> None:
        # OR-Tools keeps the callback for ever: a strong reference from it would keep every model in memory.
        routing = weakref.proxy(self.routing)
        indices = [self.manager.NodeToIndex(i) for i in range(len(self.visits))]
        best = 1 << 62

        def solution() -> None:
            nonlocal best
            # With a soft end the cost may still be open at a solution; Value() would end the process then.
            cost = routing.CostVar().Min()
            if cost < best:
                best = cost
                found(sum(routing.ActiveVar(index).Value() for index in indices), cost)

        self.routing.AddAtSolutionCallback(solution)

    def search(self, ends: float, start: Sequence[Route], solutions: int | None) -> list[Route] | None:
        parameters = _parameters(bool(start), ends - time.monotonic())
        self.routing.CloseModelWithParameters(parameters)
        # The time limit alone is overrun many times over in long descents and between rounds of an iterated search.
        self.routing.AddSearchMonitor(self.routing.solver().CustomLimit(lambda: time.monotonic() > ends))
        if solutions is not None:
            parameters.solution_limit = solutions
        if start:
            assignment = self.routing.ReadAssignmentFromRoutes(self._as_nodes(start), True)
            if assignment is None:
                return None
            return self._routes(self.routing.SolveFromAssignmentWithParameters(assignment, parameters))
        return self._routes(self.routing.SolveWithIteratedLocalSearch(parameters))

    def _as_nodes(self, routes: Sequence[Route]) -> list[list[int]]:
        number = {visit.id: i for i, visit in enumerate(self.visits)}
        of_vehicle = {route.vehicle: route for route in routes}
        return [
            [number[visit_id] for visit_id in of_vehicle[vehicle.id].visits] if vehicle.id in of_vehicle else []
            for vehicle in self.vehicles
        ]

    def _routes(self, solution: pywrapcp.Assignment | None) -> list[Route] | None:
        if solution is None:
            return None
        routes = []
        for k, vehicle in enumerate(self.vehicles):
            visits = []
            index = solution.Value(self.routing.NextVar(self.routing.Start(k)))
            while not self.routing.IsEnd(index):
                visits.append(self.visits[self.manager.IndexToNode(index)].id)
                index = solution.Value(self.routing.NextVar(index))
            if visits:
                routes.append(Route(vehicle.id, tuple(visits)))
        return routes


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Arrays over nodes: visits, start and end places, then nowhere if needed (free to leave and reach).

    The time of a visit is when its set-up begins, `spent` its set-up and service, so that breaks split
    neither. `saved` is the set-up not needed when coming from the same place.
    """

    durations: NDArray[np.int64]
    distances: NDArray[np.int64]
    costs: NDArray[np.int64]
    spent: NDArray[np.int64]
    saved: NDArray[np.int64]
    starts: list[int]
    ends: list[int]

    @staticmethod
    def of(problem: Problem) -> _Nodes:
        visits, vehicles = problem.visits, problem.vehicles
        bases = sorted({p for v in vehicles for p in (v.start, v.end) if p is not None})
        number: dict[int | None, int] = {place: len(visits) + i for i, place in enumerate(bases)}
        nowhere = any(v.start is None or v.end is None for v in vehicles)
        number[None] = len(visits) + len(bases)
        places = [visit.place for visit in visits] + bases
        durations, distances = problem.between(places)
        costs = durations if problem.costs is None else problem.costs[np.ix_(places, places)]
        spent = [visit.setup + visit.service for visit in visits]
        saved = np.zeros((number[None] + nowhere, number[None] + nowhere), dtype=np.int64)
        for j, visit in enumerate(visits):
            saved[: len(places), j] = [visit.setup - setup_at(visit, place) for place in places]
        return _Nodes(
            _padded(durations, nowhere),
            _padded(distances, nowhere),
            _padded(costs, nowhere),
            np.array(spent + [0] * (len(bases) + nowhere), dtype=np.int64),
            saved,
            [number[vehicle.start] for vehicle in vehicles],
            [number[vehicle.end] for vehicle in vehicles],
        )


def _padded(matrix: NDArray[np.int32], nowhere: bool) -> NDArray[np.int64]:
    return np.pad(matrix.astype(np.int64), (0, int(nowhere)))


def _entry(load: tuple[int, ...], dimension: int) -> int:
    return load[dimension] if dimension < len(load) else 0


def merged(windows: Sequence[TimeWindow], earliest: int, latest: int) -> list[TimeWindow]:
    """The windows cut to [earliest, latest], in order, touching ones joined; the span if there are none."""
    if not windows:
        return [TimeWindow(earliest, latest)]
    spans: list[TimeWindow] = []
    for window in sorted(windows, key=lambda window: window.earliest):
        cut = TimeWindow(max(window.earliest, earliest), min(window.latest, latest))
        if cut.earliest > cut.latest:
            continue
        if spans and cut.earliest <= spans[-1].latest + 1:
            spans[-1] = TimeWindow(spans[-1].earliest, max(spans[-1].latest, cut.latest))
        else:
            spans.append(cut)
    return spans


def _parameters(warm: bool, seconds: float) -> Parameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.time_limit.FromMilliseconds(max(1, int(1000 * seconds)))
    first = routing_enums_pb2.FirstSolutionStrategy
    parameters.first_solution_strategy = first.LOCAL_CHEAPEST_INSERTION
    if warm:
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        return parameters
    parameters.use_iterated_local_search = True
    search = parameters.iterated_local_search_parameters
    search.improve_perturbed_solution = True
    ruin = search.ruin_recreate_parameters
    del ruin.ruin_strategies[:]
    strings = ruin.ruin_strategies.add().sisr
    strings.max_removed_sequence_size = 10
    strings.avg_num_removed_visits = 10
    strings.bypass_factor = 0.5
    ruin.recreate_strategy.heuristic = first.LOCAL_CHEAPEST_INSERTION
    annealing = search.reference_solution_acceptance_strategy.simulated_annealing
    annealing.cooling_schedule_strategy = routing_ils_pb2.CoolingScheduleStrategy.EXPONENTIAL
    annealing.automatic_temperatures = True
    return parameters
