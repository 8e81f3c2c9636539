"""A technician's days as a phone shows them, read as plain rows in a handful of statements.

The statements are made once: to build them costs more than to run them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Row, Select, Text, bindparam, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from dispatch.catalogue import Merchant, ServiceProduct
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.request_records import RequestState, TechnicianRequest
from dispatch.work_order import Appointment, AppointmentState, Visit, VisitState, WorkOrder
from technicians.people import Technician
from technicians.place import County

BEGUN = [VisitState.EN_ROUTE, VisitState.ON_SITE]
DECISIONS_SHOWN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit stands in a published route. Travel (s) and distance (m) lead to it."""

    on_date: date
    position: int
    scheduled_arrival: datetime
    scheduled_start: datetime
    scheduled_leave: datetime
    travel: int
    distance: int
    colleague: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A technician's published route of one day. `breaks` are its rests, begin and end."""

    on_date: date
    revision: int
    seen_revision: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    travel: int
    distance: int
    breaks: Sequence[tuple[datetime, datetime]]


def _raw(column: InstrumentedAttribute[Any]) -> Any:
    """JSON as it is kept: only whether it has changed matters."""
    return type_coerce(column, Text).label(f"raw_{column.key}")


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ME: BindParameter[Any] = bindparam("technician")
ROUTES: Select[*tuple[Any, ...]] = (
    select(
        DayPlan.on_date, DayPlan.id.label("plan_id"), Route.id.label("route_id"), Route.revision, Route.seen_revision,
        Route.starts_at, Route.ends_at, Route.travel, Route.distance,
        Stop.visit_id, Stop.position, Stop.scheduled_arrival, Stop.scheduled_start, Stop.scheduled_leave,
        Stop.travel.label("leg_travel"), Stop.distance.label("leg_distance"),
    )
    .join(DayPlan, DayPlan.id == Route.day_plan_id)
    .outerjoin(Stop, Stop.route_id == Route.id)
    .where(
        Route.technician_id == _ME,
        DayPlan.on_date.between(bindparam("first"), bindparam("last")),
        DayPlan.state == DayPlanState.PUBLISHED,
    )
    .order_by(DayPlan.on_date, Stop.position)
)  # fmt: skip
VISITS: Select[*tuple[Any, ...]] = (
    select(
        Visit.id, Visit.state, Visit.technician_id, ServiceProduct.crew_size,
        Visit.revision, Visit.cause, Visit.service, Visit.setup, Visit.en_route_at, Visit.arrived_at, Visit.left_at,
        Visit.arrival_distance, Visit.failure_reason, Visit.accepted_at, _raw(Visit.told),
        WorkOrder.number, WorkOrder.consumer_name, WorkOrder.consumer_phone, WorkOrder.address, WorkOrder.note,
        WorkOrder.lng, WorkOrder.lat, WorkOrder.position_quality, WorkOrder.goods_arrived_at, WorkOrder.quoted_at,
        _raw(WorkOrder.quote), Merchant.name, County.name, County.name_en, County.lng, County.lat,
        ServiceProduct.code, ServiceProduct.name_zh, ServiceProduct.name_en, ServiceProduct.icon,
        ServiceProduct.price, ServiceProduct.currency, _raw(ServiceProduct.questions), _raw(ServiceProduct.shot_list),
        _raw(ServiceProduct.parts), _raw(ServiceProduct.checklist), _raw(ServiceProduct.surcharges),
        _raw(ServiceProduct.proofs),
    )
    .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
    .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
    .join(Merchant, Merchant.id == WorkOrder.merchant_id)
    .outerjoin(County, County.code == WorkOrder.county_code)
    .where(or_(Visit.id.in_(_IDS), (Visit.technician_id == _ME) & Visit.state.in_(BEGUN)))
    .order_by(Visit.id)
)  # fmt: skip
PROMISES: Select[*tuple[Any, ...]] = (
    select(Appointment.visit_id, Appointment.state, Appointment.window_starts_at, Appointment.window_ends_at)
    .where(Appointment.visit_id.in_(_IDS))
    .order_by(Appointment.id)
)
_other = aliased(Stop)
COLLEAGUES = (
    select(Stop.visit_id, Technician.name)
    .join(_other, (_other.day_plan_id == Stop.day_plan_id) & (_other.visit_id == Stop.visit_id))
    .join(Route, Route.id == _other.route_id)
    .join(Technician, Technician.id == Route.technician_id)
    .where(Stop.route_id.in_(bindparam("routes", expanding=True)), _other.route_id != Stop.route_id)
)
REQUESTS = (
    select(TechnicianRequest)
    .where(
        TechnicianRequest.technician_id == _ME,
        or_(TechnicianRequest.state == RequestState.OPEN, TechnicianRequest.decided_at > bindparam("since")),
    )
    .order_by(TechnicianRequest.asked_at, TechnicianRequest.id)
)


