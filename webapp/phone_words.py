"""What phones tell, in the reader's language: each fact as a few short lines, each doubt about a photo as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from dispatch.order_history import REPORTED, Happening
from dispatch.phone_records import PhoneConflictKind
from dispatch.phone_story import Item
from dispatch.photo_checks import Doubt, PhotoFlag
from webapp import day_choice, price_words
from webapp.page import clock, kilometres, local_name, span

FAR = 1000
GOODS = {
    "whole": lazy_gettext("Goods are whole"),
    "damaged": lazy_gettext("Goods are damaged"),
    "missing": lazy_gettext("Goods are missing"),
}
CONSUMER = {
    "confirmed": lazy_gettext("consumer confirmed on the telephone"),
    "not-reached": lazy_gettext("consumer not reached"),
}
WHOSE = {
    "consumer": lazy_gettext("Wasted trip: the consumer’s doing"),
    "merchant": lazy_gettext("Wasted trip: the merchant’s doing"),
    "ours": lazy_gettext("Wasted trip: our own doing"),
    "nobody": lazy_gettext("Wasted trip: nobody’s fault"),
}
CALLED = {
    "reached": lazy_gettext("called and reached at %(time)s"),
    "no-answer": lazy_gettext("called in vain at %(time)s"),
}
PROOFS = {
    "serial": lazy_gettext("serial number"),
    "signature": lazy_gettext("signature"),
    "code": lazy_gettext("consumer’s code"),
}
PARTS = {
    "morning": lazy_gettext("Morning"),
    "afternoon": lazy_gettext("Afternoon"),
    "evening": lazy_gettext("Evening"),
}
CLASH = {
    PhoneConflictKind.REASSIGNED: lazy_gettext("the visit was somebody else’s by then"),
    PhoneConflictKind.CANCELLED: lazy_gettext("the visit had been called off"),
    PhoneConflictKind.TAKEN: lazy_gettext("somebody else had begun or ended the visit"),
    PhoneConflictKind.OUT_OF_ORDER: lazy_gettext("not possible as things stood"),
    PhoneConflictKind.PHOTOS_MISSING: lazy_gettext("photos that are asked for were missing"),
}


def said(happening: Happening, zone: ZoneInfo) -> list[str]:
    """What a phone told, without its title: empty where the title says it all, and for what no phone told."""
    lines = plainly(happening, zone)
    clash = happening.facts.get("conflict")
    if clash in CLASH:
        lines.append(str(_("Did not fit: %(why)s", why=CLASH[PhoneConflictKind(clash)])))
    return lines


def plainly(happening: Happening, zone: ZoneInfo) -> list[str]:
    """The same without a word about whether it fitted."""
    told = TOLD.get(happening.what) if happening.kind == REPORTED else None
    return list(told(happening.facts, zone)) if told else []


def doubt(found: Doubt) -> str:
    """What to look at in a photo, with what was measured where that helps."""
    match found.flag:
        case PhotoFlag.BLURRED:
            return str(_("Perhaps blurred"))
        case PhotoFlag.DARK:
            return str(_("Perhaps too dark"))
        case PhotoFlag.REUSED:
            return str(_("Looks like an earlier photo"))
        case PhotoFlag.WRONG_PLACE:
            return str(_("Taken %(far)s from the address", far=_far(found.measured)))
    away = span(abs(round(found.measured)))
    early = _("Taken %(time)s before arrival", time=away)
    return str(early if found.measured < 0 else _("Taken %(time)s after leaving", time=away))


def names(items: Iterable[Item]) -> str:
    return str(_(", ")).join(local_name(item) for item in items)


def _check_in(facts: dict[str, Any], _zone: ZoneInfo) -> Iterator[str]:
    if facts.get("distance") is not None:
        yield str(_("%(far)s from the address", far=_far(facts["distance"])))
    if facts.get("outside_geofence"):
        yield str(_("Farther away than expected; worth a call if the work is in doubt."))
    if facts.get("position_learnt"):
        yield str(_("The order’s place was learnt from this."))


def _readiness(facts: dict[str, Any], _zone: ZoneInfo) -> Iterator[str]:
    parts = [GOODS.get(facts.get("goods", "")), CONSUMER.get(facts.get("consumer", ""))]
    yield str(_(", ")).join(str(part) for part in parts if part)
    if facts.get("lacking"):
        yield str(_("Not in the van: %(names)s", names=names(facts["lacking"])))


def _checklist(facts: dict[str, Any], _zone: ZoneInfo) -> Iterator[str]:
    if facts["done"]:
        yield str(_("Ticked: %(names)s", names=names(facts["done"])))
    if facts["left"]:
        yield str(_("Not ticked: %(names)s", names=names(facts["left"])))


def _completion(facts: dict[str, Any], _zone: ZoneInfo) -> Iterator[str]:
    missing = [str(PROOFS[name]) for name in facts["missing"] if name in PROOFS]
    missing += [local_name(item) for item in facts["left"]]
    if missing:
        yield str(_("Without: %(names)s", names=str(_(", ")).join(missing)))


def _serial(facts: dict[str, Any], _zone: ZoneInfo) -> Iterator[str]:
    how = _("read by the camera") if facts.get("read") == "camera" else _("typed in")
    yield f"{facts.get('number', '')} · {how}"


def _signature(facts: dict[str, Any], _zone: ZoneInfo) -> Iterator[str]:
    yield str(facts.get("name") or _("without a name"))


def _surcharge(facts: dict[str, Any], _zone: ZoneInfo) -> Iterator[str]:
    name, count = local_name(facts["item"]), facts.get("count", 0)
    if not count:
        yield str(_("%(name)s: taken back", name=name))
        return
    each = price_words.money(facts.get("amount", 0), facts["currency"])
    yield str(_("%(name)s × %(count)s, %(each)s each, agreed to", name=name, count=count, each=each))


def _photo(facts: dict[str, Any], _zone: ZoneInfo) -> Iterator[str]:
    yield local_name(facts["item"])


def _parts(facts: dict[str, Any], _zone: ZoneInfo) -> Iterator[str]:
    yield f"{facts.get('text', '')} × {facts.get('count', 1)}" if facts.get("count") else str(_("No longer needed"))


def _could_not(facts: dict[str, Any], zone: ZoneInfo) -> Iterator[str]:
    if facts.get("whose") in WHOSE:
        yield str(WHOSE[facts["whose"]])
    if facts.get("distance") is not None:
        yield str(_("%(far)s from the address", far=_far(facts["distance"])))
    tried = list(_tried(facts, zone))
    if tried:
        yield str(_(", ")).join(tried)
    if facts.get("wishes"):
        yield str(_("The consumer would like: %(days)s", days=_wishes(facts["wishes"])))


def _tried(facts: dict[str, Any], zone: ZoneInfo) -> Iterator[str]:
    if facts.get("waited"):
        yield str(_("waited %(time)s", time=span(facts["waited"])))
    outcome = CALLED.get(facts.get("call_outcome", ""))
    if outcome is not None and isinstance(facts.get("called_at"), datetime):
        yield str(outcome) % {"time": clock(facts["called_at"], zone)}
    elif facts.get("call_outcome") == "not-called":
        yield str(_("not called"))


def _wishes(wishes: list[dict[str, Any]]) -> str:
    def told(wish: dict[str, Any]) -> str:
        day = day_choice.short_date(date.fromisoformat(wish["on"]))
        return f"{day} {PARTS[wish['part']]}" if wish.get("part") in PARTS else day

    return str(_(", ")).join(told(wish) for wish in wishes)


def _far(metres: float) -> str:
    return str(ngettext("%(num)d m", "%(num)d m", round(metres))) if metres < FAR else kilometres(round(metres))


TOLD: dict[str, Callable[[dict[str, Any], ZoneInfo], Iterator[str]]] = {
    "check-in": _check_in,
    "readiness": _readiness,
    "checklist": _checklist,
    "serial": _serial,
    "signature": _signature,
    "surcharge": _surcharge,
    "proof": _photo,
    "parts-needed": _parts,
    "completion": _completion,
    "could-not-complete": _could_not,
}


def words() -> dict[str, Any]:
    """What templates use of it."""
    return {
        "said": said,
        "said_plainly": plainly,
        "doubt_words": doubt,
        "clash_words": lambda kind: str(CLASH[kind]),
        "item_names": names,
        "money": price_words.money,
    }
