"""The read model of the board: one area's day in a few statements, times in seconds after its local midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import board_people, board_rows, plans
from dispatch import day as days
from dispatch.board_people import Rows
from dispatch.board_rows import Table
from dispatch.catalogue import ServiceProduct
from dispatch.day import Day
from dispatch.day_plan import DayPlan, DayPlanState, Unassigned
from routing.plan import Rule
from technicians import availability
from technicians.availability import Availability
from technicians.people import Skill
from technicians.place import County

UNASSIGNED_COLUMNS = ("visit", "rule", "detail")


def day(session: Session, area_code: str, on_date: date) -> dict[str, Any]:
    """Everything the board draws, as JSON-ready data; tables are lists of rows beside their column names.

    `wall_shift` is what to add to a second of the axis to read it off a wall clock: 0 but on the days on which the
    clocks change. NotFound for an unknown area.
    """
    local = days.of(session, area_code, on_date)
    plan = plans.shown(session, area_code, on_date)
    stops = board_rows.stops(session, local, plan)
    planned = {row.visit for row in stops.rows if row.visit is not None}
    visits = board_rows.visits(session, local, planned)
    working = availability.working(session, area_code, on_date)
    routes = board_people.routes(session, local, plan)
    left_out = _left_out(session, plan, [row for row in visits.rows if row.visit not in planned])
    return {
        "area": area_code,
        "on_date": on_date.isoformat(),
        "midnight": local.midnight.isoformat(),
        "ends": round((local.ends_at - local.midnight).total_seconds()),
        "wall_shift": _wall_shift(session, local),
        "plan": _plan(session, plan),
        "technicians": board_people.people(session, local, working, routes),
        "visits": visits.drawn(),
        "stops": stops.drawn(),
        "unassigned": {"columns": UNASSIGNED_COLUMNS, "rows": left_out},
        "products": _products(session, {row.product for row in visits.rows}),
        "skills": skills(session),
        "counties": _counties(session, {row.county for row in visits.rows}),
        "figures": _figures(len(left_out), stops, routes, working),
    }


def _wall_shift(session: Session, local: Day) -> int:
    zone = days.find_area(session, local.area_code).zone
    noon = datetime.combine(local.on_date, time(12), zone).astimezone(UTC)
    return 12 * 3600 - round((noon - local.midnight).total_seconds())


def _plan(session: Session, plan: DayPlan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    published = plans.in_state(session, plan.area_code, plan.on_date, DayPlanState.PUBLISHED)
    return {
        "id": plan.id,
        "version": plan.version,
        "state": plan.state.value,
        "published_version": published.version if published else None,
        "warning": plan.solver.get("warning"),
    }


def _left_out(session: Session, plan: DayPlan | None, visits: list[Rows]) -> list[list[Any]]:
    """The promised visits that no route holds, each with the plan's reason, or `missing` when it never saw them.

    The detail is what the planner counted, by name.
    """
    reasons: dict[int, tuple[str, dict[str, int]]] = {}
    if plan is not None:
        query = select(Unassigned.visit_id, Unassigned.rule, Unassigned.counts)
        for visit_id, rule, counts in session.execute(query.where(Unassigned.day_plan_id == plan.id)):
            reasons[visit_id] = (rule, counts)
    ordered = sorted(visits, key=lambda row: (-row.priority, row.earliest, row.visit))
    return [[row.visit, *reasons.get(row.visit, (Rule.MISSING.value, {}))] for row in ordered]


def _products(session: Session, codes: set[str]) -> dict[str, dict[str, Any]]:
    query = select(
        ServiceProduct.code, ServiceProduct.name_zh, ServiceProduct.name_en, ServiceProduct.icon, ServiceProduct.skills
    )
    return {
        row.code: {"zh": row.name_zh, "en": row.name_en, "icon": row.icon, "skills": row.skills}
        for row in session.execute(query.where(ServiceProduct.code.in_(codes)))
    }


def skills(session: Session) -> dict[str, dict[str, str]]:
    """What each skill is called in Chinese and English, by code."""
    rows = session.execute(select(Skill.code, Skill.name_zh, Skill.name_en))
    return {row.code: {"zh": row.name_zh, "en": row.name_en} for row in rows}


def _counties(session: Session, codes: set[str]) -> dict[str, dict[str, str]]:
    query = select(County.code, County.name, County.name_en).where(County.code.in_(codes))
    return {row.code: {"zh": row.name, "en": row.name_en} for row in session.execute(query)}


def _figures(unassigned: int, stops: Table, routes: dict[int, Rows], working: list[Availability]) -> dict[str, Any]:
    """The strip above the board. Utilisation is service and travel as a share of the shifts of those who work."""
    planned = [row for row in stops.rows if row.visit is not None]
    visits = len({row.visit for row in planned})
    at_work = sum(row.leave - row.start for row in planned)
    travel = sum(route.travel for route in routes.values())
    shifts = sum((person.soft_ends_at - person.starts_at for person in working), timedelta()).total_seconds()
    return {
        "visits": visits + unassigned,
        "planned": visits,
        "unassigned": unassigned,
        "technicians": len({row.technician for row in planned}),
        "working": len(working),
        "travel": travel,
        "distance": sum(route.distance for route in routes.values()),
        "utilisation": round((at_work + travel) / shifts, 4) if shifts else None,
    }
