"""The second visit, booked by the technician on the spot with the consumer beside: the windows that everybody gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from dispatch import appointments, booking, facts, visits
from dispatch.errors import BookedAlready
from dispatch.evidence import EventType
from dispatch.facts import Fact
from dispatch.slots import Offered
from dispatch.work_order import Appointment, BookedBy, Visit, VisitState
from routing.travel import TravelTimes
from technicians.errors import IllegalTransition

NOTHING = Offered(())


@dataclass(frozen=True, slots=True)
class Next:
    """What may be promised for the visit that follows a failed one, and what has been, if anything."""

    failed: Visit
    offered: Offered
    appointment: Appointment | None


def look(session: Session, travel_times: TravelTimes, visit_id: int, technician_id: int, at: datetime) -> Next:
    """The windows of the second visit. What somebody else has booked meanwhile is shown, and nothing is on offer.

    NotFound for others' visits, Conflict for one that has not failed or whose order cannot be booked.
    """
    failed = _failed(session, visit_id, technician_id)
    visit = appointments.visit_to_come(session, failed.work_order_id, lock=False)
    promise = None if booking.has_lost_its_goods(visit) else visit.appointment
    if is_anothers(promise):
        return Next(failed, NOTHING, promise)
    return Next(failed, appointments.offers(session, travel_times, failed.work_order, at), promise)


def book(
    session: Session, travel_times: TravelTimes, visit_id: int, technician_id: int, fact: Fact, starts_at: datetime
) -> Appointment:
    """Promise the second visit the window that begins then; the same event again changes nothing.

    What a technician booked may be moved so, what anybody else did may not: Conflict. Raises SlotTaken, InvalidInput
    for a window that is not on offer or an event id that was used for something else, NotFound for others' visits.
    """
    failed = _failed(session, visit_id, technician_id, lock=True)
    wanted = starts_at.astimezone(UTC).isoformat()
    is_repeat = facts.is_known(session, visit_id, EventType.NEXT_APPOINTMENT, fact, starts_at=wanted)
    visit = appointments.visit_to_come(session, failed.work_order_id, lock=True)
    if is_repeat:
        return visit.appointment or _made(visit, starts_at)
    booking.let_go(session, travel_times, visit, at=fact.received_at)
    if is_anothers(visit.appointment):
        raise BookedAlready(
            "The next appointment has been made already.",
            field="appointment",
            remedy="It can be moved by the consumer's link, or by the dispatcher.",
        )
    made = appointments.choose(
        session, travel_times, failed.work_order, starts_at,
        booked_by=BookedBy.TECHNICIAN, by=visits.actor(session, technician_id), at=fact.received_at,
    )  # fmt: skip
    facts.record(
        session, failed, technician_id, EventType.NEXT_APPOINTMENT, fact,
        starts_at=wanted, ends_at=made.window_ends_at.isoformat(),
    )  # fmt: skip
    return made


def _made(visit: Visit, starts_at: datetime) -> Appointment:
    """What an event had promised, and was given back since."""
    return next(each for each in reversed(visit.appointments) if each.window_starts_at == starts_at)


def is_anothers(promise: Appointment | None) -> bool:
    """Whether there is an appointment that no technician made."""
    return promise is not None and promise.booked_by != BookedBy.TECHNICIAN


def _failed(session: Session, visit_id: int, technician_id: int, *, lock: bool = False) -> Visit:
    visit = visits.mine(session, visit_id, technician_id, lock=lock)
    if visit.state != VisitState.COULD_NOT_COMPLETE:
        raise IllegalTransition(
            "This visit has not ended without the work, so there is no second one yet.",
            field="visit_id",
            remedy="Say first why it could not be completed.",
        )
    return visit
