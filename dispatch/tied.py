"""A child process tied to its parent: it ends when the parent does, even when the parent is killed.

`python -m dispatch.tied PARENT PROGRAM ARGUMENTS` ties itself to the process PARENT and becomes the program.
On Linux the kernel does it (prctl(2), PR_SET_PDEATHSIG); elsewhere nothing is tied.
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
    """Become the program, unless the parent has ended while this process was starting."""
    parent, *command = sys.argv[1:]
    tie()
    if os.getppid() == int(parent):
        os.execvp(command[0], command)


if __name__ == "__main__":
    main()
