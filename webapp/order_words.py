"""What orders tell, in the reader's language: why one is parked, what happened to it."""

from __future__ import annotations

from typing import Any

from flask_babel import LazyString, gettext, lazy_gettext

from dispatch import parking
from dispatch.order_history import TIMED, Happening
from dispatch.parking import ParkRule
from webapp import clock_words, message_words, phone_words
from webapp.page import language_here
from webapp.system import system
from webapp.words import word

PARKED: dict[ParkRule, LazyString] = {
    ParkRule.NO_PLACE: lazy_gettext("There is neither an address with a county nor a position."),
    ParkRule.UNKNOWN_CODE: lazy_gettext("County code %(code)s is not in the registry."),
    ParkRule.NOT_SERVED: lazy_gettext("%(county)s is not served by this installation."),
    ParkRule.ADDRESS_UNCLEAR: lazy_gettext("The address does not name one county. It may be: %(candidates)s."),
    ParkRule.ADDRESS_SILENT: lazy_gettext("The address names no county that is known."),
    ParkRule.OUTSIDE: lazy_gettext("The position %(lng)s, %(lat)s lies in no county."),
    ParkRule.NO_BOUNDARIES: lazy_gettext(
        "Only the position is known, and no boundaries are loaded. The nearest county is %(nearest)s."
    ),
    ParkRule.CODE_DISAGREES: lazy_gettext("The order says %(code)s, but its position lies in %(point)s."),
    ParkRule.ADDRESS_DISAGREES: lazy_gettext("The address names %(address)s, the rest of the order says %(other)s."),
}
HAPPENED: dict[str, LazyString] = {
    "work-order.submitted": lazy_gettext("Order handed in"),
    "work-order.goods-arrived": lazy_gettext("Goods arrived"),
    "work-order.placed": lazy_gettext("Put in its place"),
    "work-order.parked": lazy_gettext("Put on the worklist"),
    "work-order.cancelled": lazy_gettext("Order cancelled"),
    "work-order.learn-position": lazy_gettext("Position learnt from the check-in"),
    "work-order.quoted": lazy_gettext("Price quoted"),
    "appointment.cancelled": lazy_gettext("Appointment given up"),
    "waitlist.joined": lazy_gettext("Waits for a window to come free"),
    "waitlist.left": lazy_gettext("Waits no longer"),
    "issue.opened": lazy_gettext("Consumer says that something is wrong"),
    "issue.added-to": lazy_gettext("Consumer adds to what is wrong"),
    "issue.answered": lazy_gettext("Issue answered"),
    "issue.resolved": lazy_gettext("Issue resolved"),
    "consumer.reached": lazy_gettext("Consumer called and spoken to"),
    "consumer.not-reached": lazy_gettext("Consumer called, not reached"),
    "visit.moved": lazy_gettext("Given to another technician or time"),
    "visit.pinned": lazy_gettext("Pin changed"),
    "en-route": lazy_gettext("Technician set out"),
    "check-in": lazy_gettext("Technician checked in"),
    "proof": lazy_gettext("Photo taken"),
    "readiness": lazy_gettext("Ready to set out"),
    "checklist": lazy_gettext("Checklist"),
    "serial": lazy_gettext("Serial number noted"),
    "signature": lazy_gettext("Signed by the consumer"),
    "surcharge": lazy_gettext("Surcharge"),
    "acceptance": lazy_gettext("Accepted with the consumer’s code"),
    "parts-needed": lazy_gettext("A part is needed"),
    "next-appointment": lazy_gettext("Second visit booked on the spot"),
    "photo.looks-fine": lazy_gettext("A photo was looked at and found fine"),
    "phone-conflict.resolved": lazy_gettext("What did not fit was looked into"),
    "visit.completed-first": lazy_gettext("An earlier completion counts instead"),
    "completion": lazy_gettext("Work completed"),
    "could-not-complete": lazy_gettext("Could not be completed"),
    "held": lazy_gettext("Window kept until the consumer decides"),
    "expired": lazy_gettext("Window kept, not confirmed in time"),
    "released": lazy_gettext("Window kept, given back"),
    "confirmed": lazy_gettext("Window promised"),
    "kept": lazy_gettext("Window promised and kept"),
    "broken": lazy_gettext("Window promised and missed"),
    "moved": lazy_gettext("Window promised, later moved"),
    "cancelled": lazy_gettext("Window promised, later given back"),
}
LOOK = {
    "completion": "done", "kept": "done", "confirmed": "planned", "check-in": "on-site", "en-route": "on-the-way",
    "could-not-complete": "trouble", "broken": "trouble", "work-order.cancelled": "trouble",
    "work-order.parked": "trouble", "issue.opened": "trouble", "issue.added-to": "trouble", "issue.resolved": "done",
    "acceptance": "done", "parts-needed": "on-the-way", "clock.breached": "trouble", "message.failed": "trouble",
}  # fmt: skip
CODES = {"county", "candidates", "nearest", "code", "point", "address", "other"}


def why_parked(text: str) -> str:
    """The reason an order keeps, as a sentence with the names of its counties."""
    reason = parking.read(text)
    if reason.rule not in PARKED:
        return reason.sentence
    facts = {name: _named(value) if name in CODES else value for name, value in reason.facts.items()}
    told = str(PARKED[reason.rule]) % _Facts(facts)
    if reason.facts.get("datum") == "gcj02":
        told += " " + str(gettext("They would agree if the position were GCJ-02 (AMap, Tencent)."))
    return told


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def _named(codes: str) -> str:
    return ", ".join(county_name(code) for code in codes.split(",") if code) or "–"


def county_name(code: str) -> str:
    """A county of the registry with its prefecture or state, in the reader's language; the code if it is unknown."""
    registry = system().places.registry
    if code not in registry:
        return code
    county = registry.get(code)
    if county.country == "US":
        return f"{county.name} ({county.province})"
    if language_here() == "en":
        return f"{county.name_en} ({code})"
    return f"{county.prefecture}{county.name}" if county.prefecture != county.name else county.name


def happened(happening: Happening) -> str:
    if happening.kind == TIMED:
        return clock_words.happened_to_clock(happening)
    if happening.what in message_words.WHAT:
        return message_words.happened_to_message(happening)
    return str(HAPPENED.get(happening.what, happening.what))


def look_of(happening: Happening) -> str:
    return LOOK.get(happening.what, "")


def why(happening: Happening) -> str:
    """The reason that was given: the words of rules and states, anything else as it was written."""
    return "; ".join(word(part) for part in happening.why.split("; "))


def words() -> dict[str, Any]:
    """What the pages of orders use in their templates."""
    return {
        "why_parked": why_parked,
        "happened": happened,
        "why": why,
        "look_of": look_of,
        "county_name": county_name,
        **clock_words.words(),
        **phone_words.words(),
    }
