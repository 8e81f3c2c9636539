"""Past days of the demonstration region: planned, worked and closed, so that no page is empty."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import demo, plans, site_proofs, trips
from dispatch.day_plan import DayPlan
from dispatch.evidence import EventType, VisitEvent
from dispatch.planning import Snapshot, snapshot
from dispatch.site_facts import ReadBy
from dispatch.work_order import AppointmentState, FailureReason, Visit, VisitState, WorkOrderState
from routing.mend import filled, mended
from routing.plan import Plan, Route
from routing.travel import TravelTimes
from seed_regions.demo_history import PastDay, PastVisit
from seed_regions.demo_records import DemoRegion
from technicians.people import Technician

DEVICE = "demonstration"


def worked_day(session: Session, travel_times: TravelTimes, region: DemoRegion, past: PastDay) -> DayPlan:
    """Write one past day: its orders, a published plan, and what the technicians did."""
    orders = demo.demand(session, region, [visit.order for visit in past.visits], past.on_date)
    snap = snapshot(session, travel_times, region.code, past.on_date, plan=None)
    technicians = {code: id_ for code, id_ in session.execute(select(Technician.code, Technician.id))}
    visits = {row.number: row.visits[0] for row in orders}
    holders = {visits[v.order.number].id: technicians[v.technician] for v in past.visits}
    before = snap.day.midnight - timedelta(hours=6)
    plan = plans.store(session, snap, _planned(snap, holders), based_on_id=None, solver={}, at=before, by=DEVICE)
    plans.publish(session, plan.id, by=DEVICE, at=before + timedelta(minutes=20))
    for seen in past.visits:
        _worked(session, visits[seen.order.number], technicians[seen.technician], seen)
    session.flush()
    return plan


def _planned(snap: Snapshot, holders: dict[int, int]) -> Plan:
    """Routes as they were driven; what the planner's travel times do not allow goes wherever it fits."""
    driven: dict[int, list[int]] = defaultdict(list)
    for visit_id, technician_id in holders.items():
        if snap.problem.has_vehicle(technician_id):
            driven[technician_id].append(visit_id)
    routes = mended(snap.problem, [Route(technician, tuple(ids)) for technician, ids in driven.items()])
    return filled(snap.problem, routes)


def _worked(session: Session, visit: Visit, technician_id: int, seen: PastVisit) -> None:
    visit.technician_id = technician_id
    visit.en_route_at, visit.arrived_at, visit.left_at = seen.en_route_at, seen.arrived_at, seen.left_at
    visit.move_to(VisitState.EN_ROUTE).move_to(VisitState.ON_SITE)
    promise = visit.appointment
    if promise is not None:
        promise.move_to(AppointmentState.BROKEN if seen.late else AppointmentState.KEPT)
    if seen.failure_reason is not None:
        visit.failure_reason = FailureReason(seen.failure_reason)
        visit.move_to(VisitState.COULD_NOT_COMPLETE)
        visit.work_order.move_to(WorkOrderState.CANCELLED)
        last = EventType.COULD_NOT_COMPLETE
    else:
        visit.move_to(VisitState.COMPLETED)
        visit.work_order.move_to(WorkOrderState.COMPLETED)
        _prove(visit, seen)
        last = EventType.COMPLETION
    happened = (
        (EventType.EN_ROUTE, seen.en_route_at),
        (EventType.CHECK_IN, seen.arrived_at),
        (last, seen.left_at),
    )
    session.add_all(_event(visit, technician_id, kind, at) for kind, at in happened)


def _prove(visit: Visit, seen: PastVisit) -> None:
    """Everything that the product asks for was told, and the consumer accepted the work."""
    asked = trips.proofs(visit)
    visit.told = {"checklist": [entry["code"] for entry in trips.checklist(visit)], "signed": True}
    if asked["serial"] == site_proofs.REQUIRED:
        number = f"SN{visit.work_order.number[-6:]}{visit.id:05}"
        visit.told |= {"serial": {"number": number, "read": ReadBy.CAMERA, "format": "code-128"}}
    visit.accepted_at = seen.left_at


def _event(visit: Visit, technician_id: int, kind: EventType, at: datetime) -> VisitEvent:
    return VisitEvent(
        event_id=f"demo-{visit.id}-{kind}", visit_id=visit.id, technician_id=technician_id, type=kind,
        device_id=DEVICE, device_time=at, received_at=at + timedelta(seconds=2), payload={},
    )  # fmt: skip
