"""Engines by name: ours and the reference answer the same questions, and only a planner's child loads them."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from dispatch import warm
from dispatch.engines import EngineName, origin, ready
from routing.check import violations
from routing.limits import Limits
from routing.plan import Plan
from routing.problem import Break, Pin, Problem, TimeWindow, Vehicle, Visit
from routing.score import score
from routing.solve import solve
from routing.travel import GreatCircle

HOUR = 3600
ROOT = Path(__file__).resolve().parents[2]
LIMITS = {EngineName.SISR: Limits(seconds=5, iterations=3000), EngineName.ORTOOLS: Limits(seconds=5, iterations=30)}


def day(seed: int) -> Problem:
    """Fourteen visits in a town 20 km across, too many for its three technicians, with all that both engines know."""
    dice = np.random.default_rng(seed)
    places = dice.uniform((121.3, 31.1), (121.5, 31.3), (17, 2))
    durations, distances = GreatCircle().matrix(places)
    opens = dice.integers(8, 16, 14) * HOUR
    visits = tuple(
        Visit(
            n, 2 + n, service=int(dice.integers(2, 6)) * 1200, setup=300, load=(int(dice.integers(1, 4)),),
            windows=(TimeWindow(int(opens[n - 1]), int(opens[n - 1]) + 2 * HOUR),), priority=10 * (n % 3),
            skills={"gas": 2} if n % 4 == 0 else {}, pin=Pin(vehicle=101) if n == 1 else None,
        )
        for n in range(1, 15)
    )  # fmt: skip
    vehicles = tuple(
        Vehicle(
            100 + k, k, k, TimeWindow(8 * HOUR, 19 * HOUR), soft_end=18 * HOUR, capacity=(14,), max_visits=6,
            breaks=(Break(1, (TimeWindow(11 * HOUR, 13 * HOUR),), 1800),), skills={"gas": 1 + k},
        )
        for k in range(3)
    )  # fmt: skip
    return Problem(visits, vehicles, durations, distances)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_both_engines_keep_every_rule_and_ours_leaves_out_no_more(seed: int) -> None:
    problem = day(seed)
    plans = {name: ready(name)(problem, limits) for name, limits in LIMITS.items()}
    assert {name: violations(problem, plan) for name, plan in plans.items()} == {name: [] for name in EngineName}
    assert score(problem, plans[EngineName.SISR])[0] <= score(problem, plans[EngineName.ORTOOLS])[0]


def test_whoever_serves_pages_or_relays_work_does_not_load_the_planner() -> None:
    told = (
        "import wsgi, dispatch.worker, sys; print(*({'ortools', 'routing.solve', 'routing.kernel'} & set(sys.modules)))"
    )
    seen = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert seen.stdout == "\n"


def test_what_made_a_plan_is_named_with_its_version() -> None:
    assert origin(EngineName.SISR)["engine"] == "sisr"
    assert origin(EngineName.ORTOOLS)["version"].startswith("9.")
    assert origin(partial(solve, start=Plan((), {})))["engine"] == "solve"


def test_warming_up_can_be_done_again_and_again() -> None:
    warm.run_once()
    warm.run_once()
