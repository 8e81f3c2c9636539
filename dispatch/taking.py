"""Capacity: the one way in which it is taken and given back, for consumer, merchant and dispatcher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch import expected_times, plans, planted, routes
from dispatch.crews import halves, visit_of
from dispatch.day_plan import DayPlan, DayPlanState, Route
from dispatch.demand import Candidate, candidate_row
from dispatch.errors import SlotTaken
from dispatch.fitting import Asked, Fit, Window, fits
from dispatch.partners import holders
from dispatch.planning import snapshot
from dispatch.planted import Point
from dispatch.slots import area_of, places_of
from dispatch.standing import Part, spreads, standings
from dispatch.work_order import Appointment, Visit
from routing.insertion import inserted
from routing.plan import Route as PlannedRoute
from routing.problem import Problem, SameStart
from routing.travel import TravelTimes
from technicians import availability

ROUNDS = 3
MOST_TRIED = 12


@dataclass(frozen=True, slots=True)
class Taken:
    """What the place costs its route in seconds, and the chance that the promise is kept."""

    cost: int
    chance: float


def take(
    session: Session,
    travel_times: TravelTimes,
    visit: Visit,
    window: Window,
    at: datetime,
    *,
    floor: float,
) -> Taken:
    """Put the visit into the cheapest route it fits into: lock that route, look again, insert, bump the revision.

    Raises SlotTaken when no route has room for it with a chance of at least `floor`.
    """
    area = area_of(visit)
    on_date = days.date_of(area, window[0])
    row = candidate_row(session, visit.id)
    tried: set[tuple[int, ...]] = set()
    for _ in range(ROUNDS):
        plan = plans.ensure(session, area.code, on_date, at)
        (standing,) = standings(session, travel_times, area, [on_date], at, in_one=row.crew_size > 1)
        asked = Asked.of(row, [window], standing.local)
        sure = [place for place in places_of(standing, asked, floor) if place.is_sure]
        untried = [place for place in sorted(sure, key=lambda p: p.cost) if (plan.id, *place.technicians) not in tried]
        if not untried:
            break
        for place in untried[:MOST_TRIED]:
            tried.add((plan.id, *place.technicians))
            taken = _insert(session, travel_times, visit, plan, place, window, floor, at)
            if taken is not None:
                return taken
    raise SlotTaken("This window has just been taken.", field="starts_at", remedy="Please choose another one.")


def take_if_free(session: Session, travel_times: TravelTimes, visit: Visit, window: Window, at: datetime) -> bool:
    """The same for a promise that somebody has made already, however likely it is to be kept; False without room."""
    try:
        take(session, travel_times, visit, window, at, floor=0.0)
    except SlotTaken:
        return False
    return True


def is_placed(session: Session, visit: Visit, promise: Appointment) -> bool:
    """Whether the visit stands in a route of the current plan of the promised day."""
    area = area_of(visit)
    plan = plans.current(session, area.code, days.date_of(area, promise.window_starts_at))
    return plan is not None and bool(holders(session, plan.id, visit.id))


def _insert(
    session: Session,
    travel_times: TravelTimes,
    visit: Visit,
    plan: DayPlan,
    place: Fit,
    window: Window,
    floor: float,
    at: datetime,
) -> Taken | None:
    """Lock the routes of a place, look again at nothing else, and put the visit in; None when it fits no more."""
    locked = _locked(session, plan, place.technicians)
    if not locked:
        return None
    planted.at(session, Point.ROUTES_LOCKED)
    people = availability.working(session, plan.area_code, plan.on_date, technician_ids=place.technicians)
    snap = snapshot(
        session, travel_times, plan.area_code, plan.on_date,
        plan=plan, people=people, candidate=Candidate(visit.id, (window,)),
    )  # fmt: skip
    part = Part.of(session, snap, spreads(session, area_of(visit), at))
    asked = Asked.of(candidate_row(session, visit.id), [window], snap.day)
    best = min((fit for fit in fits(part, asked, floor) if fit.is_sure), key=lambda fit: fit.cost, default=None)
    if best is None:
        return None
    planted.at(session, Point.LOOKED)
    running = {route.vehicle: route for route in snap.running.routes}
    own = halves(visit.id, len(best.technicians))
    changed = [
        inserted(running.get(technician, PlannedRoute(technician, ())), half, position)
        for technician, position, half in zip(best.technicians, best.positions, own, strict=True)
    ]
    routes.rewrite(session, locked, changed, replace(snap, problem=_joined(snap.problem, own)))
    expected_times.record(session, plan, at, best.technicians)
    planted.at(session, Point.REWRITTEN)
    return Taken(best.cost, best.chance)


def _joined(problem: Problem, own: tuple[int, ...]) -> Problem:
    """The problem in which both halves of a visit for two begin together."""
    return replace(problem, links=(*problem.links, SameStart(*own))) if len(own) > 1 else problem


def _locked(session: Session, plan: DayPlan, technicians: Iterable[int]) -> dict[int, Route]:
    """The routes of these technicians, locked; none when the plan has been superseded meanwhile.

    Somebody who came onto the roster after the plan was made gets a route.
    """
    locked = routes.lock(session, plan.id, technicians)
    session.refresh(plan, ["state"])
    if plan.state == DayPlanState.SUPERSEDED:
        return {}
    return {each: locked.get(each) or _new_route(session, plan, each) for each in technicians}


def _new_route(session: Session, plan: DayPlan, technician_id: int) -> Route:
    route = Route(day_plan_id=plan.id, technician_id=technician_id)
    session.add(route)
    session.flush()
    return route


def give_back(session: Session, travel_times: TravelTimes, visit: Visit, promise: Appointment, at: datetime) -> None:
    """Take the visit out of the current plan of the promised day, and out of a draft beside it."""
    area = area_of(visit)
    on_date = days.date_of(area, promise.window_starts_at)
    for state in (DayPlanState.PUBLISHED, DayPlanState.DRAFT):
        found = _locked_where_it_stands(session, visit, area.code, on_date, state)
        if found is not None:
            _take_out(session, travel_times, visit, *found, at)


def _take_out(
    session: Session, travel_times: TravelTimes, visit: Visit, plan: DayPlan, locked: dict[int, Route], at: datetime
) -> None:
    planted.at(session, Point.GIVING_BACK)
    snap = snapshot(session, travel_times, plan.area_code, plan.on_date, plan=plan, technician_ids=list(locked))
    left = [
        PlannedRoute(route.vehicle, tuple(v for v in route.visits if visit_of(v) != visit.id))
        for route in snap.running.routes
    ]
    routes.rewrite(session, locked, left, snap)
    expected_times.record(session, plan, at, list(locked))
    planted.at(session, Point.GIVEN_BACK)


def _locked_where_it_stands(
    session: Session, visit: Visit, area_code: str, on_date: date, state: DayPlanState
) -> tuple[DayPlan, dict[int, Route]] | None:
    """The plan in this state and the routes the visit is in, locked; None when it is in none.

    Looked up again once they are locked: whoever had them may have moved the visit, or planned the day anew.
    """
    locked: dict[int, Route] = {}
    while (plan := plans.in_state(session, area_code, on_date, state)) is not None:
        people = set(holders(session, plan.id, visit.id).values())
        if not people:
            return None
        if people == locked.keys() and all(route.day_plan_id == plan.id for route in locked.values()):
            return plan, locked
        locked = routes.lock(session, plan.id, people)
    return None
