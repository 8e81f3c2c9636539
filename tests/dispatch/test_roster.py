from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import roster, roster_changes, roster_list
from dispatch.audit import AuditEntry
from dispatch.roster_list import SortBy, Wanted
from technicians.availability import Availability, working
from technicians.errors import Conflict, InvalidInput, NotFound
from technicians.people import AbsenceReason, Outlet, Technician
from technicians.week import OFF, DayHours
from tests.town import AREA, TUESDAY, Town, shanghai

HOUR = 3600


def by_whom(town: Town) -> dict[str, Any]:
    return {"by": "li", "at": town.system.now()}


def day_of(town: Town, session: Session, code: str, on_date: date = TUESDAY) -> Availability | None:
    person = town.technicians[code]
    return next((a for a in working(session, AREA, on_date) if a.technician_id == person), None)


def ill(town: Town, session: Session, code: str, starts_at: datetime, ends_at: datetime) -> int:
    return roster_changes.add_absence(
        session, town.technicians[code], starts_at=starts_at, ends_at=ends_at, reason=AbsenceReason.ILL, **by_whom(town)
    ).id


def last_entry(session: Session) -> AuditEntry:
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_the_list_shows_everybody_with_skills_counties_and_days(town: Town) -> None:
    with town.system.transaction(read_only=True) as session:
        page = roster_list.search(session, Wanted(AREA), at=town.system.now())
    first, second, third = page.rows
    assert [line.code for line in (first, second, third)] == ["T1", "T2", "T3"]
    assert first.skills == (("lamp", 3), ("water-heater", 2))
    assert first.counties == 2
    assert first.weekdays == frozenset(range(6))
    assert (first.provider, first.outlet, first.absent) == ("Shifu Home", "Centre", False)


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ({"text": "t2"}, ["T2"]),
        ({"text": "赵"}, ["T3"]),
        ({"text": "1380000"}, ["T1", "T2", "T3"]),
        ({"text": "100%"}, []),
        ({"skill": "mattress"}, ["T2", "T3"]),
        ({"county": "310115"}, ["T3"]),
        ({"skill": "lamp", "county": "310104"}, ["T1", "T2"]),
        ({"area_code": "999999"}, []),
    ],
)
def test_the_list_can_be_narrowed(town: Town, wanted: dict[str, Any], codes: list[str]) -> None:
    with town.system.transaction(read_only=True) as session:
        page = roster_list.search(session, Wanted(**wanted), at=town.system.now())
    assert [line.code for line in page.rows] == codes
    assert (page.total, page.next) == (len(codes), None)


@pytest.mark.parametrize(
    ("sort", "codes"), [(SortBy.CODE, "T1 T2 T3 T4"), (SortBy.NAME, "T4 T2 T1 T3"), (SortBy.OUTLET, "T4 T1 T2 T3")]
)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_any_order_leave_nobody_out_and_show_nobody_twice(
    town: Town, sort: SortBy, codes: str, descending: bool
) -> None:
    with town.system.transaction() as session:
        one = session.get_one(Technician, town.technicians["T1"])
        outlet = Outlet(provider=one.outlet.provider, code="a", name="Aa", county_code="310101")
        session.add(
            Technician(
                code="T4", name="一师傅", phone="1", outlet=outlet, area_code=AREA,
                start_lng=121.4, start_lat=31.2, end_lng=121.4, end_lat=31.2,
            )
        )  # fmt: skip
        for code, name in (("T1", "三"), ("T2", "三"), ("T3", "九")):
            session.get_one(Technician, town.technicians[code]).name = name
    seen: list[str] = []
    cursor = None
    with town.system.transaction(read_only=True) as session:
        while not seen or cursor:
            page = roster_list.search(
                session, Wanted(AREA), sort=sort, descending=descending, cursor=cursor, limit=1, at=town.system.now()
            )
            seen += [line.code for line in page.rows]
            cursor = page.next
            assert page.total == 4
    wanted = codes.split()
    assert len(seen) == 4 and set(seen) == set(wanted)
    if sort != SortBy.NAME:
        assert seen == (wanted[::-1] if descending else wanted)


