"""The search as an object: routes in, ruin and recreate for a while, the best routes out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import cast

import numpy as np
from numpy.typing import NDArray

from routing.flat import (
    ABLE,
    ABLE_END,
    BARRED,
    BREAKS,
    FAR,
    FROZEN,
    GROUP,
    KIND,
    LOADS,
    MOST_DISTANCE,
    MOST_TRAVEL,
    NODE,
    START,
    WINDOW,
    WINDOWS,
    Facts,
    Flat,
)
from routing.kernel_moves import begin_with_best
from routing.kernel_search import FILLED, search
from routing.plan import Route
from routing.state import (
    ALIKE,
    BEST_COST,
    BEST_LOST,
    CLOCKS,
    EARLIEST,
    LATEST_START,
    MOST_CHANGED,
    OLD_EARLIEST,
    OLD_LATEST,
    OUT,
    POOLED,
    RANDOM,
    VERSION,
    VERSIONS,
    VISIT,
    Pool,
    State,
)  # fmt: skip

SLICE = 0.1
FIRST_ITERATIONS = 50
ITERATIONS = 1000
MOST_POOLED = 60_000
POOL_WIDTH = 40
TABLE = 1 << 17
MARGIN = 0.01
RENUMBER = 1 << 30

Told = Callable[[], bool]
Kernel = Callable[[Facts, State, Pool, int, int, float, float, int], float]


@dataclass(frozen=True, slots=True)
class Cooling:
    """How long to search and at what temperatures, in mean costs of a drive; iterations count if given."""

    seconds: float
    hot: float
    cold: float
    iterations: int | None = None


@dataclass(slots=True)
class Search:
    """Routes over `flat` that get better. Not to be shared between threads."""

    flat: Flat
    state: State
    pool: Pool
    kernel: Kernel
    speed: float = 0.0

    @staticmethod
    def of(flat: Flat, seed: int, most_changed: int = -1) -> Search:
        """Empty routes; every visit is left out until `begin` is called. `most_changed` -1: any number may."""
        found = Search(flat, _empty_state(flat, seed), _pool(len(flat.visits), seed), _kernel(flat.facts))
        found.state.tally[MOST_CHANGED] = most_changed
        found.state.tally[ALIKE] = int(_all_alike(flat.facts))
        return found

    def begin(self, routes: Iterable[Route] = (), starts: Mapping[int, int] | None = None) -> None:
        """Start from these routes, which must be keepable, and insert the rest greedily.

        `starts` are the starts, by id, of visits that links join: they begin then while their routes change.
        """
        number = {visit.id: i for i, visit in enumerate(self.flat.visits)}
        vehicle = {vehicle.id: k for k, vehicle in enumerate(self.flat.vehicles)}
        rows = {vehicle[route.vehicle]: [number[v] for v in route.visits if v in number] for route in routes}
        at = {number[v]: start - self.flat.origin for v, start in (starts or {}).items() if v in number}
        self.begin_at(rows, at)

    def begin_at(self, rows: Mapping[int, Sequence[int]], at: Mapping[int, int] | None = None) -> None:
        """As `begin`, by position."""
        facts, state = self.flat.facts, self.state
        windows, k = facts.visit[:, WINDOW], len(self.flat.vehicles)
        state.now[:, EARLIEST] = facts.rows[windows, 0]
        state.now[:, LATEST_START] = facts.rows[windows + facts.visit[:, WINDOWS] - 1, 1]
        for v, start in (at or {}).items():
            if facts.visit[v, GROUP] >= 0:
                state.now[v, EARLIEST], state.now[v, LATEST_START] = start, start
        state.best[:k] = [len(rows.get(i, ())) for i in range(k)]
        placed = [v for i in range(k) for v in rows.get(i, ())]
        state.best[k : k + len(placed)] = placed
        begin_with_best(facts, state)
        state.now[:, OLD_EARLIEST : OLD_LATEST + 1] = state.now[:, EARLIEST : LATEST_START + 1]
        state.tally[BEST_LOST] = np.iinfo(np.int64).max
        self.kernel(facts, state, self.pool, 2 * int(state.tally[OUT]) // FILLED + 2, 0, 0.0, 1.0, 0)
        state.now[:, OLD_EARLIEST : OLD_LATEST + 1] = state.now[:, EARLIEST : LATEST_START + 1]

    def anneal(self, cooling: Cooling, told: Told) -> None:
        """Ruin and recreate while it cools; `told()` is called now and then and ends it by False."""
        began = time.monotonic()
        unit = max(1.0, self.cost / max(1, self.used + self.placed))
        temperature, cold, done = cooling.hot * unit, cooling.cold * unit, 0
        while told():
            left = cooling.seconds - (time.monotonic() - began)
            if left <= 0 or done == cooling.iterations:
                break
            if cooling.iterations is not None:
                step, all_left = min(ITERATIONS, cooling.iterations - done), float(cooling.iterations - done)
            else:
                step = max(FIRST_ITERATIONS, int(self.speed * min(SLICE, left)))
                all_left = max(float(step), self.speed * left)
            factor = (cold / temperature) ** (1 / all_left) if self.speed or cooling.iterations else 1.0
            margin = int(MARGIN * self.cost)
            temperature = self.kernel(self.flat.facts, self.state, self.pool, 0, step, temperature, factor, margin)
            done += step
            self.speed = done / max(time.monotonic() - began, 1e-6)
            self._renumber()

    @property
    def lost(self) -> int:
        """What is left out of the best routes costs."""
        return int(self.state.tally[BEST_LOST])

    @property
    def cost(self) -> int:
        """What the best routes cost."""
        return int(self.state.tally[BEST_COST])

    @property
    def placed(self) -> int:
        """How many visits the best routes have."""
        return int(self.state.best[: len(self.flat.vehicles)].sum())

    @property
    def used(self) -> int:
        """How many vehicles the best routes use."""
        return int((self.state.best[: len(self.flat.vehicles)] > 0).sum())

    def best(self) -> list[list[int]]:
        """The best routes, for each vehicle the positions of its visits."""
        k = len(self.flat.vehicles)
        lengths = self.state.best[:k]
        ends = k + np.cumsum(lengths)
        return [self.state.best[end - n : end].tolist() for n, end in zip(lengths.tolist(), ends.tolist(), strict=True)]

    def routes(self) -> list[Route]:
        """The best routes with ids; vehicles without visits are absent."""
        flat = self.flat
        return [
            Route(flat.vehicles[k].id, tuple(flat.visits[v].id for v in visits))
            for k, visits in enumerate(self.best())
            if visits
        ]

    def pooled(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The routes seen: (vehicle, cost, visits, name) and the visits of each, by position."""
        count = int(self.state.tally[POOLED])
        return self.pool.info[:count], self.pool.visits[:count]

    def _renumber(self) -> None:
        """Versions are counted in 32 bits."""
        if self.state.tally[VERSIONS] > RENUMBER:
            self.state.cached[:] = -1
            self.state.total[0, :, VERSION] = np.arange(len(self.flat.vehicles))
            self.state.tally[VERSIONS] = len(self.flat.vehicles)


