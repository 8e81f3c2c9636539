"""`dispatch serve` and `dispatch worker` as real processes: they serve, work, and leave nothing behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from dispatch import outbox
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.system import System, assemble
from tests.processes import all_end
from tests.servers import free_port

LONG_ENOUGH = 60.0


@pytest.fixture
def system(sqlite_system: System) -> System:
    """The town's database with a clock that runs, as other processes see it."""
    return assemble(sqlite_system.settings)


@contextmanager
def running(system: System, *arguments: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """`dispatch …` on the system's database, killed if it is still there at the end."""
    kept_out = {"REDIS_URL"}
    environment = {
        **{name: value for name, value in os.environ.items() if name not in kept_out},
        "SHIFU_HOME": str(system.settings.home),
        "DATABASE_URL": system.settings.database_url,
        "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
        **more,
    }
    with subprocess.Popen([sys.executable, "-m", "dispatch.cli", *arguments], env=environment) as program:
        try:
            yield program
        finally:
            program.kill()


def wait_until(is_so: Callable[[], bool], program: subprocess.Popen[bytes]) -> None:
    """Until it is so; fails when the program ends before, or after a long time."""
    ended = os.pidfd_open(program.pid)
    try:
        deadline = time.monotonic() + LONG_ENOUGH
        while not is_so():
            ready, _, _ = select.select([ended], [], [], 0.05)
            assert not ready, f"the program ended with {program.wait()}"
            assert time.monotonic() < deadline, "it never became so"
    finally:
        os.close(ended)


def status(url: str) -> int:
    """The status that is answered, 0 when nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            code: int = answer.status
            return code
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def promise(system: System) -> int:
    with system.transaction() as session:
        payload = {"area": "310100", "date": "2026-05-12"}
        return outbox.add(session, OutboxKind.SETTLE, payload, asked_by="dora", at=system.now()).id


def is_done(system: System, row: int) -> bool:
    with system.transaction(read_only=True) as session:
        return session.get_one(Outbox, row).state == OutboxState.DONE


def below(pid: int) -> list[int]:
    """The processes a process started, and those that they started."""
    with open(f"/proc/{pid}/task/{pid}/children") as listed:
        children = [int(word) for word in listed.read().split()]
    return children + [further for child in children for further in below(child)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_serve_answers_has_the_work_done_and_leaves_nothing_behind(system: System, number: signal.Signals) -> None:
    port = free_port()
    with running(system, "serve", "--port", str(port), "--workers", "1") as serving:
        wait_until(lambda: status(f"http://127.0.0.1:{port}/readyz") == 200, serving)
        row = promise(system)
        wait_until(lambda: is_done(system, row), serving)
        assert status(f"http://127.0.0.1:{port}/healthz") == 200
        assert status(f"http://127.0.0.1:{port}/metrics") == 200
        assert status(f"http://127.0.0.1:{port}/phone") == 200
        assert status(f"http://127.0.0.1:{port}/mobile/v1/day") == 401
        started = below(serving.pid)
        assert len(started) >= 5
        serving.send_signal(number)
        assert serving.wait(LONG_ENOUGH) == (-number if number == signal.SIGKILL else 0)
        assert all_end(started)


def test_serve_without_planners_and_redis_has_the_relay_do_the_work_alone(system: System) -> None:
    row = promise(system)
    with running(system, "serve", "--port", str(free_port()), "--workers", "1", "--planners", "0") as serving:
        wait_until(lambda: is_done(system, row), serving)
        serving.terminate()
        assert serving.wait(LONG_ENOUGH) == 0


def test_a_worker_without_redis_does_the_work_alone(system: System) -> None:
    row = promise(system)
    with running(system, "worker") as working:
        wait_until(lambda: is_done(system, row), working)
        working.terminate()
        assert working.wait(LONG_ENOUGH) == 0


def test_a_worker_with_redis_takes_jobs_from_the_queue(system: System, redis_url: str) -> None:
    row = promise(system)
    with running(system, "worker", REDIS_URL=redis_url) as working:
        wait_until(lambda: is_done(system, row), working)
        working.terminate()
        assert working.wait(LONG_ENOUGH) == 0