def test_the_detail_names_what_the_codes_stand_for(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction(read_only=True) as session:
        found = roster.detail(session, sqlite_town.technicians["T1"], at=sqlite_town.system.now())
    assert [(skill.name_zh, level) for skill, level in found.skills] == [("灯具安装", 3), ("热水器安装", 2)]
    assert [county.name for county in found.counties] == ["黄浦区", "徐汇区"]
    assert found.area.code == AREA
    assert sorted(day for day in found.profile.week if isinstance(day, int)) == [0, 1, 2, 3, 4, 5]


def test_an_absence_takes_somebody_out_of_the_day_and_is_shown(town: Town) -> None:
    with town.system.transaction() as session:
        ill(town, session, "T1", shanghai(0), shanghai(24 - 1))
        assert day_of(town, session, "T1") is None
        found = roster.detail(session, town.technicians["T1"], at=town.system.now())
        assert [absence.reason for absence in found.absences] == [AbsenceReason.ILL]
        assert last_entry(session).action == "absence.added"


def test_somebody_who_is_away_now_is_marked_in_the_list(sqlite_town: Town) -> None:
    now = sqlite_town.system.now()
    with sqlite_town.system.transaction() as session:
        ill(sqlite_town, session, "T2", now - timedelta(hours=1), now + timedelta(hours=1))
        found = roster_list.search(session, Wanted(AREA), at=now).rows
    assert [line.absent for line in found] == [False, True, False]


def test_overlapping_absences_are_refused_and_touching_ones_are_not(town: Town) -> None:
    with town.system.transaction() as session:
        ill(town, session, "T1", shanghai(9), shanghai(12))
        with pytest.raises(Conflict, match="overlaps"):
            ill(town, session, "T1", shanghai(11), shanghai(14))
        ill(town, session, "T1", shanghai(12), shanghai(14))
        ill(town, session, "T2", shanghai(11), shanghai(14))


@pytest.mark.parametrize(("starts", "ends"), [(12, 9), (9, 9)])
def test_an_absence_that_ends_before_it_begins_is_refused(sqlite_town: Town, starts: float, ends: float) -> None:
    with sqlite_town.system.transaction() as session, pytest.raises(InvalidInput) as refused:
        ill(sqlite_town, session, "T1", shanghai(starts), shanghai(ends))
    assert refused.value.field == "ends_at"


def test_an_absence_of_two_years_is_refused(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session, pytest.raises(InvalidInput, match="inactive"):
        ill(sqlite_town, session, "T1", shanghai(9), shanghai(9) + timedelta(days=731))


def test_back_at_work_early_ends_a_running_absence_now(sqlite_town: Town) -> None:
    now = sqlite_town.system.now()
    with sqlite_town.system.transaction() as session:
        absence_id = ill(sqlite_town, session, "T1", now - timedelta(days=1), shanghai(20))
        ended = roster_changes.end_absence(session, sqlite_town.technicians["T1"], absence_id, **by_whom(sqlite_town))
        assert ended is not None
        assert ended.ends_at == now
        with pytest.raises(Conflict, match="over already"):
            roster_changes.end_absence(session, sqlite_town.technicians["T1"], absence_id, **by_whom(sqlite_town))


def test_an_absence_to_come_is_taken_back_altogether(sqlite_town: Town) -> None:
    person = sqlite_town.technicians["T1"]
    with sqlite_town.system.transaction() as session:
        absence_id = ill(sqlite_town, session, "T1", shanghai(0), shanghai(23))
        assert roster_changes.end_absence(session, person, absence_id, **by_whom(sqlite_town)) is None
        assert day_of(sqlite_town, session, "T1") is not None


def test_an_absence_of_somebody_else_is_not_found(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        absence_id = ill(sqlite_town, session, "T1", shanghai(9), shanghai(12))
        with pytest.raises(NotFound):
            roster_changes.end_absence(session, sqlite_town.technicians["T2"], absence_id, **by_whom(sqlite_town))


def test_skills_and_counties_change_with_an_audit_of_before_and_after(town: Town) -> None:
    person = town.technicians["T2"]
    with town.system.transaction() as session:
        roster_changes.set_skills(session, person, {"lamp": 5}, **by_whom(town))
        entry = last_entry(session)
        assert (entry.before, entry.after) == (
            {"skills": {"lamp": 1, "mattress": 2}},
            {"skills": {"lamp": 5}},
        )
        roster_changes.set_counties(session, person, frozenset({"310115"}), **by_whom(town))
    with town.system.transaction(read_only=True) as session:
        found = day_of(town, session, "T2")
        assert found is not None
        assert (found.skills, found.counties) == ({"lamp": 5}, frozenset({"310115"}))


def test_setting_what_is_so_already_leaves_no_trace(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        roster_changes.set_skills(
            session, sqlite_town.technicians["T2"], {"lamp": 1, "mattress": 2}, **by_whom(sqlite_town)
        )
        assert session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize("skills", [{"lamp": 0}, {"lamp": 6}, {"piano": 1}])
def test_a_skill_or_level_that_does_not_exist_is_refused(sqlite_town: Town, skills: dict[str, int]) -> None:
    with sqlite_town.system.transaction() as session, pytest.raises(InvalidInput) as refused:
        roster_changes.set_skills(session, sqlite_town.technicians["T1"], skills, **by_whom(sqlite_town))
    assert refused.value.field == "skills"


def test_a_county_that_is_not_served_is_refused(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session, pytest.raises(InvalidInput) as refused:
        roster_changes.set_counties(
            session, sqlite_town.technicians["T1"], frozenset({"110105"}), **by_whom(sqlite_town)
        )
    assert refused.value.field == "counties"


def test_a_date_can_differ_from_its_weekday_and_go_back(town: Town) -> None:
    person = town.technicians["T1"]
    with town.system.transaction() as session:
        shorter = DayHours(10 * HOUR, 14 * HOUR, 15 * HOUR)
        roster_changes.set_exception(session, person, TUESDAY, shorter, **by_whom(town))
        found = day_of(town, session, "T1")
        assert found is not None
        assert (found.starts_at, found.hard_ends_at) == (shanghai(10), shanghai(15))
        roster_changes.set_exception(session, person, TUESDAY, OFF, **by_whom(town))
        assert day_of(town, session, "T1") is None
        roster_changes.set_exception(session, person, TUESDAY, None, **by_whom(town))
        found = day_of(town, session, "T1")
        assert found is not None
        assert found.starts_at == shanghai(8)


def test_a_week_whose_shifts_overlap_is_refused_and_the_old_one_stays(town: Town) -> None:
    night, morning = DayHours(20 * HOUR, 30 * HOUR, 30 * HOUR), DayHours(5 * HOUR, 9 * HOUR, 9 * HOUR)
    with town.system.transaction() as session:
        with pytest.raises(InvalidInput, match="tue") as refused:
            roster_changes.set_week(session, town.technicians["T1"], {0: night, 1: morning}, **by_whom(town))
        assert refused.value.field == "shift"
        found = day_of(town, session, "T1")
        assert found is not None
        assert found.starts_at == shanghai(8)


def test_somebody_who_leaves_is_not_planned_any_more(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        roster_changes.set_active(session, sqlite_town.technicians["T1"], False, **by_whom(sqlite_town))
        assert day_of(sqlite_town, session, "T1") is None
        assert last_entry(session).after == {"active": False}


def test_nobody_is_found_under_a_wrong_id(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        for look in (roster.find, lambda s, i: roster.detail(s, i, at=sqlite_town.system.now())):
            with pytest.raises(NotFound, match="999"):
                look(session, 999)
