"""The roster's pages and the coverage matrix."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from dispatch.day_plan import DayPlan, Route, Stop
from dispatch.system import System
from technicians.people import Absence, Outlet, Technician
from tests.town import AREA, TUESDAY, Town, shanghai
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


def codes(page: str) -> list[str]:
    return re.findall(r">(T\d+)</a>", page)


def test_the_list_is_sorted_by_its_headings(office: Console) -> None:
    heading = re.search(r'href="(/roster\?sort=code&amp;down=yes[^"]*)"', office.page("/roster?skill=lamp"))
    assert heading is not None and "skill=lamp" in heading[1]
    turned = office.page(unescape(heading[1]))
    assert codes(turned) == ["T3", "T2", "T1"]
    assert 'aria-sort="descending"' in turned


def test_a_long_list_goes_on_page_by_page_in_the_same_order(office: Console, town: Town) -> None:
    with town.system.transaction() as session:
        outlet = session.scalars(select(Outlet)).one()
        session.add_all(
            Technician(
                code=f"T{n}", name="师傅", phone="1", outlet=outlet, area_code=AREA,
                start_lng=121.4, start_lat=31.2, end_lng=121.4, end_lat=31.2,
            )
            for n in range(100, 200)
        )  # fmt: skip
    first = office.page("/roster?sort=outlet&down=yes")
    assert "100 of 103 technicians" in first
    following = re.search(r'rel="next" href="([^"]*)"', first)
    assert following is not None
    last = office.page(unescape(following[1]))
    assert "First page" in last and 'rel="next"' not in last
    everybody = codes(first) + codes(last)
    assert len(everybody) == 103 and everybody == sorted(everybody, reverse=True)


def test_a_sorting_or_a_cursor_that_is_none_is_no_matter(office: Console) -> None:
    assert "T1" in office.page("/roster?sort=shoe-size&cursor=x")
    assert "T1" not in office.page("/roster?cursor=999999")


def planned(town: Town, code: str, *days: date) -> None:
    """Plans that give the technician one visit on each of these days."""
    with town.system.transaction() as session:
        for on_date in days:
            order = town.order(session, f"P{on_date}", window=(9, 11), on_date=on_date)
            nine = shanghai(9, on_date)
            plan = DayPlan(area_code=AREA, on_date=on_date, version=1, basis={}, solver={}, created_at=nine)
            session.add(plan)
            session.flush()
            stop = Stop(
                day_plan_id=plan.id, position=0, visit_id=order.visits[0].id, travel=0, distance=0,
                scheduled_arrival=nine, scheduled_start=nine, scheduled_leave=nine,
            )  # fmt: skip
            plan.routes.append(Route(technician_id=town.technicians[code], stops=[stop]))


NEXT_WEEK = TUESDAY + timedelta(days=7)
NOT_IN_THEM = "the change is not in them yet"


def test_an_absence_says_which_of_its_days_are_planned_and_opens_their_boards(office: Console, town: Town) -> None:
    planned(town, "T1", TUESDAY - timedelta(days=20), TUESDAY, NEXT_WEEK)
    path = f"/roster/{town.technicians['T1']}"
    before = office.page(path)
    assert NOT_IN_THEM not in before
    assert f"area={AREA}&amp;day={TUESDAY}" in before and str(TUESDAY - timedelta(days=20)) not in before
    form = {"first_on": str(TUESDAY), "last_on": str(TUESDAY), "reason": "ill"}
    page = office.page(office.post(f"{path}/absences", form).location)
    told = page[page.index(NOT_IN_THEM) : page.index('<div class="columns">')]
    assert f"day={TUESDAY}" in told and f"day={NEXT_WEEK}" not in told


@pytest.mark.parametrize(
    ("change", "form"),
    [
        ("week", {"shift": "mon 09:00-12:00", "breaks": ""}),
        ("skills", {"level-lamp": "1"}),
        ("counties", {"county": "310101"}),
        ("active", {"active": "no"}),
    ],
)
def test_every_other_change_says_which_coming_days_are_planned(
    office: Console, town: Town, change: str, form: dict[str, str]
) -> None:
    planned(town, "T1", TUESDAY, NEXT_WEEK)
    path = f"/roster/{town.technicians['T1']}"
    page = office.page(office.post(f"{path}/{change}", form).location)
    told = page[page.index(NOT_IN_THEM) : page.index('<div class="columns">')]
    assert f"day={TUESDAY}" in told and f"day={NEXT_WEEK}" in told


def test_a_change_that_touches_no_planned_day_says_nothing_of_plans(office: Console, town: Town) -> None:
    path = f"/roster/{town.technicians['T1']}"
    assert NOT_IN_THEM not in office.page(office.post(f"{path}/counties", {"county": "310101"}).location)


def test_provider_and_outlet_stand_there_by_name(office: Console, town: Town) -> None:
    assert "Shifu Home · Centre" in office.page(f"/roster/{town.technicians['T1']}")


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
