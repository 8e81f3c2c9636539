"""The board's technicians: their working day, skills, and the route they have in a plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from dispatch.board_rows import fetch, seconds, slices
from dispatch.day import Day
from dispatch.day_plan import DayPlan, Route
from technicians.availability import Availability
from technicians.people import Technician

Rows = Row[*tuple[Any, ...]]


def routes(session: Session, local: Day, plan: DayPlan | None) -> dict[int, Rows]:
    """The routes of a plan by technician: revision, travel (s), distance (m), leaves and returns (s)."""
    query = select(
        Route.technician_id,
        Route.revision,
        Route.travel,
        Route.distance,
        seconds(Route.starts_at, local.midnight).label("leaves"),
        seconds(Route.ends_at, local.midnight).label("returns"),
    ).where(Route.day_plan_id == (plan.id if plan else None))
    return {row.technician_id: row for row in fetch(session, query).rows}


def people(
    session: Session, local: Day, working: Iterable[Availability], planned: dict[int, Rows]
) -> list[dict[str, Any]]:
    """Everybody who works that day or has a route in the plan, by code."""
    days = {person.technician_id: person for person in working}
    rows: list[Rows] = []
    for some in slices(sorted(days.keys() | planned.keys())):
        query = select(
            Technician.id, Technician.code, Technician.name, Technician.start_lng, Technician.start_lat
        ).where(Technician.id.in_(some))
        rows += fetch(session, query).rows
    rows.sort(key=lambda row: row.code)
    return [_person(row, days.get(row.id), planned.get(row.id), local.midnight) for row in rows]


def _person(row: Rows, works: Availability | None, route: Rows | None, midnight: datetime) -> dict[str, Any]:
    person: dict[str, Any] = {
        "id": row.id, "code": row.code, "name": row.name, "start": (row.start_lng, row.start_lat),
        "works": works is not None,
    }  # fmt: skip
    if works is not None:
        person |= _working_day(works, midnight)
    if route is not None:
        person |= {
            "revision": route.revision, "travel": route.travel, "distance": route.distance,
            "leaves": route.leaves, "returns": route.returns,
        }  # fmt: skip
    return person


def _working_day(works: Availability, midnight: datetime) -> dict[str, Any]:
    def clock(at: datetime) -> int:
        return round((at - midnight).total_seconds())

    return {
        "begins": clock(works.starts_at),
        "soft_end": clock(works.soft_ends_at),
        "hard_end": clock(works.hard_ends_at),
        "breaks": [(clock(rest.earliest_at), clock(rest.latest_at), rest.duration) for rest in works.breaks],
        "absences": [(clock(away.starts_at), clock(away.ends_at)) for away in works.absences],
        "skills": works.skills,
    }
