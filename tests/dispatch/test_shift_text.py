from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.shift_text import parse, write
from technicians.week import OFF, BreakHours, Day, DayHours, faults

LUNCH = BreakHours(41400, 48600, 1800)
OFFICE = DayHours(8 * 3600, 63000, 19 * 3600, (LUNCH,))
MINUTE = st.integers(0, 47 * 60).map(lambda minutes: minutes * 60)


def test_a_week_is_read_as_people_write_it() -> None:
    week = parse("mon-fri 08:00-17:30/19:00; sat 09:00-15:00", "11:30-13:30/30m")
    assert [day for day in week if isinstance(day, int)] == [0, 1, 2, 3, 4, 5]
    assert week[0] == OFFICE
    assert week[5] == DayHours(9 * 3600, 15 * 3600, 15 * 3600, (LUNCH,))


def test_a_break_without_a_day_belongs_to_the_shifts_it_fits_in() -> None:
    week = parse("mon 08:00-17:00; sat 15:00-19:00", "11:30-13:30/30m")
    assert (week[0].breaks, week[5].breaks) == ((LUNCH,), ())


def test_a_break_with_days_belongs_to_those() -> None:
    week = parse("mon-wed 08:00-17:00", "tue,wed 11:30-13:30/30m")
    assert [bool(week[day].breaks) for day in range(3)] == [False, True, True]


def test_dates_overrule_weekdays_and_may_be_off() -> None:
    week = parse("fri 08:00-17:00; 2026-05-01 off; 2026-05-02 10:00-14:00")
    assert week[date(2026, 5, 1)] == OFF
    assert week[date(2026, 5, 2)].begins == 10 * 3600


@pytest.mark.parametrize(
    ("shift", "breaks", "reason"),
    [
        ("08:00-17:00", "", "does not begin with a day"),
        ("someday 08:00-17:00", "", "is no weekday"),
        ("fri-mon 08:00-17:00", "", "runs backwards"),
        ("mon 8-17", "", "is no time"),
        ("mon 08:61-17:00", "", "is no time"),
        ("mon 08:00", "", "is no shift"),
        ("mon 17:00-08:00", "", "must begin before"),
        ("mon 08:00-17:00/16:00", "", "must begin before"),
        ("mon-fri 08:00-17:00; wed 09:00-12:00", "", "wed has two shifts"),
        ("mon 20:00-30:00; tue 05:00-12:00", "", "begins before that of mon"),
        ("mon off", "", "only a date can be off"),
        ("2026-02-30 off", "", "is no date"),
        ("mon 08:00-17:00", "lunch", "is no weekday"),
        ("mon 08:00-17:00", "12:00", "is no break"),
        ("mon 08:00-11:00", "11:30-13:30/30m", "fits into no shift"),
        ("mon 08:00-17:00", "tue 11:30-13:30/30m", "has a break but no shift"),
        ("mon 08:00-11:00", "mon 11:30-13:30/30m", "does not fit"),
        ("mon 08:00-17:00", "12:00-13:00/0m", "does not fit"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(shift: str, breaks: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(shift, breaks)


@st.composite
def day_hours(draw: st.DrawFn) -> DayHours:
    begins, soft, hard = sorted(draw(st.lists(MINUTE, min_size=3, max_size=3, unique=True)))
    breaks = set()
    for _ in range(draw(st.integers(0, 2))):
        earliest, latest = sorted((draw(st.integers(begins, hard)), draw(st.integers(begins, hard))))
        breaks.add(BreakHours(earliest, latest, draw(st.sampled_from([600, 1800, 2701]))))
    return DayHours(begins, soft, hard, tuple(sorted(breaks)))


DAYS = st.one_of(st.integers(0, 6), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
WEEKS = st.dictionaries(DAYS, day_hours(), max_size=6).filter(lambda week: not any(faults(week)))


@given(WEEKS)
def test_what_is_written_reads_back_the_same(week: dict[Day, DayHours]) -> None:
    assert parse(*write(week)) == week


@given(st.text(alphabet="mon-frisat 0123456789:/;,offm", max_size=40), st.text(max_size=20))
def test_nothing_that_is_typed_makes_it_fail_otherwise(shift: str, breaks: str) -> None:
    try:
        parse(shift, breaks)
    except ValueError as error:
        assert str(error)
