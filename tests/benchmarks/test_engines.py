"""The whole path once: a case from outside, our engine in a process of its own, the referee, the table, the chart."""

import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from benchmarks.engine_cases import BESIDE, NEEDED, checked
from benchmarks.engine_child import Ran, Stopped, ran
from benchmarks.engine_measure import PROJECT, Bench, read
from benchmarks.engine_runs import OURS, Run

outside = pytest.mark.skipif(
    not all((BESIDE / name).is_file() for name in NEEDED), reason=f"there are no cases in {BESIDE}: nothing to plan"
)
RUN = Run("vroom", "fs4x12s1", 1)
PRINTED = (
    '{"seconds": 1.2, "ok": true, "errors": [], "served": 12, "jobs": 12, "lost": 0, "travel": 9, "used": 3, '
    '"gap_percent": 1.5}'
)


@outside
def test_our_engine_plans_a_case_and_the_referee_finds_nothing_wrong() -> None:
    result = Bench(checked(BESIDE), None, "now").result(Run(OURS, "fs4x12s1", 0.2))

    assert (result.failed, result.valid, result.visits) == ("", True, 12)
    assert result.trace[-1][1:] == (result.served, result.cost(result.left_out))


@outside
def test_without_peers_theirs_are_left_out_and_a_report_plans_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "results.jsonl"

    told = engines("--quick", "--engines", "vroom", "--out", str(kept)).stdout

    assert "--peers names no Python that has them" in told
    assert "0 of 5 runs to do" in told
    assert "--peers names no Python" in engines("--report", str(kept)).stdout
    assert "measure a case first" in engines("--report", str(kept), "--plot", str(tmp_path / "chart.svg")).stderr


@outside
def test_a_case_that_is_in_no_suite_is_refused() -> None:
    assert "--only: fs1 is in none of: field" in engines("--only", "fs1").stderr


def engines(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.engines", *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)


def test_a_folder_without_the_cases_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"has no cases\.py; name the folder"):
        checked(tmp_path)


def test_the_last_line_a_child_prints_is_its_result() -> None:
    result = read(RUN, Ran(0, f"solving 5\n{PRINTED}\n", "", 80.0), 0.5, "")

    assert (result.valid, result.took, result.visits, result.gap, result.peak) == (True, 1.2, 12, 1.5, 80.0)


@pytest.mark.parametrize(
    ("done", "failed"),
    [
        (Ran(1, "", "Traceback\nMemoryError", None), "Traceback\nMemoryError"),
        (Ran(1, "pyvrp has no breaks", "", None), "pyvrp has no breaks"),
        (Ran(-9, PRINTED, "", None), "killed: out of time or of memory"),
        (Ran(0, "", "", None), "exit 0, nothing printed"),
    ],
)
def test_a_child_that_fails_gives_a_result_that_says_so(done: Ran, failed: str) -> None:
    assert read(RUN, done, 0.0, "").failed == failed


def test_a_child_runs_on_one_thread_and_its_memory_is_seen() -> None:
    said = "import os; print(os.environ['OMP_NUM_THREADS'], os.environ['NUMBA_NUM_THREADS'])"

    done = ran([sys.executable, "-c", said], PROJECT, 60, Event())

    assert (done.code, done.printed) == (0, "1 1\n")


SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]


def test_a_child_that_does_not_end_is_killed() -> None:
    assert ran(SLEEPER, PROJECT, 0, Event()).code == -9


def test_a_child_is_broken_off_when_everything_is() -> None:
    stop = Event()
    stop.set()

    with pytest.raises(Stopped):
        ran(SLEEPER, PROJECT, 60, stop)
