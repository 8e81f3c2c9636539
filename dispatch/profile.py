"""Everything the roster knows of one technician as one plain value, and how it is put into the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import selectinload

from dispatch import shift_text
from technicians.people import Coverage, Outlet, Shift, Technician, TechnicianSkill
from technicians.week import Week, shift_of, week_of

USUAL_CAPACITY = 100
PLAIN = (
    "name", "phone", "start_lng", "start_lat", "end_lng", "end_lat", "capacity", "max_visits", "active", "language",
)  # fmt: skip
PERSONAL = {"name", "phone", "start_lng", "start_lat", "end_lng", "end_lat"}


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the roster knows of one technician. Degrees in WGS-84, capacity in load units, levels 1 to 5."""

    code: str
    name: str
    phone: str
    provider: str
    outlet: str
    outlet_county: str
    area: str
    start_lng: float
    start_lat: float
    end_lng: float
    end_lat: float
    skills: dict[str, int]
    counties: frozenset[str]
    week: Week
    capacity: int = USUAL_CAPACITY
    max_visits: int | None = None
    active: bool = True
    language: str = "zh"


def whole(query: Select[Technician]) -> Select[Technician]:
    """The query with everything loaded that a profile needs, in a fixed number of statements."""
    return query.options(
        selectinload(Technician.skills),
        selectinload(Technician.coverage),
        selectinload(Technician.shifts).selectinload(Shift.breaks),
        selectinload(Technician.outlet).selectinload(Outlet.provider),
    )


def profile_of(person: Technician) -> Profile:
    return Profile(
        code=person.code,
        name=person.name,
        phone=person.phone,
        provider=person.outlet.provider.code,
        outlet=person.outlet.code,
        outlet_county=person.outlet.county_code,
        area=person.area_code,
        start_lng=person.start_lng,
        start_lat=person.start_lat,
        end_lng=person.end_lng,
        end_lat=person.end_lat,
        skills={skill.skill_code: skill.level for skill in person.skills},
        counties=frozenset(row.county_code for row in person.coverage),
        week=week_of(person.shifts),
        capacity=person.capacity,
        max_visits=person.max_visits,
        active=person.active,
        language=person.language,
    )


def differing(before: Profile, after: Profile) -> list[str]:
    """The names of the fields in which two profiles differ."""
    return [f.name for f in fields(Profile) if getattr(before, f.name) != getattr(after, f.name)]


def apply(person: Technician, profile: Profile, outlet: Outlet) -> None:
    for name in PLAIN:
        setattr(person, name, getattr(profile, name))
    person.area_code, person.outlet = profile.area, outlet
    assign_skills(person, profile.skills)
    assign_counties(person, profile.counties)
    assign_week(person, profile.week)


def assign_skills(person: Technician, skills: Mapping[str, int]) -> None:
    """Make these the technician's skills, changing rows only where something differs."""
    have = {skill.skill_code: skill for skill in person.skills}
    for code, skill in have.items():
        if code in skills:
            skill.level = skills[code]
        else:
            person.skills.remove(skill)
    person.skills.extend(TechnicianSkill(skill_code=c, level=n) for c, n in skills.items() if c not in have)


def assign_counties(person: Technician, counties: frozenset[str]) -> None:
    """Make these the counties the technician covers."""
    have = {row.county_code: row for row in person.coverage}
    for code in have.keys() - counties:
        person.coverage.remove(have[code])
    person.coverage.extend(Coverage(county_code=code) for code in sorted(counties - have.keys()))


def assign_week(person: Technician, week: Week) -> None:
    """Make this the technician's pattern of shifts, changing rows in place so that no day is there twice."""
    have = {day: shift for shift in person.shifts for day in week_of([shift])}
    for day, shift in have.items():
        if day not in week:
            person.shifts.remove(shift)
    for day, hours in week.items():
        fresh = shift_of(day, hours)
        if day not in have:
            person.shifts.append(fresh)
            continue
        shift = have[day]
        if week_of([shift])[day] != hours:
            shift.off, shift.begins = fresh.off, fresh.begins
            shift.soft_ends, shift.hard_ends = fresh.soft_ends, fresh.hard_ends
            shift.breaks = list(fresh.breaks)


def shown(profile: Profile, names: Sequence[str]) -> dict[str, Any]:
    """Values for the audit: what is personal is named, not told."""
    cells: dict[str, Any] = {name: "…" if name in PERSONAL else getattr(profile, name) for name in names}
    if "counties" in cells:
        cells["counties"] = sorted(profile.counties)
    if "week" in cells:
        cells["week"] = "; ".join(shift_text.write(profile.week))
    return cells
