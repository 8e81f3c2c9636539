"""What a phone sends and what it is answered, as plain values: batches of numbered events, one answer for each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dispatch.phone_clock import Reading
from dispatch.storable import storable


class ReportType(StrEnum):
    """The events of protocol 1. A type that is not known yet is kept and rejected as such."""

    EN_ROUTE = "en-route"
    CHECK_IN = "check-in"
    COMPLETION = "completion"
    COULD_NOT_COMPLETE = "could-not-complete"
    ROUTE_SEEN = "route-seen"
    READINESS = "readiness"
    CHECKLIST = "checklist"
    SERIAL = "serial"
    SIGNATURE = "signature"
    SURCHARGE = "surcharge"
    ACCEPTANCE = "acceptance"
    PARTS_NEEDED = "parts-needed"
    ABSENCE_REQUEST = "absence-request"
    SHIFT_REQUEST = "shift-request"
    SWAP_REQUEST = "swap-request"
    REQUEST_WITHDRAWN = "request-withdrawn"


class Verdict(StrEnum):
    """The answer to one event. All but `held` are final: the phone may forget the event."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    HELD = "held"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to an event and comes on its own way. Size in bytes; `shot` is a code of the shot list."""

    sha256: str
    size: int
    kind: str
    shot: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One event. Position in WGS-84 degrees, accuracy in metres; None where the phone would not tell."""

    event_id: str
    seq: int
    type: str
    visit_id: int | None
    happened: Reading
    lng: float | None = None
    lat: float | None = None
    accuracy: float | None = None
    payload: dict[str, Any] | None = None
    attachments: tuple[Attachment, ...] = ()

    def body(self) -> dict[str, Any]:
        """Everything that is not a column of the record."""
        return {
            "lng": self.lng, "lat": self.lat, "accuracy": self.accuracy, "payload": storable(self.payload or {}),
            "boot": self.happened.boot, "monotonic": self.happened.monotonic,
            "attachments": [
                {"sha256": each.sha256, "size": each.size, "kind": each.kind, "shot": each.shot}
                for each in self.attachments
            ],
        }  # fmt: skip

    def digest(self) -> str:
        """SHA-256 of what the event says, whichever device sends it and under whichever number."""
        told = [self.type, self.visit_id, self.happened.wall.timestamp(), self.body()]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Batch:
    """What one phone sends at one instant. `oldest_seq`: below it nothing will ever be sent again."""

    sent: Reading
    reports: Sequence[Report]
    oldest_seq: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one event. `reason` says why it was held, rejected or is a conflict.

    `counts`: it moved what it is about; True also for a conflict that was decided for this phone.
    """

    event_id: str
    seq: int
    verdict: Verdict
    reason: str = ""
    counts: bool = False
    flags: tuple[str, ...] = ()
