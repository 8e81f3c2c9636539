"""Does the runs that are still to be done, each in a fresh child process, and keeps what came of them."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any

from benchmarks.engine_child import Ran, Stopped, ran
from benchmarks.engine_runs import OURS, Result, Results, Run
from benchmarks.engine_shanghai import CITY

PROJECT = Path(__file__).resolve().parents[1]
JUDGED = ("ok", "served", "lost", "travel", "used")
OURS_USES = ("ortools", "numba", "numpy")
PEERS_USE = ("ortools", "pyvrp", "pyvroom", "numpy")
ASK_VERSIONS = "import importlib.metadata as m, json; print(json.dumps({{p: m.version(p) for p in {}}}))"

Tell = Callable[[Result], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the cases lie, which Python has the peers (None: they are left out), and what stops it all."""

    cases: Path
    peers: str | None
    code: str
    stop: Event = field(default_factory=Event)

    def can(self, run: Run) -> bool:
        return run.engine == OURS or self.peers is not None

    def command(self, run: Run) -> list[str]:
        """The child process of a run."""
        if run.engine != OURS:
            script = str(self.cases / "peers.py")
            return [str(self.peers), script, run.engine, run.case, f"{run.seconds:g}", str(run.seed)]
        here = [sys.executable, "-m"]
        if run.case == CITY:
            last = [f"{run.seconds:g}", str(run.seed), str(run.processes)]
            return [*here, "benchmarks.engine_city", str(self.cases), *last]
        return [*here, "benchmarks.engine_ours", str(self.cases), run.case, f"{run.seconds:g}", str(run.seed)]

    def result(self, run: Run) -> Result:
        """Do a run; a child that fails, prints nothing or has to be killed gives a result that says so."""
        load = os.getloadavg()[0]
        done = ran(self.command(run), PROJECT, most_seconds(run), self.stop)
        code = self.code if run.engine == OURS else ""
        return read(run, done, load, code)


def most_seconds(run: Run) -> float:
    """When a child is killed: peers have been seen to take twice their limit, and all have to make the case first."""
    return 300 + 6 * run.seconds


def read(run: Run, done: Ran, load: float, code: str) -> Result:
    """The result in what a child printed: its last line, in JSON."""
    row = _last_row(done.printed)
    if done.code or row is None:
        said = done.complained.strip() or done.printed.strip()
        why = (
            "killed: out of time or of memory" if done.code < 0 else said[-300:] or f"exit {done.code}, nothing printed"
        )
        return Result(run, failed=why, peak=done.peak, load=load, code=code)
    judged = {name: row[name] for name in JUDGED}
    return Result(
        run, took=row["seconds"], errors=tuple(row["errors"]), visits=row["jobs"], gap=row.get("gap_percent"),
        trace=tuple((at, placed, cost) for at, placed, cost in row.get("trace", ())),
        peak=done.peak, load=load, left_out=row.get("left_out", 0), code=code, **judged,
    )  # fmt: skip


def _last_row(printed: str) -> dict[str, Any] | None:
    for line in reversed(printed.splitlines()):
        with suppress(ValueError):
            row = json.loads(line)
            if isinstance(row, dict) and "served" in row:
                return row
    return None


def measure(bench: Bench, runs: Sequence[Run], results: Results, jobs: int, tell: Tell) -> None:
    """Do the runs, `jobs` at a time; those that need several processes alone, at the end."""
    for result in _side_by_side(bench, [run for run in runs if run.processes == 1], jobs):
        results.add(result)
        tell(result)
    for run in runs:
        if run.processes > 1:
            result = bench.result(run)
            results.add(result)
            tell(result)


def _side_by_side(bench: Bench, runs: Sequence[Run], jobs: int) -> Iterable[Result]:
    pool = ThreadPoolExecutor(jobs)
    try:
        for done in as_completed([pool.submit(bench.result, run) for run in runs]):
            with suppress(Stopped):
                yield done.result()
    finally:
        if sys.exc_info()[0] is not None:
            bench.stop.set()
        pool.shutdown(cancel_futures=True)


def code_of_core() -> str:
    """A short name for the planning core as it is now: results of another one are not ours any more."""
    digest = hashlib.sha256()
    for path in sorted((PROJECT / "routing").glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def machine(peers: str | None, jobs: int) -> dict[str, str]:
    """What the header says: the machine, and the versions on both sides."""
    ours = ", ".join(f"{name} {version(name)}" for name in OURS_USES)
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()}, {platform.system()} {platform.machine()}",
        "ours": f"Python {platform.python_version()}, {ours}",
        "peers": "left out: --peers names no Python that has them" if peers is None else _versions(peers),
        "how": f"one thread each, {jobs} child process{'es' if jobs > 1 else ''} at a time",
    }


def _versions(peers: str) -> str:
    asked = [peers, "-c", ASK_VERSIONS.format(PEERS_USE)]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError) as bad:
        raise SystemExit(f"--peers: {peers} has not all of {', '.join(PEERS_USE)} ({bad}); install them there") from bad
    return ", ".join(f"{name} {number}" for name, number in json.loads(said).items())


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "processor unknown"


def _memory() -> str:
    with suppress(ValueError, OSError, AttributeError):
        return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"
    return "memory unknown"
