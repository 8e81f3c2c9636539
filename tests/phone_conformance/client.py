"""A phone as any client may be written: HTTP and JSON from the standard library, and nothing of this project's code."""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

MARKER = "Shifu-Protocol"
SLOWEST = 30.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer: status, headers with lower-case names, and the body (None when it is not JSON)."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Client:
    """One installation on one phone. `skew` is how wrong its clock is."""

    url: str
    token: str = ""
    device_id: str = field(default_factory=lambda: f"check-{secrets.token_hex(8)}")
    seq: int = 0
    skew: timedelta = timedelta(0)

    def log_in(self, code: str, pin: str) -> Heard:
        heard = self.ask("POST", "/mobile/v1/login", {"code": code, "pin": pin, "device_id": self.device_id})
        if heard.status == 200:
            self.token = heard.body["token"]
        return heard

    def ask(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None) -> Heard:
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.url + path, content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=SLOWEST) as answer:
                return _heard(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            return _heard(refused.code, refused.headers, refused.read())

    def now(self) -> str:
        return (datetime.now(UTC) + self.skew).isoformat()

    def event(self, kind: str, visit_id: int | None = None, **more: Any) -> dict[str, Any]:
        """The next event in this phone's order."""
        self.seq += 1
        return {
            "event_id": _uuid7(), "seq": self.seq, "type": kind, "visit_id": visit_id, "device_time": self.now(),
        } | more  # fmt: skip

    def send(self, *events: Any, **more: Any) -> Heard:
        body = {"protocol": 1, "sent_at": self.now(), "events": list(events)} | more
        return self.ask("POST", "/mobile/v1/events", body)

    def outcomes(self, *events: Any, **more: Any) -> list[str]:
        heard = self.send(*events, **more)
        if heard.status != 200:
            raise AssertionError(f"events answered {heard.status}: {heard.body}")
        return [each["outcome"] for each in heard.body["answers"]]


def _uuid7() -> str:
    bits = int(time.time() * 1000) << 80 | 7 << 76 | secrets.randbits(76)
    return str(uuid.UUID(int=bits & ~(3 << 62) | 2 << 62))


def _heard(status: int, headers: Any, content: bytes) -> Heard:
    try:
        body = json.loads(content) if content else None
    except ValueError:
        body = None
    return Heard(status, {name.lower(): value for name, value in headers.items()}, body)
