"""What technicians ask for, in the reader's language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from dispatch.request_records import RequestKind, RequestState
from dispatch.swap_moves import Move
from technicians.week import DayHours
from webapp import clock_words, day_choice
from webapp.page import clock, local_name
from webapp.system import system
from webapp.words import word

KINDS = {
    RequestKind.ABSENCE: lazy_gettext("wants to be absent"),
    RequestKind.SHIFT: lazy_gettext("wants other hours"),
    RequestKind.SWAP: lazy_gettext("wants to give a visit away"),
}
STATES = {
    RequestState.OPEN: ("planned", "clock", lazy_gettext("Open")),
    RequestState.GRANTED: ("done", "check", lazy_gettext("Granted")),
    RequestState.REFUSED: ("trouble", "close", lazy_gettext("Refused")),
    RequestState.WITHDRAWN: ("", "undo", lazy_gettext("Taken back")),
}
ICONS = {RequestKind.ABSENCE: "leave", RequestKind.SHIFT: "clock", RequestKind.SWAP: "people"}


def period(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """From when to when, whole days as days, a stretch of one day with its day once."""
    first, last = starts_at.astimezone(zone), ends_at.astimezone(zone)
    today = system().now().astimezone(zone).date()
    are_whole = (first.hour, first.minute, last.hour, last.minute) == (0, 0, 0, 0)
    ends_at_midnight = (last.hour, last.minute) == (0, 0)
    until = (last - timedelta(days=1)).date() if ends_at_midnight else last.date()
    end = "24:00" if ends_at_midnight else clock(ends_at, zone)
    begins = day_choice.words(first.date(), today)
    if are_whole:
        return begins if until == first.date() else f"{begins} – {day_choice.words(until, today)}"
    if until == first.date():
        return f"{begins} {clock(starts_at, zone)}–{end}"
    return f"{begins} {clock(starts_at, zone)} – {day_choice.words(until, today)} {end}"


def shift(hours: DayHours | None) -> str:
    """A shift by the clock, as 08:00–18:00."""
    return str(_("no work")) if hours is None else f"{_wall(hours.begins)}–{_wall(hours.hard_ends)}"


def broken(move: Move) -> str:
    """What a move would break, each rule once."""
    return str(_(", ")).join(dict.fromkeys(word(each["rule"]) for each in move.violations))


def extra(move: Move) -> str:
    minutes = round(move.cost / 60)
    if minutes == 0:
        return str(_("Same travel"))
    return str(_("%(n)+d min travel", n=minutes))


def _wall(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def words() -> dict[str, Any]:
    """What templates use of it."""
    return {
        "kind_words": KINDS,
        "kind_icons": ICONS,
        "state_looks": STATES,
        "period": period,
        "shift_words": shift,
        "broken_words": broken,
        "extra_words": extra,
        "name_of": local_name,
        "day_words": day_choice.words,
        **clock_words.words(),
    }
