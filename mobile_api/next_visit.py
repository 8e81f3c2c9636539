"""The next appointment, made on the spot after a visit came to nothing."""

from __future__ import annotations

from apiflask import APIBlueprint
from werkzeug.wrappers import Response

from dispatch import second_visit
from dispatch.account import DeviceToken
from dispatch.facts import Fact, happened_at
from dispatch.second_visit import Next
from dispatch.slots import Grade
from dispatch.system import Session
from dispatch.work_order import Appointment
from mobile_api import access
from mobile_api.next_shapes import (
    APPOINTMENT,
    APPOINTMENT_IN,
    NEXT,
    AppointmentIn,
    AppointmentOut,
    NextOut,
    OfferOut,
)
from mobile_api.shapes import WindowOut
from mobile_api.uploads import MARKER, PROTOCOL
from mobile_api.visits import ONE, REFUSALS

bp = APIBlueprint("next_visit", __name__, tag="Next appointment")


@bp.after_request
def ours(response: Response) -> Response:
    """A captive portal answers 200 too, but does not know this header."""
    response.headers[MARKER] = PROTOCOL
    return response


@bp.get(ONE + "/windows")
@access.technician
@bp.output(NextOut, example=NEXT)
@bp.doc(summary="Windows for the second visit", security="bearer", responses=[401, 404, 409])
def windows(session: Session, device: DeviceToken, visit_id: int) -> NextOut:
    """After could-not-complete: what really fits into somebody's route, as the consumer's own page would show it.

    409 while the visit has not ended without the work, or when the order cannot be booked.
    """
    system = access.system()
    return _shown(second_visit.look(session, system.travel_times, visit_id, device.technician_id, system.now()))


@bp.post(ONE + "/appointment")
@access.technician
@bp.input(AppointmentIn, example=APPOINTMENT_IN)
@bp.output(AppointmentOut, example=APPOINTMENT)
@bp.doc(summary="Book the second visit", security="bearer", responses=REFUSALS)
def book(session: Session, device: DeviceToken, visit_id: int, json_data: AppointmentIn) -> AppointmentOut:
    """The same event again is answered with what it booked. 409 `slot-taken`: ask for the windows again.

    409 too when the consumer or the office has booked meanwhile; what a technician booked is moved.
    """
    made = second_visit.book(
        session, access.system().travel_times, visit_id, device.technician_id, _fact(device, json_data),
        json_data.starts_at,
    )  # fmt: skip
    return _promised(visit_id, made)


def _fact(device: DeviceToken, asked: AppointmentIn) -> Fact:
    now = access.system().now()
    said = asked.occurred_at or now
    at = happened_at(now, said, asked.sent_at)
    return Fact(str(asked.event_id), device.device_id, said, at, now)


def _shown(found: Next) -> NextOut:
    promise = found.appointment
    return NextOut(
        visit_id=found.failed.id,
        offers=[
            OfferOut(starts_at=offer.starts_at, ends_at=offer.ends_at, best=offer.grade == Grade.BEST)
            for offer in found.offered.offers
        ],
        nothing_because=found.offered.nothing_because,
        appointment=_window(promise) if promise is not None else None,
    )


def _window(promise: Appointment) -> WindowOut:
    return WindowOut(starts_at=promise.window_starts_at, ends_at=promise.window_ends_at)


def _promised(visit_id: int, made: Appointment) -> AppointmentOut:
    return AppointmentOut(
        visit_id=visit_id,
        next_visit_id=made.visit_id,
        starts_at=made.window_starts_at,
        ends_at=made.window_ends_at,
        booked_by=made.booked_by,
    )
