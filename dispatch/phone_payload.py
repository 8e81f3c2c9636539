"""Reading what a phone says beside the event itself: every value as it must be, or the whole event is of no use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from dispatch.phone_heard import Unusable
from dispatch.storable import INSTEAD

UNREADABLE = "unreadable-payload"
NOTE_LENGTH = 500
Payload = Mapping[str, Any]
Word = TypeVar("Word", bound=StrEnum)


def whole(payload: Payload, name: str, least: int, most: int) -> int:
    """A whole number between two bounds, both allowed; true and false are none."""
    value = payload.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Unusable(UNREADABLE)
    return value


def text(payload: Payload, name: str, most: int, *, least: int = 0) -> str:
    """A printable text of so many characters, every run of blanks as one; without a least number it may be left out."""
    value = payload.get(name, "")
    found = " ".join(value.split()) if isinstance(value, str) else INSTEAD
    if INSTEAD in found or not found.isprintable() or not least <= len(found) <= most:
        raise Unusable(UNREADABLE)
    return found


def note(payload: Payload) -> str:
    """What somebody wrote, cut where it is too long: it is never a reason to refuse the rest."""
    return str(payload.get("note") or "")[:NOTE_LENGTH]


def one_of(payload: Payload, name: str, words: type[Word]) -> Word:
    """One of a set of words."""
    try:
        return words(str(payload.get(name)))
    except ValueError:
        raise Unusable(UNREADABLE) from None


def codes(payload: Payload, name: str, most: int = 100) -> list[str]:
    """A list of codes, each once, in the order in which they first stand."""
    value = payload.get(name)
    if not isinstance(value, list) or len(value) > most or not all(isinstance(each, str) for each in value):
        raise Unusable(UNREADABLE)
    return list(dict.fromkeys(value))


def instant(payload: Payload, name: str) -> datetime:
    """An instant with its offset from UTC, as ISO 8601 writes it."""
    try:
        found = datetime.fromisoformat(str(payload.get(name)))
    except ValueError:
        raise Unusable(UNREADABLE) from None
    if found.tzinfo is None:
        raise Unusable(UNREADABLE)
    return found
