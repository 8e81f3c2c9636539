"""A consumer's wishes for the second visit, told by a technician without signal: booked before anybody has to call.

The wishes are kept with the wasted trip. A job of the outbox looks which windows of each wish really fit, the best
first, and promises the first that can be had, by the engine and under the locks of every other booking. Who has booked
meanwhile is left alone. Done twice it is done once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import appointments, booking, outbox, slots
from dispatch import day as days
from dispatch.consumer_records import ConsumerCall
from dispatch.errors import SlotTaken
from dispatch.later import TryLater
from dispatch.outbox import Outbox, OutboxKind, OutboxState
from dispatch.site_records import WastedTrip
from dispatch.slots import Offer
from dispatch.system import System
from dispatch.work_order import BookedBy, Visit, VisitState, WorkOrder, WorkOrderState
from technicians.errors import Conflict
from technicians.people import Technician
from technicians.place import County

NOON, EVENING = 12, 18
MOST_TRIED = 6
AFTER_HOLD, AFTER_BUSY = timedelta(seconds=15), timedelta(seconds=20)
OVER = (OutboxState.DONE, OutboxState.FAILED)


class DayPart(StrEnum):
    """By the hour at which a window begins where the consumer lives: before noon, before six, from six on."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class DayWish:
    """A day, by the calendar of where the consumer lives, and the part of it."""

    on: date
    part: DayPart


def about(trip_id: int) -> str:
    """What the outbox row of a trip's wishes is about."""
    return f"trip:{trip_id}"


def ask(session: Session, trip: WastedTrip, *, by: str, at: datetime) -> None:
    """Promise to book one of the trip's wishes, if there are any."""
    if trip.wishes:
        outbox.add_once(session, OutboxKind.WISHES, about(trip.id), {"trip": trip.id}, asked_by=by, at=at)


def book(system: System, trip_id: int) -> dict[str, Any]:
    """Book the best window that fits one of the wishes; what came of it, for the row's result.

    TryLater while the consumer keeps a window and decides, or while others are at the same rows.
    """
    with system.transaction(read_only=True) as session:
        trip = session.get_one(WastedTrip, trip_id)
        order_id, by = trip.visit.work_order_id, _who(session, trip)
        why = _why_not(trip.visit.work_order, system.now())
        wanted = [] if why else [offer.starts_at for offer in fitting(session, system, trip)]
    if why is not None:
        return {"skipped": why}
    for starts_at in wanted[:MOST_TRIED]:
        try:
            return _take(system, order_id, starts_at, by)
        except SlotTaken:
            continue
    return {"fits": False}


def fitting(session: Session, system: System, trip: WastedTrip) -> list[Offer]:
    """The windows that fit the trip's wishes: in the order of the wishes, of each the one cheapest for the routes."""
    visit = appointments.visit_to_come(session, trip.visit.work_order_id, lock=False)
    area, at = slots.area_of(visit), system.now()
    today = days.date_of(area, at)
    last = today + timedelta(days=slots.policy_of(session, visit).days - 1)
    found: dict[datetime, Offer] = {}
    for wish in of_trip(trip):
        if today <= wish.on <= last:
            offers = slots.offers_on(session, system.travel_times, visit, wish.on, at)
            matching = (offer for offer in offers if suits(wish.part, offer.starts_at, area.zone))
            for offer in sorted(matching, key=lambda offer: (offer.cost, offer.starts_at)):
                found.setdefault(offer.starts_at, offer)
    return list(found.values())


def of_trip(trip: WastedTrip) -> tuple[DayWish, ...]:
    """The wishes told with a wasted trip, as far as they can be read; a phone may have written anything."""
    return tuple(_readable(trip.wishes))


def _readable(said: list[dict[str, Any]]) -> Iterator[DayWish]:
    for wish in said:
        try:
            yield DayWish(date.fromisoformat(str(wish.get("on"))), DayPart(str(wish.get("part") or DayPart.ANY)))
        except ValueError:
            continue


