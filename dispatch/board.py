"""The read model of the board: one area's day in a few statements, times in seconds after its local midnight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch import plans
from dispatch.catalogue import ServiceProduct
from dispatch.day import Day
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop, Unassigned
from dispatch.work_order import Appointment, AppointmentState, PositionQuality, Visit, VisitState, WorkOrder
from routing.plan import Rule
from technicians import availability
from technicians.availability import Availability
from technicians.people import Position, Skill, Technician
from technicians.place import County

PROMISED = (AppointmentState.CONFIRMED, AppointmentState.KEPT, AppointmentState.BROKEN)
APPROXIMATE = {PositionQuality.COUNTY_CENTRE, PositionQuality.GEOCODED}
OUT_OF_THE_PLAN = {VisitState.CANCELLED, VisitState.COULD_NOT_COMPLETE}
VISIT_COLUMNS = (
    "visit", "order", "number", "product", "county", "lng", "lat", "approximate", "state", "service", "priority",
    "earliest", "latest", "pinned_technician", "pinned_start",
)  # fmt: skip
STOP_COLUMNS = ("technician", "visit", "arrive", "start", "leave", "travel", "distance")
UNASSIGNED_COLUMNS = ("visit", "rule", "detail")


@dataclass(frozen=True, slots=True)
class _Clock:
    """Instants to seconds on the day's axis; None stays None."""

    midnight: datetime

    def __call__(self, at: datetime | None) -> int | None:
        return None if at is None else round((at - self.midnight).total_seconds())


def day(session: Session, area_code: str, on_date: date) -> dict[str, Any]:
    """Everything the board draws, as JSON-ready data; tables are lists of rows beside their column names.

    `wall_shift` is what to add to a second of the axis to read it off a wall clock: 0 but on the days on which the
    clocks change. NotFound for an unknown area.
    """
    local = days.of(session, area_code, on_date)
    plan = plans.shown(session, area_code, on_date)
    seconds = _Clock(local.midnight)
    stops = _stops(session, plan)
    visits = _visits(session, local, [row.visit_id for row in stops if row.visit_id is not None])
    working = availability.working(session, area_code, on_date)
    routes = _routes(session, plan)
    people = _people(session, {person.technician_id: person for person in working}, routes, seconds)
    planned = {row.visit_id for row in stops}
    left_out = _left_out(session, plan, [row for row in visits if row.id not in planned])
    return {
        "area": area_code,
        "on_date": on_date.isoformat(),
        "midnight": local.midnight.isoformat(),
        "ends": seconds(local.ends_at),
        "wall_shift": _wall_shift(session, local),
        "plan": _plan(session, plan),
        "technicians": people,
        "visits": {"columns": VISIT_COLUMNS, "rows": [_visit(row, seconds) for row in visits]},
        "stops": {"columns": STOP_COLUMNS, "rows": [_stop(row, seconds) for row in stops]},
        "unassigned": {"columns": UNASSIGNED_COLUMNS, "rows": left_out},
        "products": _products(session, {row.product_code for row in visits}),
        "skills": _skills(session),
        "counties": _counties(session, {row.county_code for row in visits if row.county_code}),
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


def _stops(session: Session, plan: DayPlan | None) -> list[Row[*tuple[Any, ...]]]:
    if plan is None:
        return []
    query = (
        select(
            Route.technician_id, Stop.visit_id, Stop.scheduled_arrival, Stop.scheduled_start, Stop.scheduled_leave,
            Stop.travel, Stop.distance,
        )
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.day_plan_id == plan.id)
        .order_by(Route.technician_id, Stop.position)
    )  # fmt: skip
    return list(session.execute(query))


def _stop(row: Row[*tuple[Any, ...]], seconds: _Clock) -> list[Any]:
    return [
        row.technician_id, row.visit_id, seconds(row.scheduled_arrival), seconds(row.scheduled_start),
        seconds(row.scheduled_leave), row.travel, row.distance,
    ]  # fmt: skip


def _visits(session: Session, local: Day, planned: list[int]) -> list[Row[*tuple[Any, ...]]]:
    """What is promised for the day, and whatever else the plan holds."""
    promised_today = and_(
        County.area_code == local.area_code,
        Appointment.window_starts_at >= local.midnight,
        Appointment.window_starts_at < local.ends_at,
        Visit.state.not_in(OUT_OF_THE_PLAN),
    )
    found = list(session.execute(_visit_query().where(promised_today)))
    known = {row.id for row in found}
    for some in slices([visit for visit in planned if visit not in known]):
        found += session.execute(_visit_query().where(Visit.id.in_(some)))
    return found


def slices(ids: list[int], size: int = 500) -> list[list[int]]:
    """Ids in portions that any database takes as parameters of one statement."""
    return [ids[at : at + size] for at in range(0, len(ids), size)]


def _visit_query() -> Select[*tuple[Any, ...]]:
    promise = and_(Appointment.visit_id == Visit.id, Appointment.state.in_(PROMISED))
    return (
        select(
            Visit.id, Visit.work_order_id, WorkOrder.number, WorkOrder.product_code, WorkOrder.county_code,
            func.coalesce(WorkOrder.lng, County.lng).label("lng"),
            func.coalesce(WorkOrder.lat, County.lat).label("lat"),
            WorkOrder.position_quality, Visit.state, Visit.service, WorkOrder.priority, Appointment.window_starts_at,
            Appointment.window_ends_at, Visit.pinned_technician_id, Visit.pinned_start_at,
        )
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .outerjoin(Appointment, promise)
    )  # fmt: skip


