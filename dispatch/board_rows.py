"""The board's tables of visits and stops, as the database computes them: rows ready for JSON, times as seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    and_,
    cast,
    extract,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from dispatch.day import Day
from dispatch.day_plan import DayPlan, Route, Stop
from dispatch.work_order import Appointment, AppointmentState, PositionQuality, Visit, VisitState, WorkOrder
from technicians.place import County

PROMISED = (AppointmentState.HELD, AppointmentState.CONFIRMED, AppointmentState.KEPT, AppointmentState.BROKEN)
APPROXIMATE = (PositionQuality.COUNTY_CENTRE, PositionQuality.GEOCODED)
OUT_OF_THE_PLAN = (VisitState.CANCELLED, VisitState.COULD_NOT_COMPLETE)
Instant = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one statement, and what their columns are called."""

    columns: tuple[str, ...]
    rows: Sequence[Row[*tuple[Any, ...]]]

    def drawn(self) -> dict[str, Any]:
        return {"columns": self.columns, "rows": [tuple(row) for row in self.rows]}


def seconds(column: Instant, midnight: datetime) -> ColumnElement[int]:
    """An instant as seconds after midnight, counted by the database."""
    return cast(extract("epoch", column), Integer) - round(midnight.timestamp())


def fetch(session: Session, query: Select[*tuple[Any, ...]]) -> Table:
    """A statement's rows as the driver gives them: thousands are too many for the mapper."""
    answer = session.connection().execute(query)
    return Table(tuple(answer.keys()), answer.all())


def slices(ids: list[int], size: int = 500) -> list[list[int]]:
    """Ids in portions that any database takes as parameters of one statement."""
    return [ids[at : at + size] for at in range(0, len(ids), size)]


def stops(session: Session, local: Day, plan: DayPlan | None) -> Table:
    """The stops of a plan in the order of each route; a stop without a visit is a break."""
    query = (
        select(
            Route.technician_id.label("technician"),
            Stop.visit_id.label("visit"),
            seconds(Stop.scheduled_arrival, local.midnight).label("arrive"),
            seconds(Stop.scheduled_start, local.midnight).label("start"),
            seconds(Stop.scheduled_leave, local.midnight).label("leave"),
            Stop.travel,
            Stop.distance,
        )
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.day_plan_id == (plan.id if plan else None))
        .order_by(Route.technician_id, Stop.position)
    )
    return fetch(session, query)


def visits(session: Session, local: Day, planned: set[int]) -> Table:
    """What is promised for the day, and whatever else the plan holds."""
    query = _visits(local.midnight)
    promised_today = and_(
        County.area_code == local.area_code,
        Appointment.window_starts_at >= local.midnight,
        Appointment.window_starts_at < local.ends_at,
        Visit.state.not_in(OUT_OF_THE_PLAN),
    )
    table = fetch(session, query.where(promised_today))
    rows = list(table.rows)
    others = planned - {row.visit for row in rows}
    for some in slices(sorted(others)):
        rows += fetch(session, query.where(Visit.id.in_(some))).rows
    return Table(table.columns, rows)


def _visits(midnight: datetime) -> Select[*tuple[Any, ...]]:
    promise = and_(Appointment.visit_id == Visit.id, Appointment.state.in_(PROMISED))
    return (
        select(
            Visit.id.label("visit"),
            Visit.work_order_id.label("order"),
            WorkOrder.number,
            WorkOrder.product_code.label("product"),
            WorkOrder.county_code.label("county"),
            func.coalesce(WorkOrder.lng, County.lng).label("lng"),
            func.coalesce(WorkOrder.lat, County.lat).label("lat"),
            WorkOrder.position_quality.in_(APPROXIMATE).label("approximate"),
            type_coerce(Visit.state, String).label("state"),
            Visit.service,
            WorkOrder.priority,
            seconds(Appointment.window_starts_at, midnight).label("earliest"),
            seconds(Appointment.window_ends_at, midnight).label("latest"),
            Visit.pinned_technician_id.label("pinned_technician"),
            seconds(Visit.pinned_start_at, midnight).label("pinned_start"),
        )
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .outerjoin(Appointment, promise)
    )
