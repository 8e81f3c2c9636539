"""A seeded day of field service: how soon there is a complete plan, how good it is in the end, what it breaks.

    python -m benchmarks.day [--visits 300] [--technicians 60] [--seconds 15] [--processes 1] [--seed 1]

A complete plan has every visit in a route or left out with a reason. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from routing.check import violations
from routing.insertion import insertions
from routing.limits import Limits, Progress
from routing.plan import Plan
from routing.problem import Break, Coordinates, Problem, TimeWindow, Vehicle, Visit
from routing.schedule import stops
from routing.solve import solve
from routing.travel import GreatCircle

HOUR = 3600
CENTRE = (121.47, 31.23)
SKILLS = ("mattress", "heater", "lamp", "washer", "aircon", "tv", "lock", "purifier", "furniture")
WANTED = np.array([30, 25, 20, 15, 12, 10, 8, 6, 5]) / 131
LUNCH = Break(1, (TimeWindow(11 * HOUR + 1800, 13 * HOUR + 1800),), 1800)


def day(visits: int, technicians: int, seed: int) -> Problem:
    """A town with a dense centre and suburbs; 70 % of the visits have a two-hour window."""
    random = np.random.default_rng(seed)
    points = _places(random, visits + technicians)
    fleet = tuple(_technician(random, k, visits + k) for k in range(technicians))
    wanted = tuple(_visit(random, i) for i in range(visits))
    return Problem.over(wanted, fleet, points, GreatCircle())


def _places(random: np.random.Generator, many: int) -> Coordinates:
    suburbs = random.uniform(-0.22, 0.22, (8, 2))
    near = random.normal(0, 0.06, (many, 2))
    out = suburbs[random.integers(8, size=many)] + random.normal(0, 0.03, (many, 2))
    places: Coordinates = np.array(CENTRE) + np.where(random.random((many, 1)) < 0.55, near, out)
    return places


def _visit(random: np.random.Generator, number: int) -> Visit:
    begin = (8 + 2 * int(random.integers(0, 5))) * HOUR
    promised = TimeWindow(begin, begin + 2 * HOUR)
    window = promised if random.random() < 0.7 else TimeWindow(8 * HOUR, 18 * HOUR)
    return Visit(
        id=number + 1,
        place=number,
        service=300 * int(random.integers(6, 19)),
        setup=300,
        windows=(window,),
        skills={str(random.choice(SKILLS, p=WANTED)): int(random.integers(1, 3))},
        priority=int(random.choice((0, 1, 2, 3), p=(0.5, 0.3, 0.15, 0.05))),
    )


def _technician(random: np.random.Generator, number: int, home: int) -> Vehicle:
    begin = 8 * HOUR + 1800 * int(random.integers(0, 3))
    skills = random.choice(SKILLS, int(random.integers(2, 6)), replace=False, p=WANTED)
    return Vehicle(
        id=number + 1,
        start=home,
        end=home,
        shift=TimeWindow(begin, begin + 10 * HOUR),
        soft_end=begin + 9 * HOUR,
        breaks=(LUNCH,),
        skills={str(skill): int(random.integers(1, 4)) for skill in skills},
    )


def main() -> None:
    """Plan one day and print the figures."""
    asked = _asked()
    problem = day(asked.visits, asked.technicians, asked.seed)
    told: list[Progress] = []
    began = time.perf_counter()
    limits = Limits(asked.seconds, seed=asked.seed, processes=asked.processes)
    plan = solve(problem, limits, None, told.append)
    took = time.perf_counter() - began
    print(f"{asked.visits} visits, {asked.technicians} technicians, {asked.processes} processes")
    if told:
        print(f"first plan      {told[0].seconds:8.1f} s with {told[0].placed} visits placed")
    print(f"finished        {took:8.1f} s with {asked.visits - len(plan.unassigned)} visits placed")
    print_quality(problem, plan)
    print_offer(problem, plan)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--technicians", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def print_quality(problem: Problem, plan: Plan) -> None:
    timed = [stop for route in plan.routes for stop in stops(problem, route)]
    print(f"routes          {len(plan.routes):8}")
    print(f"travel          {sum(stop.travel for stop in timed) / HOUR:8.1f} h")
    print(f"distance        {sum(stop.distance for stop in timed) / 1000:8.0f} km")
    print(f"violations      {len(violations(problem, plan)):8}")


def print_offer(problem: Problem, plan: Plan) -> None:
    """How long it takes to find every place for one more visit."""
    asked = list(problem.visits[:50])
    began = time.perf_counter()
    for visit in asked:
        insertions(problem, plan, visit)
    print(f"one slot offer  {(time.perf_counter() - began) / max(1, len(asked)) * 1000:8.1f} ms")


if __name__ == "__main__":
    main()
