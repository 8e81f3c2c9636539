"""Rows to `Problem` and `Plan` back to rows: the only place where records and the planning core meet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch.crews import half_id, visits_of
from dispatch.day import Day
from dispatch.day_plan import DayPlan, Route, Stop
from dispatch.demand import Candidate as Candidate
from dispatch.demand import Places, as_candidate, as_planned, candidate_row, promised, spots
from dispatch.work_order import VisitState
from routing import problem as core
from routing.plan import Plan
from routing.plan import Route as PlannedRoute
from routing.travel import TravelTimes
from technicians import availability
from technicians.availability import Availability


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A day as the planner sees it. `running` is the plan in force; `basis` maps route id to its revision.

    A visit for two technicians is two of the planner's, joined: see `dispatch.crews`.
    """

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
    with_matrix: bool = True,
) -> Snapshot:
    """The area's day, or the part of it that concerns some technicians and visits; `plan` gives the running routes.

    A `candidate` is in the problem with the windows it brings, whatever it may have been promised before; its halves,
    if it is for two, are not joined yet. With
    `technician_ids` and no `visit_ids` the visits are those of the technicians' routes. `people` are those working
    that day who matter, when the caller has looked already. Without a matrix travel is worked out when it is asked for.
    """
    day = days.of(session, area_code, on_date)
    if people is None:
        people = availability.working(session, area_code, on_date, technician_ids=technician_ids)
    else:
        technician_ids = [person.technician_id for person in people]
    running = _running(session, plan, technician_ids)
    if technician_ids is not None and visit_ids is None:
        visit_ids = visits_of(visit for _, _, stops in running.values() for visit in stops)
    demand = promised(session, day, visit_ids, without=candidate.visit_id if candidate else None)
    places = Places()
    visits, links = as_planned(demand, day, places, spots(session, plan, demand), technician_ids)
    if candidate is not None:
        visits += as_candidate(candidate_row(session, candidate.visit_id), candidate, day, places)
    vehicles = tuple(_vehicle(person, day, places) for person in people)
    problem = _problem(tuple(visits), vehicles, tuple(links), places, travel_times, with_matrix)
    able = {vehicle.id for vehicle in vehicles}
    routes = tuple(
        PlannedRoute(technician, tuple(v for v in stops if problem.has_visit(v)))
        for technician, (_, _, stops) in running.items()
        if technician in able
    )
    basis = {str(route_id): revision for route_id, revision, _ in running.values()}
    return Snapshot(day, problem, Plan(routes, {}), basis)


def _problem(
    visits: tuple[core.Visit, ...],
    vehicles: tuple[core.Vehicle, ...],
    links: tuple[core.Link, ...],
    places: Places,
    travel_times: TravelTimes,
    with_matrix: bool,
) -> core.Problem:
    points = np.array(list(places.index), dtype=np.float64).reshape(-1, 2)
    if not with_matrix:
        return core.Problem(visits, vehicles, coordinates=points, travel=travel_times, links=links)
    return replace(core.Problem.over(visits, vehicles, points, travel_times), links=links)


def unplaced(session: Session, area_code: str, on_date: date, plan: DayPlan | None) -> list[int]:
    """Ids of the day's promised visits that have not begun and stand in no route of the plan."""
    demand = promised(session, days.of(session, area_code, on_date), None, without=None)
    served = visits_of(visit for _, _, stops in _running(session, plan, None).values() for visit in stops)
    return [row.id for row in demand if row.state == VisitState.WAITING and row.id not in served]


def _running(
    session: Session, plan: DayPlan | None, technician_ids: Collection[int] | None
) -> dict[int, tuple[int, int, list[int]]]:
    """Technician id to (route id, revision, what the planner calls the visits, in order)."""
    if plan is None:
        return {}
    query = (
        select(Route.id, Route.technician_id, Route.revision, Stop.visit_id, Stop.half)
        .outerjoin(Stop, (Stop.route_id == Route.id) & Stop.visit_id.is_not(None))
        .where(Route.day_plan_id == plan.id)
        .order_by(Route.technician_id, Stop.position)
    )
    if technician_ids is not None:
        query = query.where(Route.technician_id.in_(technician_ids))
    routes: dict[int, tuple[int, int, list[int]]] = {}
    for route_id, technician_id, revision, visit_id, half in session.execute(query):
        _, _, visits = routes.setdefault(technician_id, (route_id, revision, []))
        if visit_id is not None:
            visits.append(half_id(visit_id, half))
    return routes


def _moment(day: Day, at: datetime) -> core.TimeWindow:
    return core.TimeWindow(day.seconds(at), day.seconds(at))


def _vehicle(person: Availability, day: Day, places: Places) -> core.Vehicle:
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
