"""What became of a process that is not ours to wait for."""

from __future__ import annotations

import os
import select
from collections.abc import Iterable
from pathlib import Path

LONG_ENOUGH = 10.0


def ends(pid: int, within: float = LONG_ENOUGH) -> bool:
    """Whether the process ends within so many seconds; True at once when there is none."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ready, _, _ = select.select([process], [], [], within)
        return bool(ready)
    finally:
        os.close(process)


def all_end(pids: Iterable[int]) -> bool:
    return all(ends(pid) for pid in pids)


def named_in(note: Path) -> list[int]:
    """The process ids written into a file, at least one."""
    pids = [int(word) for word in note.read_text().split()]
    assert pids, f"{note} names no process"
    return pids
