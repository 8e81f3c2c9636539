"""Past days of the demonstration region: planned, worked and closed, so that no page is empty."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import demo, plans
from dispatch.day_plan import DayPlan, Stop
from dispatch.evidence import EventType, VisitEvent
from dispatch.planning import Snapshot, snapshot
from dispatch.work_order import AppointmentState, FailureReason, Visit, VisitState, WorkOrderState
from routing.mend import filled, rebuilt
from routing.plan import Plan, Route
from routing.travel import TravelTimes
from seed_regions.demo_records import DemoRegion
from technicians.people import Technician

SHARE_FAILED = 0.03
FAILURES = (FailureReason.NOBODY_HOME, FailureReason.SITE_NOT_READY, FailureReason.GOODS_DAMAGED)
DEVICE = "demonstration"


def worked_day(session: Session, travel_times: TravelTimes, region: DemoRegion, on_date: date, seed: int) -> DayPlan:
    """Write one past day: its orders, a published plan, and what the technicians did."""
    orders = demo.demand(session, region, region.orders, on_date)
    snap = snapshot(session, travel_times, region.code, on_date, plan=None)
    technicians = {code: person for person, code in session.execute(select(Technician.id, Technician.code))}
    holder = {row.visits[0].id: technicians[region.sketch[row.number]] for row in orders if row.number in region.sketch}
    planned = _planned(snap, holder)
    before = snap.day.midnight - timedelta(hours=6)
    plan = plans.store(session, snap, planned, based_on_id=None, solver={}, at=before, by="demonstration")
    plans.publish(session, plan.id, by="demonstration", at=before + timedelta(minutes=20))
    rng = np.random.default_rng([seed, on_date.toordinal(), 7])
    stops = session.scalars(select(Stop).where(Stop.day_plan_id == plan.id, Stop.visit_id.is_not(None)))
    for stop in stops:
        if stop.visit is not None:
            _worked(session, stop.visit, stop, stop.route.technician_id, rng)
    session.flush()
    return plan


def _planned(snap: Snapshot, holder: dict[int, int]) -> Plan:
    """Routes along the region's sketch; what does not fit goes wherever it does."""
    visits = defaultdict(list)
    for visit in sorted(snap.problem.visits, key=lambda v: v.windows[0].earliest):
        technician = holder.get(visit.id)
        if technician is not None and snap.problem.has_vehicle(technician):
            visits[technician].append(visit.id)
    routes = [rebuilt(snap.problem, Route(technician, tuple(ids))) for technician, ids in visits.items()]
    return filled(snap.problem, routes)


def _worked(session: Session, visit: Visit, stop: Stop, technician_id: int, rng: np.random.Generator) -> None:
    """Arrival about when it was planned, now and then late; a few visits fail with a reason."""
    late = float(rng.normal(-2, 7)) + (float(rng.exponential(25)) if rng.random() < 0.06 else 0.0)
    arrived_at = stop.scheduled_start + timedelta(minutes=late)
    left_at = arrived_at + timedelta(seconds=visit.service * float(rng.lognormal(0.0, 0.2)))
    failed = rng.random() < SHARE_FAILED
    visit.technician_id = technician_id
    visit.arrived_at = arrived_at
    visit.en_route_at = arrived_at - timedelta(seconds=max(stop.travel, 60))
    visit.arrival_distance = int(rng.gamma(2.0, 15.0))
    _move(visit, VisitState.EN_ROUTE, VisitState.ON_SITE)
    visit.left_at = arrived_at + timedelta(minutes=12) if failed else left_at
    promise = visit.appointment
    if promise is not None:
        kept = arrived_at <= promise.window_ends_at
        promise.move_to(AppointmentState.KEPT if kept else AppointmentState.BROKEN)
    if failed:
        visit.failure_reason = FAILURES[int(rng.integers(len(FAILURES)))]
        visit.move_to(VisitState.COULD_NOT_COMPLETE)
        visit.work_order.move_to(WorkOrderState.CANCELLED)
    else:
        visit.move_to(VisitState.COMPLETED)
        visit.work_order.move_to(WorkOrderState.COMPLETED)
    last = EventType.COULD_NOT_COMPLETE if failed else EventType.COMPLETION
    happened = (
        (EventType.EN_ROUTE, visit.en_route_at),
        (EventType.CHECK_IN, arrived_at),
        (last, visit.left_at),
    )
    session.add_all(_event(visit, technician_id, kind, at) for kind, at in happened)


def _move(visit: Visit, *states: VisitState) -> None:
    for state in states:
        visit.move_to(state)


def _event(visit: Visit, technician_id: int, kind: EventType, at: datetime) -> VisitEvent:
    return VisitEvent(
        event_id=f"demo-{visit.id}-{kind}", visit_id=visit.id, technician_id=technician_id, type=kind,
        device_id=DEVICE, device_time=at, received_at=at + timedelta(seconds=2), payload={},
    )  # fmt: skip
