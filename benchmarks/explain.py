"""How long it takes to explain why a visit is in no route, with the changes that would place it.

    python -m benchmarks.explain [--asked 60] [--seed 1]

The day of `benchmarks.insertions` with 60 technicians and more visits than they can make. Nothing is asserted.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.insertions import day, planned, printed, times
from routing.explain import explain
from routing.explanation import Explanation
from routing.insertion import insertions
from routing.plan import Plan
from routing.problem import Problem, Visit

TECHNICIANS, VISITS, MOST = 60, 330, 6
SPARE = 900


def measure(asked: int, seed: int) -> None:
    """Plan a day, explain what fits nowhere, print the figures."""
    problem = day(TECHNICIANS, VISITS + SPARE, seed)
    plan = planned(replace(problem, visits=problem.visits[:VISITS]), MOST)
    served = {visit for route in plan.routes for visit in route.visits}
    free = (visit for visit in problem.visits if visit.id not in served)
    left_out = [visit for visit in free if not insertions(problem, plan, visit)][:asked]
    core = replace(problem, visits=tuple(v for v in problem.visits if v.id in served) + tuple(left_out))
    print(f"{TECHNICIANS} technicians, {len(served)} visits planned, {len(left_out)} left out")
    explain(core, plan, left_out[0])
    found: list[Explanation] = []
    printed("explanation", times([_ask(core, plan, visit, found) for visit in left_out]))
    many = [len(one.remedies) for one in found]
    print(f"  remedies        median {np.median(many):7.0f}      none for {many.count(0)}")
    kinds = Counter(" + ".join(sorted(r.kind for r in one.remedies[0].relaxations)) for one in found if one.remedies)
    print("  cheapest        " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))


def _ask(problem: Problem, plan: Plan, visit: Visit, found: list[Explanation]) -> Callable[[], object]:
    return lambda: found.append(explain(problem, plan, visit))


def main() -> None:
    """Measure one day."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--asked", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    measure(asked.asked, asked.seed)


if __name__ == "__main__":
    main()
