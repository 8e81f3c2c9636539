from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import roster_file, roster_import
from dispatch.audit import AuditEntry
from dispatch.errors import WrongRows
from dispatch.profile import Profile
from technicians.availability import working
from technicians.people import Outlet, Provider, Shift, Technician
from tests.dispatch.test_shift_text import WEEKS
from tests.town import AREA, TUESDAY, Town, shanghai

HEADER = (
    "code,name,phone,provider,outlet,outlet_county,area,start_lng,start_lat,skills,counties,shift,breaks,max_visits"
)
GOOD = (
    "N1,周师傅,13800000009,shifu,north,310101,310100,121.48,31.23,lamp:3;mattress:2,310101;310104,"
    "mon-fri 08:00-17:30/19:00; sat 09:00-15:00,11:30-13:30/30m,8"
)


def text(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def load(town: Town, session: Session, content: bytes) -> roster_import.Preview:
    return roster_import.load(session, content, by="li", at=town.system.now())


def find(session: Session, code: str) -> Technician:
    return session.scalars(select(Technician).where(Technician.code == code)).one()


def test_a_new_technician_can_be_planned_the_next_day(town: Town) -> None:
    with town.system.transaction() as session:
        assert load(town, session, text(GOOD)).created == ["N1"]
    with town.system.transaction(read_only=True) as session:
        person = find(session, "N1")
        (found,) = [a for a in working(session, AREA, TUESDAY) if a.technician_id == person.id]
        assert found.skills == {"lamp": 3, "mattress": 2}
        assert found.counties == {"310101", "310104"}
        assert (found.starts_at, found.soft_ends_at, found.hard_ends_at) == (
            shanghai(8),
            shanghai(17.5),
            shanghai(19),
        )
        assert (found.end_lng, found.end_lat, found.max_visits) == (121.48, 31.23, 8)
        assert found.breaks == ((shanghai(11.5), shanghai(13.5), 1800),)
        assert person.outlet.code == "north"
        assert person.outlet.provider.code == "shifu"


def test_the_exported_roster_imports_as_no_change(town: Town) -> None:
    with town.system.transaction() as session:
        load(town, session, text(GOOD))
        exported = roster_import.export(session)
        preview = load(town, session, exported.encode())
        assert sorted(preview.unchanged) == ["N1", "T1", "T2", "T3"]
        assert (preview.created, preview.changed) == ([], {})
        assert roster_import.export(session) == exported


def test_a_change_touches_only_what_differs_and_is_audited_without_personal_data(town: Town) -> None:
    with town.system.transaction() as session:
        load(town, session, text(GOOD))
        monday = session.scalars(select(Shift.id).join(Technician).where(Technician.code == "N1")).first()
        changed = GOOD.replace("lamp:3", "lamp:4").replace("13800000009", "13800000010")
        preview = load(town, session, text(changed))
        assert preview.changed == {"N1": ["phone", "skills"]}
        assert monday in session.scalars(select(Shift.id).join(Technician).where(Technician.code == "N1")).all()
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert entry.action == "technician.changed"
        assert entry.after == {"phone": "…", "skills": {"lamp": 4, "mattress": 2}}
        assert "13800000010" not in str(entry.after)


def test_shifts_skills_and_counties_are_replaced_by_what_the_row_says(town: Town) -> None:
    with town.system.transaction() as session:
        load(town, session, text(GOOD))
        smaller = (
            GOOD.replace("mon-fri 08:00-17:30/19:00; sat 09:00-15:00", "tue-wed 10:00-16:00; 2026-05-13 off")
            .replace("lamp:3;mattress:2", "mattress:1")
            .replace("310101;310104", "310104")
        )
        load(town, session, text(smaller))
    with town.system.transaction(read_only=True) as session:
        person = find(session, "N1")
        assert {(s.weekday, s.on_date, s.off) for s in person.shifts} == {
            (1, None, False),
            (2, None, False),
            (None, date(2026, 5, 13), True),
        }
        assert {s.skill_code: s.level for s in person.skills} == {"mattress": 1}
        assert [c.county_code for c in person.coverage] == ["310104"]


def test_who_is_not_in_the_file_stays(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        load(sqlite_town, session, text(GOOD))
        assert find(session, "T1").active


def test_one_bad_row_changes_nobody(town: Town) -> None:
    bad = GOOD.replace("N1", "N2").replace("lamp:3", "piano:3")
    with town.system.transaction() as session, pytest.raises(WrongRows) as refused:
        load(town, session, text(GOOD, bad))
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (3, "skills")
    assert "lamp" in problem.reason
    with town.system.transaction(read_only=True) as session:
        assert len(session.scalars(select(Technician)).all()) == 3
        assert session.scalars(select(Outlet.code)).all() == ["centre"]


ROWS = {
    "no code": (GOOD.replace("N1", ""), "code"),
    "no name": (GOOD.replace("周师傅", ""), "name"),
    "a bad phone": (GOOD.replace("13800000009", "none"), "phone"),
    "no provider": (GOOD.replace("shifu", ""), "provider"),
    "an outlet in no county": (GOOD.replace("north,310101", "north,999999"), "outlet_county"),
    "an outlet that is elsewhere": (GOOD.replace("north,310101", "centre,310115"), "outlet_county"),
    "an unknown area": (GOOD.replace("310100,121", "310999,121"), "area"),
    "no start": (GOOD.replace("121.48,31.23", ","), "start_lng"),
    "half a start": (GOOD.replace("121.48,31.23", "121.48,"), "start_lat"),
    "a swapped start": (GOOD.replace("121.48,31.23", "31.23,121.48"), "start_lng"),
    "a start in words": (GOOD.replace("121.48", "home"), "start_lng"),
    "an unknown skill": (GOOD.replace("lamp:3", "piano:3"), "skills"),
    "a level of 9": (GOOD.replace("lamp:3", "lamp:9"), "skills"),
    "a skill named twice": (GOOD.replace("mattress:2", "lamp:2"), "skills"),
    "an unknown county": (GOOD.replace("310101;310104", "310101;999999"), "counties"),
    "a county named twice": (GOOD.replace("310101;310104", "310101;310101"), "counties"),
    "overlapping shifts": (GOOD.replace("sat 09:00-15:00", "fri 09:00-15:00"), "shift"),
    "a night into the morning": (GOOD.replace("; sat 09:00-15:00", "; sun 20:00-33:00"), "shift"),
    "no shift that can be read": (GOOD.replace("mon-fri 08:00", "8am"), "shift"),
    "a break outside the shift": (GOOD.replace("11:30-13:30/30m", "20:00-21:00/30m"), "breaks"),
    "no visits at all": (GOOD[:-1] + "0", "max_visits"),
    "visits in words": (GOOD[:-1] + "many", "max_visits"),
    "a merged county": (GOOD.replace("310101;310104", "310101;310103"), "counties"),
}


@pytest.mark.parametrize("what", ROWS)
def test_a_bad_cell_is_named_by_line_and_column(sqlite_town: Town, what: str) -> None:
    row, column = ROWS[what]
    first = GOOD.replace("N1", "N0").replace("north", "south")
    with sqlite_town.system.transaction(read_only=True) as session:
        found = roster_import.check(session, text(first, row)).problems
    assert [(problem.line, problem.column) for problem in found] == [(3, column)]


def test_a_merged_county_is_refused_with_its_heir(sqlite_town: Town) -> None:
    row, _ = ROWS["a merged county"]
    with sqlite_town.system.transaction(read_only=True) as session:
        (problem,) = roster_import.check(session, text(row)).problems
    assert "today it is 310101" in problem.reason


def test_one_technician_on_two_rows_is_refused(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction(read_only=True) as session:
        (problem,) = roster_import.check(session, text(GOOD, GOOD)).problems
    assert (problem.line, problem.column) == (3, "code")
    assert "line 2" in problem.reason


CODES = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
DEGREES = st.floats(73.0, 135.0).map(lambda value: round(value, 6))
LATITUDES = st.floats(18.0, 53.0).map(lambda value: round(value, 6))
PROFILES = st.builds(
    Profile,
    code=CODES,
    name=NAMES,
    phone=st.sampled_from(["13800000000", "+86 21 6321 0000"]),
    provider=st.sampled_from(["shifu", "blue, and sons"]),
    outlet=st.sampled_from(["north", 'the "old" one']),
    outlet_county=st.just("310101"),
    area=st.just("310100"),
    start_lng=DEGREES,
    start_lat=LATITUDES,
    end_lng=DEGREES,
    end_lat=LATITUDES,
    skills=st.dictionaries(st.sampled_from(["lamp", "mattress"]), st.integers(1, 5), min_size=1),
    counties=st.frozensets(st.sampled_from(["310101", "310104", "310115"]), min_size=1),
    week=WEEKS.filter(bool),
    capacity=st.integers(0, 1000),
    max_visits=st.none() | st.integers(1, 30),
    active=st.booleans(),
    language=st.sampled_from(["zh", "en"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(profiles=st.lists(PROFILES, min_size=1, max_size=4, unique_by=lambda profile: profile.code))
def test_whoever_is_in_the_roster_comes_back_the_same(sqlite_town: Town, profiles: list[Profile]) -> None:
    with Session(sqlite_town.system.engine) as session:
        content = roster_file.write(profiles)
        load(sqlite_town, session, content.encode())
        session.expire_all()
        exported = roster_import.export(session)
        own = {profile.code for profile in profiles}
        lines = [line for line in exported.split("\r\n")[1:] if line.split(",")[0] in own]
        assert sorted(lines) == sorted(content.split("\r\n")[1:-1])
        assert sorted(load(sqlite_town, session, exported.encode()).unchanged) == sorted(own | {"T1", "T2", "T3"})
        session.rollback()


def test_two_providers_may_have_an_outlet_of_the_same_code(sqlite_town: Town) -> None:
    with sqlite_town.system.transaction() as session:
        load(sqlite_town, session, text(GOOD, GOOD.replace("N1", "N2").replace("shifu", "other")))
        assert sorted(session.scalars(select(Provider.code))) == ["other", "shifu"]
