"""Why my visits are mine: the published plan of the area asked, visit by visit, who else could have made it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from dispatch.crews import half_id
from dispatch.day import Day as LocalDay
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.demand import Candidate, Places, as_candidate, known, promised
from dispatch.planning import Snapshot, snapshot
from dispatch.standing import kept
from dispatch.why_not import Asked, Person, Reasons, Region
from dispatch.work_order import Visit
from routing.day import Day
from routing.problem import Problem
from routing.reach import Point
from routing.travel import TravelTimes
from technicians.people import Coverage, Technician, TechnicianSkill
from technicians.place import PlanningArea

MOST_KEPT = 20
Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Why:
    """Of each visit of somebody's published route why it is theirs; without a published route nothing."""

    on_date: date
    revision: int | None
    visits: Sequence[Reasons]


@dataclass(frozen=True, slots=True)
class Published:
    """A published day as it was read at `stamp`, and what was worked out of it, by technician."""

    stamp: Stamp
    local: LocalDay
    region: Region
    stops: Sequence[Row[Any]]
    answers: dict[int, Sequence[Reasons]] = field(default_factory=dict)


def why(session: Session, travel_times: TravelTimes, technician: Technician, on_date: date) -> Why:
    """The reasons by place in the route. What was worked out is kept until a route of the plan or the roster changes.

    To be asked in a read-only transaction.
    """
    mine = session.execute(
        select(Route.revision, DayPlan.id.label("plan_id"), DayPlan.area_code)
        .join(DayPlan, DayPlan.id == Route.day_plan_id)
        .where(
            Route.technician_id == technician.id,
            DayPlan.on_date == on_date,
            DayPlan.state == DayPlanState.PUBLISHED,
        )
    ).one_or_none()
    if mine is None:
        return Why(on_date, None, ())
    published = _published(session, travel_times, mine.area_code, on_date, mine.plan_id)
    if technician.id not in published.answers:
        asked = _asked(session, published, technician.id)
        published.answers[technician.id] = [published.region.reasons(each) for each in asked]
    return Why(on_date, mine.revision, published.answers[technician.id])


def _published(session: Session, travel_times: TravelTimes, area_code: str, on_date: date, plan_id: int) -> Published:
    """The day as it is kept in memory, or read again because something has moved on."""
    memory: OrderedDict[tuple[str, date], Published] = kept(session).reasons
    stamp = _stamp(session, area_code, plan_id)
    found = memory.get((area_code, on_date))
    if found is None or found.stamp != stamp:
        found = _read(session, travel_times, area_code, on_date, stamp)
        memory[area_code, on_date] = found
        while len(memory) > MOST_KEPT:
            memory.popitem(last=False)
    return found


def _stamp(session: Session, area_code: str, plan_id: int) -> Stamp:
    """What tells whether a published day is as it was."""
    many, total = session.execute(
        select(func.count(), func.sum(Route.revision)).where(Route.day_plan_id == plan_id)
    ).one()
    roster = session.scalar(select(PlanningArea.roster_revision).where(PlanningArea.code == area_code)) or 0
    return plan_id, many, total, roster


def _read(session: Session, travel_times: TravelTimes, area_code: str, on_date: date, stamp: Stamp) -> Published:
    plan = session.get_one(DayPlan, stamp[0])
    snap = snapshot(session, travel_times, area_code, on_date, plan=plan, with_matrix=False)
    stops = list(session.execute(_stops(plan.id)))
    region = Region(
        _staff(session, area_code, plan.id), Day.of(snap.problem, snap.running), _tracks(snap, stops), travel_times
    )
    return Published(stamp, snap.day, region, stops)


def _stops(plan_id: int) -> Any:
    return (
        select(Route.technician_id, Stop.visit_id, Stop.half, Stop.scheduled_start)
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.day_plan_id == plan_id, Stop.visit_id.is_not(None))
        .order_by(Route.technician_id, Stop.position)
    )


def _tracks(snap: Snapshot, stops: Sequence[Row[Any]]) -> dict[int, list[tuple[int, Point]]]:
    tracks: dict[int, list[tuple[int, Point]]] = {}
    for stop in stops:
        planned = half_id(stop.visit_id, stop.half)
        if snap.problem.has_visit(planned):
            at = snap.day.seconds(stop.scheduled_start), _point(snap.problem, planned)
            tracks.setdefault(stop.technician_id, []).append(at)
    return tracks


def _point(problem: Problem, visit_id: int) -> Point:
    if problem.coordinates is None:
        raise ValueError("a snapshot without coordinates")
    lng, lat = problem.coordinates[problem.visit(visit_id).place].tolist()
    return lng, lat


def _staff(session: Session, area_code: str, plan_id: int) -> list[Person]:
    """Everybody active in the area, and whoever else has a route in the plan, by id."""
    planned = select(Route.technician_id).where(Route.day_plan_id == plan_id)
    some = or_((Technician.area_code == area_code) & Technician.active, Technician.id.in_(planned))
    skill = TechnicianSkill
    counties = _grouped(session, select(Coverage.technician_id, Coverage.county_code).join(Technician).where(some))
    skills = _grouped(session, select(skill.technician_id, skill.skill_code, skill.level).join(Technician).where(some))
    people = session.execute(
        select(Technician.id, Technician.name, Technician.start_lng, Technician.start_lat)
        .where(some)
        .order_by(Technician.id)
    )
    return [
        Person(
            id=row.id,
            name=row.name,
            home=(row.start_lng, row.start_lat),
            counties=frozenset(code for (code,) in counties.get(row.id, ())),
            skills=dict(skills.get(row.id, ())),
        )
        for row in people
    ]


def _grouped(session: Session, query: Any) -> dict[int, list[Any]]:
    """What follows the technician's id in each row, by that."""
    found: dict[int, list[Any]] = {}
    for person_id, *rest in session.execute(query):
        found.setdefault(person_id, []).append(tuple(rest))
    return found


def _asked(session: Session, published: Published, mine: int) -> list[Asked]:
    """The visits of somebody's route as they were promised, by their places in it."""
    own = [stop for stop in published.stops if stop.technician_id == mine]
    rows = _wanted(session, published.local, {stop.visit_id for stop in own})
    return [_one(published, stop, rows[stop.visit_id]) for stop in own if stop.visit_id in rows]


def _wanted(session: Session, local: LocalDay, ids: Collection[int]) -> Mapping[int, Row[Any]]:
    """What the planner must know of each visit, with its window where one is promised."""
    plain = {row.id: row for row in session.execute(known().where(Visit.id.in_(ids)))}
    return plain | {row.id: row for row in promised(session, local, ids, without=None)}


def _one(published: Published, stop: Row[Any], row: Row[Any]) -> Asked:
    opens = getattr(row, "window_starts_at", stop.scheduled_start)
    closes = getattr(row, "window_ends_at", stop.scheduled_start)
    wanted = Candidate(stop.visit_id, ((opens, closes),))
    halves = as_candidate(row, wanted, published.local, Places())
    planned = half_id(stop.visit_id, stop.half)
    centre = row.centre_lng, row.centre_lat
    return Asked(
        visit_id=stop.visit_id,
        visit=next(each for each in halves if each.id == planned),
        at=centre if row.lng is None else (row.lng, row.lat),
        start=published.local.seconds(stop.scheduled_start),
        mine=stop.technician_id,
        along=frozenset(
            other.technician_id
            for other in published.stops
            if other.visit_id == stop.visit_id and other.technician_id != stop.technician_id
        ),
    )
