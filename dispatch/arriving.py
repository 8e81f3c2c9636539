"""That the technician is about to be there: said once about a visit, by where the phone is, or by the time.

Where the phone was seen within the last minutes counts; a message that comes after the check-in is not sent. By the
time alone it is said of phones that tell no place, unless the way is so short that setting out has said it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from geopy.distance import geodesic
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from dispatch import outbox
from dispatch.day_plan import DayPlan, DayPlanState, Stop
from dispatch.messages import Template
from dispatch.outbox import Outbox, OutboxKind
from dispatch.system import System
from dispatch.work_order import PositionQuality, Visit, VisitState, WorkOrder
from technicians.people import Position

NEAR, FAR = 1_000.0, 5_000.0
SOON = timedelta(minutes=10)
AFTER_SETTING_OUT = timedelta(minutes=5)
FRESH = timedelta(minutes=5)
LONGEST_WAY = timedelta(hours=4)
VAGUE = (PositionQuality.COUNTY_CENTRE, None)
BY = "positions"


def by_place(session: Session, technician_id: int, lng: float, lat: float, at: datetime) -> list[int]:
    """The visits that a technician on the way comes near to at this place, of those that were not told yet."""
    coming = _on_the_way(session, at, Visit.technician_id == technician_id)
    return [visit.id for visit in coming if (metres := _metres(visit, lng, lat)) is not None and metres <= NEAR]


def by_time(session: Session, at: datetime) -> list[int]:
    """The visits to which somebody comes within ten minutes as planned, and whom no phone has just seen far away."""
    coming = _on_the_way(session, at)
    seen = _seen(session, {visit.technician_id for visit in coming if visit.technician_id is not None}, at)
    travel = _travel(session, [visit.id for visit in coming])
    return [
        visit.id
        for visit in coming
        if is_soon(visit.en_route_at, travel.get(visit.id), at) and not _is_far(visit, seen.get(visit.technician_id))
    ]


def is_soon(en_route_at: datetime | None, travel: int | None, at: datetime) -> bool:
    """Whether who set out then on a way of so many seconds is there in ten minutes, and did not just set out."""
    if en_route_at is None or travel is None:
        return False
    way = timedelta(seconds=travel)
    return way >= SOON + AFTER_SETTING_OUT and at >= en_route_at + way - SOON


def tell(system: System, visit_ids: Collection[int]) -> int:
    """Promise the message for each that is still on the way and has not been told; how many."""
    if not visit_ids:
        return 0
    with system.transaction() as session:
        return sum(_tell(session, visit_id, system.now()) for visit_id in sorted(visit_ids))


def sweep(system: System) -> int:
    """Tell those to whom somebody comes soon by the time; how many."""
    with system.transaction(read_only=True) as session:
        soon = by_time(session, system.now())
    return tell(system, soon)


def about(visit_id: int) -> str:
    """What the outbox row of the message is about."""
    return f"{Template.ARRIVING}:visit:{visit_id}"


def _tell(session: Session, visit_id: int, at: datetime) -> bool:
    """The visit is locked first: of two who see at once that somebody is near, one tells."""
    found = select(Visit).where(Visit.id == visit_id, Visit.state == VisitState.EN_ROUTE)
    visit = session.scalars(found.with_for_update(key_share=True)).one_or_none()
    if visit is None or _told(session, [visit_id]):
        return False
    payload = {
        "template": Template.ARRIVING, "order_id": visit.work_order_id, "visit_id": visit_id,
        "happened_at": at.isoformat(),
    }  # fmt: skip
    outbox.add(session, OutboxKind.MESSAGE, payload, asked_by=BY, at=at).about = about(visit_id)
    session.info["wake"] = True
    return True


def _on_the_way(session: Session, at: datetime, *which: ColumnElement[bool]) -> list[Visit]:
    """Visits to which somebody set out in the last hours, and whose consumers were not told that they arrive."""
    query = (
        select(Visit)
        .options(joinedload(Visit.work_order).joinedload(WorkOrder.county))
        .where(Visit.state == VisitState.EN_ROUTE, Visit.en_route_at.between(at - LONGEST_WAY, at), *which)
    )
    coming = session.scalars(query.order_by(Visit.id)).all()
    told = _told(session, [visit.id for visit in coming])
    return [visit for visit in coming if about(visit.id) not in told]


def _told(session: Session, visit_ids: Collection[int]) -> set[str | None]:
    if not visit_ids:
        return set()
    said = select(Outbox.about).where(
        Outbox.kind == OutboxKind.MESSAGE, Outbox.about.in_([about(visit_id) for visit_id in visit_ids])
    )
    return set(session.scalars(said))


def _metres(visit: Visit, lng: float, lat: float) -> float | None:
    """How far the door is as the crow flies; None where its place is only guessed."""
    order = visit.work_order
    if order.lng is None or order.lat is None or order.position_quality in VAGUE:
        return None
    return float(geodesic((lat, lng), (order.lat, order.lng)).meters)


def _is_far(visit: Visit, seen: Position | None) -> bool:
    if seen is None:
        return False
    metres = _metres(visit, seen.lng, seen.lat)
    return metres is not None and metres > FAR


def _seen(session: Session, technician_ids: Collection[int], at: datetime) -> dict[int | None, Position]:
    query = select(Position).where(Position.technician_id.in_(technician_ids), Position.at > at - FRESH)
    return {seen.technician_id: seen for seen in session.scalars(query)} if technician_ids else {}


def _travel(session: Session, visit_ids: Collection[int]) -> dict[int | None, int]:
    """Seconds of the way to each visit in the published plan; for two technicians the longer one."""
    query = (
        select(Stop.visit_id, Stop.travel)
        .join(DayPlan, DayPlan.id == Stop.day_plan_id)
        .where(Stop.visit_id.in_(visit_ids), DayPlan.state == DayPlanState.PUBLISHED)
        .order_by(Stop.travel)
    )
    return {visit_id: travel for visit_id, travel in session.execute(query)} if visit_ids else {}
