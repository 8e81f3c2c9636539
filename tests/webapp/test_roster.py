"""The roster's pages and the coverage matrix."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from dispatch.system import System
from technicians.people import Absence, Technician
from tests.town import TUESDAY, Town
from tests.webapp.console import Console


@pytest.fixture
def town(sqlite_system: System) -> Town:
    return Town.build(sqlite_system)


@pytest.fixture
def office(town: Town) -> Console:
    return Console.of(town.system)


def send(console: Console, path: str, content: bytes) -> TestResponse:
    form = {"csrf": console.secret(), "file": (BytesIO(content), "people.csv")}
    return console.client.post(path, data=form, headers=console.headers, content_type="multipart/form-data")


def test_the_list_shows_people_skills_and_days(office: Console) -> None:
    page = office.page("/roster")
    assert all(f">{code}<" in page for code in ("T1", "T2", "T3"))
    assert re.search(r"Water-Heater <b>2</b>", page)
    assert page.count('class="on"') == 18


def test_the_list_is_narrowed_by_name_skill_and_county(office: Console) -> None:
    page = office.page("/roster?skill=mattress&county=310115")
    assert ">T3<" in page
    assert ">T2<" not in page
    assert "Nobody matches" in office.page("/roster?name=nobody")


def test_a_technicians_page_shows_the_week_and_keeps_a_changed_one(office: Console, town: Town) -> None:
    path = f"/roster/{town.technicians['T1']}"
    page = office.page(path)
    assert 'value="mon-sat 08:00-18:00/19:00"' in page
    assert 'value="11:30-13:00/30m"' in page
    office.post(f"{path}/week", {"shift": "mon 09:00-12:00; 2026-05-12 off", "breaks": ""})
    page = office.page(path)
    assert 'value="mon 09:00-12:00; 2026-05-12 off"' in page
    assert "Kept." in page


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        ("mon-fri 08:00-17:00; wed 09:00-12:00", "wed has two shifts"),
        ("someday", "is no shift"),
        ("mon 20:00-30:00; tue 05:00-09:00", "begins before that of mon"),
    ],
)
def test_a_week_that_cannot_be_worked_is_refused(office: Console, town: Town, shift: str, said: str) -> None:
    path = f"/roster/{town.technicians['T1']}"
    answer = office.post(f"{path}/week", {"shift": shift, "breaks": ""})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True) or "no weekday" in answer.get_data(as_text=True)
    assert "mon-sat 08:00-18:00/19:00" in office.page(path)


def test_skills_and_counties_are_kept(office: Console, town: Town) -> None:
    path = f"/roster/{town.technicians['T3']}"
    office.post(f"{path}/skills", {"level-lamp": "5", "level-mattress": ""})
    answer = office.client.post(
        f"{path}/counties", data={"csrf": office.secret(), "county": ["310101", "310104"]}, headers=office.headers
    )
    assert answer.status_code == 302
    with town.system.transaction(read_only=True) as session:
        person = session.get_one(Technician, town.technicians["T3"])
        assert {skill.skill_code: skill.level for skill in person.skills} == {"lamp": 5}
        assert [row.county_code for row in person.coverage] == ["310101", "310104"]
    assert office.post(f"{path}/skills", {"level-lamp": "six"}).status_code == 422


def test_an_absence_is_noted_for_whole_days_shown_and_ended(office: Console, town: Town) -> None:
    path = f"/roster/{town.technicians['T1']}"
    form = {"first_on": str(TUESDAY), "last_on": str(TUESDAY), "reason": "ill", "note": "fever"}
    assert office.post(f"{path}/absences", form).status_code == 302
    page = office.page(path)
    assert "2026-05-12 00:00 – 2026-05-13 00:00" in page
    assert "fever" in page
    again = office.post(f"{path}/absences", form)
    assert again.status_code == 409
    assert "overlaps another absence" in again.get_data(as_text=True)
    with town.system.transaction(read_only=True) as session:
        absence_id = session.scalars(select(Absence.id)).one()
    assert office.post(f"{path}/absences/{absence_id}/end").status_code == 302
    assert "None now and none to come" in office.page(path)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"first_on": "soon"}, "is not a day"),
        ({"reason": "tired"}, "is no reason"),
        ({"last_on": "2026-05-01"}, "not after"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    office: Console, town: Town, changed: dict[str, str], field: str
) -> None:
    form = {"first_on": str(TUESDAY), "last_on": str(TUESDAY), "reason": "ill"} | changed
    answer = office.post(f"/roster/{town.technicians['T1']}/absences", form)
    assert answer.status_code == 422
    assert field in answer.get_data(as_text=True)


def test_somebody_who_leaves_is_marked_in_the_list(office: Console, town: Town) -> None:
    office.post(f"/roster/{town.technicians['T2']}/active", {"active": "no"})
    assert office.page("/roster").count("Not active") == 1


def test_the_downloaded_roster_imports_as_no_change(office: Console) -> None:
    content = office.get("/roster/file.csv").data
    page = send(office, "/roster/import", content).get_data(as_text=True)
    assert "The file is right" in page
    assert re.search(r"As they were</dt><dd class=\"number\">3<", page)
    assert "Imported" in send(office, "/roster/import/load", content).get_data(as_text=True)


def test_a_wrong_roster_is_explained_and_not_taken(office: Console, town: Town) -> None:
    content = office.get("/roster/file.csv").data.replace(b"lamp:3", b"piano:3").replace(b"T2", b"T9")
    answer = send(office, "/roster/import/load", content)
    assert answer.status_code == 422
    assert "is no skill here" in answer.get_data(as_text=True)
    with town.system.transaction(read_only=True) as session:
        assert "T9" not in session.scalars(select(Technician.code)).all()


def test_nobody_is_found_under_a_wrong_number(office: Console) -> None:
    assert office.get("/roster/999").status_code == 404
    assert office.post("/roster/999/week", {"shift": "mon 08:00-12:00"}).status_code == 404


def test_coverage_shows_what_hangs_on_one_person_and_what_waits_for_nobody(office: Console, town: Town) -> None:
    with town.system.transaction() as session:
        town.order(session, "A-1", product="chandelier", county="310101")
        town.order(session, "A-2", product="chandelier", county="310115")
    page = office.page("/coverage")
    assert "Hangs on one person" in page
    assert "王师傅" in page
    assert "Nobody can do this, and it waits" in page
    assert "has the skill at a lower level" in page
    assert page.count("is-needed") == 2
    assert "/roster?county=310115&amp;skill=lamp" in page


def test_an_empty_house_says_how_to_begin(sqlite_system: System) -> None:
    console = Console.of(sqlite_system)
    assert "Nobody works here yet" in console.page("/roster")
    assert "Nothing to cover yet" in console.page("/coverage")
