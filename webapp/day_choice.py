"""Windows on offer as a consumer chooses them: first the day, then the hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask_babel import gettext as _

from dispatch.slot_policy import USUAL
from dispatch.slots import Grade, Offer
from technicians.errors import InvalidInput
from webapp.page import language_here

NOON, AFTERNOON, EVENING = 11, 13, 17
CLDR = {"zh": "zh", "en": "en_GB"}
EARLIEST_YEAR, LATEST_YEAR = 2020, 2200


class Booked(Protocol):
    """What is booked now, if anything, and the date at the place of the order."""

    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def today(self) -> date: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Window:
    """One row. `is_best` only where some windows are better than others; `is_present` is what is booked now."""

    starts_at: datetime
    ends_at: datetime
    is_best: bool
    is_present: bool
    hour: int


@dataclass(frozen=True, slots=True)
class DayChoice:
    """One chip: a day with its free windows, perhaps none. Exactly one day is open unless all are full."""

    on_date: date
    windows: tuple[Window, ...]
    is_open: bool

    @property
    def has_best(self) -> bool:
        return any(window.is_best for window in self.windows)


def days(offers: list[Offer], shown: Booked, asked: str | None) -> list[DayChoice]:
    """The days ahead from today on; open is the day asked for, else the booked one, else the first free one."""
    has_better = any(offer.grade != Grade.BEST for offer in offers)
    ahead = max([USUAL.days, *((offer.on_date - shown.today).days + 1 for offer in offers)])
    by_day: dict[date, list[Window]] = {shown.today + timedelta(days=n): [] for n in range(ahead)}
    for offer in offers:
        by_day.setdefault(offer.on_date, []).append(_window(offer, shown, has_better))
    free = [on_date for on_date, windows in by_day.items() if windows]
    booked = shown.starts_at.astimezone(shown.zone).date().isoformat() if shown.starts_at else None
    by_text = {day.isoformat(): day for day in free}
    chosen = by_text.get(asked or "") or by_text.get(booked or "") or next(iter(free), None)
    return [DayChoice(day, tuple(windows), day == chosen) for day, windows in by_day.items()]


def _window(offer: Offer, shown: Booked, has_better: bool) -> Window:
    return Window(
        offer.starts_at,
        offer.ends_at,
        is_best=has_better and offer.grade == Grade.BEST,
        is_present=(offer.starts_at, offer.ends_at) == (shown.starts_at, shown.ends_at),
        hour=offer.starts_at.astimezone(shown.zone).hour,
    )


def part_of_day(hour: int) -> str:
    if hour < NOON:
        return str(_("Morning"))
    if hour < AFTERNOON:
        return str(_("Midday"))
    return str(_("Afternoon") if hour < EVENING else _("Evening"))


def words(day: date | datetime, today: date, zone: ZoneInfo | None = None) -> str:
    """A day as people say it: today, tomorrow, or the date with its weekday."""
    on_date = day.astimezone(zone).date() if isinstance(day, datetime) else day
    full = format_skeleton("MMMEd", on_date, locale=CLDR[language_here()])
    if on_date == today:
        return str(_("Today, %(day)s", day=full))
    return str(_("Tomorrow, %(day)s", day=full)) if on_date == today + timedelta(days=1) else full


def weekday(on_date: date, today: date) -> str:
    """For a chip: today, tomorrow, or the short name of the weekday."""
    if on_date == today:
        return str(_("Today"))
    if on_date == today + timedelta(days=1):
        return str(_("Tomorrow"))
    return format_skeleton("E", on_date, locale=CLDR[language_here()])


def short_date(on_date: date) -> str:
    """For a chip: 12 May as 5/12 in Chinese, 12 May in English."""
    if language_here() == "zh":
        return f"{on_date.month}/{on_date.day}"
    return format_skeleton("MMMd", on_date, locale=CLDR["en"])


def instant(text: str | None) -> datetime:
    """The beginning of the window that a form names; InvalidInput for what no page of ours has offered."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        raise InvalidInput("This is not a window.", field="starts_at", remedy="Choose one of the windows shown.")
    return at
