"""A technician's pattern of shifts as plain values: per weekday, overruled per date, checked for overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from technicians.people import Shift, ShiftBreak

DAY = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = int | date


@dataclass(frozen=True, slots=True, order=True)
class BreakHours:
    """A rest of `duration` seconds that begins between two times (seconds of wall-clock time)."""

    earliest: int
    latest: int
    duration: int

    def fits(self, hours: DayHours) -> bool:
        return hours.begins <= self.earliest <= self.latest <= hours.hard_ends - self.duration


@dataclass(frozen=True, slots=True)
class DayHours:
    """A shift in seconds of wall-clock time after midnight, at most two days long; `off` has no work at all."""

    begins: int
    soft_ends: int
    hard_ends: int
    breaks: tuple[BreakHours, ...] = ()
    off: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a pattern cannot be worked: an English sentence with `{names}` for `values`."""

    sentence: str
    values: dict[str, str]

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


OFF = DayHours(0, 1, 1, off=True)
Week = Mapping[Day, DayHours]


def day_name(day: Day) -> str:
    return WEEKDAYS[day] if isinstance(day, int) else day.isoformat()


def week_of(shifts: Iterable[Shift]) -> dict[Day, DayHours]:
    """The pattern that rows hold."""
    return {_day_of(shift): _hours_of(shift) for shift in shifts}


def _day_of(shift: Shift) -> Day:
    if shift.on_date is not None:
        return shift.on_date
    if shift.weekday is None:
        raise ValueError("a shift has a weekday or a date")
    return shift.weekday


def _hours_of(shift: Shift) -> DayHours:
    if shift.off:
        return OFF
    breaks = tuple(sorted(BreakHours(b.earliest, b.latest, b.duration) for b in shift.breaks))
    return DayHours(shift.begins, shift.soft_ends, shift.hard_ends, breaks)


def shift_of(day: Day, hours: DayHours) -> Shift:
    """A new row for one day of the pattern."""
    return Shift(
        weekday=day if isinstance(day, int) else None,
        on_date=None if isinstance(day, int) else day,
        off=hours.off,
        begins=hours.begins,
        soft_ends=hours.soft_ends,
        hard_ends=hours.hard_ends,
        breaks=[ShiftBreak(earliest=b.earliest, latest=b.latest, duration=b.duration) for b in hours.breaks],
    )


def faults(week: Week) -> Iterator[Fault]:
    """What is wrong with a pattern: times out of order, breaks outside the shift, a night that runs into a morning."""
    for day, hours in week.items():
        yield from _faults_of(day_name(day), hours)
    for first, second in _nights(week):
        yield from _overlap(week, first, second)


def _nights(week: Week) -> set[tuple[Day, Day]]:
    """Each day of the pattern with the one before it and the one after it."""
    return {(first, _after(first)) for day in week for first in (day, _after(day, -1))}


def _after(day: Day, days: int = 1) -> Day:
    return (day + days) % 7 if isinstance(day, int) else day + timedelta(days=days)


def _faults_of(name: str, hours: DayHours) -> Iterator[Fault]:
    if not 0 <= hours.begins < hours.soft_ends <= hours.hard_ends:
        yield Fault("{day}: the shift must begin before its soft end, and its hard end be no earlier.", {"day": name})
    if hours.hard_ends > 2 * DAY:
        yield Fault("{day}: the shift ends later than 48:00.", {"day": name})
    for rest in hours.breaks:
        if rest.duration <= 0 or not rest.fits(hours):
            yield Fault("{day}: a break does not fit into the shift.", {"day": name})
    for first, second in zip(hours.breaks, hours.breaks[1:], strict=False):
        if first == second or second.latest < first.earliest + first.duration:
            yield Fault("{day}: two breaks overlap.", {"day": name})


def _overlap(week: Week, first: Day, second: Day) -> Iterator[Fault]:
    """A shift over midnight that is still running when the next day's begins."""
    ending, beginning = in_force(week, first), in_force(week, second)
    if ending is None or beginning is None or ending.off or beginning.off:
        return
    if ending.hard_ends - DAY > beginning.begins:
        yield Fault(
            "{day}: the shift begins before that of {before} has ended.",
            {"day": day_name(second), "before": day_name(first)},
        )


def in_force(week: Week, day: Day) -> DayHours | None:
    """The hours of a day: a date's own, else its weekday's."""
    own = week.get(day)
    return own if own is not None or isinstance(day, int) else week.get(day.weekday())