def _kernel(facts: Facts) -> Kernel:
    """The search for these facts; that for visits joined by links is loaded, or compiled, by whoever needs it."""
    if not (facts.visit[:, GROUP] >= 0).any():
        return search
    return cast(Kernel, import_module("routing.kernel_linked").search_linked)


def _empty_state(flat: Flat, seed: int) -> State:
    n, k = len(flat.visits), len(flat.vehicles)
    positions = min(n, flat.most_stops) + 2
    width = 3 * (flat.facts.visit.shape[1] - LOADS) // 2
    stops = np.zeros((2, k, positions, CLOCKS + 3 * flat.masks), dtype=np.int32)
    stops[:, :, :, VISIT] = -1
    count = np.zeros(16, np.int64)
    count[RANDOM] = np.uint64(_scrambled(seed)).view(np.int64)
    return State(
        stops=stops,
        load=np.zeros((2, k, positions, width), np.int64),
        total=np.zeros((2, k, 9), np.int64),
        now=np.zeros((n, 7), np.int64),
        cached=np.full((n, k, 3), -1, np.int32),
        room=np.zeros((3, 2 * n + k), np.int64),
        tally=count,
        clock=np.zeros((6, flat.masks), np.int64),
        order=_order(flat.facts),
        best=np.zeros(k + n, np.int32),
    )


def _all_alike(facts: Facts) -> bool:
    """Whether any vehicle can go on with any other's route: one kind, and nothing that needs counting anew."""
    vehicle = facts.vehicle
    limited = (vehicle[:, MOST_TRAVEL] < FAR).any() or (vehicle[:, MOST_DISTANCE] < FAR).any()
    busy = vehicle[:, BREAKS].any() or vehicle[:, FROZEN].any() or (facts.visit[:, GROUP] >= 0).any()
    return not (limited or busy or vehicle[:, KIND].any() or (facts.assign >= BARRED).any())


def _order(facts: Facts) -> NDArray[np.float64]:
    """Room for sort keys; how many could make a visit and for how long; minus how far the nearest of them is."""
    visit, rows = facts.visit, facts.rows
    order = np.zeros((3, 2 * len(visit) + 1))
    spans = rows[visit[:, WINDOW] + visit[:, WINDOWS] - 1, 1] - rows[visit[:, WINDOW], 0]
    able = visit[:, ABLE_END] - visit[:, ABLE]
    away = facts.travel[0][facts.vehicle[:, START][:, None], visit[:, NODE]]
    order[1, : len(visit)] = able * (spans + 3600.0)
    order[2, : len(visit)] = -np.where(facts.assign.T < FAR, away, FAR).min(axis=0)
    return order


def _scrambled(seed: int) -> int:
    """A good first state of the generator (SplitMix64, G. Steele and others, OOPSLA 2014)."""
    z = (seed + 0x9E3779B97F4A7C15) & (2**64 - 1)
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    return (z ^ z >> 27) or 1


def _pool(n: int, seed: int) -> Pool:
    keys = np.random.default_rng(abs(seed)).integers(1, 2**63, n, dtype=np.uint64)
    return Pool(
        np.zeros((MOST_POOLED, POOL_WIDTH), np.int32),
        np.zeros((MOST_POOLED, 4), np.int64),
        np.full(TABLE, -1, np.int32),
        keys,
    )
