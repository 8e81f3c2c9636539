"""A technician's week as bars: what is drawn for each day, in hours of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from dispatch.shift_text import clock
from technicians.week import BreakHours, Day, DayHours, Week

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Bar:
    """From where to where, in hours after midnight."""

    begins: float
    length: float


@dataclass(frozen=True, slots=True)
class DayRow:
    """One line of the picture. `weekday` 0 is Monday, None on a date; `hours` None: no work."""

    weekday: int | None
    on_date: date | None
    text: str
    work: Bar | None
    after: Bar | None
    rests: tuple[Bar, ...]


def rows_of(week: Week) -> list[DayRow]:
    """All seven weekdays, then the dates that are different."""
    dates = sorted(day for day in week if not isinstance(day, int))
    return [_row(day, week.get(day)) for day in (*range(7), *dates)]


def _row(day: Day, hours: DayHours | None) -> DayRow:
    weekday, on_date = (day, None) if isinstance(day, int) else (None, day)
    if hours is None or hours.off:
        return DayRow(weekday, on_date, "", None, None, ())
    text = f"{clock(hours.begins)}–{clock(hours.soft_ends)}"
    if hours.hard_ends > hours.soft_ends:
        text += f" / {clock(hours.hard_ends)}"
    return DayRow(
        weekday,
        on_date,
        text,
        _bar(hours.begins, hours.soft_ends),
        _bar(hours.soft_ends, hours.hard_ends) if hours.hard_ends > hours.soft_ends else None,
        tuple(_middle(rest) for rest in hours.breaks),
    )


def _bar(begins: int, ends: int) -> Bar:
    return Bar(begins / HOUR, (ends - begins) / HOUR)


def _middle(rest: BreakHours) -> Bar:
    """A break is drawn in the middle of the time in which it may begin."""
    begins = (rest.earliest + rest.latest) // 2
    return _bar(begins, begins + rest.duration)


def day_names() -> list[str]:
    """The weekdays in two letters or one character, Monday first."""
    return [_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su")]
