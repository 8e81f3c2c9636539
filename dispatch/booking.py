"""Promises: held while the consumer decides, confirmed, moved, cancelled; for consumer, merchant and dispatcher alike.

A slot hold is an appointment that is not confirmed yet: its place in the route is real, and is given back when nobody
confirms it in time. A promise in force is moved in one step, by taking the new window and giving back the old.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch import after_booking, audit, hold_limits, slots, taking, verification
from dispatch.errors import HoldExpired
from dispatch.fitting import Window
from dispatch.order_events import OrderEvent
from dispatch.slot_policy import Policy
from dispatch.work_order import (
    Appointment,
    AppointmentState,
    BookedBy,
    Visit,
    VisitState,
    WorkOrderState,
)
from routing.travel import TravelTimes
from technicians.errors import Conflict, InvalidInput


def hold(
    session: Session,
    travel_times: TravelTimes,
    visit: Visit,
    starts_at: datetime,
    *,
    booked_by: BookedBy,
    by: str,
    at: datetime,
) -> Appointment:
    """Keep the window that begins at `starts_at` for some minutes; asked for twice it is the same hold, kept anew.

    Another hold of the visit is given back. Raises SlotTaken when the window no longer fits into any route,
    InvalidInput for one that is never on offer, Conflict when there is an appointment (which is moved instead), or
    when too much is held already.
    """
    require_open(visit)
    if visit.appointment is not None:
        raise Conflict("There is an appointment already.", field="appointment", remedy="Move it to the other window.")
    policy = slots.policy_of(session, visit)
    window = _window(visit, policy, starts_at, at)
    before = visit.hold
    if before is not None and _of(before) == window:
        before.held_until = at + policy.hold_for
        after_booking.held(session, before, at)
        return before
    hold_limits.require_room(session, visit, at)
    if before is not None:
        _end_hold(session, travel_times, visit, before, AppointmentState.RELEASED, by=by, at=at)
    made = _promise(session, travel_times, visit, window, policy, booked_by=booked_by, at=at)
    made.state, made.held_until = AppointmentState.HELD, at + policy.hold_for
    session.flush()
    audit.note(session, by, "slot.held", "visit", visit.id, at=at, after={"window": _text(made)})
    after_booking.held(session, made, at)
    after_booking.changed(session, visit, OrderEvent.SLOT_HELD, made, by=by, at=at)
    return made


def confirm(
    session: Session, travel_times: TravelTimes, visit: Visit, *, booked_by: BookedBy, by: str, at: datetime
) -> Appointment:
    """Make the hold a promise; confirmed twice it is one. Raises HoldExpired when nothing is held any more.

    A hold whose time has run out is confirmed all the same while nobody has given its place back.
    """
    require_open(visit)
    held = visit.hold
    if held is None:
        if visit.appointment is not None:
            return visit.appointment
        raise HoldExpired(
            "This window is no longer kept for you.", field="hold", remedy="Choose a window again; nothing is lost."
        )
    if not taking.is_placed(session, visit, held):
        floor = slots.policy_of(session, visit).floor
        taken = taking.take(session, travel_times, visit, _of(held), at, floor=floor)
        held.cost, held.chance = taken.cost, taken.chance
    held.booked_by = booked_by
    held.move_to(AppointmentState.CONFIRMED)
    _confirmed(session, visit, held, None, by=by, at=at)
    return held


def release(session: Session, travel_times: TravelTimes, visit: Visit, *, by: str, at: datetime) -> None:
    """Give a hold back before its time; without one nothing happens."""
    if visit.hold is not None:
        _end_hold(session, travel_times, visit, visit.hold, AppointmentState.RELEASED, by=by, at=at)


def expire(session: Session, travel_times: TravelTimes, visit: Visit, *, at: datetime) -> bool:
    """Give a hold back whose time has run out; False when there is none, or it is kept for longer."""
    held = visit.hold
    if held is None or held.held_until is None or held.held_until > at:
        return False
    _end_hold(session, travel_times, visit, held, AppointmentState.EXPIRED, by="clock", at=at)
    return True


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
    before = visit.appointment
    if before is not None and before.window_starts_at == starts_at:
        return before
    policy = slots.policy_of(session, visit)
    window = _window(visit, policy, starts_at, at)
    held = visit.hold
    if held is not None and _of(held) == window:
        return confirm(session, travel_times, visit, booked_by=booked_by, by=by, at=at)
    release(session, travel_times, visit, by=by, at=at)
    if before is not None:
        taking.give_back(session, travel_times, visit, before)
        before.move_to(AppointmentState.MOVED)
        session.flush()
        after_booking.freed(session, visit, before, at)
    made = _promise(session, travel_times, visit, window, policy, booked_by=booked_by, at=at)
    _confirmed(session, visit, made, before, by=by, at=at)
    return made


def give_place(session: Session, travel_times: TravelTimes, visit: Visit, *, at: datetime) -> bool:
    """Put a visit that was promised without one into a route of its day; False when it fits into none."""
    promise = visit.appointment
    if promise is None or visit.state != VisitState.WAITING:
        return False
    return taking.take_if_free(session, travel_times, visit, _of(promise), at)


def cancel(session: Session, travel_times: TravelTimes, visit: Visit, *, by: str, at: datetime, why: str = "") -> None:
    """Take the promise back: the time is free again, the order can be booked anew."""
    require_open(visit)
    promise = visit.appointment
    if promise is None:
        raise Conflict("There is no appointment to cancel.", field="appointment", remedy="Choose a window first.")
    taking.give_back(session, travel_times, visit, promise)
    promise.move_to(AppointmentState.CANCELLED)
    visit.work_order.move_to(WorkOrderState.BOOKABLE)
    visit.revision += 1
    session.flush()
    audit.note(
        session, by, "appointment.cancelled", "visit", visit.id, at=at,
        before={"window": _text(promise)}, why=why,
    )  # fmt: skip
    after_booking.freed(session, visit, promise, at)
    after_booking.changed(session, visit, OrderEvent.APPOINTMENT_CANCELLED, promise, by=by, at=at)


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


def _window(visit: Visit, policy: Policy, starts_at: datetime, at: datetime) -> Window:
    window = slots.window_at(slots.area_of(visit), policy, starts_at, at)
    if window is None:
        raise InvalidInput("This window is not on offer.", field="starts_at", remedy="Choose one of the windows shown.")
    return window


def _promise(
    session: Session,
    travel_times: TravelTimes,
    visit: Visit,
    window: Window,
    policy: Policy,
    *,
    booked_by: BookedBy,
    at: datetime,
) -> Appointment:
    """Take the window's place and write the appointment, confirmed."""
    taken = taking.take(session, travel_times, visit, window, at, floor=policy.floor)
    made = Appointment(
        visit_id=visit.id,
        state=AppointmentState.CONFIRMED,
        window_starts_at=window[0],
        window_ends_at=window[1],
        booked_by=booked_by,
        created_at=at,
        cost=taken.cost,
        chance=taken.chance,
    )
    visit.appointments.append(made)
    visit.revision += 1
    return made


