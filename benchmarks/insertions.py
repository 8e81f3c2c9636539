"""How long it takes to find every place for one more visit in a planned day, all technicians tried.

    python -m benchmarks.insertions [--asked 400] [--seed 1]

Days of 60 technicians with 5 visits and 500 with 8, all with a lunch break, two-hour windows, skills, counties, a
soft end and a van; planned greedily. Each visit is asked for with one window and with the six of a slot offer.
Nothing is asserted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from routing.day import Day
from routing.insertion import fits, inserted, insertions
from routing.plan import Insertion, Plan, Route
from routing.problem import Break, Problem, TimeWindow, Vehicle, Visit
from routing.travel import GreatCircle

HOUR = 3600
SKILLS = ("mattress", "heater", "lamp", "washer", "aircon")
COUNTIES = tuple(f"3101{code:02}" for code in range(1, 17))
LUNCH = Break(1, (TimeWindow(11 * HOUR + 1800, 13 * HOUR + 1800),), 1800)
OFFERED = tuple(TimeWindow(hour * HOUR, (hour + 2) * HOUR) for hour in range(8, 20, 2))


def day(technicians: int, visits: int, seed: int) -> Problem:
    """A town of 16 counties side by side, 4 by 4; technicians cover the four nearest their home."""
    random = np.random.default_rng(seed)
    points = np.array((121.3, 31.1)) + random.uniform(0, 0.4, (visits + technicians, 2))
    wanted = tuple(_visit(random, i, points) for i in range(visits))
    fleet = tuple(_technician(random, k, visits + k, points) for k in range(technicians))
    durations, distances = GreatCircle().matrix(points)
    return Problem(wanted, fleet, durations, distances)


def _county(point: np.ndarray) -> int:
    column, row = np.clip(((point - (121.3, 31.1)) / 0.1).astype(int), 0, 3)
    return int(4 * row + column)


def _visit(random: np.random.Generator, number: int, points: np.ndarray) -> Visit:
    skill = str(random.choice(SKILLS))
    return Visit(
        id=number + 1,
        place=number,
        service=300 * int(random.integers(4, 13)),
        setup=300,
        windows=(OFFERED[int(random.integers(0, 5))],),
        skills={skill: int(random.integers(1, 3))},
        county=COUNTIES[_county(points[number])],
        load=(int(random.integers(1, 4)),),
    )


def _technician(random: np.random.Generator, number: int, home: int, points: np.ndarray) -> Vehicle:
    centres = np.array([(121.35 + 0.1 * (i % 4), 31.15 + 0.1 * (i // 4)) for i in range(16)])
    near = np.argsort(np.abs(centres - points[home]).sum(axis=1))[:4]
    skills = random.choice(SKILLS, 3, replace=False)
    begin = 8 * HOUR + 1800 * int(random.integers(0, 2))
    return Vehicle(
        id=number + 1,
        start=home,
        end=home,
        shift=TimeWindow(begin, begin + 12 * HOUR),
        soft_end=begin + 9 * HOUR,
        breaks=(LUNCH,),
        skills={str(skill): int(random.integers(1, 4)) for skill in skills},
        counties=frozenset(COUNTIES[i] for i in near),
        capacity=(24,),
        max_visits=12,
    )


def planned(problem: Problem, most: int) -> Plan:
    """Every visit put where it is cheapest, at most `most` to a technician."""
    shorter = tuple(replace(vehicle, max_visits=most) for vehicle in problem.vehicles)
    ready = Day.of(replace(problem, vehicles=shorter), Plan((), {}))
    for visit in problem.visits:
        places = ready.insertions(visit)
        if places:
            best = places[0]
            route = next(route for route in ready.routes if route.vehicle == best.vehicle)
            ready = ready.with_route(inserted(route, visit.id, best.position))
    return Plan(tuple(route for route in ready.routes if route.visits), {})


def measure(technicians: int, visits: int, most: int, asked: int, seed: int) -> None:
    """Plan one day, ask it for places, print the figures."""
    problem = day(technicians, visits + asked, seed)
    core = replace(problem, visits=problem.visits[:visits])
    plan = planned(core, most)
    held = sum(len(route.visits) for route in plan.routes)
    print(f"{technicians} technicians, {held} visits planned, {asked} asked for")
    unplanned = problem.visits[visits:]
    insertions(core, plan, unplanned[0])
    printed("made ready", times([lambda: Day.of(core, plan)] * 10))
    found = [len(insertions(core, plan, visit)) for visit in unplanned]
    printed("one window", times([_ask(core, plan, visit) for visit in unplanned]), np.mean(found))
    open_to_all = [replace(visit, windows=OFFERED) for visit in unplanned]
    found = [len(insertions(core, plan, visit)) for visit in open_to_all]
    printed("six windows", times([_ask(core, plan, visit) for visit in open_to_all]), np.mean(found))
    known = [visit for visit in core.visits if any(visit.id in route.visits for route in plan.routes)][:asked]
    printed("one of its own", times([_ask(core, plan, visit) for visit in known]))
    routes = plan.routes[:asked]
    printed("one route", times([_fit(core, route, unplanned[i]) for i, route in enumerate(routes)]))


def _ask(problem: Problem, plan: Plan, visit: Visit) -> Callable[[], list[Insertion]]:
    return lambda: insertions(problem, plan, visit)


def _fit(problem: Problem, route: Route, visit: Visit) -> Callable[[], Insertion | None]:
    return lambda: fits(problem, route, visit)


def times(calls: list[Callable[[], object]]) -> np.ndarray:
    """Milliseconds of each call."""
    times = []
    for call in calls:
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return np.array(times)


def printed(what: str, times: np.ndarray, places: float | None = None) -> None:
    found = "" if places is None else f"   {places:6.0f} places each"
    print(f"  {what:<15} median {np.median(times):7.2f} ms   p99 {np.percentile(times, 99):7.2f} ms{found}")


def main() -> None:
    """Measure both days."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--asked", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    measure(60, 330, 5, asked.asked, asked.seed)
    measure(500, 4300, 8, asked.asked, asked.seed)


if __name__ == "__main__":
    main()
