"""What a technician says beyond the reason of a visit that came to nothing: the call, the wait, the wishes.

The visit has ended whatever else is said, so what cannot be read is left out and never a reason to refuse the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dispatch import phone_payload
from dispatch.phone_heard import Unusable
from dispatch.phone_payload import Payload
from dispatch.site_records import CallOutcome
from dispatch.wasted_trips import Left
from dispatch.wishes import DayPart

MOST_WISHES = 3
LONGEST_WAIT = 24 * 3600


def left(payload: Payload) -> Left:
    """What is readable of `called`, `waited` and `wishes`."""
    called = payload.get("called")
    call = called if isinstance(called, Mapping) else {}
    outcome = _or_none(phone_payload.one_of, call, "outcome", CallOutcome) or CallOutcome.NOT_CALLED
    wishes = payload.get("wishes")
    listed = wishes if isinstance(wishes, list) else []
    return Left(
        called_at=None if outcome == CallOutcome.NOT_CALLED else _or_none(phone_payload.instant, call, "at"),
        call_outcome=outcome,
        waited=_or_none(phone_payload.whole, payload, "waited", 0, LONGEST_WAIT) or 0,
        wishes=tuple(filter(None, map(_wish, listed)))[:MOST_WISHES],
    )


def _wish(said: object) -> Mapping[str, Any] | None:
    if not isinstance(said, Mapping):
        return None
    try:
        on = date.fromisoformat(str(said.get("on")))
    except ValueError:
        return None
    return {"on": on.isoformat(), "part": _or_none(phone_payload.one_of, said, "part", DayPart) or DayPart.ANY}


def _or_none(read: Any, *said: Any) -> Any:
    try:
        return read(*said)
    except Unusable:
        return None
