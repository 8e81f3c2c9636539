"""What would place a visit that is in no route, in a dispatcher's words and the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from dispatch.why import Called, Why
from routing.explanation import Give, Relaxation, Remedy
from webapp.page import clock, kilometres, language_here, span
from webapp.words import word

MOST_SHOWN = 3


def told(why: Why) -> dict[str, Any]:
    """Which rules stop how many technicians, who has room as things are, and the cheapest remedies, as sentences."""
    found = why.explanation
    cheapest = sorted(found.remedies, key=lambda remedy: (remedy.cost, len(remedy.relaxations)))
    return {
        "rules": [{"rule": rule.value, "word": word(rule), "many": many} for rule, many in found.counts.items()],
        "room": _room(why),
        "remedies": [_told(why, remedy) for remedy in cheapest[:MOST_SHOWN]],
    }


def _room(why: Why) -> str:
    """Who could take the visit at once; empty when nobody can."""
    if not why.explanation.places:
        return ""
    best = why.explanation.places[0]
    at = clock(why.day.instant(best.start), why.zone)
    return str(_("%(name)s has room for it now, at about %(time)s.", name=why.technicians[best.vehicle], time=at))


def _told(why: Why, remedy: Remedy) -> dict[str, Any]:
    at = clock(why.day.instant(remedy.start), why.zone)
    return {
        "technician": remedy.vehicle,
        "start_at": why.day.instant(remedy.start).isoformat(),
        "cost": remedy.cost,
        "says": [SAYS[one.kind](why, one) for one in remedy.relaxations],
        "then": str(_("%(name)s comes at about %(time)s", name=why.technicians[remedy.vehicle], time=at)),
        "costs": _costs(remedy.cost),
    }


def _costs(cost: int) -> str:
    """A cost in the planner's unit, a second of travel."""
    if cost < 0:
        return str(_("saves as much as %(span)s of travel", span=span(-cost)))
    return str(_("costs as much as %(span)s of travel", span=span(cost)))


def _earlier(why: Why, one: Relaxation) -> str:
    return str(_("The window opens %(span)s earlier", span=_whole(one.amount)))


def _later(why: Why, one: Relaxation) -> str:
    return str(_("The window closes %(span)s later", span=_whole(one.amount)))


def _overtime(why: Why, one: Relaxation) -> str:
    return str(_("%(name)s works %(span)s longer than the shift", name=_name(why, one), span=_whole(one.amount)))


def _move(why: Why, one: Relaxation) -> str:
    to = why.technicians[one.to_vehicle] if one.to_vehicle is not None else ""
    return str(_("Order %(number)s goes to %(to)s", number=why.numbers[one.visit], to=to))


def _county(why: Why, one: Relaxation) -> str:
    return str(_("%(name)s also goes to %(county)s", name=_name(why, one), county=_called(why.counties, one.name)))


def _skill(why: Why, one: Relaxation) -> str:
    return str(
        _("%(name)s does it without the skill %(skill)s", name=_name(why, one), skill=_called(why.skills, one.name))
    )


def _level(why: Why, one: Relaxation) -> str:
    return str(
        _("%(name)s does it, in %(skill)s %(n)s too low", name=_name(why, one), skill=_called(why.skills, one.name),
          n=one.amount)
    )  # fmt: skip


def _allow(why: Why, one: Relaxation) -> str:
    return str(_("%(name)s is allowed to make it", name=_name(why, one)))


def _unpin(why: Why, one: Relaxation) -> str:
    return str(_("The pin is taken away and %(name)s does it", name=_name(why, one)))


def _capacity(why: Why, one: Relaxation) -> str:
    return str(_("%(name)s carries %(n)s more than the van holds", name=_name(why, one), n=one.amount))


def _visits(why: Why, one: Relaxation) -> str:
    return str(_("%(name)s makes %(n)s more visits than the limit", name=_name(why, one), n=one.amount))


def _travel(why: Why, one: Relaxation) -> str:
    return str(_("%(name)s travels %(far)s more than the limit", name=_name(why, one), far=_whole(one.amount)))


def _distance(why: Why, one: Relaxation) -> str:
    return str(_("%(name)s travels %(far)s more than the limit", name=_name(why, one), far=kilometres(one.amount)))


def _whole(seconds: int) -> str:
    """Minutes, rounded up: less would not do."""
    return span(-(-seconds // 60) * 60)


def _name(why: Why, one: Relaxation) -> str:
    return why.technicians[one.vehicle]


def _called(names: dict[str, Called], code: str) -> str:
    return names[code][language_here()] if code in names else code


SAYS: dict[Give, Callable[[Why, Relaxation], str]] = {
    Give.EARLIER: _earlier,
    Give.LATER: _later,
    Give.OVERTIME: _overtime,
    Give.MOVE: _move,
    Give.COUNTY: _county,
    Give.SKILL: _skill,
    Give.LEVEL: _level,
    Give.ALLOW: _allow,
    Give.UNPIN: _unpin,
    Give.CAPACITY: _capacity,
    Give.MAX_VISITS: _visits,
    Give.MAX_TRAVEL: _travel,
    Give.MAX_DISTANCE: _distance,
}
