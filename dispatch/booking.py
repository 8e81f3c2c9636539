"""Promises: held while the consumer decides, confirmed, moved, cancelled; for consumer, merchant and dispatcher alike.

A slot hold is an appointment that is not confirmed yet: its place in the route is real, and is given back when nobody
confirms it in time. A promise in force is moved in one step, by taking the new window and giving back the old.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch import after_booking, audit, hold_limits, quote, slots, taking, verification
from dispatch import day as days
from dispatch.errors import HoldExpired, SlotTaken
from dispatch.fitting import Window
from dispatch.order_events import OrderEvent
from dispatch.slot_policy import Policy
from dispatch.trips import delivery_before, trips
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
        return _kept_anew(session, visit, at + policy.hold_for, at)
    hold_limits.require_room(session, visit, at)
    release(session, travel_times, visit, by=by, at=at)
    for trip, its_window in _legs(session, travel_times, visit, window, at):
        made = _promise(session, travel_times, trip, its_window, policy, booked_by=booked_by, at=at)
        made.state, made.held_until = AppointmentState.HELD, at + policy.hold_for
        session.flush()
        audit.note(session, by, "slot.held", "visit", trip.id, at=at, after={"window": _text(made)})
    after_booking.held(session, made, at)
    after_booking.changed(session, visit, OrderEvent.SLOT_HELD, made, by=by, at=at)
    return made


def _kept_anew(session: Session, visit: Visit, until: datetime, at: datetime) -> Appointment:
    for trip in trips(visit):
        if trip.hold is not None:
            trip.hold.held_until = until
    assert visit.hold is not None
    after_booking.held(session, visit.hold, at)
    return visit.hold


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
    for trip in trips(visit):
        if trip.hold is not None:
            _place_again(session, travel_times, trip, trip.hold, at)
            trip.hold.booked_by = booked_by
            _confirmed(session, trip, trip.hold, by=by, at=at)
    after_booking.changed(session, visit, OrderEvent.CONFIRMED, held, by=by, at=at)
    return held


def _place_again(session: Session, travel_times: TravelTimes, visit: Visit, held: Appointment, at: datetime) -> None:
    """A hold that a planning has left out takes another place."""
    if not taking.is_placed(session, visit, held):
        taken = taking.take(session, travel_times, visit, _of(held), at, floor=slots.policy_of(session, visit).floor)
        held.cost, held.chance = taken.cost, taken.chance


def release(session: Session, travel_times: TravelTimes, visit: Visit, *, by: str, at: datetime) -> None:
    """Give a hold back before its time; without one nothing happens."""
    _end_hold(session, travel_times, visit, AppointmentState.RELEASED, by=by, at=at)


def expire(session: Session, travel_times: TravelTimes, visit: Visit, *, at: datetime) -> bool:
    """Give a hold back whose time has run out; False when there is none, or it is kept for longer."""
    held = visit.hold
    if held is None or held.held_until is None or held.held_until > at:
        return False
    _end_hold(session, travel_times, visit, AppointmentState.EXPIRED, by="clock", at=at)
    return True


def let_go(session: Session, travel_times: TravelTimes, visit: Visit, *, at: datetime) -> bool:
    """Take back the promise of work whose goods could not be brought; False when that is not so."""
    if not has_lost_its_goods(visit):
        return False
    _give_back(session, travel_times, visit, AppointmentState.CANCELLED, at)
    return True


def has_lost_its_goods(visit: Visit) -> bool:
    """Whether a window is promised for work whose goods could not be brought, and nobody has promised them again."""
    delivery = delivery_before(visit)
    return delivery is not None and delivery.appointment is None and visit.appointment is not None


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
    if visit.hold is not None and visit.hold.window_starts_at == starts_at:
        return confirm(session, travel_times, visit, booked_by=booked_by, by=by, at=at)
    policy = slots.policy_of(session, visit)
    window = _window(visit, policy, starts_at, at)
    release(session, travel_times, visit, by=by, at=at)
    legs = _legs(session, travel_times, visit, window, at)
    _give_back(session, travel_times, visit, AppointmentState.MOVED, at)
    for trip, its_window in legs:
        was = _last_moved(trip) if before is not None else None
        made = _promise(session, travel_times, trip, its_window, policy, booked_by=booked_by, at=at)
        _confirmed(session, trip, made, was, by=by, at=at)
    event = OrderEvent.CONFIRMED if before is None else OrderEvent.MOVED
    after_booking.changed(session, visit, event, made, by=by, at=at)
    return made


def _last_moved(trip: Visit) -> Appointment | None:
    return next((a for a in reversed(trip.appointments) if a.state == AppointmentState.MOVED), None)


def _legs(
    session: Session, travel_times: TravelTimes, visit: Visit, window: Window, at: datetime
) -> list[tuple[Visit, Window]]:
    """What has to be promised for a window of the visit: itself, and the trip that brings its goods before.

    Raises SlotTaken when the goods cannot come in time.
    """
    delivery = delivery_before(visit)
    if delivery is None:
        return [(visit, window)]
    on_date = days.date_of(slots.area_of(visit), window[0])
    found = slots.offers_on(session, travel_times, visit, on_date, at)
    brought = next((offer.delivery for offer in found if offer.starts_at == window[0]), None)
    if brought is None:
        raise SlotTaken("This window has just been taken.", field="starts_at", remedy="Please choose another one.")
    return [(delivery, brought), (visit, window)]


def _give_back(
    session: Session, travel_times: TravelTimes, visit: Visit, state: AppointmentState, at: datetime
) -> None:
    """End the promises of a visit, and of the trip that brings its goods: their time is free again."""
    for trip in trips(visit):
        promise = trip.appointment
        if promise is not None:
            taking.give_back(session, travel_times, trip, promise, at)
            promise.move_to(state)
            trip.revision += 1
            session.flush()
            after_booking.freed(session, trip, promise, at)


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
    _give_back(session, travel_times, visit, AppointmentState.CANCELLED, at)
    visit.work_order.move_to(WorkOrderState.BOOKABLE)
    session.flush()
    audit.note(
        session, by, "appointment.cancelled", "visit", visit.id, at=at,
        before={"window": _text(promise)}, why=why,
    )  # fmt: skip
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
    """Take the window's place and write the appointment, confirmed, at the price that was quoted."""
    quote.bind(session, visit.work_order, by=booked_by, at=at)
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
    session: Session, visit: Visit, made: Appointment, before: Appointment | None = None, *, by: str, at: datetime
) -> None:
    """Make an appointment, held before or not, a promise in force."""
    if made.state == AppointmentState.HELD:
        made.move_to(AppointmentState.CONFIRMED)
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


def _end_hold(
    session: Session, travel_times: TravelTimes, visit: Visit, state: AppointmentState, *, by: str, at: datetime
) -> None:
    held = visit.hold
    if held is None:
        return
    for trip in trips(visit):
        if trip.hold is not None:
            ended = trip.hold
            taking.give_back(session, travel_times, trip, ended, at)
            ended.move_to(state)
            trip.revision += 1
            session.flush()
            audit.note(session, by, f"slot.{state}", "visit", trip.id, at=at, before={"window": _text(ended)})
            after_booking.freed(session, trip, ended, at)
    event = OrderEvent.SLOT_EXPIRED if state == AppointmentState.EXPIRED else OrderEvent.SLOT_RELEASED
    after_booking.changed(session, visit, event, held, by=by, at=at)


def _of(promise: Appointment) -> Window:
    return promise.window_starts_at, promise.window_ends_at


def _text(promise: Appointment) -> list[str]:
    return [promise.window_starts_at.isoformat(), promise.window_ends_at.isoformat()]
