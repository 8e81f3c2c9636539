"""One technician as the roster has them: profile, names, absences; and what a technician can be given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import profile
from dispatch.profile import Profile
from technicians.errors import NotFound
from technicians.people import Absence, Skill, Technician
from technicians.place import County, PlanningArea
from technicians.working_day import local_instant


@dataclass(frozen=True, slots=True)
class Detail:
    """One technician: the profile, the names its codes stand for, and absences that are not over."""

    id: int
    area: PlanningArea
    provider: str
    outlet: str
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
        provider=person.outlet.provider.name,
        outlet=person.outlet.name,
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
