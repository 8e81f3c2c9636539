"""A child process tied to its parent: it ends when the parent does, even when the parent is killed.

`python -m dispatch.tied PROGRAM ARGUMENTS` ties itself and becomes the program. On Linux the kernel does it
(prctl(2), PR_SET_PDEATHSIG); elsewhere nothing is tied.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

SET_PARENT_DEATH_SIGNAL = 1


def tie(death: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to send `death` to this process when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(SET_PARENT_DEATH_SIGNAL, int(death), 0, 0, 0)


def main() -> None:
    parent = os.getppid()
    tie()
    if os.getppid() != parent:
        sys.exit("the parent process ended while this one was starting")
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
