"""What phones said that did not fit, for a dispatcher to look into: what is open and what was resolved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from dispatch import order_history
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.order_history import Happening
from dispatch.phone_records import PhoneConflict
from dispatch.work_order import Visit, WorkOrder
from technicians.people import Technician
from technicians.place import County

MOST_RESOLVED = 100


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody to call: who made the visit, or has it by the published plan."""

    technician_id: int
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One conflict with all that the technician's phone said of the visit and that did not fit, the earliest first.

    `state`, `begun_at`, `ended_at` and `holder` (somebody else who has the visit) are what the office knows. `on_date`
    is the local day on whose board the visit is looked at.
    """

    conflict: PhoneConflict
    order: WorkOrder
    zone: ZoneInfo
    said: tuple[Happening, ...]
    holder: Holder | None
    on_date: date

    @property
    def visit(self) -> Visit:
        return self.conflict.visit


def unresolved(session: Session, area_code: str) -> list[ConflictLine]:
    """All that nobody has looked into, the oldest first."""
    query = _of_area(area_code).where(PhoneConflict.resolved_at.is_(None)).order_by(PhoneConflict.id)
    return [_line(session, conflict) for conflict in session.scalars(query)]


def resolved(session: Session, area_code: str) -> list[ConflictLine]:
    """The last hundred that somebody has looked into."""
    query = _of_area(area_code).where(PhoneConflict.resolved_at.is_not(None))
    last = query.order_by(PhoneConflict.resolved_at.desc(), PhoneConflict.id.desc()).limit(MOST_RESOLVED)
    return [_line(session, conflict) for conflict in session.scalars(last)]


def count(session: Session, area_code: str) -> int:
    """How many wait: the number beside the room."""
    query = (
        select(func.count(PhoneConflict.id))
        .join(Visit, Visit.id == PhoneConflict.visit_id)
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .where(County.area_code == area_code, PhoneConflict.resolved_at.is_(None))
    )
    return session.scalar(query) or 0


def _of_area(area_code: str) -> Select[PhoneConflict]:
    order = contains_eager(PhoneConflict.visit).contains_eager(Visit.work_order)
    return (
        select(PhoneConflict)
        .join(PhoneConflict.visit)
        .join(Visit.work_order)
        .join(WorkOrder.county)
        .join(County.area)
        .where(County.area_code == area_code)
        .options(
            order.contains_eager(WorkOrder.county).contains_eager(County.area),
            order.joinedload(WorkOrder.product),
            joinedload(PhoneConflict.technician),
            joinedload(PhoneConflict.event),
        )
    )


def _line(session: Session, conflict: PhoneConflict) -> ConflictLine:
    order = conflict.visit.work_order
    zone = order.county.area.zone if order.county else ZoneInfo("UTC")
    told = order_history.reported(session, [conflict.visit_id], technician_id=conflict.technician_id)
    return ConflictLine(
        conflict=conflict,
        order=order,
        zone=zone,
        said=tuple(sorted((each for each in told if _is_about(each, conflict)), key=lambda each: each.at)),
        holder=_holder(session, conflict.visit, conflict.technician_id),
        on_date=conflict.event.at.astimezone(zone).date(),
    )


def _is_about(told: Happening, conflict: PhoneConflict) -> bool:
    is_the_first = told.facts["event_id"] == conflict.event.event_id
    return is_the_first or told.facts.get("conflict") == conflict.kind


def _holder(session: Session, visit: Visit, other_than: int) -> Holder | None:
    """Who else has the visit: who has begun it, else who has it by the published plan."""
    found = select(Technician.id, Technician.name, Technician.phone)
    if visit.technician_id not in (None, other_than):
        row = session.execute(found.where(Technician.id == visit.technician_id)).one_or_none()
        return Holder(*row) if row else None
    planned = (
        found.join(Route, Route.technician_id == Technician.id)
        .join(Stop, Stop.route_id == Route.id)
        .join(DayPlan, DayPlan.id == Route.day_plan_id)
        .where(Stop.visit_id == visit.id, DayPlan.state == DayPlanState.PUBLISHED, Technician.id != other_than)
    )
    row = session.execute(planned.order_by(Stop.half).limit(1)).one_or_none()
    return Holder(*row) if row else None
