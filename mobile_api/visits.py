"""What a phone reports about a visit. Every event is safe to repeat with the same `event_id`."""

from __future__ import annotations

from apiflask import APIBlueprint

from dispatch import papers, visits
from dispatch.account import DeviceToken
from dispatch.system import Session
from dispatch.work_order import Visit
from mobile_api import access, show
from mobile_api.events import fact, receipt
from mobile_api.shapes import EVENT, VISIT, CompletionIn, CouldNotCompleteIn, EventIn, VisitOut

bp = APIBlueprint("visits", __name__, tag="Visits")
ONE = "/mobile/v1/visits/<int(max=2147483647):visit_id>"
REFUSALS = [400, 401, 404, 409, 422]


@bp.get(ONE)
@access.technician
@bp.output(VisitOut, example=VISIT)
@bp.doc(summary="One visit of mine", security="bearer", responses=[401, 404])
def one(session: Session, device: DeviceToken, visit_id: int) -> VisitOut:
    """Anybody else's visit is not found."""
    return _shown(session, device, visits.mine(session, visit_id, device.technician_id))


@bp.post(ONE + "/en-route")
@access.technician
@bp.input(EventIn, example=EVENT)
@bp.output(VisitOut, example=VISIT | {"state": "en-route"})
@bp.doc(summary="On my way", security="bearer", responses=REFUSALS)
def set_out(session: Session, device: DeviceToken, visit_id: int, json_data: EventIn) -> VisitOut:
    """The consumer sees from now on that somebody is coming."""
    receipt(json_data)
    return _shown(session, device, visits.set_out(session, visit_id, device.technician_id, fact(device, json_data)))


@bp.post(ONE + "/arrival")
@access.technician
@bp.input(EventIn, example=EVENT)
@bp.output(VisitOut, example=VISIT)
@bp.doc(summary="I am there", security="bearer", responses=REFUSALS)
def arrive(session: Session, device: DeviceToken, visit_id: int, json_data: EventIn) -> VisitOut:
    """Far from the address is noted, never refused; without a position it works too."""
    receipt(json_data)
    return _shown(session, device, visits.arrive(session, visit_id, device.technician_id, fact(device, json_data)))


@bp.post(ONE + "/completion")
@access.technician
@bp.input(CompletionIn, example=EVENT | {"note": "Tested with the consumer."})
@bp.output(VisitOut, example=VISIT | {"state": "completed", "missing": []})
@bp.doc(summary="The work is done", security="bearer", responses=REFUSALS)
def complete(session: Session, device: DeviceToken, visit_id: int, json_data: CompletionIn) -> VisitOut:
    """Refused with `missing-shots` while a required photo is not there."""
    receipt(json_data)
    return _shown(
        session,
        device,
        visits.complete(session, visit_id, device.technician_id, fact(device, json_data), note=json_data.note),
    )


@bp.post(ONE + "/could-not-complete")
@access.technician
@bp.input(CouldNotCompleteIn, example=EVENT | {"reason": "nobody-home", "note": "Rang twice."})
@bp.output(VisitOut, example=VISIT | {"state": "could-not-complete", "failure_reason": "nobody-home"})
@bp.doc(summary="The visit ends without the work", security="bearer", responses=REFUSALS)
def could_not_complete(session: Session, device: DeviceToken, visit_id: int, json_data: CouldNotCompleteIn) -> VisitOut:
    """The order can be booked again; a second visit waits for its appointment."""
    receipt(json_data)
    reported = fact(device, json_data)
    return _shown(
        session,
        device,
        visits.could_not_complete(
            session,
            visit_id,
            device.technician_id,
            reported,
            reason=json_data.reason,
            note=json_data.note,
        ),
    )


def _shown(session: Session, device: DeviceToken, visit: Visit) -> VisitOut:
    return show.visit(visit, papers.of_visits(session, [visit.id])[visit.id], device.technician_id)
