"""Who can work where on one day, with which skills: the roster as the planner and the board need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from technicians.errors import NotFound
from technicians.people import Absence, Coverage, Shift, ShiftBreak, Technician, TechnicianSkill
from technicians.place import PlanningArea
from technicians.working_day import Away, Rest, WorkingDay, local_instant


@dataclass(frozen=True, slots=True)
class Availability:
    """One technician's working day. Instants are aware UTC, places WGS-84 degrees, capacity in load units.

    The three instants are the shift after absences at its beginning or end have been cut off; `absences` has
    those in between. `skills` maps a skill code to the level held.
    """

    technician_id: int
    name: str
    start_lng: float
    start_lat: float
    end_lng: float
    end_lat: float
    capacity: int
    max_visits: int | None
    skills: dict[str, int]
    counties: frozenset[str]
    starts_at: datetime
    soft_ends_at: datetime
    hard_ends_at: datetime
    breaks: tuple[Rest, ...]
    absences: tuple[Away, ...]

    def can_do(self, county_code: str, skills: Mapping[str, int]) -> bool:
        """Whether this person works in that county and holds every skill at the level needed."""
        return county_code in self.counties and all(self.skills.get(s, 0) >= n for s, n in skills.items())


def working(
    session: Session, area_code: str, on_date: date, *, technician_ids: Collection[int] | None = None
) -> list[Availability]:
    """Everybody active in the area (or those of them with one of the ids) who works on that local date, by id.

    A dated shift overrules the weekday's; `off` and absences that cover the shift take the person out. Five
    statements, however many people. Raises NotFound for an unknown area.
    """
    area = session.get(PlanningArea, area_code)
    if area is None:
        raise NotFound("There is no planning area {code}.", field="area_code", code=area_code)
    some = _chosen(area_code, technician_ids)
    shifts = session.execute(_shifts(some, on_date)).all()
    skills = _grouped(session.execute(_skills(some)))
    counties = _grouped(session.execute(_counties(some)))
    breaks = _grouped(session.execute(_breaks(some, on_date)))
    absences = _grouped(session.execute(_absences(some, area.zone, on_date)))
    days = (
        _availability(
            row,
            WorkingDay.of(area.zone, on_date, row.begins, row.soft_ends, row.hard_ends).without(absences[row.id]),
            skills=dict(skills[row.id]),
            counties=frozenset(code for (code,) in counties[row.id]),
            rests=[
                Rest(
                    local_instant(area.zone, on_date, earliest),
                    local_instant(area.zone, on_date, latest),
                    duration,
                )
                for earliest, latest, duration in breaks[row.id]
            ],
        )
        for row in shifts
    )
    return [day for day in days if day is not None]


def note_change(session: Session, area_codes: Iterable[str]) -> None:
    """Say that who works in these areas, where or when, is no longer what was read before."""
    wanted = sorted(set(area_codes))
    session.execute(
        update(PlanningArea)
        .where(PlanningArea.code.in_(wanted))
        .values(roster_revision=PlanningArea.roster_revision + 1)
    )


def _chosen(area_code: str, technician_ids: Collection[int] | None) -> ColumnElement[bool]:
    chosen = (Technician.area_code == area_code) & Technician.active
    return chosen if technician_ids is None else chosen & Technician.id.in_(technician_ids)


def _in_force(on_date: date) -> Any:
    """The condition under which a shift is that date's: its own, or its weekday's when it has none."""
    dated = aliased(Shift)
    has_own = exists().where(dated.technician_id == Shift.technician_id, dated.on_date == on_date)
    return or_(Shift.on_date == on_date, and_(Shift.weekday == on_date.weekday(), ~has_own))


def _shifts(some: ColumnElement[bool], on_date: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Technician.id,
            Technician.name,
            Technician.start_lng,
            Technician.start_lat,
            Technician.end_lng,
            Technician.end_lat,
            Technician.capacity,
            Technician.max_visits,
            Shift.begins,
            Shift.soft_ends,
            Shift.hard_ends,
        )
        .join(Shift, Shift.technician_id == Technician.id)
        .where(some, ~Shift.off, _in_force(on_date))
        .order_by(Technician.id)
    )


def _skills(some: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(TechnicianSkill.technician_id, TechnicianSkill.skill_code, TechnicianSkill.level)
        .join(Technician)
        .where(some)
    )


def _counties(some: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(Coverage.technician_id, Coverage.county_code)
        .join(Technician, Technician.id == Coverage.technician_id)
        .where(some)
    )


def _breaks(some: ColumnElement[bool], on_date: date) -> Select[*tuple[Any, ...]]:
    return (
        select(Shift.technician_id, ShiftBreak.earliest, ShiftBreak.latest, ShiftBreak.duration)
        .join(Shift, Shift.id == ShiftBreak.shift_id)
        .join(Technician, Technician.id == Shift.technician_id)
        .where(some, _in_force(on_date))
        .order_by(Shift.technician_id, ShiftBreak.earliest)
    )


def _absences(some: ColumnElement[bool], zone: ZoneInfo, on_date: date) -> Select[*tuple[Any, ...]]:
    """Absences that touch the two days within which a shift of that date can lie."""
    return (
        select(Absence.technician_id, Absence.starts_at, Absence.ends_at)
        .join(Technician, Technician.id == Absence.technician_id)
        .where(
            some,
            Absence.ends_at > local_instant(zone, on_date, 0),
            Absence.starts_at < local_instant(zone, on_date + timedelta(days=2), 0),
        )
        .order_by(Absence.technician_id, Absence.starts_at)
    )


def _grouped(rows: Iterable[Row[Any]]) -> defaultdict[int, list[Any]]:
    """What follows the first column, by the first column."""
    groups: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(tuple(row[1:]))
    return groups


def _availability(
    row: Row[Any],
    day: WorkingDay | None,
    *,
    skills: dict[str, int],
    counties: frozenset[str],
    rests: list[Rest],
) -> Availability | None:
    if day is None:
        return None
    return Availability(
        technician_id=row.id,
        name=row.name,
        start_lng=row.start_lng,
        start_lat=row.start_lat,
        end_lng=row.end_lng,
        end_lat=row.end_lat,
        capacity=row.capacity,
        max_visits=row.max_visits,
        skills=skills,
        counties=counties,
        starts_at=day.starts_at,
        soft_ends_at=day.soft_ends_at,
        hard_ends_at=day.hard_ends_at,
        breaks=day.rests(rests),
        absences=day.absences,
    )
