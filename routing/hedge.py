"""A problem with its sampled days as flat arrays: what the search for robust plans reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.clock import start_windows
from routing.draws import Luck
from routing.eligibility import pin_in_window, who_barrier
from routing.plan import Plan
from routing.problem import Precedence, Problem, SameStart, TimeWindow, Vehicle, Visit, at_speed
from routing.score import assignment_cost, left_out_cost, mean_worked
from routing.spread import HOURS, Spread, Spreads

BARRED = 1 << 40
NEVER = 1 << 40
NEAR = 60

Longs = NDArray[np.int64]
Matrix = NDArray[np.int32]
Reals = NDArray[np.float32]

# Columns of Hedge.visit.
PLACE, SERVICE, SETUP, LOST, KIND, PROMISED, LOOSE, FIRST, LAST = range(9)
# Columns of Hedge.vehicle.
START, END, EARLY, LATEST, SOFT, PAUSE, SPEED, OVERTIME, MOST_VISITS, MOST_TRAVEL, MOST_DISTANCE, OPEN = range(12)


class Hedge(NamedTuple):
    """n visits, k vehicles, D days, seconds; the columns of `visit` and `vehicle` are named above.

    `durations`: speeds × places × places; `windows`: n × W × 2 and `pauses` (when the break of a vehicle may begin):
    k × W × 2, padded with windows that end before they begin; `able`: the vehicles that may make visit i, from
    `able_from[i]`. `loads`: n × dimensions, all a visit may add;
    `assign`: n × k, `BARRED` for who may not. `drive` (curves × (n + k) × D) and `person` (kinds × k × D) are
    factors, `work`, `ready` and `most` (n × D) seconds: of service and set-up but for the technician's factor, and
    the most that a service takes (of a no-show). `curve` says which curve an hour has.
    """

    durations: Matrix
    distances: Matrix
    visit: Longs
    windows: Longs
    vehicle: Longs
    pauses: Longs
    loads: Longs
    capacity: Longs
    assign: Longs
    able: Longs
    able_from: Longs
    near: Longs
    drive: Reals
    person: Reals
    work: Reals
    ready: Reals
    most: Reals
    curve: Longs


def can_be_hedged(problem: Problem) -> bool:
    """Whether the search can read the problem: it needs a matrix."""
    return problem.durations is not None and bool(problem.visits) and bool(problem.vehicles)


def hedge_of(problem: Problem, plan: Plan, days: int, seed: int, spreads: Spreads, kinds: Mapping[int, str]) -> Hedge:
    """The arrays of a problem (one with a matrix) and of `days` sampled days.

    What the search does not understand stays as `plan` has it: visits that are linked, pinned or frozen, and the
    routes of vehicles with several breaks, a break with several windows, or linked visits.
    """
    assert problem.durations is not None
    speeds = sorted({vehicle.speed for vehicle in problem.vehicles})
    classes = sorted({spreads.of_kind(kinds.get(visit.id)) for visit in problem.visits}, key=_order)
    tied = _tied(problem)
    still = _still(problem, plan, tied)
    luck = Luck.of(problem, days, seed, spreads)
    of_visit = [classes.index(spreads.of_kind(kinds.get(visit.id))) for visit in problem.visits]
    distances = problem.distances if problem.distances is not None else np.zeros((1, 1))
    loads, capacity = _loads(problem)
    assign = _assign(problem)
    able, able_from = _able(assign)
    drive, person, work, ready, most, curve = _sampled(problem, luck, spreads, classes, of_visit)
    return Hedge(
        np.stack([at_speed(problem.durations, speed) for speed in speeds]).astype(np.int32),
        distances.astype(np.int32),
        _longs([_visit(problem, visit, kind, tied) for visit, kind in zip(problem.visits, of_visit, strict=True)]),
        _windows([start_windows(visit) or (TimeWindow(-NEVER, NEVER),) for visit in problem.visits]),
        _longs([_vehicle(problem, k, speeds, still) for k in range(len(problem.vehicles))]),
        _windows([vehicle.breaks[0].windows if vehicle.breaks else () for vehicle in problem.vehicles]),
        loads, capacity, assign, able, able_from, _near(problem), drive, person, work, ready, most, curve,
    )  # fmt: skip


def _order(spread: Spread) -> tuple[float, float]:
    return spread.mean, spread.sigma


def _longs(rows: Sequence[Sequence[int]]) -> Longs:
    return np.array(rows, dtype=np.int64)


def _tied(problem: Problem) -> set[int]:
    """Visits that stay where they are: linked, pinned, frozen, told where a budget bounds how many may change."""
    tied = {visit for vehicle in problem.vehicles for visit in vehicle.frozen}
    if problem.published is not None and problem.published.most_changed is not None:
        tied |= set(problem.published.vehicles)
    tied |= {visit.id for visit in problem.visits if visit.pin is not None}
    return tied | _linked(problem)


def _linked(problem: Problem) -> set[int]:
    linked: set[int] = set()
    for link in problem.links:
        match link:
            case SameStart(first, second) | Precedence(first, second):
                linked |= {first, second}
    return linked


def _still(problem: Problem, plan: Plan, tied: set[int]) -> set[int]:
    """Vehicles whose routes stay as they are."""
    linked = _linked(problem)
    still = {route.vehicle for route in plan.routes if linked.intersection(route.visits)}
    return still | {vehicle.id for vehicle in problem.vehicles if vehicle.frozen or _has_choice_of_breaks(vehicle)}


def _has_choice_of_breaks(vehicle: Vehicle) -> bool:
    """Whether there is more to its breaks than one break in one window."""
    return sum(len(each.windows) for each in vehicle.breaks) > 1


def _visit(problem: Problem, visit: Visit, kind: int, tied: set[int]) -> list[int]:
    windows = start_windows(visit)
    first, last = min((w.earliest for w in windows), default=-NEVER), max((w.latest for w in windows), default=NEVER)
    return [
        visit.place, visit.service, visit.setup, left_out_cost(problem, visit), kind,
        bool(visit.windows), visit.id not in tied and pin_in_window(visit), first, last,
    ]  # fmt: skip


def _vehicle(problem: Problem, k: int, speeds: list[float], still: set[int]) -> list[int]:
    vehicle = problem.vehicles[k]
    soft = vehicle.shift.latest if vehicle.soft_end is None else vehicle.soft_end
    limits = (vehicle.max_visits, vehicle.max_travel, vehicle.max_distance)
    return [
        -1 if vehicle.start is None else vehicle.start, -1 if vehicle.end is None else vehicle.end,
        vehicle.shift.earliest, vehicle.shift.latest, soft,
        vehicle.breaks[0].duration if vehicle.breaks else -1, speeds.index(vehicle.speed), vehicle.rates.overtime,
        *(NEVER if limit is None else limit for limit in limits), vehicle.id not in still,
    ]  # fmt: skip


def _windows(rows: Sequence[Sequence[TimeWindow]]) -> Longs:
    width = max(1, *(len(windows) for windows in rows), 1)
    padded = np.tile(np.array([0, -1], dtype=np.int64), (len(rows), width, 1))
    for r, windows in enumerate(rows):
        for w, window in enumerate(sorted(windows, key=lambda one: one.earliest)):
            padded[r, w] = window.earliest, window.latest
    return padded


def _loads(problem: Problem) -> tuple[Longs, Longs]:
    """What each visit may add to what is on board, carried or picked up, and what vehicles carry: too strict for
    those who pick up what they have room for again, never too lax.
    """
    width = max((len(vehicle.capacity) for vehicle in problem.vehicles), default=0)
    loads = np.zeros((len(problem.visits), max(1, width)), dtype=np.int64)
    for n, visit in enumerate(problem.visits):
        for load in (visit.load, visit.pickup):
            loads[n, : min(width, len(load))] += np.array(load[:width], dtype=np.int64)
    capacity = np.full((len(problem.vehicles), max(1, width)), NEVER, dtype=np.int64)
    for k, vehicle in enumerate(problem.vehicles):
        capacity[k, : len(vehicle.capacity)] = vehicle.capacity
    return loads, capacity


def _assign(problem: Problem) -> Longs:
    mean = mean_worked(problem)
    return _longs(
        [
            [
                BARRED if who_barrier(visit, vehicle) else assignment_cost(problem, visit, vehicle, mean)
                for vehicle in problem.vehicles
            ]
            for visit in problem.visits
        ]
    )


def _able(assign: Longs) -> tuple[Longs, Longs]:
    may = assign < BARRED
    starts = np.concatenate([[0], np.cumsum(may.sum(axis=1))])
    return np.nonzero(may)[1].astype(np.int64), starts.astype(np.int64)


def _near(problem: Problem) -> Longs:
    """The nearest visits of each, itself first, by travel and by how far their windows lie apart."""
    assert problem.durations is not None
    places = np.array([visit.place for visit in problem.visits])
    apart = problem.durations[np.ix_(places, places)].astype(np.float64)
    middles = np.array([_middle(visit) for visit in problem.visits])
    apart += 0.1 * np.abs(middles[:, None] - middles[None, :])
    np.fill_diagonal(apart, -1)
    return np.argsort(apart, axis=1, kind="stable")[:, :NEAR].astype(np.int64)


def _middle(visit: Visit) -> float:
    windows = start_windows(visit)
    return 43_200 if not windows else (windows[0].earliest + windows[-1].latest) / 2


def _sampled(
    problem: Problem, luck: Luck, spreads: Spreads, classes: list[Spread], of_visit: list[int]
) -> tuple[Reals, Reals, Reals, Reals, Reals, Longs]:
    """`drive` to `curve`: the factors of `routing.draws`, split by what they hang on."""
    hours = [spreads.of_hour(hour) for hour in range(HOURS)]
    curves = sorted(set(hours), key=_order)
    drive = np.stack([one.mean * np.exp(one.sigma * luck.drive - one.sigma**2 / 2) for one in curves])
    share = spreads.shared_service
    person = np.stack([np.exp(one.sigma * np.sqrt(share) * luck.person) for one in classes])
    sigma = np.array([classes[kind].sigma for kind in of_visit])[:, None]
    mean = np.array([classes[kind].mean for kind in of_visit])[:, None]
    own = mean * np.exp(sigma * np.sqrt(1 - share) * luck.own - sigma**2 / 2)
    rare = spreads.surprises
    longer = np.where(luck.lot > 1 - rare.overrun, rare.overrun_factor, 1.0)
    service, setup = (np.array([[getattr(v, name)] for v in problem.visits]) for name in ("service", "setup"))
    most = np.where(luck.lot < rare.no_show, float(rare.no_show_seconds), np.inf)
    curve = np.array([curves.index(hour) for hour in hours], dtype=np.int64)
    return _real(drive), _real(person), _real(service * own * longer), _real(setup * own), _real(most), curve


def _real(values: NDArray[np.float64]) -> Reals:
    return np.ascontiguousarray(values, dtype=np.float32)
