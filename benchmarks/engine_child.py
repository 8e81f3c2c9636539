"""Child processes, one at a time or two: what they print, how long they take, how much memory they and theirs need."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

BETWEEN_LOOKS = 0.4
ONE_THREAD = {
    name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
}


@dataclass(frozen=True, slots=True)
class Ran:
    """`printed` and `complained` are standard output and error; `peak` is in MB, None where it cannot be known."""

    code: int
    printed: str
    complained: str
    peak: float | None


class Stopped(Exception):
    """The run was broken off from outside: nothing is known of it."""


def ran(
    command: Sequence[str], folder: Path, most_seconds: float, stop: Event, more: Mapping[str, str] | None = None
) -> Ran:
    """Run a command on one thread in a folder; it and its own are killed after `most_seconds`, or on `stop`."""
    environment = {**os.environ, **ONE_THREAD, "PYTHONDONTWRITEBYTECODE": "1", **(more or {})}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as wrong:
        child = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=out, stderr=wrong, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            peak = _waited(child, time.monotonic() + most_seconds, stop)
        finally:
            _ended(child)
        out.seek(0)
        wrong.seek(0)
        return Ran(child.returncode, out.read(), wrong.read(), peak)


def _waited(child: subprocess.Popen[bytes], ends: float, stop: Event) -> float | None:
    """The most memory seen until it ended, or until it had to."""
    peak = None
    while True:
        seen = memory(child.pid)
        peak = max(filter(None, (peak, seen)), default=None)
        try:
            child.wait(BETWEEN_LOOKS)
        except subprocess.TimeoutExpired:
            if stop.is_set():
                raise Stopped from None
            if time.monotonic() < ends:
                continue
        return peak


def _ended(child: subprocess.Popen[bytes]) -> None:
    """End what is left of the child's session; when the child itself has ended, so have the processes it waited for."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def memory(session: int) -> float | None:
    """MB of all processes of a session, shared pages counted once (Linux' proportional set size); None elsewhere."""
    kilobytes = [_kilobytes(Path(entry.path)) for entry in _processes() if _session(Path(entry.path)) == session]
    return sum(kilobytes) / 1024 if any(kilobytes) else None


def _processes() -> list[os.DirEntry[str]]:
    if not os.path.isdir("/proc"):
        return []
    return [entry for entry in os.scandir("/proc") if entry.name.isdigit()]


def _session(entry: Path) -> int | None:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[3])
    except (OSError, IndexError, ValueError):
        return None


def _kilobytes(entry: Path) -> int:
    try:
        lines = (entry / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
