"""Programs that run together end together, however the end comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch.supervisor import Program, Supervisor
from tests.processes import all_end, ends

WAITS = "import signal; signal.pause()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor(patience=0.3)
    yield made
    made.stop()


def program(code: str, name: str = "one", *, essential: bool = False, serves_others: bool = False) -> Program:
    return Program(name, [sys.executable, "-c", code], os.environ, essential, serves_others)


def pids(supervisor: Supervisor) -> list[int]:
    return [running.child.pid for running in supervisor.running]


def test_stopping_ends_the_polite_and_the_deaf(supervisor: Supervisor) -> None:
    supervisor.start(program(WAITS))
    supervisor.start(program(DEAF))
    started = pids(supervisor)
    supervisor.stop()
    assert all_end(started)


def test_when_an_essential_program_ends_its_code_is_the_answer(supervisor: Supervisor) -> None:
    supervisor.start(program(WAITS))
    supervisor.start(program("raise SystemExit(3)", essential=True))
    assert supervisor.watch(threading.Event()) == 3


def test_an_essential_program_that_leaves_quietly_is_still_a_failure(supervisor: Supervisor) -> None:
    supervisor.start(program("", essential=True))
    assert supervisor.watch(threading.Event()) == 1


def test_any_other_program_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "starts"
    supervisor.start(program(f"open({str(note)!r}, 'a').write('x')"))
    counts = f"import os, time\nwhile os.path.getsize({str(note)!r}) < 2: time.sleep(0.01)\nraise SystemExit(7)"
    supervisor.running[0].child.wait(30)
    supervisor.start(program(counts, essential=True))
    assert supervisor.watch(threading.Event()) == 7
    assert len(note.read_text()) >= 2


def test_a_program_that_serves_others_is_stopped_after_them(supervisor: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "ends"
    writes = (
        "import signal, sys\n"
        "def leave(*_):\n"
        f"    open({str(note)!r}, 'a').write(sys.argv[1])\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        f"open({str(note)!r} + sys.argv[1], 'w').close()\n"
        "signal.pause()"
    )
    supervisor.patience = 10
    for name, serves in (("s", True), ("o", False)):
        command = [sys.executable, "-c", writes, name]
        supervisor.start(Program(name, command, os.environ, serves_others=serves))
    while not all(note.with_name(f"ends{name}").exists() for name in "so"):
        assert all(running.child.poll() is None for running in supervisor.running)
    supervisor.stop()
    assert note.read_text() == "os"


SUPERVISES = """
import os, sys, threading
from dispatch.supervisor import Program, supervised
with supervised(patience=5) as (supervisor, stop):
    supervisor.start(Program("one", [sys.executable, "-c", "import signal; signal.pause()"], os.environ))
    print(supervisor.running[0].child.pid, flush=True)
    sys.exit(supervisor.watch(stop))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_when_the_supervisor_ends_nothing_is_left(number: signal.Signals) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)}
    command = [sys.executable, "-c", SUPERVISES]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as supervising:
        assert supervising.stdout is not None
        child = int(supervising.stdout.readline())
        supervising.send_signal(number)
        assert supervising.wait(30) == (-number if number == signal.SIGKILL else 0)
    assert ends(child)
