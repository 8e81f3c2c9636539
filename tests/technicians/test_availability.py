from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from dispatch.database import connect
from technicians.availability import Availability, working
from technicians.base import Base
from technicians.errors import NotFound
from technicians.people import (
    Absence,
    AbsenceReason,
    Coverage,
    Outlet,
    Provider,
    Shift,
    ShiftBreak,
    Skill,
    Technician,
    TechnicianSkill,
)
from technicians.place import County, PlanningArea
from technicians.working_day import Rest

HOUR = 3600
MONDAY = date(2026, 5, 11)
SUNDAY = date(2026, 5, 17)


def at(hour: float, day: date = MONDAY) -> datetime:
    """Wall-clock time in Shanghai, as an instant."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 8)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = connect(f"sqlite:///{tmp_path / 'people.db'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(
            PlanningArea(code="310100", country="CN", name="上海市", name_en="Shanghai", time_zone="Asia/Shanghai")
        )
        session.flush()
        session.add_all(
            County(
                code=code,
                country="CN",
                name=name,
                name_en=name,
                prefecture="上海市",
                province="上海市",
                area_code="310100",
                lng=121.47,
                lat=31.23,
                population=1,
            )
            for code, name in (("310101", "黄浦区"), ("310104", "徐汇区"))
        )
        session.add(Skill(code="lamp", name_zh="灯具", name_en="Lamp"))
        session.flush()
        provider = Provider(code="p", name="p")
        session.add(Outlet(id=1, provider=provider, code="o", name="o", county_code="310101"))
        session.flush()
        yield session
    engine.dispose()


def hire(session: Session, code: str = "t1", *shifts: Shift) -> Technician:
    person = Technician(
        code=code, name=code, phone="1", outlet_id=1, area_code="310100",
        start_lng=121.4, start_lat=31.2, end_lng=121.5, end_lat=31.3, capacity=30, max_visits=8,
        skills=[TechnicianSkill(skill_code="lamp", level=2)],
        coverage=[Coverage(county_code="310101"), Coverage(county_code="310104")],
        shifts=list(shifts) or [weekday(0)],
    )  # fmt: skip
    session.add(person)
    session.flush()
    return person


def weekday(day: int, begins: float = 8, soft: float = 17.5, hard: float = 19, *breaks: ShiftBreak) -> Shift:
    return Shift(
        weekday=day,
        begins=int(begins * HOUR),
        soft_ends=int(soft * HOUR),
        hard_ends=int(hard * HOUR),
        breaks=list(breaks),
    )


def lunch(earliest: float = 11.5, latest: float = 13.5, minutes: int = 30) -> ShiftBreak:
    return ShiftBreak(earliest=int(earliest * HOUR), latest=int(latest * HOUR), duration=minutes * 60)


def absent(session: Session, person: Technician, starts: float, ends: float) -> None:
    person.absences.append(Absence(starts_at=at(starts), ends_at=at(ends), reason=AbsenceReason.ILL))
    session.flush()


def only(session: Session, on_date: date = MONDAY) -> Availability:
    (found,) = working(session, "310100", on_date)
    return found


def test_a_weekday_shift_gives_the_whole_picture_of_a_technician(session: Session) -> None:
    person = hire(session, "t1", weekday(0, 8, 17.5, 19, lunch()))
    assert only(session) == Availability(
        technician_id=person.id,
        name="t1",
        start_lng=121.4,
        start_lat=31.2,
        end_lng=121.5,
        end_lat=31.3,
        capacity=30,
        max_visits=8,
        skills={"lamp": 2},
        counties=frozenset({"310101", "310104"}),
        starts_at=at(8),
        soft_ends_at=at(17.5),
        hard_ends_at=at(19),
        breaks=(Rest(at(11.5), at(13.5), 1800),),
        absences=(),
    )


def test_nobody_works_on_a_weekday_without_a_shift(session: Session) -> None:
    hire(session)
    assert working(session, "310100", SUNDAY) == []


def test_a_dated_shift_overrules_the_weekday_and_its_breaks(session: Session) -> None:
    dated = Shift(on_date=MONDAY, begins=10 * HOUR, soft_ends=14 * HOUR, hard_ends=15 * HOUR)
    hire(session, "t1", weekday(0, 8, 17.5, 19, lunch()), dated)
    found = only(session)
    assert (found.starts_at, found.hard_ends_at, found.breaks) == (at(10), at(15), ())


def test_a_dated_shift_brings_somebody_in_on_a_day_off(session: Session) -> None:
    hire(
        session,
        "t1",
        weekday(0),
        Shift(on_date=SUNDAY, begins=9 * HOUR, soft_ends=12 * HOUR, hard_ends=12 * HOUR),
    )
    assert only(session, SUNDAY).starts_at == at(9, SUNDAY)


def test_a_day_off_overrules_the_weekday(session: Session) -> None:
    off = Shift(on_date=MONDAY, off=True, begins=0, soft_ends=1, hard_ends=1)
    hire(session, "t1", weekday(0), off)
    assert working(session, "310100", MONDAY) == []


def test_an_absence_over_the_whole_shift_takes_the_person_out(session: Session) -> None:
    absent(session, hire(session), 8, 19)
    assert working(session, "310100", MONDAY) == []


def test_two_absences_that_meet_cover_the_shift_together(session: Session) -> None:
    person = hire(session)
    absent(session, person, 7, 12)
    absent(session, person, 12, 20)
    assert working(session, "310100", MONDAY) == []


def test_an_absence_in_the_morning_makes_the_shift_begin_later(session: Session) -> None:
    absent(session, hire(session), 0, 10)
    found = only(session)
    assert (found.starts_at, found.hard_ends_at, found.absences) == (at(10), at(19), ())


def test_an_absence_in_the_afternoon_ends_the_shift_soft_and_hard(session: Session) -> None:
    absent(session, hire(session), 15, 24)
    found = only(session)
    assert (found.starts_at, found.soft_ends_at, found.hard_ends_at) == (at(8), at(15), at(15))


def test_an_absence_inside_the_shift_is_given_as_a_time_away(session: Session) -> None:
    absent(session, hire(session), 14, 16)
    found = only(session)
    assert (found.absences, found.hard_ends_at) == (((at(14), at(16)),), at(19))


def test_an_absence_of_the_day_before_changes_nothing(session: Session) -> None:
    absent(session, hire(session), -20, -2)
    assert only(session).starts_at == at(8)


def test_a_break_moves_into_what_is_left_of_the_shift(session: Session) -> None:
    absent(session, hire(session, "t1", weekday(0, 8, 17.5, 19, lunch())), 0, 12)
    assert only(session).breaks == ((at(12), at(13.5), 1800),)


def test_a_break_that_the_shortened_shift_no_longer_reaches_is_dropped(session: Session) -> None:
    absent(session, hire(session, "t1", weekday(0, 8, 17.5, 19, lunch())), 11.75, 24)
    assert only(session).breaks == ()


def test_an_absence_long_enough_to_rest_in_replaces_the_break(session: Session) -> None:
    absent(session, hire(session, "t1", weekday(0, 8, 17.5, 19, lunch())), 12, 12.5)
    assert only(session).breaks == ()


def test_somebody_who_has_left_the_company_does_not_work(session: Session) -> None:
    hire(session).active = False
    assert working(session, "310100", MONDAY) == []


def test_a_shift_on_the_day_the_clocks_change_follows_the_wall_clock(session: Session) -> None:
    area = session.get_one(PlanningArea, "310100")
    area.time_zone = "America/New_York"
    hire(session, "t1", weekday(6))
    assert only(session, date(2026, 3, 8)).starts_at == datetime(2026, 3, 8, 12, tzinfo=UTC)
    assert only(session, date(2026, 3, 1)).starts_at == datetime(2026, 3, 1, 13, tzinfo=UTC)


def test_a_county_and_a_level_decide_who_can_do_a_visit(session: Session) -> None:
    hire(session)
    found = only(session)
    assert found.can_do("310101", {"lamp": 2})
    assert not found.can_do("310101", {"lamp": 3})
    assert not found.can_do("310101", {"heater": 1})
    assert not found.can_do("310115", {"lamp": 2})


def test_an_unknown_area_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound, match="999999"):
        working(session, "999999", MONDAY)


def test_the_number_of_statements_does_not_grow_with_the_people(session: Session) -> None:
    def statements() -> int:
        seen: list[str] = []

        def count(_c: object, _cur: object, statement: str, *_: object) -> None:
            seen.append(statement)

        connection = session.connection()
        event.listen(connection, "before_cursor_execute", count)
        working(session, "310100", MONDAY)
        event.remove(connection, "before_cursor_execute", count)
        return len(seen)

    hire(session)
    session.expire_all()
    with_one = statements()
    for number in range(20):
        hire(session, f"more-{number}", weekday(0, 8, 17, 18, lunch()))
    session.expire_all()
    assert statements() == with_one