def _visit(row: Row[*tuple[Any, ...]], seconds: _Clock) -> list[Any]:
    return [
        row.id, row.work_order_id, row.number, row.product_code, row.county_code, row.lng, row.lat,
        row.position_quality in APPROXIMATE, row.state.value, row.service, row.priority,
        seconds(row.window_starts_at), seconds(row.window_ends_at), row.pinned_technician_id,
        seconds(row.pinned_start_at),
    ]  # fmt: skip


def _routes(session: Session, plan: DayPlan | None) -> dict[int, Row[*tuple[Any, ...]]]:
    if plan is None:
        return {}
    query = select(Route.technician_id, Route.revision, Route.travel, Route.distance, Route.starts_at, Route.ends_at)
    return {row.technician_id: row for row in session.execute(query.where(Route.day_plan_id == plan.id))}


def _people(
    session: Session, working: dict[int, Availability], routes: dict[int, Row[*tuple[Any, ...]]], seconds: _Clock
) -> list[dict[str, Any]]:
    """Everybody who works that day or has a route in the plan, by code."""
    wanted = sorted(working.keys() | routes.keys())
    rows: list[Row[*tuple[Any, ...]]] = []
    for some in slices(wanted):
        query = (
            select(
                Technician.id, Technician.code, Technician.name, Technician.phone, Technician.start_lng,
                Technician.start_lat, Position.lng, Position.lat, Position.at,
            )
            .outerjoin(Position, Position.technician_id == Technician.id)
            .where(Technician.id.in_(some))
        )  # fmt: skip
        rows += session.execute(query)
    return [
        _person(row, working.get(row.id), routes.get(row.id), seconds) for row in sorted(rows, key=lambda r: r.code)
    ]


def _person(
    row: Row[*tuple[Any, ...]], works: Availability | None, route: Row[*tuple[Any, ...]] | None, seconds: _Clock
) -> dict[str, Any]:
    person: dict[str, Any] = {
        "id": row.id, "code": row.code, "name": row.name, "start": [row.start_lng, row.start_lat],
        "works": works is not None,
    }  # fmt: skip
    if works is not None:
        person |= {
            "begins": seconds(works.starts_at),
            "soft_end": seconds(works.soft_ends_at),
            "hard_end": seconds(works.hard_ends_at),
            "breaks": [[seconds(r.earliest_at), seconds(r.latest_at), r.duration] for r in works.breaks],
            "absences": [[seconds(a.starts_at), seconds(a.ends_at)] for a in works.absences],
            "skills": works.skills,
        }
    if route is not None:
        person |= {
            "revision": route.revision, "travel": route.travel, "distance": route.distance,
            "leaves": seconds(route.starts_at), "returns": seconds(route.ends_at),
        }  # fmt: skip
    return person


def _left_out(session: Session, plan: DayPlan | None, visits: list[Row[*tuple[Any, ...]]]) -> list[list[Any]]:
    """The promised visits that no route holds, each with the plan's reason, or `missing` when it never saw them."""
    reasons: dict[int, tuple[str, str]] = {}
    if plan is not None:
        query = select(Unassigned.visit_id, Unassigned.rule, Unassigned.detail)
        for visit_id, rule, detail in session.execute(query.where(Unassigned.day_plan_id == plan.id)):
            reasons[visit_id] = (rule, detail)
    ordered = sorted(visits, key=lambda row: (-row.priority, row.window_starts_at, row.id))
    return [[row.id, *reasons.get(row.id, (Rule.MISSING.value, ""))] for row in ordered]


def _products(session: Session, codes: set[str]) -> dict[str, dict[str, Any]]:
    query = select(
        ServiceProduct.code, ServiceProduct.name_zh, ServiceProduct.name_en, ServiceProduct.icon, ServiceProduct.skills
    )
    return {
        row.code: {"zh": row.name_zh, "en": row.name_en, "icon": row.icon, "skills": row.skills}
        for row in session.execute(query.where(ServiceProduct.code.in_(codes)))
    }


def _skills(session: Session) -> dict[str, dict[str, str]]:
    rows = session.execute(select(Skill.code, Skill.name_zh, Skill.name_en))
    return {row.code: {"zh": row.name_zh, "en": row.name_en} for row in rows}


def _counties(session: Session, codes: set[str]) -> dict[str, dict[str, str]]:
    query = select(County.code, County.name, County.name_en).where(County.code.in_(codes))
    return {row.code: {"zh": row.name, "en": row.name_en} for row in session.execute(query)}


def _figures(
    unassigned: int,
    stops: list[Row[*tuple[Any, ...]]],
    routes: dict[int, Row[*tuple[Any, ...]]],
    working: list[Availability],
) -> dict[str, Any]:
    """The strip above the board. Utilisation is service and travel as a share of the shifts of those who work."""
    planned = [row for row in stops if row.visit_id is not None]
    at_work = sum((row.scheduled_leave - row.scheduled_start for row in planned), timedelta()).total_seconds()
    travel = sum(route.travel for route in routes.values())
    shifts = sum(((w.soft_ends_at - w.starts_at) for w in working), timedelta()).total_seconds()
    return {
        "visits": len(planned) + unassigned,
        "planned": len(planned),
        "unassigned": unassigned,
        "technicians": len({row.technician_id for row in planned}),
        "working": len(working),
        "travel": travel,
        "distance": sum(route.distance for route in routes.values()),
        "utilisation": round((at_work + travel) / shifts, 4) if shifts else None,
    }
