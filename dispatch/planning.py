"""Rows to `Problem` and `Plan` back to rows: the only place where records and the planning core meet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch.catalogue import ServiceProduct
from dispatch.day import Day
from dispatch.day_plan import DayPlan, Route, Stop
from dispatch.work_order import Appointment, AppointmentState, Visit, VisitState, WorkOrder
from routing import problem as core
from routing.plan import Plan
from routing.plan import Route as PlannedRoute
from routing.travel import TravelTimes
from technicians import availability
from technicians.availability import Availability
from technicians.place import County

STARTED = set(VisitState) - {VisitState.WAITING, VisitState.CANCELLED}
NOBODY_ALONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A visit that may be put into the day, and the arrival windows it would be promised."""

    visit_id: int
    windows: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A day as the planner sees it. `running` is the plan in force; `basis` maps route id to its revision."""

    day: Day
    problem: core.Problem
    running: Plan
    basis: dict[str, int]


def snapshot(
    session: Session,
    travel_times: TravelTimes,
    area_code: str,
    on_date: date,
    *,
    plan: DayPlan | None,
    technician_ids: Collection[int] | None = None,
    visit_ids: Collection[int] | None = None,
    people: Sequence[Availability] | None = None,
    candidate: Candidate | None = None,
) -> Snapshot:
    """The area's day, or the part of it that concerns some technicians and visits; `plan` gives the running routes.

    A `candidate` is in the problem with the windows it brings, whatever it may have been promised before. With
    `technician_ids` and no `visit_ids` the visits are those of the technicians' routes. `people` are those working
    that day who matter, when the caller has looked already.
    """
    day = days.of(session, area_code, on_date)
    if people is None:
        people = availability.working(session, area_code, on_date, technician_ids=technician_ids)
    else:
        technician_ids = [person.technician_id for person in people]
    running = _running(session, plan, technician_ids)
    if technician_ids is not None and visit_ids is None:
        visit_ids = {visit for _, _, stops in running.values() for visit in stops}
    demand = _demand(session, day, visit_ids, without=candidate.visit_id if candidate else None)
    started = _started(session, plan, {row.id for row in demand if row.state in STARTED})
    demand = [row for row in demand if row.state == VisitState.WAITING or row.id in started]
    places = _Places()
    visits = tuple(_visit(row, day, places, started.get(row.id)) for row in demand)
    if candidate is not None:
        visits = (*visits, _as_visit(session, candidate, day, places))
    vehicles = tuple(_vehicle(person, day, places) for person in people)
    problem = places.problem(visits, vehicles, travel_times)
    known = {visit.id for visit in visits}
    able = {vehicle.id for vehicle in vehicles}
    routes = tuple(
        PlannedRoute(technician, tuple(v for v in stops if v in known))
        for technician, (_, _, stops) in running.items()
        if technician in able
    )
    basis = {str(route_id): revision for route_id, revision, _ in running.values()}
    return Snapshot(day, problem, Plan(routes, {}), basis)


def _visits(*more: Any) -> Select[*tuple[Any, ...]]:
    """What the planner must know of a visit, and `more`."""
    return (
        select(
            Visit.id, Visit.state, Visit.service, Visit.setup, Visit.pinned_technician_id, Visit.pinned_start_at,
            WorkOrder.lng, WorkOrder.lat, WorkOrder.county_code, WorkOrder.priority,
            County.lng.label("centre_lng"), County.lat.label("centre_lat"),
            ServiceProduct.skills, ServiceProduct.load, ServiceProduct.crew_size, *more,
        )
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
    )  # fmt: skip


def _demand(session: Session, day: Day, visit_ids: Collection[int] | None, *, without: int | None) -> list[Row[Any]]:
    """The visits promised for the day."""
    query = (
        _visits(Appointment.window_starts_at, Appointment.window_ends_at)
        .join(Appointment, Appointment.visit_id == Visit.id)
        .where(
            County.area_code == day.area_code,
            Appointment.state.in_([AppointmentState.CONFIRMED, AppointmentState.KEPT, AppointmentState.BROKEN]),
            Appointment.window_starts_at >= day.midnight,
            Appointment.window_starts_at < day.ends_at,
            Visit.state != VisitState.CANCELLED,
        )
        .order_by(Visit.id)
    )
    if visit_ids is not None:
        query = query.where(Visit.id.in_(visit_ids))
    if without is not None:
        query = query.where(Visit.id != without)
    return list(session.execute(query))


def unplaced(session: Session, area_code: str, on_date: date, plan: DayPlan | None) -> list[int]:
    """Ids of the day's promised visits that have not begun and stand in no route of the plan."""
    demand = _demand(session, days.of(session, area_code, on_date), None, without=None)
    served = {visit for _, _, stops in _running(session, plan, None).values() for visit in stops}
    return [row.id for row in demand if row.state == VisitState.WAITING and row.id not in served]


