"""What must be true of promises at any instant between two transactions, whoever booked, moved or died meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch import plans
from dispatch.crews import half_id, halves
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.planning import Snapshot, snapshot
from dispatch.records import METADATA
from dispatch.system import System
from dispatch.work_order import IN_FORCE, Appointment, AppointmentState, Visit, WorkOrder, WorkOrderState
from routing.check import violations
from routing.joint import timed
from routing.plan import Rule
from technicians.place import County


def faults(system: System, area_code: str, dates: Collection[date]) -> list[str]:
    """One line for each promise that does not fit, stands nowhere or twice, and each stop that nobody was promised."""
    with system.transaction(read_only=True) as session:
        found = [fault for on_date in dates for fault in _of_day(session, system, area_code, on_date)]
        return found + list(_of_orders(session, area_code))


def everything(system: System) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with system.transaction(read_only=True) as session:
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in METADATA.sorted_tables}


def in_force(system: System, order_id: int) -> list[tuple[AppointmentState, datetime]]:
    """What an order is promised or kept: its state and the beginning of its window."""
    with system.transaction(read_only=True) as session:
        query = select(Appointment).join(Visit, Visit.id == Appointment.visit_id)
        rows = session.scalars(query.where(Visit.work_order_id == order_id, Appointment.state.in_(IN_FORCE)))
        return [(row.state, row.window_starts_at) for row in rows]


def _of_day(session: Session, system: System, area_code: str, on_date: date) -> Iterator[str]:
    for state in (DayPlanState.PUBLISHED, DayPlanState.DRAFT):
        plan = plans.in_state(session, area_code, on_date, state)
        if plan is None:
            continue
        snap = snapshot(session, system.travel_times, area_code, on_date, plan=plan)
        broken = [each for each in violations(snap.problem, snap.running) if each.rule != Rule.MISSING]
        yield from (f"{on_date} {state}: {each.detail}" for each in broken)
        yield from _wrong_stops(session, plan, snap)
    if plans.current(session, area_code, on_date) is None and _promised(session, area_code, on_date):
        yield f"{on_date}: promises without a plan"


def _wrong_stops(session: Session, plan: DayPlan, snap: Snapshot) -> Iterator[str]:
    """Stops of nobody's, promises without their stops, and stops at other times than their route makes them."""
    promised = _promised(session, plan.area_code, plan.on_date)
    rows = session.execute(
        select(Stop.visit_id, Stop.half, Stop.scheduled_start, Route.technician_id)
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.day_plan_id == plan.id, Stop.visit_id.is_not(None))
    ).all()
    stands = Counter(half_id(row.visit_id, row.half) for row in rows)
    wanted = {half for visit, crew in promised.items() for half in halves(visit, crew)}
    yield from (
        f"{plan.on_date}: {half} was promised and stands {stands[half]} times" for half in wanted - stands.keys()
    )
    yield from (
        f"{plan.on_date}: {half} stands in a route and nobody was promised it" for half in stands.keys() - wanted
    )
    times = {
        moment.visit: snap.day.instant(moment.start)
        for moments in timed(snap.problem, snap.running).values()
        for moment in moments
        if moment.visit is not None
    }
    for row in rows:
        half = half_id(row.visit_id, row.half)
        if half in times and times[half] != row.scheduled_start:
            yield f"{plan.on_date}: {half} is written down for {row.scheduled_start}, its route has {times[half]}"


def _promised(session: Session, area_code: str, on_date: date) -> dict[int, int]:
    """The visits with a window in force on that day, and how many technicians they take."""
    day = days.of(session, area_code, on_date)
    query = (
        select(Visit)
        .join(Appointment, Appointment.visit_id == Visit.id)
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .where(
            County.area_code == area_code, Appointment.state.in_(IN_FORCE),
            Appointment.window_starts_at >= day.midnight, Appointment.window_starts_at < day.ends_at,
        )
    )  # fmt: skip
    return {visit.id: visit.work_order.product.crew_size for visit in session.scalars(query)}


def _of_orders(session: Session, area_code: str) -> Iterator[str]:
    """Orders that do not agree with their appointments."""
    query = select(WorkOrder).join(County, County.code == WorkOrder.county_code).where(County.area_code == area_code)
    for order in session.scalars(query):
        states = [a.state for visit in order.visits for a in visit.appointments if a.state in IN_FORCE]
        is_booked = states == [AppointmentState.CONFIRMED]
        if len(states) > 1 or is_booked != (order.state == WorkOrderState.BOOKED):
            yield f"order {order.number} is {order.state} with {', '.join(states) or 'nothing'} in force"
        if order.state == WorkOrderState.CANCELLED and states:
            yield f"order {order.number} is cancelled and keeps {', '.join(states)}"
