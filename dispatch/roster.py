"""The roster as it is read: who there is, and everything about one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from dispatch import profile
from dispatch.profile import Profile
from technicians.errors import NotFound
from technicians.people import (
    Absence,
    Coverage,
    Outlet,
    Provider,
    Shift,
    Skill,
    Technician,
    TechnicianSkill,
)
from technicians.place import County, PlanningArea
from technicians.working_day import local_instant

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Line:
    """One technician in the list. `weekdays` are those with a shift (0 is Monday), `absent` is about today."""

    id: int
    code: str
    name: str
    phone: str
    provider: str
    outlet: str
    active: bool
    skills: tuple[tuple[str, int], ...]
    counties: tuple[str, ...]
    weekdays: frozenset[int]
    absent: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """One technician: the profile, the names its codes stand for, and absences that are not over."""

    id: int
    area: PlanningArea
    profile: Profile
    skills: tuple[tuple[Skill, int], ...]
    counties: tuple[County, ...]
    absences: tuple[Absence, ...]


def find(session: Session, technician_id: int) -> Technician:
    """The technician; NotFound."""
    person = session.get(Technician, technician_id)
    if person is None:
        raise _unknown(technician_id)
    return person


def _unknown(technician_id: int) -> NotFound:
    return NotFound(
        "There is no technician {technician}.",
        field="technician",
        remedy="Look in the roster.",
        technician=technician_id,
    )


def everybody(
    session: Session,
    *,
    area_code: str | None = None,
    text: str = "",
    skill: str | None = None,
    county: str | None = None,
    at: datetime,
) -> list[Line]:
    """Technicians by code; `text` looks in code, name and phone. A fixed number of statements."""
    chosen = _chosen(area_code, text, skill, county)
    people = session.execute(
        chosen.add_columns(Provider.name.label("provider"), Outlet.name.label("outlet")).order_by(Technician.code)
    ).all()
    ids = chosen.with_only_columns(Technician.id)
    skills = _pairs(
        session, select(TechnicianSkill.technician_id, TechnicianSkill.skill_code, TechnicianSkill.level), ids
    )
    counties = _pairs(session, select(Coverage.technician_id, Coverage.county_code), ids)
    weekdays = _pairs(session, select(Shift.technician_id, Shift.weekday).where(Shift.weekday.is_not(None)), ids)
    away = select(Absence.technician_id).where(Absence.starts_at <= at, Absence.ends_at > at)
    absent = set(session.scalars(away))
    return [
        Line(
            id=row.id,
            code=row.code,
            name=row.name,
            phone=row.phone,
            provider=row.provider,
            outlet=row.outlet,
            active=row.active,
            skills=tuple(skills.get(row.id, ())),
            counties=tuple(code for (code,) in counties.get(row.id, ())),
            weekdays=frozenset(day for (day,) in weekdays.get(row.id, ())),
            absent=row.id in absent,
        )
        for row in people
    ]


def _chosen(area_code: str | None, text: str, skill: str | None, county: str | None) -> Rows:
    query = (
        select(Technician.id, Technician.code, Technician.name, Technician.phone, Technician.active)
        .join(Technician.outlet)
        .join(Outlet.provider)
    )
    if area_code:
        query = query.where(Technician.area_code == area_code)
    if text.strip():
        wanted = text.strip().lower()
        columns = (Technician.code, Technician.name, Technician.phone)
        query = query.where(or_(*(func.lower(c).contains(wanted, autoescape=True) for c in columns)))
    if skill:
        query = query.where(Technician.skills.any(TechnicianSkill.skill_code == skill))
    if county:
        query = query.where(Technician.coverage.any(Coverage.county_code == county))
    return query


def _pairs(session: Session, query: Rows, ids: Rows) -> dict[int, list[Any]]:
    """The rows of the chosen technicians by id, in the order of what follows it."""
    first, *rest = query.selected_columns
    found: dict[int, list[Any]] = {}
    for row in session.execute(query.where(first.in_(ids)).order_by(first, *rest)):
        found.setdefault(row[0], []).append(tuple(row[1:]))
    return found


def detail(session: Session, technician_id: int, *, at: datetime) -> Detail:
    person = session.scalars(profile.whole(select(Technician).where(Technician.id == technician_id))).one_or_none()
    if person is None:
        raise _unknown(technician_id)
    described = profile.profile_of(person)
    names = {
        skill.code: skill
        for skill in session.scalars(select(Skill).where(Skill.code.in_(described.skills)).order_by(Skill.code))
    }
    return Detail(
        id=person.id,
        area=session.get_one(PlanningArea, person.area_code),
        profile=described,
        skills=tuple((skill, described.skills[code]) for code, skill in names.items()),
        counties=tuple(
            session.scalars(select(County).where(County.code.in_(described.counties)).order_by(County.code))
        ),
        absences=tuple(absences(session, technician_id, since=at)),
    )


def absences(session: Session, technician_id: int, *, since: datetime) -> list[Absence]:
    """Absences that end after `since`, the earliest first."""
    return list(
        session.scalars(
            select(Absence)
            .where(Absence.technician_id == technician_id, Absence.ends_at > since)
            .order_by(Absence.starts_at)
        )
    )


def skills(session: Session) -> list[Skill]:
    return list(session.scalars(select(Skill).order_by(Skill.code)))


def counties(session: Session, area_code: str) -> list[County]:
    return list(session.scalars(select(County).where(County.area_code == area_code).order_by(County.code)))


def whole_days(area: PlanningArea, first_on: date, last_on: date) -> tuple[datetime, datetime]:
    """From the first date's midnight to the end of the last date, in the area's own time."""
    zone = area.zone
    return local_instant(zone, first_on, 0), local_instant(zone, last_on + timedelta(days=1), 0)
