"""The words for values that records keep as kebab-case: states, reasons, rules, roles."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

WORDS: dict[str, LazyString] = {
    # roles
    "operator": lazy_gettext("Operator"),
    "dispatcher": lazy_gettext("Dispatcher"),
    "merchant": lazy_gettext("Merchant"),
    # work orders
    "parked": lazy_gettext("Parked"),
    "awaiting-goods": lazy_gettext("Awaiting goods"),
    "bookable": lazy_gettext("To be booked"),
    "booked": lazy_gettext("Booked"),
    "completed": lazy_gettext("Completed"),
    "cancelled": lazy_gettext("Cancelled"),
    # visits
    "waiting": lazy_gettext("Not started"),
    "en-route": lazy_gettext("On the way"),
    "on-site": lazy_gettext("On site"),
    "could-not-complete": lazy_gettext("Could not complete"),
    "first": lazy_gettext("First visit"),
    "delivery": lazy_gettext("Brings the goods"),
    "second-visit": lazy_gettext("Second visit"),
    "warranty": lazy_gettext("Warranty visit"),
    # why a visit failed
    "nobody-home": lazy_gettext("Nobody home"),
    "consumer-refused": lazy_gettext("Refused by the consumer"),
    "goods-missing": lazy_gettext("Goods missing"),
    "goods-damaged": lazy_gettext("Goods damaged"),
    "parts-missing": lazy_gettext("Parts missing"),
    "site-not-ready": lazy_gettext("Site not ready"),
    "wrong-address": lazy_gettext("Wrong address"),
    "no-access": lazy_gettext("No access"),
    "out-of-time": lazy_gettext("Out of time"),
    "other": lazy_gettext("Other"),
    # why a clock rests
    "address-unclear": lazy_gettext("Address unclear"),
    "consumer-asked-to-wait": lazy_gettext("Consumer asked to wait"),
    "consumer-unreachable": lazy_gettext("Consumer cannot be reached"),
    "force-majeure": lazy_gettext("Force majeure"),
    # what is wrong, says the consumer
    "issue-late": lazy_gettext("Nobody came, or too late"),
    "issue-damaged": lazy_gettext("Something was damaged"),
    "issue-not-working": lazy_gettext("It does not work"),
    "issue-charged-more": lazy_gettext("Charged more than agreed"),
    "issue-conduct": lazy_gettext("The technician’s conduct"),
    "issue-other": lazy_gettext("Something else is wrong"),
    # promises
    "confirmed": lazy_gettext("Confirmed"),
    "kept": lazy_gettext("Kept"),
    "broken": lazy_gettext("Broken"),
    "moved": lazy_gettext("Moved"),
    "consumer": lazy_gettext("Consumer"),
    # positions
    "exact": lazy_gettext("Exact"),
    "geocoded": lazy_gettext("From the address"),
    "county-centre": lazy_gettext("Approximate: centre of the county"),
    "learnt": lazy_gettext("Learnt from a check-in"),
    # plans and work
    "draft": lazy_gettext("Draft"),
    "published": lazy_gettext("Published"),
    "superseded": lazy_gettext("Superseded"),
    "running": lazy_gettext("Running"),
    "done": lazy_gettext("Done"),
    "failed": lazy_gettext("Failed"),
    # why a message did not go out
    "notifier": lazy_gettext("Notifier"),
    "provider-silent": lazy_gettext("The provider does not answer"),
    "provider-refuses": lazy_gettext("The provider refuses the message"),
    "number-refused": lazy_gettext("The number cannot be reached"),
    # why a photo cannot be used
    "photo-empty": lazy_gettext("It is empty"),
    "photo-too-large": lazy_gettext("It is too large"),
    "photo-too-many-pixels": lazy_gettext("It has too many pixels"),
    "photo-not-a-photo": lazy_gettext("It is no photo"),
    "photo-truncated": lazy_gettext("It is cut off"),
    "photo-too-hard": lazy_gettext("It cannot be opened"),
    # absences
    "ill": lazy_gettext("Ill"),
    "leave": lazy_gettext("Leave"),
    "training": lazy_gettext("Training"),
    # rules
    "county": lazy_gettext("County not covered"),
    "skill": lazy_gettext("Skill missing"),
    "level": lazy_gettext("Level too low"),
    "not-allowed": lazy_gettext("Not with this technician"),
    "window": lazy_gettext("Window missed"),
    "shift": lazy_gettext("Outside the shift"),
    "break": lazy_gettext("Break not kept"),
    "capacity": lazy_gettext("Van too small"),
    "max-visits": lazy_gettext("Too many visits"),
    "max-travel": lazy_gettext("Too much travel"),
    "max-distance": lazy_gettext("Too far"),
    "pin": lazy_gettext("Pin not kept"),
    "sequence": lazy_gettext("Out of its fixed order"),
    "partner": lazy_gettext("Not together with its partner"),
    "precedence": lazy_gettext("Not after what comes first"),
    "disruption": lazy_gettext("Too many changes to what was published"),
    "no-vehicle": lazy_gettext("Nobody works that day"),
    "no-time": lazy_gettext("No time left"),
    "duplicate": lazy_gettext("Planned twice"),
    "unknown": lazy_gettext("Unknown"),
    "missing": lazy_gettext("Not in the plan"),
    "taken-out": lazy_gettext("Taken out by a dispatcher"),
}


def word(value: object) -> str:
    """The word for a kebab-case value in the reader's language; the value itself when there is none."""
    key = str(getattr(value, "value", value))
    return str(WORDS.get(key, key))
