"""Engines that go wrong in every way a planner's process can."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from routing.limits import Limits, Progress
from routing.plan import Plan, Reason, Route, Rule
from routing.problem import Problem

Report = Callable[[Progress], None]
NOTE = "SHIFU_TEST_NOTE"


def gives_up(problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None) -> Plan:
    return Plan((), {visit.id: Reason(Rule.NO_TIME, "地方太远") for visit in problem.visits})


def keeps_the_start(
    problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None
) -> Plan:
    assert start is not None
    return start


def reports_twice(problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None) -> Plan:
    assert progress is not None
    progress(Progress(10.0, 0, len(problem.visits), 500, 0.1))
    progress(Progress(90.0, 1, len(problem.visits), 300, 0.2))
    return gives_up(problem, limits)


def hangs(problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None) -> Plan:
    """Waits for ever, deaf to polite signals, and writes down who it is and whom it started."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    helper = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    Path(os.environ[NOTE]).write_text(f"{os.getpid()} {helper.pid}")
    while True:
        time.sleep(60)


def crashes(problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None) -> Plan:
    ctypes.string_at(0)
    raise AssertionError("a read of address 0 came back")


def raises(problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None) -> Plan:
    raise RuntimeError("the matrix caught fire")


def refuses(problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None) -> Plan:
    raise ValueError("visits[0].service: must not be negative")


def leaves_quietly(problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None) -> Plan:
    os._exit(0)


def babbles(problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None) -> Plan:
    os.write(int(sys.argv[1]), b"\x00\xffno json at all\n")
    return gives_up(problem, limits)


def forgets_a_visit(
    problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None
) -> Plan:
    return Plan((Route(problem.vehicles[0].id, (problem.visits[0].id,)),), {})


def invents_a_vehicle(
    problem: Problem, limits: Limits, start: Plan | None = None, progress: Report | None = None
) -> Plan:
    return Plan((Route(-5, tuple(visit.id for visit in problem.visits)),), {})
