"""A day of a whole city in one problem without a matrix, in a process of its own: prints one JSON line.

    python -m benchmarks.engine_city FOLDER SECONDS SEED PROCESSES

FOLDER has `cainiao_shanghai` (see `shanghai_files`). Every order is a visit at its spot; technicians start around
the branches, one for 6.5 orders; travel is a straight line stretched. The outside referee judges it, over a matrix
that is worked out leg by leg.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine_cases import outside
from benchmarks.engine_ours import row, traced
from benchmarks.engine_tiny import warm
from benchmarks.shanghai_files import ANY_TIME, SHARE_WITH_WINDOW, VISITS_PER_TECHNICIAN, WINDOWS, City, read
from routing.limits import Limits
from routing.plan import Plan
from routing.problem import Break, Coordinates, Problem, TimeWindow, Vehicle, Visit
from routing.travel import GreatCircle, TravelTimes

HOUR = 3600
SKILLS = tuple(range(1, 7))
LUNCH = Break(1, (TimeWindow(11 * HOUR + 1800, 13 * HOUR + 1800),), 1800)
WARMING_ORDERS = 30


def city_day(city: City, seed: int, travel: TravelTimes) -> Problem:
    """A problem of every order of a city; places are the orders' spots, then the technicians' homes."""
    random = np.random.default_rng(seed)
    visits = tuple(_visit(random, i, order[3]) for i, order in enumerate(city.orders))
    people = max(2, round(len(visits) / VISITS_PER_TECHNICIAN))
    spots = np.array([city.spots[spot] for _, spot, _, _ in city.orders])
    branches = np.array([city.branches[branch] for _, _, branch, _ in city.orders])
    homes = branches[random.integers(len(visits), size=people)] + random.normal(0, 0.01, (people, 2))
    fleet = tuple(_technician(random, k, len(visits) + k) for k in range(people))
    return Problem.over(visits, fleet, np.vstack([spots, homes]), travel)


def _visit(random: np.random.Generator, number: int, parcels: int) -> Visit:
    first, last = ANY_TIME
    if random.random() < SHARE_WITH_WINDOW:
        first, last = WINDOWS[int(random.integers(len(WINDOWS)))]
    return Visit(
        id=number + 1,
        place=number,
        service=int(np.clip(300 * np.ceil((5 + 12 * parcels**0.5) / 5), 900, 7200)),
        windows=(TimeWindow(first * HOUR, last * HOUR),),
        skills={str(random.choice(SKILLS)): 1},
        priority=int(random.choice(4, p=(0.6, 0.25, 0.1, 0.05))),
    )


def _technician(random: np.random.Generator, number: int, home: int) -> Vehicle:
    begin = 8 * HOUR + 1800 * int(random.integers(0, 3))
    drawn = random.choice(SKILLS, int(random.integers(2, 5)), replace=False)
    known = {int(skill) for skill in drawn} | {SKILLS[number % len(SKILLS)]}
    return Vehicle(
        id=number + 1,
        start=home,
        end=home,
        shift=TimeWindow(begin, begin + 10 * HOUR),
        breaks=(LUNCH,),
        skills={str(skill): 1 for skill in sorted(known)},
    )


@dataclass(frozen=True, slots=True)
class Legs:
    """Looks like a matrix of seconds, n × n; a leg is worked out when it is asked for, and remembered."""

    points: Coordinates
    travel: TravelTimes
    known: dict[tuple[int, int], int] = field(default_factory=dict)

    def __getitem__(self, origin: int) -> _Row:
        return _Row(self, origin)

    def seconds(self, origin: int, to: int) -> int:
        if (origin, to) not in self.known:
            self.known[origin, to] = int(self.travel.matrix(self.points[[origin, to]])[0][0, 1])
        return self.known[origin, to]


@dataclass(frozen=True, slots=True)
class _Row:
    legs: Legs
    origin: int

    def __getitem__(self, to: int) -> int:
        return self.legs.seconds(self.origin, to)


def question(problem: Problem, travel: TravelTimes) -> dict[str, Any]:
    """The problem as the referee reads it: VROOM's form, with `Legs` for the matrix."""
    assert problem.coordinates is not None
    return {
        "score": "visits-then-travel",
        "jobs": [_job(visit) for visit in problem.visits],
        "vehicles": [_row(vehicle) for vehicle in problem.vehicles],
        "matrices": {"car": {"durations": Legs(problem.coordinates, travel)}},
    }


def answer(plan: Plan) -> dict[str, Any]:
    """The plan as the referee reads it: who makes which visits in which order, and what is left out."""
    return {
        "routes": [
            {"vehicle": route.vehicle, "steps": [{"type": "job", "id": visit} for visit in route.visits]}
            for route in plan.routes
        ],
        "unassigned": [{"id": visit} for visit in plan.unassigned],
    }


def _job(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "location_index": visit.place,
        "service": visit.service,
        "priority": visit.priority,
        "skills": list(visit.skills),
        "time_windows": [_pair(window) for window in visit.windows],
    }


def _row(vehicle: Vehicle) -> dict[str, Any]:
    return {
        "id": vehicle.id,
        "start_index": vehicle.start,
        "end_index": vehicle.end,
        "skills": list(vehicle.skills),
        "time_window": _pair(vehicle.shift),
        "breaks": [
            {"id": rest.id, "service": rest.duration, "time_windows": [_pair(w) for w in rest.windows]}
            for rest in vehicle.breaks
        ],
    }


def _pair(window: TimeWindow) -> list[int]:
    return [window.earliest, window.latest]


def answered(folder: Path, seconds: float, seed: int, processes: int) -> dict[str, Any]:
    """What the referee says of our plan of the city, the time it took, and the trace."""
    travel = GreatCircle()
    city = read(folder / "cainiao_shanghai")
    problem = city_day(city, seed, travel)
    warm()
    _warm_without_matrix(city, seed, travel)
    began = time.perf_counter()
    plan, trace = traced(problem, Limits(seconds, seed=seed, processes=processes), began)
    took = time.perf_counter() - began
    judged = outside(folder).judge(question(problem, travel), answer(plan))
    return row(judged, took, trace, problem.weights.left_out)


def _warm_without_matrix(city: City, seed: int, travel: TravelTimes) -> None:
    """Load what is needed only where there is no matrix."""
    few = city_day(City(city.branches, city.spots, city.orders[:WARMING_ORDERS]), seed, travel)
    bare = Problem(few.visits, few.vehicles, coordinates=few.coordinates, travel=travel)
    traced(bare, Limits(0.2, seed=seed), time.perf_counter())


if __name__ == "__main__":
    print(json.dumps(answered(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
