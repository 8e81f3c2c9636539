"""The search as an object: routes in, ruin and recreate for a while, the best routes out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.flat import ABLE, ABLE_END, FAR, GROUP, LOADS, NODE, START, WINDOW, WINDOWS, Facts, Flat
from routing.kernel_moves import clear
from routing.kernel_search import fill, search
from routing.plan import Route
from routing.state import (
    BEST_COST,
    BEST_LOST,
    CLOCKS,
    EARLIEST,
    LATEST_START,
    LINKED,
    MOST_CHANGED,
    OLD_EARLIEST,
    OLD_LATEST,
    OUT,
    OUT_LIST,
    RANDOM,
    REMOVED_LIST,
    VERSION,
    VERSIONS,
    VISIT,
    Pool,
    State,
)

SLICE = 0.1
FIRST_ITERATIONS = 200
MOST_POOLED = 60_000
POOL_WIDTH = 40
TABLE = 1 << 17
RENUMBER = 1 << 30

Told = Callable[[float, int, int], bool]


@dataclass(slots=True)
class Search:
    """Routes over `flat` that get better. Not to be shared between threads."""

    flat: Flat
    state: State
    pool: Pool
    speed: float = 0.0

    @staticmethod
    def of(flat: Flat, seed: int, most_changed: int = -1) -> Search:
        """Empty routes; every visit is left out until `begin` is called."""
        found = Search(flat, _empty_state(flat, seed), _pool(len(flat.visits), seed))
        found.state.count[MOST_CHANGED] = most_changed
        found.state.count[LINKED] = int((flat.facts.visit[:, GROUP] >= 0).any())
        clear(flat.facts, found.state)
        return found

    def begin(self, routes: Iterable[Route] = ()) -> None:
        """Start from these routes, as far as they can be kept, and insert the rest greedily."""
        number = {visit.id: i for i, visit in enumerate(self.flat.visits)}
        vehicle = {vehicle.id: k for k, vehicle in enumerate(self.flat.vehicles)}
        for route in routes:
            if route.vehicle in vehicle:
                visits = [number[visit_id] for visit_id in route.visits if visit_id in number]
                self._set(vehicle[route.vehicle], visits)
        state = self.state
        out = state.room[OUT_LIST, : state.count[OUT]]
        state.room[REMOVED_LIST, : len(out)] = out[np.argsort(state.order[1, out], kind="stable")]
        fill(self.flat.facts, state)
        state.now[:, OLD_EARLIEST : OLD_LATEST + 1] = state.now[:, EARLIEST : LATEST_START + 1]

    def _set(self, k: int, visits: Sequence[int]) -> None:
        raise NotImplementedError

    def anneal(
        self, seconds: float, hot: float, cold: float, iterations: int | None = None, told: Told | None = None
    ) -> None:
        """Cool from `hot` to `cold` (in cost units) within `seconds`, or within `iterations` if given.

        `told(share done, lost, cost)` is called now and then; the search ends when it answers False.
        """
        began = time.monotonic()
        temperature, done = hot, 0
        rate = self.speed or 0.0
        while True:
            passed = time.monotonic() - began
            share = done / iterations if iterations is not None else passed / max(seconds, 1e-9)
            if share >= 1 or passed >= seconds:
                break
            if told is not None and not told(share, self.lost, self.cost):
                break
            step = max(20, int(rate * min(SLICE, (seconds - passed)))) if rate else FIRST_ITERATIONS
            if iterations is not None:
                step = min(1000, iterations - done)
                cooling = (cold / hot) ** (1 / iterations)
            else:
                left = max(1.0, rate * (seconds - passed)) if rate else 1e9
                cooling = (cold / temperature) ** (1 / left) if temperature > cold else 1.0
            margin = int(0.01 * self.cost)
            temperature = search(self.flat.facts, self.state, self.pool, step, temperature, cooling, margin)
            done += step
            rate = done / max(time.monotonic() - began, 1e-6)
            self._renumber()
        self.speed = rate

    @property
    def lost(self) -> int:
        """What is left out of the best routes costs."""
        return int(self.state.count[BEST_LOST])

    @property
    def cost(self) -> int:
        """What the best routes cost."""
        return int(self.state.count[BEST_COST])

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

    def _renumber(self) -> None:
        """Versions are counted in 32 bits."""
        if self.state.count[VERSIONS] > RENUMBER:
            self.state.cached[:] = -1
            self.state.total[0, :, VERSION] = np.arange(len(self.flat.vehicles))
            self.state.count[VERSIONS] = len(self.flat.vehicles)


def _empty_state(flat: Flat, seed: int) -> State:
    n, k = len(flat.visits), len(flat.vehicles)
    positions = min(n, flat.most_stops) + 2
    width = 3 * (flat.facts.visit.shape[1] - LOADS) // 2
    stops = np.zeros((2, k, positions, CLOCKS + 3 * flat.masks), dtype=np.int32)
    stops[:, :, :, VISIT] = -1
    count = np.zeros(14, np.int64)
    count[RANDOM] = np.uint64(_scrambled(seed)).view(np.int64)
    return State(
        stops=stops,
        load=np.zeros((2, k, positions, width), np.int64),
        total=np.zeros((2, k, 9), np.int64),
        now=np.zeros((n, 7), np.int64),
        cached=np.full((n, k, 3), -1, np.int32),
        room=np.zeros((3, 2 * n + k), np.int64),
        count=count,
        clock=np.zeros((6, flat.masks), np.int64),
        order=_order(flat.facts),
        best=np.zeros(k + n, np.int32),
    )


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
    """A good first state of the generator: SplitMix64 of the seed."""
    z = (seed + 0x9E3779B97F4A7C15) & (2**64 - 1)
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    return (z ^ z >> 27) or 1


def _pool(n: int, seed: int) -> Pool:
    keys = np.random.default_rng(seed).integers(1, 2**63, n, dtype=np.uint64)
    return Pool(
        np.zeros((MOST_POOLED, POOL_WIDTH), np.int32),
        np.zeros((MOST_POOLED, 4), np.int64),
        np.full(TABLE, -1, np.int32),
        keys,
    )
