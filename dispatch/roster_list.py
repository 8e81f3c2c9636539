"""Technicians as they are looked for: by area, text, skill and county, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from technicians.people import (
    Absence,
    Coverage,
    Outlet,
    Provider,
    Shift,
    Technician,
    TechnicianSkill,
)

PAGE = 100
LONGEST_TEXT = 80
Rows = Select[*tuple[Any, ...]]


class SortBy(StrEnum):
    """What the list is sorted by; the code decides between equals."""

    CODE = "code"
    NAME = "name"
    OUTLET = "outlet"


COLUMNS: dict[SortBy, InstrumentedAttribute[str]] = {
    SortBy.CODE: Technician.code,
    SortBy.NAME: Technician.name,
    SortBy.OUTLET: Outlet.name,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to look for. `text` is looked for in code, name and phone; None means any."""

    area_code: str | None = None
    text: str = ""
    skill: str | None = None
    county: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One technician in the list. `weekdays` are those with a shift (0 is Monday), `absent` is about now."""

    id: int
    code: str
    name: str
    phone: str
    provider: str
    outlet: str
    active: bool
    skills: tuple[tuple[str, int], ...]
    counties: int
    weekdays: frozenset[int]
    absent: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of technicians, how many there are in all, and the cursor of the next page (None on the last)."""

    rows: list[Line]
    total: int
    next: int | None


def search(
    session: Session,
    wanted: Wanted,
    *,
    sort: SortBy = SortBy.CODE,
    descending: bool = False,
    cursor: int | None = None,
    limit: int = PAGE,
    at: datetime,
) -> Page:
    """One page, in a fixed number of statements. `cursor` is what the page before gave as `next`."""
    chosen = _chosen(wanted)
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    place = (COLUMNS[sort], Technician.code)
    query = chosen.order_by(*((column.desc() for column in place) if descending else place))
    if cursor is not None:
        query = query.where(_behind(place, cursor, descending))
    found = session.execute(query.limit(limit + 1)).all()
    shown = found[:limit]
    return Page(_lines(session, shown, at), total, shown[-1].id if len(found) > limit else None)


def _chosen(wanted: Wanted) -> Rows:
    query = (
        select(
            Technician.id,
            Technician.code,
            Technician.name,
            Technician.phone,
            Technician.active,
            Provider.name.label("provider"),
            Outlet.name.label("outlet"),
        )
        .join(Technician.outlet)
        .join(Outlet.provider)
    )
    if wanted.area_code:
        query = query.where(Technician.area_code == wanted.area_code)
    text = wanted.text.strip().lower()[:LONGEST_TEXT].replace("\0", "")
    if text:
        columns = (Technician.code, Technician.name, Technician.phone)
        query = query.where(or_(*(func.lower(c).contains(text, autoescape=True) for c in columns)))
    if wanted.skill:
        query = query.where(Technician.skills.any(TechnicianSkill.skill_code == wanted.skill))
    if wanted.county:
        query = query.where(Technician.coverage.any(Coverage.county_code == wanted.county))
    return query


def _behind(
    place: tuple[InstrumentedAttribute[str], InstrumentedAttribute[str]], cursor: int, descending: bool
) -> ColumnElement[bool]:
    """Those that follow the technician at the cursor; nobody when that technician is gone."""
    mark = select(*place).select_from(Technician).join(Technician.outlet).where(Technician.id == cursor)
    here, there = tuple_(*place), mark.correlate(None).scalar_subquery()
    return here < there if descending else here > there


def _lines(session: Session, rows: Collection[Any], at: datetime) -> list[Line]:
    ids = [row.id for row in rows]
    skills = _pairs(
        session, select(TechnicianSkill.technician_id, TechnicianSkill.skill_code, TechnicianSkill.level), ids
    )
    weekdays = _pairs(session, select(Shift.technician_id, Shift.weekday).where(Shift.weekday.is_not(None)), ids)
    covered = select(Coverage.technician_id, func.count()).where(Coverage.technician_id.in_(ids))
    counties = {who: number for who, number in session.execute(covered.group_by(Coverage.technician_id))}
    away = select(Absence.technician_id).where(
        Absence.technician_id.in_(ids), Absence.starts_at <= at, Absence.ends_at > at
    )
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
            counties=counties.get(row.id, 0),
            weekdays=frozenset(day for (day,) in weekdays.get(row.id, ())),
            absent=row.id in absent,
        )
        for row in rows
    ]


def _pairs(session: Session, query: Rows, ids: list[int]) -> dict[int, list[Any]]:
    """The rows of these technicians by id, in the order of what follows it."""
    first, *rest = query.selected_columns
    found: dict[int, list[Any]] = {}
    for row in session.execute(query.where(first.in_(ids)).order_by(first, *rest)):
        found.setdefault(row[0], []).append(tuple(row[1:]))
    return found
