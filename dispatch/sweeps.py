"""What is looked after once a minute, so that a row that was lost costs minutes and never a promise."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from dispatch import phone_events, reminders, uploads
from dispatch.system import System
from technicians.errors import Conflict

EVERY_SECONDS = 60.0
SWEEPS: tuple[Callable[[System], int], ...] = (reminders.sweep, uploads.sweep, phone_events.sweep)
log = structlog.get_logger()


class Sweeper:
    """Does every sweep at most once in `every` seconds, whoever asks how often. Any number may run at once."""

    def __init__(self, system: System, every: float = EVERY_SECONDS) -> None:
        self._system = system
        self._every = every
        self._next = time.monotonic()

    def turn(self) -> None:
        """Sweep if it is time. A database that is busy is swept the next time."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every
        for sweep in SWEEPS:
            try:
                found = sweep(self._system)
            except Conflict as busy:
                log.warning("sweep.busy", reason=busy.message)
                continue
            if found:
                log.warning("sweep.found", what=sweep.__module__, rows=found)
