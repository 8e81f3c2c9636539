"""What technicians say of the work beside where they are with it, read from payloads: one function a kind of event.

Each gives what is kept of the fact, or raises Unusable with the reason that the phone is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from dispatch import phone_payload
from dispatch.catalogue import ServiceProduct
from dispatch.phone_heard import Heard, Unusable
from dispatch.phone_payload import UNREADABLE
from dispatch.phone_reports import ReportType

Said = dict[str, Any]
UNKNOWN_CODE, WRONG_PRICE, TOO_MANY = "unknown-code", "wrong-price", "too-many"
EDGE, MOST_NUMBERS, MOST_PIECES = 1000, 4_000, 999
FORMAT = re.compile(r"[a-z0-9_-]{0,30}")
OF_SURCHARGE = "surcharge:"


class Goods(StrEnum):
    """How the goods were found before setting out."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    MISSING = "missing"


class Confirmation(StrEnum):
    """Whether the consumer said, before somebody set out, that they are expected."""

    CONFIRMED = "confirmed"
    NOT_REACHED = "not-reached"


class ReadBy(StrEnum):
    """How a serial number came into the phone."""

    CAMERA = "camera"
    HAND = "hand"


def readiness(heard: Heard, product: ServiceProduct) -> Said:
    payload = heard.payload
    return {
        "goods": phone_payload.one_of(payload, "goods", Goods),
        "consumer": phone_payload.one_of(payload, "consumer", Confirmation),
        "parts": _known(phone_payload.codes(payload, "parts"), product.parts),
    }


def checklist(heard: Heard, product: ServiceProduct) -> Said:
    return {"done": _known(phone_payload.codes(heard.payload, "done"), product.checklist)}


def serial(heard: Heard, _product: ServiceProduct) -> Said:
    payload = heard.payload
    written = phone_payload.text(payload, "format", 30)
    if not FORMAT.fullmatch(written):
        raise Unusable(UNREADABLE)
    number = phone_payload.text(payload, "number", 80, least=1)
    return {"number": number, "read": phone_payload.one_of(payload, "read", ReadBy), "format": written}


def signature(heard: Heard, _product: ServiceProduct) -> Said:
    """Strokes alternate x and y from 0 to 1000; an empty sheet is no signature."""
    strokes = heard.payload.get("strokes")
    if not isinstance(strokes, list) or not strokes or not all(_is_stroke(stroke) for stroke in strokes):
        raise Unusable(UNREADABLE)
    if sum(map(len, strokes)) > MOST_NUMBERS:
        raise Unusable(UNREADABLE)
    return {"name": phone_payload.text(heard.payload, "name", 80), "strokes": strokes}


def surcharge(heard: Heard, product: ServiceProduct) -> Said:
    """An entry of the price list, agreed to at the price that stands there; 0 pieces take it back."""
    payload = heard.payload
    code = phone_payload.text(payload, "code", 40, least=1)
    listed = next((entry for entry in product.surcharges if entry["code"] == code), None)
    count = phone_payload.whole(payload, "count", 0, MOST_PIECES)
    if listed is None:
        raise Unusable(UNKNOWN_CODE)
    if count:
        _check_agreed(payload, listed, count)
    return {
        "code": code, "count": count, "amount": listed["amount"], "currency": product.currency,
        "name_zh": listed["name_zh"], "name_en": listed["name_en"], "photo_sha256": _photo(heard, code),
    }  # fmt: skip


def acceptance(heard: Heard, _product: ServiceProduct) -> Said:
    """The code itself is not kept with the fact: it was checked before."""
    phone_payload.text(heard.payload, "code", 20, least=1)
    return {}


def parts_needed(heard: Heard, _product: ServiceProduct) -> Said:
    """What a second visit must bring; 0 pieces: nothing after all."""
    payload = heard.payload
    return {
        "text": phone_payload.text(payload, "text", 200, least=1),
        "count": phone_payload.whole(payload, "count", 0, MOST_PIECES),
    }


def _check_agreed(payload: Mapping[str, Any], listed: Mapping[str, Any], count: int) -> None:
    amount = phone_payload.whole(payload, "amount", 0, 2**53)
    if payload.get("agreed") is not True:
        raise Unusable(UNREADABLE)
    if amount != listed["amount"]:
        raise Unusable(WRONG_PRICE)
    if count > listed["most"]:
        raise Unusable(TOO_MANY)


def _photo(heard: Heard, code: str) -> str | None:
    return next((each["sha256"] for each in heard.attachments if each["shot"] == OF_SURCHARGE + code), None)


def _known(said: Sequence[str], entries: Iterable[Mapping[str, Any]]) -> list[str]:
    if not set(said) <= {entry["code"] for entry in entries}:
        raise Unusable(UNKNOWN_CODE)
    return list(said)


def _is_stroke(stroke: object) -> bool:
    if not isinstance(stroke, list) or not stroke or len(stroke) % 2:
        return False
    return all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each <= EDGE for each in stroke)


READS: dict[ReportType, Callable[[Heard, ServiceProduct], Said]] = {
    ReportType.READINESS: readiness,
    ReportType.CHECKLIST: checklist,
    ReportType.SERIAL: serial,
    ReportType.SIGNATURE: signature,
    ReportType.SURCHARGE: surcharge,
    ReportType.ACCEPTANCE: acceptance,
    ReportType.PARTS_NEEDED: parts_needed,
}
