"""The planner's child process: what it answers, and every way it can go wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from dispatch.errors import PlanningCancelled, SolverFailed
from dispatch.solver_child import Engine
from dispatch.solver_process import solve_in_child
from routing.limits import Limits, Progress
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Problem, TimeWindow, Vehicle, Visit
from tests.dispatch import engines
from tests.processes import all_end, named_in

SHORT = Limits(seconds=0.2)
LONG = Limits(seconds=60)


@pytest.fixture
def problem() -> Problem:
    """Two visits, ten minutes from each other and from the technician's door."""
    minutes = np.array([[0, 10, 10], [10, 0, 10], [10, 10, 0]], dtype=np.int32) * 60
    visits = tuple(Visit(id=n, place=n, service=1800) for n in (1, 2))
    return Problem(visits, (Vehicle(7, 0, 0, TimeWindow(8 * 3600, 18 * 3600)),), minutes)


def test_the_plan_comes_back_whole(problem: Problem) -> None:
    plan = solve_in_child(problem, SHORT, engine=engines.gives_up)
    assert plan == engines.gives_up(problem, SHORT)


def test_the_real_planner_plans_in_a_child(problem: Problem) -> None:
    plan = solve_in_child(problem, Limits(seconds=1, seed=1))
    assert plan.unassigned == {}
    assert sorted(visit for route in plan.routes for visit in route.visits) == [1, 2]


def test_the_running_plan_reaches_the_child(problem: Problem) -> None:
    start = Plan((Route(7, (2, 1)),), {})
    assert solve_in_child(problem, SHORT, start, engine=engines.keeps_the_start) == start


def test_what_was_counted_of_a_visit_left_out_comes_back_from_the_child(problem: Problem) -> None:
    start = Plan((), {1: Reason(Rule.SKILL, stopped=2, nearest=3), 2: Reason(Rule.NO_TIME, "其他", able=1, busy=0)})
    assert solve_in_child(problem, SHORT, start, engine=engines.keeps_the_start) == start


def test_progress_is_passed_on_and_never_goes_backwards(problem: Problem) -> None:
    seen: list[Progress] = []
    solve_in_child(problem, LONG, progress=seen.append, engine=engines.reports_twice)
    assert (seen[-1].percent, seen[-1].placed, seen[-1].cost) == (90.0, 1, 300)
    assert [p.percent for p in seen] == sorted(p.percent for p in seen)


def test_a_child_that_hangs_is_killed_with_all_it_started(
    problem: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(engines.NOTE, str(tmp_path / "note"))
    with pytest.raises(SolverFailed, match=r"did not answer within 0\.2 s.*more seconds"):
        solve_in_child(problem, SHORT, engine=engines.hangs)
    assert all_end(named_in(tmp_path / "note"))


@pytest.mark.parametrize(
    ("engine", "what_happened"),
    [
        (engines.crashes, "killed by SIGSEGV"),
        (engines.raises, "code 1.*the matrix caught fire"),
        (engines.refuses, "refused the problem: .*must not be negative"),
        (engines.leaves_quietly, "code 0"),
        (engines.babbles, "answered nonsense: .*no json"),
        (engines.forgets_a_visit, "forgets, invents or repeats"),
        (engines.invents_a_vehicle, "vehicles that are not there"),
    ],
)
def test_whatever_goes_wrong_is_said(problem: Problem, engine: Engine, what_happened: str) -> None:
    with pytest.raises(SolverFailed, match=what_happened):
        solve_in_child(problem, LONG, engine=engine)


def test_cancelling_ends_the_child(problem: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = tmp_path / "note"
    monkeypatch.setenv(engines.NOTE, str(note))
    with pytest.raises(PlanningCancelled):
        solve_in_child(problem, LONG, cancelled=lambda: note.exists(), engine=engines.hangs)
    assert all_end(named_in(note))


def test_what_progress_raises_ends_the_child(problem: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = tmp_path / "note"
    monkeypatch.setenv(engines.NOTE, str(note))

    def lose_the_row(_now: Progress) -> None:
        if note.exists():
            raise LookupError("somebody else has the row")

    with pytest.raises(LookupError):
        solve_in_child(problem, LONG, progress=lose_the_row, engine=engines.hangs)
    assert all_end(named_in(note))


def test_a_caller_with_threads_can_plan(problem: Problem) -> None:
    stop = threading.Event()
    waiting = threading.Thread(target=stop.wait)
    waiting.start()
    assert solve_in_child(problem, SHORT, engine=engines.gives_up).routes == ()
    stop.set()
    waiting.join()


INTERRUPTED = """
import os, signal, sys
from routing.problem import Problem
from routing.limits import Limits
from dispatch.solver_process import solve_in_child
from tests.dispatch import engines
from tests.processes import all_end, named_in

def interrupt(_now):
    if os.path.exists(os.environ[engines.NOTE]):
        os.kill(os.getpid(), signal.SIGINT)

solve_in_child(Problem((), ()), Limits(seconds=60), progress=interrupt, engine=engines.hangs)
"""


def test_control_c_leaves_nothing_behind(tmp_path: Path) -> None:
    note = tmp_path / "note"
    environment = {
        **os.environ,
        engines.NOTE: str(note),
        "PYTHONPATH": os.pathsep.join(p or "." for p in sys.path),
    }
    ended = subprocess.run([sys.executable, "-c", INTERRUPTED], env=environment, capture_output=True, timeout=60)
    assert ended.returncode == -signal.SIGINT
    assert all_end(named_in(note))
