"""Shifts and breaks as one cell of a table: `mon-fri 08:00-17:30/19:00; sat 09:00-15:00` and `11:30-13:30/30m`.

A day is a weekday, a range or list of weekdays, or a date (2026-05-01), which overrules the weekday and may be
`off`. After the slash comes the hard end; without one the soft end is hard. Times may run past 24:00. A break
names the time within which it begins and how long it lasts; without a day it is part of every shift it fits in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from dispatch.csv_file import WrongCell
from technicians.week import OFF, WEEKDAYS, BreakHours, Day, DayHours, Week, day_name, faults

HOURS = re.compile(r"(?P<begins>[\d:]+)\s*-\s*(?P<soft>[\d:]+)(?:\s*/\s*(?P<hard>[\d:]+))?")
BREAK = re.compile(r"(?P<earliest>[\d:]+)\s*-\s*(?P<latest>[\d:]+)\s*/\s*(?P<length>\d+)\s*(?P<unit>[ms])")
CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")


def parse(shift: str, breaks: str = "") -> dict[Day, DayHours]:
    """The pattern of the two cells. WrongCell (a ValueError) says what is wrong."""
    week: dict[Day, DayHours] = {}
    for days, hours_text in _parts(shift):
        hours = _hours(hours_text)
        for day in days:
            if day in week:
                raise WrongCell("{day} has two shifts.", day=day_name(day))
            if hours.off and isinstance(day, int):
                raise WrongCell("{day}: leave a free weekday out; only a date can be off.", day=day_name(day))
            week[day] = hours
    for days, break_text in _parts(breaks, days_needed=False):
        week = _with_break(week, days, _break(break_text))
    for fault in faults(week):
        raise WrongCell(fault.sentence, **fault.values)
    return week


def _parts(cell: str, *, days_needed: bool = True) -> Iterator[tuple[tuple[Day, ...], str]]:
    for part in cell.split(";"):
        if not part.strip():
            continue
        head, _, rest = part.strip().partition(" ")
        if head[0].isalpha() or re.match(r"\d{4}-", head):
            yield _days(head), rest.strip()
        elif days_needed:
            raise WrongCell("“{part}” does not begin with a day such as mon-fri.", part=part.strip()[:60])
        else:
            yield (), part.strip()


def _days(text: str) -> tuple[Day, ...]:
    if text[0].isdigit():
        try:
            return (date.fromisoformat(text),)
        except ValueError:
            raise WrongCell("“{part}” is no date such as 2026-05-01.", part=text[:60]) from None
    found: list[Day] = []
    for part in text.lower().split(","):
        first, _, last = part.partition("-")
        begins, ends = _weekday(first), _weekday(last or first)
        if ends < begins:
            raise WrongCell("“{part}” runs backwards.", part=part[:60])
        found += range(begins, ends + 1)
    return tuple(found)


def _weekday(text: str) -> int:
    if text not in WEEKDAYS:
        raise WrongCell("“{part}” is no weekday; use {weekdays}.", part=text[:60], weekdays=", ".join(WEEKDAYS))
    return WEEKDAYS.index(text)


def _hours(text: str) -> DayHours:
    if text.lower() == "off":
        return OFF
    match = HOURS.fullmatch(text)
    if match is None:
        raise WrongCell("“{part}” is no shift such as 08:00-17:30/19:00.", part=text[:60])
    soft = _seconds(match["soft"])
    return DayHours(_seconds(match["begins"]), soft, _seconds(match["hard"]) if match["hard"] else soft)


def _break(text: str) -> BreakHours:
    match = BREAK.fullmatch(text)
    if match is None:
        raise WrongCell("“{part}” is no break such as 11:30-13:30/30m.", part=text[:60])
    length = int(match["length"]) * (60 if match["unit"] == "m" else 1)
    return BreakHours(_seconds(match["earliest"]), _seconds(match["latest"]), length)


def _seconds(text: str) -> int:
    match = CLOCK.fullmatch(text)
    if match is None or int(match[1]) > 48:
        raise WrongCell("“{part}” is no time such as 08:00.", part=text[:60])
    return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)


def _with_break(week: dict[Day, DayHours], days: tuple[Day, ...], rest: BreakHours) -> dict[Day, DayHours]:
    chosen = days or [day for day, hours in week.items() if not hours.off and rest.fits(hours)]
    if not chosen:
        raise WrongCell("The break {part} fits into no shift.", part=_break_text(rest))
    for day in chosen:
        if day not in week or week[day].off:
            raise WrongCell("{day} has a break but no shift.", day=day_name(day))
        hours = week[day]
        breaks = tuple(sorted((*hours.breaks, rest)))
        week = {**week, day: DayHours(hours.begins, hours.soft_ends, hours.hard_ends, breaks)}
    return week


def write(week: Week) -> tuple[str, str]:
    """The two cells of a pattern, from which `parse` gives it back."""
    days = sorted(week, key=lambda day: (not isinstance(day, int), str(day)))
    shifts = [f"{head} {_hours_text(week[some[0]])}" for head, some in _grouped(days, week)]
    rests = sorted({rest for hours in week.values() for rest in hours.breaks})
    return "; ".join(shifts), "; ".join(_break_cell(week, days, rest) for rest in rests)


def _grouped(days: Iterable[Day], week: Week) -> Iterator[tuple[str, list[Day]]]:
    """Neighbouring weekdays with the same hours together, every date by itself."""
    run: list[Day] = []
    for day in days:
        if run and _continues(run[-1], day) and _hours_text(week[day]) == _hours_text(week[run[-1]]):
            run.append(day)
            continue
        if run:
            yield _head(run), run
        run = [day]
    if run:
        yield _head(run), run


def _continues(last: Day, day: Day) -> bool:
    return isinstance(last, int) and isinstance(day, int) and day == last + 1


def _head(run: list[Day]) -> str:
    return day_name(run[0]) if len(run) == 1 else f"{day_name(run[0])}-{day_name(run[-1])}"


def _break_cell(week: Week, days: list[Day], rest: BreakHours) -> str:
    """The break without a day when every shift it fits in has it, else day by day."""
    having = [day for day in days if rest in week[day].breaks]
    fitting = [day for day in days if not week[day].off and rest.fits(week[day])]
    if having == fitting:
        return _break_text(rest)
    return "; ".join(f"{day_name(day)} {_break_text(rest)}" for day in having)


def _hours_text(hours: DayHours) -> str:
    if hours.off:
        return "off"
    hard = f"/{clock(hours.hard_ends)}" if hours.hard_ends != hours.soft_ends else ""
    return f"{clock(hours.begins)}-{clock(hours.soft_ends)}{hard}"


def _break_text(rest: BreakHours) -> str:
    length = f"{rest.duration // 60}m" if rest.duration % 60 == 0 else f"{rest.duration}s"
    return f"{clock(rest.earliest)}-{clock(rest.latest)}/{length}"


def clock(seconds: int) -> str:
    """Seconds after midnight as a clock shows them; past 24:00 for the next day."""
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    return text if seconds % 60 == 0 else f"{text}:{seconds % 60:02d}"