def suits(part: DayPart, starts_at: datetime, zone: ZoneInfo) -> bool:
    """Whether a window that begins then, by the clock of that zone, lies in the part of the day."""
    hour = starts_at.astimezone(zone).hour
    match part:
        case DayPart.MORNING:
            return hour < NOON
        case DayPart.AFTERNOON:
            return NOON <= hour < EVENING
        case DayPart.EVENING:
            return hour >= EVENING
        case DayPart.ANY:
            return True


def in_vain(session: Session, area_code: str) -> dict[int, WastedTrip]:
    """By order: the last wasted trip of those of an area that can be booked and whose wishes found no window.

    Whose consumer somebody has spoken to since is left out.
    """
    trips = (
        select(Visit.work_order_id, WastedTrip)
        .join(Visit, Visit.id == WastedTrip.visit_id)
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .where(WorkOrder.state == WorkOrderState.BOOKABLE, County.area_code == area_code)
        .order_by(WastedTrip.id)
    )
    last = {order_id: trip for order_id, trip in session.execute(trips)}
    looked = _looked_at(session, [about(trip.id) for trip in last.values() if trip.wishes])
    in_vain = {order_id: trip for order_id, trip in last.items() if about(trip.id) in looked}
    spoken = _spoken_to(session, in_vain)
    return {
        order_id: trip for order_id, trip in in_vain.items() if order_id not in spoken or spoken[order_id] < trip.at
    }


def _looked_at(session: Session, abouts: list[str]) -> set[str | None]:
    query = select(Outbox.about).where(
        Outbox.kind == OutboxKind.WISHES, Outbox.about.in_(abouts), Outbox.state.in_(OVER)
    )
    return set(session.scalars(query)) if abouts else set()


def _spoken_to(session: Session, order_ids: Iterable[int]) -> dict[int, datetime]:
    reached = select(ConsumerCall.work_order_id, func.max(ConsumerCall.at)).where(
        ConsumerCall.work_order_id.in_(list(order_ids)), ConsumerCall.reached
    )
    return {order_id: at for order_id, at in session.execute(reached.group_by(ConsumerCall.work_order_id))}


def _take(system: System, order_id: int, starts_at: datetime, by: str) -> dict[str, Any]:
    """Promise this window, unless somebody has promised another meanwhile. Raises SlotTaken."""
    at = system.now()
    try:
        with system.transaction() as session:
            visit = appointments.visit_to_come(session, order_id, lock=True)
            why = why_not_booked(visit, at)
            if why is not None:
                return {"skipped": why}
            made = appointments.choose(
                session, system.travel_times, visit.work_order, starts_at,
                booked_by=BookedBy.TECHNICIAN, by=by, at=at,
            )  # fmt: skip
            return {"fits": True, "starts_at": made.window_starts_at.isoformat()}
    except SlotTaken:
        raise
    except Conflict as busy:
        raise TryLater(busy.message, at + AFTER_BUSY) from busy


def why_not_booked(visit: Visit, at: datetime) -> str | None:
    """Why nothing is to be booked for a visit, in a word. TryLater while its consumer decides."""
    if booking.has_lost_its_goods(visit):
        raise TryLater("The window that came to nothing is being given back.", at + AFTER_BUSY)
    if visit.appointment is not None:
        return "booked-already"
    if not appointments.can_choose(visit.work_order) or visit.state != VisitState.WAITING:
        return "not-to-be-booked"
    if visit.hold is not None and visit.hold.held_until is not None and visit.hold.held_until > at:
        raise TryLater("The consumer keeps a window and decides.", visit.hold.held_until + AFTER_HOLD)
    return None


def _why_not(order: WorkOrder, at: datetime) -> str | None:
    open_visits = [visit for visit in order.visits if visit.is_open]
    return why_not_booked(open_visits[-1], at) if open_visits else "not-to-be-booked"


def _who(session: Session, trip: WastedTrip) -> str:
    return f"technician:{session.get_one(Technician, trip.technician_id).code}"
