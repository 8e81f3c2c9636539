"""What an outlook is worth: how fast it is, whether its chances come true, and what robust plans keep.

    python -m benchmarks.outlook [--part speed|calibration|curve] [--technicians 60] [--seconds 5] [--seed 1]
        [--days 1000]

A seeded field-service day that is asked for more than fits, every visit promised for two hours. Calibration: chances
predicted with distributions learnt from 90 simulated days, against other days drawn from the true distributions.
Curve: visits per technician-day against promises kept, judged on days that no planning has seen. Nothing is
asserted and nothing is written.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.day import day
from routing.draws import drawn
from routing.learning import History, Observed, learnt
from routing.limits import Limits
from routing.outlook import Outlook
from routing.plan import Plan
from routing.problem import Problem, TimeWindow
from routing.robust import robust, with_slack
from routing.simulate import simulate, walked
from routing.solve import solve
from routing.spread import Spread, Spreads
from routing.steps import laid_out

HOUR = 3600
ASKED_FOR = 9
LIVED_DAYS = 90
ENOUGH = 10
PERCENTILES = (0.6, 0.7, 0.8, 0.9)
PRICES = (0.0, 1.0, 2.0, 4.0, 10.0, 20.0)


def full_day(technicians: int, seed: int) -> tuple[Problem, dict[int, str]]:
    """Nine visits asked for per technician, 25 to 70 minutes long, each promised for two hours; and their kinds."""
    problem = day(ASKED_FOR * technicians, technicians, seed)
    random = np.random.default_rng([seed, 1])
    opens = (8 + 2 * random.integers(0, 5, len(problem.visits))) * HOUR
    minutes = 5 * random.integers(5, 15, len(problem.visits))
    visits = tuple(
        replace(visit, windows=(TimeWindow(int(at), int(at) + 2 * HOUR),), service=60 * int(long), priority=0)
        for visit, at, long in zip(problem.visits, opens, minutes, strict=True)
    )
    return replace(problem, visits=visits), {visit.id: next(iter(visit.skills)) for visit in visits}


def truth(kinds: Mapping[int, str], seed: int) -> Spreads:
    """Distributions that planning does not know: each kind its own, slow drives in the rush hours."""
    random = np.random.default_rng([seed, 2])
    each = {
        kind: Spread(float(random.uniform(0.9, 1.2)), float(random.uniform(0.25, 0.45)))
        for kind in sorted(set(kinds.values()))
    }
    slow = {hour: Spread(1.25, 0.3) for hour in (8, 17, 18)}
    return Spreads(kinds=each, hours=slow, shared_service=0.2, shared_travel=0.4)


def lived(problem: Problem, plan: Plan, days: int, seed: int, true: Spreads, kinds: Mapping[int, str]) -> History:
    """What phones would have reported of that many days of a plan."""
    steps = laid_out(problem, plan)
    draws = drawn(problem, steps, days, seed, true, kinds)
    leaves = walked(steps, draws) + draws.service
    services: list[Observed] = []
    drives: list[Observed] = []
    absent: list[int] = []
    for row, stop in enumerate(steps.stops):
        before = leaves[[steps.previous[row]]]
        drive = draws.travel(np.array([row]), np.ones(1), before)[0]
        for d in range(days):
            if stop.travel:
                drives.append(Observed(int(before[0, d] // HOUR), d, float(drive[d])))
            if stop.visit is None:
                continue
            if draws.absent[row, d]:
                absent.append(int(draws.service[row, d]))
            else:
                factor = float(draws.service[row, d] / stop.service)
                services.append(Observed(kinds[stop.visit], (int(steps.vehicles[row]), d), factor))
    return History(tuple(services), tuple(drives), tuple(absent))


@dataclass(frozen=True, slots=True)
class Bin:
    """Visits whose predicted chance lies in one tenth: how many, what was predicted, what came true (means)."""

    visits: int
    predicted: float
    seen: float


def bins(predicted: Outlook, seen: Outlook) -> list[Bin]:
    """Ten bins of the predicted chance, from the least; empty ones are left out."""
    came = {visit.visit: visit.chance for visit in seen.visits}
    chances = np.array([(visit.chance, came[visit.visit]) for visit in predicted.visits if visit.is_promised])
    tenth = np.minimum((chances[:, 0] * 10).astype(int), 9)
    return [
        Bin(int((tenth == n).sum()), *(float(mean) for mean in chances[tenth == n].mean(axis=0)))
        for n in range(10)
        if (tenth == n).any()
    ]


def calibration(problem: Problem, kinds: Mapping[int, str], plan: Plan, seed: int, days: int) -> list[Bin]:
    """The bins of a plan: predicted with what `LIVED_DAYS` taught, seen on days drawn from the truth."""
    true = truth(kinds, seed)
    known = learnt(lived(problem, plan, LIVED_DAYS, seed + 1, true, kinds))
    predicted = simulate(problem, plan, days, seed + 2, known, kinds)
    return bins(predicted, simulate(problem, plan, days, seed + 3, true, kinds))


def print_speed(asked: argparse.Namespace) -> None:
    """A thousand days of sixty technicians and three hundred visits."""
    problem = day(5 * asked.technicians, asked.technicians, asked.seed)
    plan = solve(problem, Limits(asked.seconds, seed=asked.seed))
    began = time.perf_counter()
    found = simulate(problem, plan, asked.days, asked.seed)
    took = time.perf_counter() - began
    print(f"{asked.days} days of {len(found.visits)} visits with {len(found.vehicles)} technicians: {took:.2f} s\n")


def print_calibration(asked: argparse.Namespace) -> None:
    """A plan on mean times has chances of all sizes."""
    print(f"predicted from what {LIVED_DAYS} days taught, and seen on {asked.days} other days")
    print(" visits  predicted     seen   points")
    problem, kinds = full_day(asked.technicians, asked.seed)
    plan = solve(problem, Limits(asked.seconds, seed=asked.seed))
    for one in calibration(problem, kinds, plan, asked.seed, asked.days):
        few = "" if one.visits >= ENOUGH else "   (few)"
        off = 100 * (one.seen - one.predicted)
        print(f"{one.visits:7}  {100 * one.predicted:7.1f} %  {100 * one.seen:5.1f} %  {off:+6.1f}{few}")
    print()


def print_curve(asked: argparse.Namespace) -> None:
    """Percentiles of all durations are the usual way to plan with slack."""
    problem, _ = full_day(asked.technicians, asked.seed)
    limits, usual = Limits(asked.seconds, seed=asked.seed), Spreads()
    print(f"{asked.seconds:g} s a plan           visits/day     kept    worst  overtime  after hard end")
    for share in (0.5, *PERCENTILES):
        asked_for = with_slack(problem, share, usual, {})
        name = "mean times" if share == 0.5 else f"percentile {100 * share:.0f}"
        print_point(name, problem, solve(asked_for, limits), asked)
    for price in PRICES:
        floor = 0.8 if price else 0.0
        print_point(f"robust, price {price:g}", problem, robust(problem, limits, price=price, floor=floor), asked)


def print_point(name: str, problem: Problem, plan: Plan, asked: argparse.Namespace) -> None:
    found = simulate(problem, plan, asked.days, asked.seed + 99)
    many, technicians = len(found.visits), len(problem.vehicles)
    late = sum(seen.overtime for seen in found.vehicles) / technicians / 60
    hard = sum(seen.after_hard_end for seen in found.vehicles) / technicians
    worst = found.riskiest()[0].chance
    print(
        f"{name:<18} {many / technicians:15.2f} {100 * found.share_kept:7.2f} % {100 * worst:6.1f} %"
        f" {late:5.0f} min {100 * hard:13.1f} %",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {"speed": print_speed, "calibration": print_calibration, "curve": print_curve}
    parser.add_argument("--part", choices=sorted(parts), help="all of them if left out")
    parser.add_argument("--technicians", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=1000)
    asked = parser.parse_args()
    for name, show in parts.items():
        if asked.part in (None, name):
            show(asked)


if __name__ == "__main__":
    main()
