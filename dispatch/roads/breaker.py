"""Stops asking a server that does not answer, and tries again after a while."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

MOST_FAILURES = 3
REST_SECONDS = 30.0
RECENTLY = 10.0


class Breaker:
    """Open after several failures in a row; lets through again after a rest.

    One failure that says the server is gone is enough, unless it answered a moment ago: then it may only be slow.
    """

    def __init__(self, rest: float = REST_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.rest = rest
        self._clock = clock
        self._failures = 0
        self._open_until = 0.0
        self._answered_at = -math.inf
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[Breaker], tuple[float]]:
        """A copy in another process begins closed: it has not asked yet."""
        return Breaker, (self.rest,)

    @property
    def is_open(self) -> bool:
        with self._lock:
            return self._failures >= MOST_FAILURES and self._clock() < self._open_until

    def failed(self, *, is_down: bool = False) -> None:
        with self._lock:
            is_gone = is_down and self._clock() - self._answered_at > RECENTLY
            self._failures = max(self._failures + 1, MOST_FAILURES if is_gone else 0)
            self._open_until = self._clock() + self.rest

    def answered(self) -> None:
        with self._lock:
            self._failures = 0
            self._answered_at = self._clock()
