"""Promises: the one way in which capacity is taken, moved and given back, for consumer, merchant and dispatcher."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch import audit, messages, plans, routes, slots
from dispatch import day as days
from dispatch.crews import visit_of
from dispatch.day_plan import DayPlan, DayPlanState, Route
from dispatch.errors import SlotTaken
from dispatch.messages import Template
from dispatch.partners import holders
from dispatch.planning import snapshot
from dispatch.slots import look, qualified
from dispatch.work_order import (
    Appointment,
    AppointmentState,
    BookedBy,
    Visit,
    VisitState,
    WorkOrderState,
)
from routing.insertion import fits, inserted, insertions
from routing.plan import Route as PlannedRoute
from routing.travel import TravelTimes
from technicians.availability import Availability
from technicians.errors import Conflict, InvalidInput


def book(
    session: Session,
    travel_times: TravelTimes,
    visit: Visit,
    starts_at: datetime,
    *,
    booked_by: BookedBy,
    by: str,
    at: datetime,
) -> Appointment:
    """Promise the window that begins at `starts_at`, or move the promise there; booking it twice changes nothing.

    Raises SlotTaken when it no longer fits into any route, InvalidInput for a window that is never on offer.
    """
    require_open(visit)
    area = slots.area_of(visit)
    on_date = days.date_of(area, starts_at)
    window = next((w for w in slots.windows_of(area.zone, on_date, at) if w[0] == starts_at), None)
    if window is None:
        raise InvalidInput("This window is not on offer.", field="starts_at", remedy="Choose one of the windows shown.")
    before = visit.appointment
    if before is not None and (before.window_starts_at, before.window_ends_at) == window:
        return before
    if before is not None:
        _give_back(session, travel_times, visit, before)
        before.move_to(AppointmentState.MOVED)
        session.flush()
    _take(session, travel_times, visit, area.code, window, at)
    promise = Appointment(
        visit_id=visit.id,
        window_starts_at=window[0],
        window_ends_at=window[1],
        booked_by=booked_by,
        created_at=at,
    )
    visit.appointments.append(promise)
    if visit.work_order.state != WorkOrderState.BOOKED:
        visit.work_order.move_to(WorkOrderState.BOOKED)
    visit.revision += 1
    session.flush()
    audit.note(
        session, by, "appointment.moved" if before else "appointment.confirmed", "visit", visit.id, at=at,
        before={"window": _text(before)} if before else {}, after={"window": _text(promise)},
    )  # fmt: skip
    template = Template.MOVED if before else Template.BOOKED
    messages.tell(session, visit.work_order, template, by=by, at=at, promise=promise)
    return promise


def give_place(session: Session, travel_times: TravelTimes, visit: Visit, *, at: datetime) -> bool:
    """Put a visit that was promised without one into a route of its day; False when it fits into none."""
    promise = visit.appointment
    if promise is None or visit.state != VisitState.WAITING:
        return False
    window = (promise.window_starts_at, promise.window_ends_at)
    try:
        _take(session, travel_times, visit, slots.area_of(visit).code, window, at)
    except SlotTaken:
        return False
    return True


def cancel(session: Session, travel_times: TravelTimes, visit: Visit, *, by: str, at: datetime, why: str = "") -> None:
    """Take the promise back: the time is free again, the order can be booked anew."""
    require_open(visit)
    promise = visit.appointment
    if promise is None:
        raise Conflict("There is no appointment to cancel.", field="appointment", remedy="Choose a window first.")
    _give_back(session, travel_times, visit, promise)
    promise.move_to(AppointmentState.CANCELLED)
    visit.work_order.move_to(WorkOrderState.BOOKABLE)
    visit.revision += 1
    session.flush()
    audit.note(
        session, by, "appointment.cancelled", "visit", visit.id, at=at,
        before={"window": _text(promise)}, why=why,
    )  # fmt: skip
    messages.tell(session, visit.work_order, Template.CANCELLED, by=by, at=at)


def require_open(visit: Visit) -> None:
    """Conflict when the visit is under way or over, or its order cannot be booked."""
    if visit.state != VisitState.WAITING:
        raise Conflict(
            "The visit is {state}; its appointment can no longer be changed here.",
            state=visit.state,
            field="visit",
            remedy="Call the number on this page.",
        )
    if visit.work_order.state not in {WorkOrderState.BOOKABLE, WorkOrderState.BOOKED}:
        raise Conflict(
            "The order is {state} and cannot be booked.",
            state=visit.work_order.state,
            field="order",
            remedy="It can be booked when the goods have arrived and the address is clear.",
        )


def _text(promise: Appointment) -> list[str]:
    return [promise.window_starts_at.isoformat(), promise.window_ends_at.isoformat()]


def _take(
    session: Session,
    travel_times: TravelTimes,
    visit: Visit,
    area_code: str,
    window: tuple[datetime, datetime],
    at: datetime,
) -> None:
    """Put the visit into the cheapest route it fits into: lock that route, look again, insert, bump the revision."""
    on_date = days.date_of(days.find_area(session, area_code), window[0])
    plan = plans.ensure(session, area_code, on_date, at)
    able = qualified(session, visit.work_order, area_code, on_date)
    snap = look(session, travel_times, visit, area_code, on_date, (window,), able)
    tried: set[int] = set()
    for place in insertions(snap.problem, snap.running, visit.id):
        if place.vehicle not in tried:
            tried.add(place.vehicle)
            person = next(p for p in able if p.technician_id == place.vehicle)
            if _insert(session, travel_times, visit, plan, person, window):
                return
    raise SlotTaken("This window has just been taken.", field="starts_at", remedy="Please choose another one.")


def _insert(
    session: Session,
    travel_times: TravelTimes,
    visit: Visit,
    plan: DayPlan,
    person: Availability,
    window: tuple[datetime, datetime],
) -> bool:
    technician_id = person.technician_id
    locked = routes.lock(session, plan.id, [technician_id])
    session.refresh(plan, ["state"])
    if plan.state == DayPlanState.SUPERSEDED:
        raise SlotTaken("The day was just planned anew.", field="starts_at", remedy="Please choose again.")
    if technician_id not in locked:
        locked = {technician_id: _new_route(session, plan, technician_id)}
    snap = look(session, travel_times, visit, plan.area_code, plan.on_date, (window,), [person])
    running = next(
        (route for route in snap.running.routes if route.vehicle == technician_id),
        PlannedRoute(technician_id, ()),
    )
    place = fits(snap.problem, running, snap.problem.visit(visit.id))
    if place is None:
        return False
    routes.rewrite(session, locked, [inserted(running, visit.id, place.position)], snap)
    return True


def _new_route(session: Session, plan: DayPlan, technician_id: int) -> Route:
    """A route for somebody who came onto the roster after the plan was made."""
    route = Route(day_plan_id=plan.id, technician_id=technician_id)
    session.add(route)
    session.flush()
    return route


def _give_back(session: Session, travel_times: TravelTimes, visit: Visit, promise: Appointment) -> None:
    """Take the visit out of the current plan of the promised day, and out of a draft beside it."""
    area = slots.area_of(visit)
    on_date = days.date_of(area, promise.window_starts_at)
    for state in (DayPlanState.PUBLISHED, DayPlanState.DRAFT):
        plan = plans.in_state(session, area.code, on_date, state)
        if plan is not None:
            _take_out(session, travel_times, visit, plan)


def _take_out(session: Session, travel_times: TravelTimes, visit: Visit, plan: DayPlan) -> None:
    people = holders(session, plan.id, visit.id).values()
    if not people:
        return
    locked = routes.lock(session, plan.id, people)
    snap = snapshot(session, travel_times, plan.area_code, plan.on_date, plan=plan, technician_ids=list(people))
    left = [
        PlannedRoute(route.vehicle, tuple(v for v in route.visits if visit_of(v) != visit.id))
        for route in snap.running.routes
    ]
    routes.rewrite(session, locked, left, snap)
