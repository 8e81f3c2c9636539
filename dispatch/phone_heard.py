"""One event of a phone whose turn it is, ready to be brought to what it is about, and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dispatch.facts import Fact
from dispatch.phone_records import PhoneEvent, PhoneOutcome, PhoneStream

Result = tuple[PhoneOutcome, str, bool]
APPLIED: Result = (PhoneOutcome.APPLIED, "", True)


class Unusable(Exception):
    """What a phone says cannot be used; `reason` is the word for it in the answer. The event is kept all the same."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Heard:
    """An event, the technician who tells it, and what it says. Attachments are `{sha256, size, kind, shot}`."""

    event: PhoneEvent
    technician_id: int
    fact: Fact

    @classmethod
    def of(cls, event: PhoneEvent, stream: PhoneStream) -> Heard:
        """The event as a fact of the stream's technician, at its time by our clock."""
        fact = Fact(
            event.event_id, stream.device_id, event.device_time, event.at, event.received_at,
            lng=event.body["lng"], lat=event.body["lat"], accuracy=event.body["accuracy"], is_new=event.id is None,
        )  # fmt: skip
        return cls(event, stream.technician_id, fact)

    @property
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = self.event.body["payload"]
        return payload

    @property
    def attachments(self) -> list[dict[str, Any]]:
        attachments: list[dict[str, Any]] = self.event.body["attachments"]
        return attachments

    @property
    def visit_id(self) -> int:
        """The visit it is about; Unusable when it names none."""
        if self.event.visit_id is None:
            raise Unusable("no-visit")
        return self.event.visit_id


def rejected(reason: str) -> Result:
    """What cannot be used, in one word."""
    return PhoneOutcome.REJECTED, reason, False
