"""What a consumer wished for the second visit, in the words of the office."""

from __future__ import annotations

from babel.dates import format_skeleton
from flask_babel import LazyString, lazy_gettext

from dispatch.wishes import DayPart, DayWish
from webapp.page import language_here

PARTS: dict[DayPart, LazyString] = {
    DayPart.MORNING: lazy_gettext("in the morning"),
    DayPart.AFTERNOON: lazy_gettext("in the afternoon"),
    DayPart.EVENING: lazy_gettext("in the evening"),
    DayPart.ANY: lazy_gettext("at any time"),
}
CLDR = {"zh": "zh", "en": "en_GB"}


def wished(wish: DayWish) -> str:
    """The day and its part: Wed, 13 May in the morning."""
    return f"{format_skeleton('MMMEd', wish.on, locale=CLDR[language_here()])} {PARTS[wish.part]}"
