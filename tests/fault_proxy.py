"""A bad line in front of a real server: requests and answers that are lost, doubled, halved, garbled or not ours."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

Fault = str
Choose = Callable[[str, str], "Fault | None"]
LOST_REQUEST, LOST_ANSWER, TWICE, PORTAL, HALF, BROKEN, GARBLED = (
    "lost-request", "lost-answer", "twice", "portal", "half", "broken", "garbled",
)  # fmt: skip
ALL = (LOST_REQUEST, LOST_ANSWER, TWICE, PORTAL, HALF, BROKEN)


def nothing(method: str, path: str) -> Fault | None:
    """A good line."""
    return None


def in_turn(every: int) -> Choose:
    """All faults one after the other, in every so many of the requests of the API."""
    faults, requests = cycle(ALL), count(1)

    def choose(method: str, path: str) -> Fault | None:
        return next(faults) if path.startswith("/mobile/") and next(requests) % every == 0 else None

    return choose


@dataclass
class FaultProxy:
    """A WSGI application around another. `choose(method, path)` names the fault of a request; `asked` is the record."""

    application: Any
    choose: Choose = nothing
    asked: list[tuple[str, str, Fault | None, int]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        fault = self.choose(method, path)
        self.asked.append((method, path, fault, len(body)))
        return self._answer(fault, environ, body, start_response)

    def count(self, method: str, beginning: str) -> int:
        """How many requests of this kind came here."""
        return sum(1 for asked, path, *_ in self.asked if asked == method and path.startswith(beginning))

    def _answer(self, fault: Fault | None, environ: dict[str, Any], body: bytes, start_response: Any) -> list[bytes]:
        if fault == LOST_REQUEST:
            return _hang_up()
        if fault == PORTAL:
            start_response("200 OK", [("Content-Type", "text/html")])
            return [b"<html>Welcome to the hotel. Please pay.</html>"]
        if fault == BROKEN:
            start_response("502 Bad Gateway", [("Content-Type", "text/html")])
            return [b"bad gateway"]
        if fault == GARBLED:
            body = bytes([body[0] ^ 255]) + body[1:] if body else body
        if fault == TWICE:
            self._asked(environ, body)
        status, headers, answer = self._asked(environ, body)
        if fault == LOST_ANSWER:
            return _hang_up()
        if fault == HALF:
            answer = answer[: len(answer) // 2]
            headers = [each for each in headers if each[0].lower() != "content-length"]
        start_response(status, headers)
        return [answer]

    def _asked(self, environ: dict[str, Any], body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            told[:] = [status, headers]

        answer = self.application({**environ, "wsgi.input": io.BytesIO(body)}, start)
        try:
            content = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return told[0], told[1], content


def _hang_up() -> list[bytes]:
    """The line is cut: the browser sees an empty answer."""
    raise ConnectionResetError("cut")
