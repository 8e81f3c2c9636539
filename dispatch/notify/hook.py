"""To a program of the operator's own, as signed JSON (Standard Webhooks)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dispatch import outgoing, signature
from dispatch.notify.message import Message, NotSent, Obstacle

SECONDS = 10.0
PASSING = {401, 403, 408, 425, 429}


@dataclass(frozen=True, slots=True)
class Hook:
    """`now` is the clock of the signature's timestamp."""

    url: str
    secret: str
    now: Callable[[], datetime]
    name: str = "webhook"

    def send(self, message: Message, message_id: str) -> str:
        at = self.now()
        data = {
            "phone": message.dialled,
            "language": message.language,
            "text": message.text,
            "template": message.template,
            "fields": dict(message.fields),
        }
        body = json.dumps({"type": "message", "timestamp": at.isoformat(), "data": data}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **signature.headers(self.secret, message_id, at, body)}
        try:
            answer = outgoing.post(self.url, body, headers, seconds=SECONDS)
        except outgoing.NoAnswer as silent:
            raise NotSent(str(silent), obstacle=Obstacle.SILENT) from None
        if not answer.is_success:
            raise NotSent(f"it answered with status {answer.status}", again=may_change(answer.status))
        return ""


def may_change(status: int) -> bool:
    """Whether the same request may succeed later: a 4xx says no, unless it is about the key or about too many."""
    return not 400 <= status < 500 or status in PASSING
