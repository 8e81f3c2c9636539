"""The outlook of a day's plan before it happens: the chance of every promise, with names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import history, plans
from dispatch.catalogue import ServiceProduct
from dispatch.crews import halves, visits_of
from dispatch.day import Day
from dispatch.day import of as days_of
from dispatch.day_plan import DayPlan
from dispatch.engines import Tuned
from dispatch.planning import snapshot
from dispatch.trips import crew_column, kind_column
from dispatch.work_order import Appointment, Visit, WorkOrder
from routing.outlook import Outlook
from routing.simulate import simulate
from routing.travel import TravelTimes
from technicians.errors import NotFound
from technicians.people import Technician
from technicians.place import County

DAYS = 1000
ROBUST = "routing.robust:robust"


@dataclass(frozen=True, slots=True)
class Risk:
    """One promise of the plan: its chance, and its start as planned and (10 to 90 %) as simulated; aware instants."""

    visit_id: int
    order: str
    technician: str
    technician_name: str
    window_starts_at: datetime
    window_ends_at: datetime
    chance: float
    planned_at: datetime
    early_at: datetime
    late_at: datetime


@dataclass(frozen=True, slots=True)
class Overtime:
    """One technician's day: chances of ending after the soft and the hard end, expected overtime in seconds."""

    technician: str
    technician_name: str
    after_soft_end: float
    after_hard_end: float
    overtime: float


@dataclass(frozen=True, slots=True)
class DayOutlook:
    """What to expect of a day's plan. `risks` and `overtimes` have the greatest risk first."""

    plan_id: int
    state: str
    version: int
    outlook: Outlook
    risks: tuple[Risk, ...]
    overtimes: tuple[Overtime, ...]


def of(
    session: Session,
    travel_times: TravelTimes,
    area_code: str,
    on_date: date,
    *,
    at: datetime,
    days: int = DAYS,
    seed: int = 0,
) -> DayOutlook:
    """The outlook of the day's published plan, else of its draft, with the distributions learnt until `at`.

    Raises NotFound when the day has no plan or there is no such area, InvalidProblem for a wrong number of days.
    """
    plan = plans.current(session, area_code, on_date)
    snap = snapshot(session, travel_times, area_code, on_date, plan=plan)
    if plan is None:
        raise NotFound(
            "There is no plan for {area} on {day}.", field="date", remedy="Plan the day first.",
            area=area_code, day=on_date.isoformat(),
        )  # fmt: skip
    products = kinds(session, [visit.id for visit in snap.problem.visits])
    spreads = history.spreads(session, area_code, at)
    found = simulate(snap.problem, snap.running, days, seed, spreads, products)
    return _told(session, plan, snap.day, found)


def robust_engine(session: Session, area_code: str, on_date: date, at: datetime) -> Tuned:
    """An engine that plans the day for how it may go, with the distributions learnt until `at`."""
    day = days_of(session, area_code, on_date)
    promised = session.scalars(
        select(Appointment.visit_id)
        .join(Visit)
        .join(WorkOrder)
        .join(County, County.code == WorkOrder.county_code)
        .where(
            County.area_code == area_code,
            Appointment.window_starts_at >= day.midnight,
            Appointment.window_starts_at < day.ends_at,
        )
    ).all()
    options = {"spreads": history.spreads(session, area_code, at), "kinds": kinds(session, promised)}
    return Tuned(ROBUST, options)


def kinds(session: Session, visit_ids: Collection[int]) -> dict[int, str]:
    """The product of each visit and of its second half, if it has one: what its duration is learnt by."""
    query = (
        select(Visit.id, kind_column().label("kind"), crew_column().label("crew_size"))
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
        .where(Visit.id.in_(visits_of(visit_ids)))
    )
    return {half: row.kind for row in session.execute(query) for half in halves(row.id, row.crew_size)}


def _told(session: Session, plan: DayPlan, day: Day, outlook: Outlook) -> DayOutlook:
    people = {
        id_: (code, name)
        for id_, code, name in session.execute(select(Technician.id, Technician.code, Technician.name))
    }
    overtimes = [
        Overtime(*people[seen.vehicle], seen.after_soft_end, seen.after_hard_end, seen.overtime)
        for seen in sorted(outlook.vehicles, key=lambda v: (-v.after_hard_end, -v.after_soft_end, -v.overtime))
    ]
    return DayOutlook(
        plan.id, plan.state, plan.version, outlook, _risks(session, people, day, outlook), tuple(overtimes)
    )


def _risks(session: Session, people: dict[int, tuple[str, str]], day: Day, outlook: Outlook) -> tuple[Risk, ...]:
    riskiest = outlook.riskiest()
    windows = _promises(session, [seen.visit for seen in riskiest])
    return tuple(
        Risk(
            seen.visit, windows[seen.visit][0], *people[seen.vehicle], *windows[seen.visit][1:], seen.chance,
            day.instant(seen.planned), day.instant(seen.early), day.instant(seen.late),
        )
        for seen in riskiest
        if seen.visit in windows
    )  # fmt: skip


def _promises(session: Session, visit_ids: Collection[int]) -> dict[int, tuple[str, datetime, datetime]]:
    """Order number and window in force of each visit."""
    rows = session.scalars(select(Visit).where(Visit.id.in_(visit_ids)))
    return {
        visit.id: (visit.work_order.number, visit.appointment.window_starts_at, visit.appointment.window_ends_at)
        for visit in rows
        if visit.appointment is not None
    }
