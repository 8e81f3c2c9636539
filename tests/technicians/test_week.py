from __future__ import annotations

from datetime import date

import pytest

from technicians.week import OFF, BreakHours, Day, DayHours, faults, shift_of, week_of

HOUR = 3600
LUNCH = BreakHours(41400, 48600, 1800)


def hours(begins: float, hard: float, *breaks: BreakHours) -> DayHours:
    return DayHours(int(begins * HOUR), int(hard * HOUR), int(hard * HOUR), breaks)


def test_a_pattern_survives_its_way_through_the_rows() -> None:
    week: dict[Day, DayHours] = {0: hours(8, 17, LUNCH), 5: hours(9, 15), date(2026, 5, 1): OFF}
    assert week_of(shift_of(day, found) for day, found in week.items()) == week


@pytest.mark.parametrize(
    ("week", "fault"),
    [
        ({0: hours(9, 9)}, "mon: the shift must begin"),
        ({0: DayHours(8, 20, 10)}, "mon: the shift must begin"),
        ({6: hours(30, 49)}, "sun: the shift ends later"),
        ({1: hours(13, 18, LUNCH)}, "tue: a break does not fit"),
        ({1: hours(8, 12, LUNCH)}, "tue: a break does not fit"),
        ({1: hours(8, 18, LUNCH, LUNCH)}, "tue: two breaks overlap"),
        ({0: hours(20, 30), 1: hours(5, 12)}, "tue: the shift begins before that of mon"),
        ({6: hours(20, 30), 0: hours(5, 12)}, "mon: the shift begins before that of sun"),
        ({0: hours(5, 12), date(2026, 5, 10): hours(20, 30)}, "2026-05-11: the shift begins before"),
        ({0: hours(20, 30), date(2026, 5, 12): hours(5, 12)}, "2026-05-12: the shift begins before"),
    ],
)
def test_a_pattern_that_cannot_be_worked_says_on_which_day(week: dict[Day, DayHours], fault: str) -> None:
    found = list(faults(week))
    assert len(found) == 1
    assert str(found[0]).startswith(fault)


@pytest.mark.parametrize(
    "week",
    [
        {0: hours(20, 30), 1: hours(6, 12)},
        {0: hours(20, 30), date(2026, 5, 12): OFF},
        {1: hours(8, 18, LUNCH, BreakHours(15 * HOUR, 16 * HOUR, 600))},
    ],
)
def test_shifts_that_only_touch_are_fine(week: dict[Day, DayHours]) -> None:
    assert list(faults(week)) == []