def _confirmed(
    session: Session, visit: Visit, made: Appointment, before: Appointment | None, *, by: str, at: datetime
) -> None:
    """What a promise brings about, held before or not."""
    made.confirmed_at = at
    if visit.work_order.state != WorkOrderState.BOOKED:
        visit.work_order.move_to(WorkOrderState.BOOKED)
    verification.give(visit)
    visit.revision += 1
    session.flush()
    audit.note(
        session, by, "appointment.moved" if before else "appointment.confirmed", "visit", visit.id, at=at,
        before={"window": _text(before)} if before else {}, after={"window": _text(made)},
    )  # fmt: skip
    event = OrderEvent.MOVED if before else OrderEvent.CONFIRMED
    after_booking.changed(session, visit, event, made, by=by, at=at)


def _end_hold(
    session: Session,
    travel_times: TravelTimes,
    visit: Visit,
    held: Appointment,
    state: AppointmentState,
    *,
    by: str,
    at: datetime,
) -> None:
    taking.give_back(session, travel_times, visit, held)
    held.move_to(state)
    visit.revision += 1
    session.flush()
    audit.note(session, by, f"slot.{state}", "visit", visit.id, at=at, before={"window": _text(held)})
    after_booking.freed(session, visit, held, at)
    event = OrderEvent.SLOT_EXPIRED if state == AppointmentState.EXPIRED else OrderEvent.SLOT_RELEASED
    after_booking.changed(session, visit, event, held, by=by, at=at)


def _of(promise: Appointment) -> Window:
    return promise.window_starts_at, promise.window_ends_at


def _text(promise: Appointment) -> list[str]:
    return [promise.window_starts_at.isoformat(), promise.window_ends_at.isoformat()]
