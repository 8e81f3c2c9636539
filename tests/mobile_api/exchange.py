"""One address for many servers: a phone goes on asking there while the test behind it changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from tests.browser import PATIENCE, whole


@dataclass
class Exchange:
    """A WSGI application that puts each request through to the server that is connected now, if one is."""

    _server: Any = None
    _inside: int = 0
    _changed: Condition = field(default_factory=Condition)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        with self._changed:
            server = self._server
            if server is None:
                raise ConnectionResetError("nobody answers between two tests")
            self._inside += 1
        try:
            answer: list[bytes] = whole(server)(environ, start_response)
            return answer
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def connected(self, server: Any) -> Iterator[None]:
        """Put through to `server` instead of whoever is; afterwards nothing of it is still being answered."""
        with self._changed:
            before, self._server = self._server, server
        try:
            yield
        finally:
            with self._changed:
                self._server = before
                assert self._changed.wait_for(lambda: not self._inside, PATIENCE / 1000), "a request never ends"
