"""Keeping several programs running together, and ending all of them together.

Each program leads a process group of its own and is tied to this process: a Ctrl-C reaches only the
supervisor, which ends the others in order, and when the supervisor itself is killed the kernel ends them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import structlog

LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 15.0
SECOND_SIGNAL_SECONDS = 3.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
SETTLED_SECONDS = 60.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. When an `essential` program ends everything ends; any other one is started again.

    One that `serves_others` is stopped when the others have ended.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    essential: bool = False
    serves_others: bool = False


@dataclass
class _Running:
    program: Program
    child: subprocess.Popen[bytes]
    since: float
    pause: float = FIRST_PAUSE
    again_at: float | None = None


@dataclass
class Supervisor:
    """Starts programs one by one, watches them, and stops them together."""

    patience: float = PATIENCE_SECONDS
    running: list[_Running] = field(default_factory=list)

    def start(self, program: Program) -> None:
        self.running.append(_Running(program, _started(program), time.monotonic()))

    def watch(self, stop: threading.Event) -> int:
        """Until `stop` is set (answers 0), or an essential program ends (answers its exit code or 1)."""
        while not stop.wait(LOOK_SECONDS):
            for running in self.running:
                code = running.child.poll()
                if code is not None and running.program.essential:
                    log.error("supervisor.ended", program=running.program.name, code=code)
                    return max(code, 1)
                if code is not None:
                    self._start_again(running, code)
        return 0

    def _start_again(self, running: _Running, code: int) -> None:
        """After a pause that doubles as long as the program keeps ending soon after its start."""
        now = time.monotonic()
        if running.again_at is None:
            is_settled = now - running.since > SETTLED_SECONDS
            running.pause = FIRST_PAUSE if is_settled else min(2 * running.pause, LONGEST_PAUSE)
            running.again_at = now + running.pause
            log.warning("supervisor.ended", program=running.program.name, code=code, again_in=running.pause)
        elif now >= running.again_at:
            running.child, running.since, running.again_at = _started(running.program), now, None

    def stop(self) -> None:
        """End every program: asked, asked again (a worker then leaves its job), killed with its group."""
        others = [running.child for running in self.running if not running.program.serves_others]
        servers = [running.child for running in self.running if running.program.serves_others]
        _end(others, self.patience)
        _end(servers, SECOND_SIGNAL_SECONDS)


def _end(children: Sequence[subprocess.Popen[bytes]], patience: float) -> None:
    for seconds in (patience, SECOND_SIGNAL_SECONDS):
        for child in children:
            if child.poll() is None:
                child.terminate()
        if _all_end(children, seconds):
            break
    for child in children:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _all_end(children: Sequence[subprocess.Popen[bytes]], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))
    return all(child.poll() is not None for child in children)


def _started(program: Program) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dispatch.tied", str(os.getpid()), *program.command],
        env=program.environment,
        process_group=0,
        stdin=subprocess.DEVNULL,
    )


@contextmanager
def supervised(patience: float = PATIENCE_SECONDS) -> Iterator[tuple[Supervisor, threading.Event]]:
    """A supervisor, and the event that SIGTERM, SIGINT or SIGHUP sets; all it started has ended after it."""
    stop = threading.Event()
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in numbers}
    supervisor = Supervisor(patience)
    try:
        yield supervisor, stop
    finally:
        supervisor.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
