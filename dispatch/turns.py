"""How many of something may be done at one time in this process; who comes after that is told at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dispatch.errors import Busy


class Turns:
    """At most `most` at one time. Nobody waits: a caller can come back, a thread that waits serves nobody."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """One turn, given back whatever happens. Raises Busy when there is none left."""
        if not self._free.acquire(blocking=False):
            raise Busy("Others are being answered at this moment.", remedy="Ask again in a few seconds.")
        try:
            yield
        finally:
            self._free.release()
