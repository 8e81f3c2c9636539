"""What technicians ask of the office, with what granting it would break."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from dispatch import asked_hours, stakes
from dispatch.asked_hours import Hours
from dispatch.request_records import RequestKind, RequestState, TechnicianRequest
from dispatch.stakes import Stake
from dispatch.work_order import Visit, WorkOrder
from technicians.errors import NotFound
from technicians.people import Technician
from technicians.place import PlanningArea

MOST_DECIDED = 100


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request. `stakes` are the visits that it would break, or that a granted one still breaks.

    `begins_at` is when it matters. A shift has `hours`: what the day has now and what it would have; a swap has its
    visit's `order`.
    """

    request: TechnicianRequest
    zone: ZoneInfo
    begins_at: datetime
    stakes: tuple[Stake, ...]
    hours: Hours | None
    order: WorkOrder | None

    @property
    def days(self) -> list[date]:
        """The days whose plans would have to change."""
        return sorted({stake.on_date for stake in self.stakes})


def find(session: Session, request_id: int) -> TechnicianRequest:
    request = session.get(TechnicianRequest, request_id)
    if request is None:
        raise NotFound("There is no such request.", field="request", remedy="Reload the page.")
    return request


def open_ones(session: Session, area_code: str) -> list[RequestLine]:
    """All that wait for a decision, what matters soonest first."""
    query = _of_area(area_code).where(TechnicianRequest.state == RequestState.OPEN)
    lines = [_line(session, area_code, request) for request in session.scalars(query)]
    return sorted(lines, key=lambda line: (line.begins_at, line.request.id))


def decided(session: Session, area_code: str) -> list[RequestLine]:
    """The last hundred that were decided or withdrawn."""
    query = _of_area(area_code).where(TechnicianRequest.state != RequestState.OPEN)
    last = query.order_by(TechnicianRequest.decided_at.desc(), TechnicianRequest.id.desc()).limit(MOST_DECIDED)
    return [_line(session, area_code, request) for request in session.scalars(last)]


def count(session: Session, area_code: str) -> int:
    """How many wait: the number beside the room."""
    query = (
        select(func.count(TechnicianRequest.id))
        .join(Technician, Technician.id == TechnicianRequest.technician_id)
        .where(Technician.area_code == area_code, TechnicianRequest.state == RequestState.OPEN)
    )
    return session.scalar(query) or 0


def _of_area(area_code: str) -> Select[TechnicianRequest]:
    visit = joinedload(TechnicianRequest.visit).joinedload(Visit.work_order)
    return (
        select(TechnicianRequest)
        .join(TechnicianRequest.technician)
        .where(Technician.area_code == area_code)
        .options(
            contains_eager(TechnicianRequest.technician),
            visit.joinedload(WorkOrder.product),
            visit.joinedload(WorkOrder.county),
        )
    )


def _line(session: Session, area_code: str, request: TechnicianRequest) -> RequestLine:
    zone = session.get_one(PlanningArea, area_code).zone
    hours = asked_hours.of(session, request, zone) if request.kind == RequestKind.SHIFT else None
    order = request.visit.work_order if request.visit else None
    return RequestLine(
        request=request,
        zone=zone,
        begins_at=request.starts_at or _begins(request.visit) or request.asked_at,
        stakes=tuple(_stakes(session, request, zone, hours)),
        hours=hours,
        order=order,
    )


def _stakes(session: Session, request: TechnicianRequest, zone: ZoneInfo, hours: Hours | None) -> list[Stake]:
    if request.state in {RequestState.REFUSED, RequestState.WITHDRAWN}:
        return []
    if hours is not None:
        is_granted = request.state == RequestState.GRANTED
        times = asked_hours.outside(hours, zone) if is_granted else hours.lost
        return stakes.within(session, request.technician_id, times)
    if request.starts_at is None or request.ends_at is None:
        return []
    return stakes.within(session, request.technician_id, [(request.starts_at, request.ends_at)])


def _begins(visit: Visit | None) -> datetime | None:
    promise = visit.appointment if visit else None
    return promise.window_starts_at if promise else None
