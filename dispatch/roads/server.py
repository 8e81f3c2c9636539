"""JSON over HTTP from a server that may be slow, broken or gone: one deadline for all of an answer, few attempts."""

from __future__ import annotations

import json
import random
import socket
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from dispatch.roads.answers import NoAnswer

ATTEMPTS = 3
MOST_BYTES = 64 << 20
CHUNK = 1 << 16
BUSY = 429
BROKEN = 500


@dataclass(frozen=True, slots=True)
class Server:
    """Answers below `url`. `seconds` is the time for one answer; `pause` (s) doubles between attempts, with jitter."""

    url: str
    seconds: float = 3.0
    pause: float = 0.1

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        """Status below 500 and the JSON object of `url` + `path`; NoAnswer when there is none."""
        return self._asked("GET", path, None, ATTEMPTS)

    def post(self, path: str, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The same for a JSON body."""
        return self._asked("POST", path, json.dumps(content).encode(), ATTEMPTS)

    def _asked(self, method: str, path: str, body: bytes | None, attempts: int) -> tuple[int, dict[str, Any]]:
        """A broken connection or a busy or broken server is tried again; one that takes too long is not."""
        try:
            status, content = self._exchange(method, path, body)
            if status < BROKEN and status != BUSY:
                return status, _object(content, status)
            failure = NoAnswer(f"it answered with status {status}")
        except TimeoutError:
            raise NoAnswer(f"no answer within {self.seconds:g} s", is_down=True) from None
        except (OSError, HTTPException, UnicodeError) as error:
            failure = NoAnswer(f"it cannot be reached ({_told(error)})", is_down=True)
        if attempts == 1:
            raise failure
        time.sleep(self.pause * 2 ** (ATTEMPTS - attempts) * random.uniform(0.5, 1.5))
        return self._asked(method, path, body, attempts - 1)

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        deadline = time.monotonic() + self.seconds
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.seconds)
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        try:
            connection.request(method, parts.path + path, body, headers)
            line = connection.sock
            with connection.getresponse() as response:
                return response.status, _read(response, line, deadline)
        finally:
            connection.close()


def _read(response: HTTPResponse, line: socket.socket, deadline: float) -> bytes:
    """The body; TimeoutError when it is not whole by the deadline, however busily it drips."""
    received = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        chunk = response.read1(CHUNK)
        if not chunk:
            return bytes(received)
        received += chunk
        if len(received) > MOST_BYTES:
            raise NoAnswer("it answered more than any table can be")


def _object(content: bytes, status: int) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NoAnswer(f"it answered with status {status} and no JSON object")
    return found


def _told(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
