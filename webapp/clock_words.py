"""What clocks tell, in the reader's language: how long is left, what rests and why, what happened to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from dispatch.order_history import Happening
from dispatch.sla_clock import SlaEvent, SlaKind
from dispatch.sla_standing import Standing
from webapp.page import moment, span
from webapp.system import system
from webapp.words import word

TIGHT_PERCENT = 90
CLOCKS = {
    SlaKind.BOOKING: lazy_gettext("24-hour clock"),
    SlaKind.RESPONSE: lazy_gettext("One-hour clock of an issue"),
    SlaKind.RESOLUTION: lazy_gettext("48-hour clock of an issue"),
}
HAPPENED = {
    SlaEvent.STARTED: lazy_gettext("%(clock)s: started"),
    SlaEvent.PAUSED: lazy_gettext("%(clock)s: paused"),
    SlaEvent.RESUMED: lazy_gettext("%(clock)s: runs again"),
    SlaEvent.WARNED: lazy_gettext("%(clock)s: %(percent)s %% used"),
    SlaEvent.BREACHED: lazy_gettext("%(clock)s: time has run out"),
    SlaEvent.MET: lazy_gettext("%(clock)s: met"),
    SlaEvent.STOPPED: lazy_gettext("%(clock)s: stopped"),
}


def left(now: Standing) -> str:
    """How much of the time is left, or by how much it is over."""
    if now.ended == SlaEvent.STOPPED:
        return str(_("stopped"))
    if now.ended is not None:
        return str(_("too late by %(time)s", time=span(-now.left)) if now.is_missed else _("in time"))
    if now.is_missed:
        return str(_("%(time)s over", time=span(-now.left)))
    return str(_("%(time)s left", time=span(now.left)))


def used(now: Standing, zone: ZoneInfo) -> str:
    """What has run of the target, and what rested, with the cause of the present pause."""
    told = str(_("%(run)s of %(target)s used", run=span(now.elapsed), target=span(now.target)))
    if now.paused_for:
        told += str(_(", paused %(time)s", time=span(now.paused_for)))
    if now.cause is not None:
        told += str(_(": %(cause)s", cause=because(now, zone)))
    return told


def because(now: Standing, zone: ZoneInfo) -> str:
    """Why it rests, and until when if that is known."""
    if now.resumes_at is None:
        return word(now.cause)
    return str(_("%(cause)s until %(day)s", cause=word(now.cause), day=moment(now.resumes_at, zone)))


def when(at: datetime, zone: ZoneInfo) -> str:
    """The time by the clock of the place; the date with it unless it is today."""
    local, today = at.astimezone(zone), system().now().astimezone(zone)
    return local.strftime("%H:%M") if local.date() == today.date() else local.strftime("%m-%d %H:%M")


def look(now: Standing | None) -> str:
    """The colour of a clock, by the look of states."""
    if now is None or now.is_paused or now.ended == SlaEvent.STOPPED:
        return ""
    if now.is_missed:
        return "trouble"
    if now.ended is not None:
        return "done"
    return "on-the-way" if now.percent < TIGHT_PERCENT else "trouble"


def happened_to_clock(happening: Happening) -> str:
    """One line of a ledger as a title."""
    event = SlaEvent(happening.what.removeprefix("clock."))
    clock = str(CLOCKS[SlaKind(happening.facts["timed"])])
    return str(HAPPENED[event]) % {"clock": clock, "percent": happening.facts["percent"]}


def clock_facts(happening: Happening, zone: ZoneInfo) -> str:
    """What had run by then, what had rested, and why it rests."""
    facts = happening.facts
    told = str(_("%(run)s of %(target)s used", run=span(facts["run"]), target=span(facts["target"])))
    if facts["rested"]:
        told += str(_(", paused %(time)s", time=span(facts["rested"])))
    if facts["cause"] is None:
        return told
    cause = word(facts["cause"])
    if facts["until"] is not None:
        cause = str(_("%(cause)s until %(day)s", cause=cause, day=moment(facts["until"], zone)))
    return told + str(_(": %(cause)s", cause=cause))


def words() -> dict[str, Any]:
    """What templates use of it."""
    return {
        "clock_left": left,
        "clock_used": used,
        "clock_because": because,
        "clock_look": look,
        "clock_when": when,
        "clock_facts": clock_facts,
    }