def _running(
    session: Session, plan: DayPlan | None, technician_ids: Collection[int] | None
) -> dict[int, tuple[int, int, list[int]]]:
    """Technician id to (route id, revision, visit ids in order)."""
    if plan is None:
        return {}
    query = (
        select(Route.id, Route.technician_id, Route.revision, Stop.visit_id)
        .outerjoin(Stop, (Stop.route_id == Route.id) & Stop.visit_id.is_not(None))
        .where(Route.day_plan_id == plan.id)
        .order_by(Route.technician_id, Stop.position)
    )
    if technician_ids is not None:
        query = query.where(Route.technician_id.in_(technician_ids))
    routes: dict[int, tuple[int, int, list[int]]] = {}
    for route_id, technician_id, revision, visit_id in session.execute(query):
        _, _, visits = routes.setdefault(technician_id, (route_id, revision, []))
        if visit_id is not None:
            visits.append(visit_id)
    return routes


def _started(session: Session, plan: DayPlan | None, visit_ids: set[int]) -> dict[int, tuple[int, datetime]]:
    """Visits that have begun, however they ended, keep their technician and their planned start."""
    if plan is None or not visit_ids:
        return {}
    query = (
        select(Stop.visit_id, Route.technician_id, Stop.scheduled_start)
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.day_plan_id == plan.id, Stop.visit_id.in_(visit_ids))
    )
    return {visit: (technician, start) for visit, technician, start in session.execute(query) if visit is not None}


class _Places:
    """Distinct coordinates, numbered as they come, so that two visits at one door share a place."""

    def __init__(self) -> None:
        self._index: dict[tuple[float, float], int] = {}

    def number(self, lng: float, lat: float) -> int:
        return self._index.setdefault((round(lng, 6), round(lat, 6)), len(self._index))

    def problem(
        self, visits: tuple[core.Visit, ...], vehicles: tuple[core.Vehicle, ...], travel_times: TravelTimes
    ) -> core.Problem:
        points = np.array(list(self._index), dtype=np.float64).reshape(-1, 2)
        return core.Problem.over(visits, vehicles, points, travel_times)


def _as_visit(session: Session, candidate: Candidate, day: Day, places: _Places) -> core.Visit:
    row = session.execute(_visits().where(Visit.id == candidate.visit_id)).one()
    windows = tuple(core.TimeWindow(day.seconds(begins), day.seconds(ends)) for begins, ends in candidate.windows)
    return replace(_visit(row, day, places, None, windows), pin=None)


def _visit(
    row: Row[Any],
    day: Day,
    places: _Places,
    started: tuple[int, datetime] | None,
    windows: tuple[core.TimeWindow, ...] | None = None,
) -> core.Visit:
    has_position = row.lng is not None
    place = places.number(row.lng if has_position else row.centre_lng, row.lat if has_position else row.centre_lat)
    pinned_start = started[1] if started else row.pinned_start_at
    technician = started[0] if started else row.pinned_technician_id
    if windows is None:
        windows = () if started else (_window(row, day),)
    start = day.seconds(pinned_start) if pinned_start else None
    return core.Visit(
        id=row.id,
        place=place,
        service=row.service,
        setup=row.setup,
        windows=windows,
        skills={} if started else row.skills,
        county=None if started else row.county_code,
        load=(0,) if started else (row.load,),
        priority=row.priority,
        allowed=NOBODY_ALONE if row.crew_size > 1 and not started else None,
        pin=core.Pin(technician, start) if technician is not None or start is not None else None,
    )


def _window(row: Row[Any], day: Day) -> core.TimeWindow:
    return core.TimeWindow(day.seconds(row.window_starts_at), day.seconds(row.window_ends_at))


def _moment(day: Day, at: datetime) -> core.TimeWindow:
    return core.TimeWindow(day.seconds(at), day.seconds(at))


def _vehicle(person: Availability, day: Day, places: _Places) -> core.Vehicle:
    breaks = tuple(
        core.Break(n, (core.TimeWindow(day.seconds(earliest), day.seconds(latest)),), duration)
        for n, (earliest, latest, duration) in enumerate(person.breaks, start=1)
    )
    absences = tuple(
        core.Break(-n, (_moment(day, away.starts_at),), round((away.ends_at - away.starts_at).total_seconds()))
        for n, away in enumerate(person.absences, start=1)
    )
    return core.Vehicle(
        id=person.technician_id,
        start=places.number(person.start_lng, person.start_lat),
        end=places.number(person.end_lng, person.end_lat),
        shift=core.TimeWindow(day.seconds(person.starts_at), day.seconds(person.hard_ends_at)),
        soft_end=day.seconds(person.soft_ends_at),
        breaks=breaks + absences,
        skills=dict(person.skills),
        counties=person.counties,
        capacity=(person.capacity,),
        max_visits=person.max_visits,
    )
