"""What a technician sees: the published day, each stop with what must be known and done there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from dispatch import audit, papers
from dispatch.day import date_of
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.evidence import Proof, ProofKind
from dispatch.papers import Papers
from dispatch.work_order import Visit, WorkOrder
from technicians.errors import NotFound
from technicians.people import Technician
from technicians.place import PlanningArea


@dataclass(frozen=True, slots=True)
class Day:
    """One technician's day. Without a published route `route` is None. Papers by visit id.

    `colleagues` are the names of those who come along, by visit id.
    """

    technician: Technician
    area: PlanningArea
    on_date: date
    route: Route | None
    papers: Mapping[int, Papers]
    colleagues: dict[int, str]


def area_of(session: Session, technician: Technician) -> PlanningArea:
    """The area whose clock the technician goes by."""
    return session.get_one(PlanningArea, technician.area_code)


def local_date(session: Session, technician: Technician, at: datetime) -> date:
    """The date it is for this technician at an instant."""
    return date_of(area_of(session, technician), at)


def my_day(session: Session, technician_id: int, on_date: date) -> Day:
    """The published route of that day with everything its stops show; a draft stays invisible."""
    technician = session.get_one(Technician, technician_id)
    route = _published_route(session, technician_id, on_date)
    visit_ids = [stop.visit_id for stop in route.stops if stop.visit_id] if route else []
    return Day(
        technician=technician,
        area=session.get_one(PlanningArea, technician.area_code),
        on_date=on_date,
        route=route,
        papers=papers.of_visits(session, visit_ids),
        colleagues=_colleagues(session, route, visit_ids) if route else {},
    )


def _colleagues(session: Session, route: Route, visit_ids: Iterable[int]) -> dict[int, str]:
    query = (
        select(Stop.visit_id, Technician.name)
        .join(Route, Route.id == Stop.route_id)
        .join(Technician, Technician.id == Route.technician_id)
        .where(Stop.day_plan_id == route.day_plan_id, Stop.visit_id.in_(visit_ids), Stop.route_id != route.id)
    )
    return {visit_id: name for visit_id, name in session.execute(query) if visit_id is not None}


def stop_of(session: Session, visit: Visit) -> Stop | None:
    """Where the visit stands in the published plan."""
    return session.scalars(
        select(Stop)
        .join(DayPlan, Stop.day_plan_id == DayPlan.id)
        .where(Stop.visit_id == visit.id, DayPlan.state == DayPlanState.PUBLISHED)
        .order_by(Stop.half)
    ).first()


def photos_of(session: Session, visit_ids: Iterable[int]) -> dict[int, list[Proof]]:
    """The photos of some visits, by visit id, oldest first."""
    rows = session.scalars(
        select(Proof).where(Proof.visit_id.in_(visit_ids), Proof.kind == ProofKind.PHOTO).order_by(Proof.id)
    )
    photos: dict[int, list[Proof]] = {}
    for proof in rows:
        photos.setdefault(proof.visit_id, []).append(proof)
    return photos


def see_route(session: Session, technician_id: int, on_date: date, revision: int, *, at: datetime) -> None:
    """Note which revision of the published route the technician has seen; an older one changes nothing."""
    route = _published_route(session, technician_id, on_date)
    if route is None:
        raise NotFound("No published route on that day.", field="on", remedy="Reload your day.")
    seen = min(revision, route.revision)
    if seen <= (route.seen_revision or 0):
        return
    route.seen_revision = seen
    who = f"technician:{route.technician.code}"
    audit.note(session, who, "route.seen", "route", route.id, at=at, after={"seen_revision": seen})


def _published_route(session: Session, technician_id: int, on_date: date) -> Route | None:
    visit = selectinload(Route.stops).joinedload(Stop.visit)
    order = visit.joinedload(Visit.work_order)
    return session.scalars(
        select(Route)
        .join(DayPlan)
        .where(
            Route.technician_id == technician_id,
            DayPlan.on_date == on_date,
            DayPlan.state == DayPlanState.PUBLISHED,
        )
        .options(
            visit.selectinload(Visit.appointments),
            order.joinedload(WorkOrder.product),
            order.joinedload(WorkOrder.county),
            order.joinedload(WorkOrder.merchant),
        )
    ).first()
