"""Planning in a child process that can be killed: a solve holds the interpreter, and may overrun its time.

The child leads a process group of its own, so that what it starts dies with it. It is killed when it overruns
its limit, when planning is cancelled, and when the caller leaves for any reason (Ctrl-C included).
"""

from __future__ import annotations

import json
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import IO, Any

from dispatch.engines import AnyEngine, EngineName
from dispatch.errors import PlanningCancelled, SolverFailed
from dispatch.solver_child import GRACE_SECONDS, START_SECONDS
from routing.limits import Limits, Progress
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Problem

BEAT_SECONDS = 0.5
MOST_BYTES = 256 * 1024 * 1024
CHUNK = 1 << 20


def solve_in_child(
    problem: Problem,
    limits: Limits,
    start: Plan | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    *,
    engine: AnyEngine = EngineName.SISR,
) -> Plan:
    """Plan in a child process, killed `GRACE_SECONDS` after `limits.seconds` (start-up not counted).

    `progress` is called as the engine reports and at least every half second, with nought while the engine is made
    ready (the first time it is compiled); what it raises ends the child and goes on to the caller. Raises
    SolverFailed when the child crashes, hangs or answers nonsense, and PlanningCancelled when `cancelled` says so.
    """
    with _running(engine, problem, limits, start) as child:
        for message in _messages(child, limits, progress or _ignore, cancelled or _never):
            if "plan" in message:
                return _plan(message["plan"], problem)
            if "error" in message:
                raise SolverFailed(f"The planner refused the problem: {message['error']}")
        raise _death(child)


def _ignore(_progress: Progress) -> None: ...


def _never() -> bool:
    return False


@dataclass
class _Child:
    program: subprocess.Popen[bytes]
    pipe: int
    complaints: IO[bytes]
    received: bytearray = field(default_factory=bytearray)

    def read(self, seconds: float) -> bool:
        """Take in what has come, waiting at most `seconds`; False at the end of the pipe."""
        ready, _, _ = select.select([self.pipe], [], [], max(0.0, seconds))
        if not ready:
            return self.program.poll() is None
        chunk = os.read(self.pipe, CHUNK)
        self.received += chunk
        if len(self.received) > MOST_BYTES:
            raise SolverFailed("The planner answered more than any plan can be.")
        return bool(chunk)

    def lines(self) -> Iterator[bytes]:
        """The whole lines received so far, each once."""
        *whole, rest = self.received.split(b"\n")
        self.received = bytearray(rest)
        return map(bytes, whole)

    def end(self) -> None:
        """Let a child that has stopped talking leave by itself, so that it is seen how it ended."""
        with suppress(subprocess.TimeoutExpired):
            self.program.wait(GRACE_SECONDS)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.program.pid, signal.SIGKILL)
        self.program.wait()


@contextmanager
def _running(engine: AnyEngine, problem: Problem, limits: Limits, start: Plan | None) -> Iterator[_Child]:
    """A child at work on the problem; none of its processes outlives the block."""
    with tempfile.TemporaryFile() as request, tempfile.TemporaryFile() as complaints:
        pickle.dump((engine, problem, limits, start), request, protocol=pickle.HIGHEST_PROTOCOL)
        request.seek(0)
        pipe, childs_end = os.pipe()
        try:
            program = subprocess.Popen(
                [sys.executable, "-m", "dispatch.solver_child", str(childs_end)],
                stdin=request,
                stdout=complaints,
                stderr=complaints,
                pass_fds=(childs_end,),
                process_group=0,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
            )
        finally:
            os.close(childs_end)
        child = _Child(program, pipe, complaints)
        try:
            yield child
        finally:
            child.kill()
            os.close(pipe)


def _messages(
    child: _Child, limits: Limits, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
) -> Iterator[dict[str, Any]]:
    """What the child says, until it ends or its time is over; progress is passed on and not yielded."""
    began: float | None = None
    deadline = time.monotonic() + START_SECONDS
    latest = Progress(0.0, 0, 0, 0, 0.0)
    alive = True
    while alive:
        alive = child.read(min(BEAT_SECONDS, deadline - time.monotonic()))
        for message in map(_message, child.lines()):
            if "started" in message:
                began = time.monotonic()
                deadline = began + limits.seconds + GRACE_SECONDS
            elif "progress" in message:
                latest = _progress(message["progress"], latest.percent)
                progress(latest)
            else:
                yield message
        if cancelled():
            raise PlanningCancelled("The planning was cancelled.", remedy="Nothing was changed.")
        if began is not None:
            latest = _at(latest, time.monotonic() - began, limits)
        progress(latest)
        if alive and time.monotonic() >= deadline:
            raise _too_slow(limits.seconds if began is not None else None)
    child.end()


def _too_slow(seconds: float | None) -> SolverFailed:
    """It overran its `seconds`, or (None) did not even begin."""
    if seconds is None:
        said = f"The planner was not ready within {START_SECONDS:g} s and was stopped."
        return SolverFailed(said, remedy="Run: dispatch check")
    said = f"The planner did not answer within {seconds:g} s and was stopped."
    return SolverFailed(said, remedy="Plan again with more seconds.")


def _at(latest: Progress, seconds: float, limits: Limits) -> Progress:
    """The last report, moved on to the present instant, so that a silent engine still shows that it lives."""
    share = 100.0 * seconds / max(limits.seconds, 0.001)
    return replace(latest, percent=min(99.0, max(latest.percent, share)), seconds=seconds)


def _message(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise _nonsense(repr(line[:60]))
    return message


def _nonsense(what: str) -> SolverFailed:
    return SolverFailed(f"The planner answered nonsense: {what}", remedy="Plan again; tell the operator.")


def _progress(content: Any, shown: float) -> Progress:
    """A report of the child; its percent is never less than what has been shown."""
    try:
        percent, placed, visits, cost, seconds = content
        return Progress(max(float(percent), shown), int(placed), int(visits), int(cost), float(seconds))
    except (TypeError, ValueError):
        raise _nonsense("progress that is none") from None


def _plan(content: Any, problem: Problem) -> Plan:
    """The plan, if it names the problem's vehicles and gives every visit exactly one place or reason."""
    try:
        routes = tuple(Route(vehicle, tuple(visits)) for vehicle, visits in content["routes"])
        unassigned = {visit: Reason(Rule(rule), note, **counts) for visit, rule, note, counts in content["unassigned"]}
        named = Counter(visit for route in routes for visit in route.visits) + Counter(unassigned.keys())
    except (KeyError, TypeError, ValueError):
        raise _nonsense("a plan that is none") from None
    if named != Counter(visit.id for visit in problem.visits):
        raise _nonsense("a plan that forgets, invents or repeats visits")
    vehicles = [route.vehicle for route in routes]
    if len(set(vehicles)) < len(vehicles) or not all(map(problem.has_vehicle, vehicles)):
        raise _nonsense("a plan for vehicles that are not there")
    return Plan(routes, unassigned)


def _last_words(complaints: IO[bytes]) -> str:
    """The failed check if the engine named one, else the last line."""
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").strip().split("\n")
    return next((line.strip() for line in lines if "Check failed" in line), lines[-1].strip())


def _death(child: _Child) -> SolverFailed:
    """What became of a child that ended without a plan."""
    code = child.program.returncode
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    last = _last_words(child.complaints)
    return SolverFailed(
        f"The planner's process {how} before it had a plan{': ' + last if last else ''}.",
        remedy="What was planned before is untouched; plan again.",
    )