def routes(session: Session, technician_id: int, first: date, last: date) -> list[Row[Any]]:
    """The stops of the published routes of some days, in order; a route without stops is one row."""
    return list(session.execute(ROUTES, {"technician": technician_id, "first": first, "last": last}))


def sheets(rows: Iterable[Row[Any]]) -> list[Sheet]:
    """The routes among `routes`, by day."""
    breaks: dict[int, list[tuple[datetime, datetime]]] = {}
    kept: dict[int, Row[Any]] = {}
    for row in rows:
        kept[row.route_id] = row
        rests = breaks.setdefault(row.route_id, [])
        if row.visit_id is None and row.position is not None:
            rests.append((row.scheduled_start, row.scheduled_leave))
    return [
        Sheet(
            row.on_date, row.revision, row.seen_revision, row.starts_at, row.ends_at, row.travel, row.distance,
            tuple(breaks[route_id]),
        )
        for route_id, row in kept.items()
    ]  # fmt: skip


def places(rows: Iterable[Row[Any]], colleagues: Mapping[int, str]) -> dict[int, Place]:
    """Where each visit stands, by its id, by day and place."""
    return {
        row.visit_id: Place(
            row.on_date, row.position, row.scheduled_arrival, row.scheduled_start, row.scheduled_leave,
            row.leg_travel, row.leg_distance, colleagues.get(row.visit_id),
        )
        for row in rows
        if row.visit_id is not None
    }  # fmt: skip


def visits(session: Session, technician_id: int, visit_ids: Collection[int]) -> dict[int, Row[Any]]:
    """These, and what the technician has begun besides, by id."""
    found = session.execute(VISITS, {"technician": technician_id, "ids": list(visit_ids)})
    return {row.id: row for row in found}


def promises(session: Session, visit_ids: Collection[int]) -> dict[int, list[Row[Any]]]:
    """What was promised and held for each visit, oldest first."""
    found: dict[int, list[Row[Any]]] = {}
    for row in session.execute(PROMISES, {"ids": list(visit_ids)}) if visit_ids else ():
        found.setdefault(row.visit_id, []).append(row)
    return found


def is_held(promised: Iterable[Row[Any]]) -> bool:
    """Whether a consumer only keeps the time while deciding."""
    return any(row.state == AppointmentState.HELD for row in promised)


def colleagues(session: Session, route_ids: Collection[int]) -> dict[int, str]:
    """Who comes along to the visits of these routes, by visit id."""
    rows = session.execute(COLLEAGUES, {"routes": list(route_ids)})
    return {row.visit_id: row.name for row in rows}


def requests(session: Session, technician_id: int, at: datetime) -> Sequence[TechnicianRequest]:
    """What the technician asks of the office: open, and decided lately; oldest first."""
    return session.scalars(REQUESTS, {"technician": technician_id, "since": at - DECISIONS_SHOWN}).all()
