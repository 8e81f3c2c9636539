"""What is looked after once a minute, so that a row that was lost costs minutes and never a promise.

Beside it what time brings about by itself: who is told that somebody arrives, and, once an hour, what is forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from dispatch import arriving, forgetting, phone_events, reminders, uploads
from dispatch.system import System
from technicians.errors import Conflict

EVERY_SECONDS = 60.0
Sweep = Callable[[System], int]
SWEEPS: tuple[Sweep, ...] = (reminders.sweep, uploads.sweep, phone_events.sweep)
CHORES: tuple[Sweep, ...] = (arriving.sweep,)
SELDOM: tuple[Sweep, ...] = (forgetting.sweep,)
TURNS_OF_SELDOM = 60
log = structlog.get_logger()


class Sweeper:
    """Does every sweep at most once in `every` seconds, whoever asks how often, and what is done seldom in every
    sixtieth turn. Any number may run at once.
    """

    def __init__(self, system: System, every: float = EVERY_SECONDS) -> None:
        self._system = system
        self._every = every
        self._next = time.monotonic()
        self._turns = 0

    def turn(self) -> None:
        """Sweep if it is time. A database that is busy is swept the next time."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every
        for sweep in SWEEPS:
            if found := self._done(sweep):
                log.warning("sweep.found", what=sweep.__module__, rows=found)
        for chore in (*CHORES, *(SELDOM if self._turns % TURNS_OF_SELDOM == 0 else ())):
            self._done(chore)
        self._turns += 1

    def _done(self, sweep: Sweep) -> int:
        try:
            return sweep(self._system)
        except Conflict as busy:
            log.warning("sweep.busy", reason=busy.message)
            return 0
