"""A bad day at ten o'clock: how soon there is a usable plan again, and how many it disturbs who have no part in it.

    python -m benchmarks.surge [--visits 300] [--technicians 60] [--seconds 10] [--processes 1] [--seed 1]
        [--emergencies 100] [--budget SHARE] [--moved SHARE]

A planned day goes on until 10:00. Then 30 % of the technicians are out, 20 % of the visits they left for the others
take half as long again, and emergencies come in, to be begun within four hours. Untouched are the consumers whose
visit has not begun and did not change, and whose technician is still there. Moved is who of them gets another
technician, is left out, or begins more than a quarter of an hour from when they were told: by choice, or pushed by
what happened on their own route, which would be so if nothing at all were planned anew. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.day import HOUR, day
from routing.check import violations
from routing.difference import Budget, Kind
from routing.events import Emergency, Event, Ill, Overrun
from routing.freeze import frozen
from routing.joint import starts
from routing.limits import Limits
from routing.plan import Plan
from routing.problem import Problem, TimeWindow, Visit
from routing.replan import Replanned, replan
from routing.solve import solve

NOW = 10 * HOUR
OUT, LONGER, SHARE = 0.3, 0.2, 0.15


@dataclass(frozen=True, slots=True)
class Surge:
    """A running day, what happens to it, and the visits that have no part in that."""

    problem: Problem
    plan: Plan
    events: tuple[Event, ...]
    untouched: frozenset[int]


def surge(visits: int, technicians: int, emergencies: int, seed: int, limits: Limits) -> Surge:
    """The seeded day, planned within `limits`, and its events at 10:00."""
    whole = day(visits + emergencies, technicians, seed)
    ordinary, urgent = whole.visits[:visits], whole.visits[visits:]
    problem = replace(whole, visits=ordinary)
    plan = solve(problem, limits)
    random = np.random.default_rng([seed, 7])
    out = {int(number) for number in random.choice(technicians, round(OUT * technicians), replace=False) + 1}
    rest = frozen(problem, plan, NOW)
    head = {visit for vehicle in rest.vehicles for visit in vehicle.frozen}
    open_ = [v for route in plan.routes if route.vehicle not in out for v in route.visits if v not in head]
    longer = {int(visit) for visit in random.choice(open_, round(LONGER * len(open_)), replace=False)}
    events = (*map(_ill, sorted(out)), *_longer(problem, plan, longer), *map(_urgent, urgent))
    return Surge(problem, plan, events, frozenset(open_) - longer)


def _ill(vehicle: int) -> Ill:
    return Ill(vehicle, NOW)


def _longer(problem: Problem, plan: Plan, visits: set[int]) -> Sequence[Event]:
    """They are known to take half as long again."""
    at = starts(problem, plan)
    return [Overrun(visit, at[visit] + problem.visit(visit).service * 3 // 2) for visit in sorted(visits)]


def _urgent(visit: Visit) -> Emergency:
    return Emergency(replace(visit, windows=(TimeWindow(NOW, NOW + 4 * HOUR),), priority=50))


def main() -> None:
    """Run one surge and print the figures."""
    asked = _asked()
    day_limits = Limits(asked.seconds, seed=asked.seed, processes=asked.processes)
    found = surge(asked.visits, asked.technicians, asked.emergencies, asked.seed, day_limits)
    many = len(found.untouched)
    budget = Budget(round(asked.budget * many), round(asked.moved * many)) if asked.budget >= 0 else Budget()
    began = time.perf_counter()
    made = replan(found.problem, found.plan, found.events, NOW, day_limits, budget)
    took = time.perf_counter() - began
    print(f"{asked.visits} visits, {asked.technicians} technicians, {asked.emergencies} emergencies, seed {asked.seed}")
    print(f"usable plan      {took:8.1f} s")
    print_served(found, made)
    print_moved(found, made)
    print(f"violations       {len(violations(made.problem, made.plan)):8}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--technicians", type=int, default=60)
    parser.add_argument("--emergencies", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, default=SHARE / 3, help="share that may change technician; -1: any")
    parser.add_argument("--moved", type=float, default=SHARE / 3, help="share that may begin at another time")
    return parser.parse_args()


def print_served(found: Surge, made: Replanned) -> None:
    served = {visit for route in made.plan.routes for visit in route.visits}
    urgent = {event.visit.id for event in found.events if isinstance(event, Emergency)}
    head = {visit for vehicle in made.problem.vehicles for visit in vehicle.frozen}
    before = {visit for route in found.plan.routes for visit in route.visits}
    print(f"served before    {len(before):8}   of {len(found.problem.visits)}, {len(head)} of them begun")
    print(f"served after     {len(served):8}   of {len(made.problem.visits)}")
    print(f"  emergencies    {len(served & urgent):8}   of {len(urgent)}")
    print(f"  told before    {len(served & before):8}   of {len(before)}")


def print_moved(found: Surge, made: Replanned) -> None:
    """How many of the untouched are moved, and how."""
    kinds = {change.visit: change.kind for change in made.difference.changes if change.visit in found.untouched}
    moved = {visit for visit, kind in kinds.items() if kind in {Kind.TECHNICIAN, Kind.DROPPED, Kind.TIME}}
    pushed = moved & set(made.difference.forced)
    many = max(1, len(kinds))
    for name, those in (("moved by choice", moved - pushed), ("pushed", pushed)):
        print(f"{name:<16} {100 * len(those) / many:7.1f} %   of {many} untouched: {_listed(kinds, those)}")


def _listed(kinds: Mapping[int, Kind], those: set[int]) -> str:
    counted = Counter(kinds[visit] for visit in those)
    return ", ".join(f"{many} {kind}" for kind, many in sorted(counted.items())) or "none"


if __name__ == "__main__":
    main()
