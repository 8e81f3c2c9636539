"""What technicians ask of the office on their phones: to be absent, to work at other hours, to give a visit away."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, phone_payload, phone_visits, touched
from dispatch.phone_heard import APPLIED, Heard, Result, Unusable
from dispatch.phone_payload import UNREADABLE
from dispatch.request_records import RequestKind, RequestState, TechnicianRequest
from technicians.people import AbsenceReason, Technician

LONGEST = timedelta(days=366)
NO_REQUEST, DECIDED = "no-request", "already-decided"


def ask_for_absence(session: Session, heard: Heard) -> Result:
    """For the office to grant or refuse; until then the technician is planned as ever."""
    reason = phone_payload.one_of(heard.payload, "reason", AbsenceReason)
    return _ask(session, heard, _between(heard, RequestKind.ABSENCE, reason=reason))


def ask_for_shift(session: Session, heard: Heard) -> Result:
    """Extra hours, or other hours than the shift has."""
    return _ask(session, heard, _between(heard, RequestKind.SHIFT))


def ask_for_swap(session: Session, heard: Heard) -> Result:
    """Somebody else is to make the visit. NotFound for one that was never this technician's."""
    visit = phone_visits.shown_to(session, heard.visit_id, heard.technician_id)
    return _ask(session, heard, TechnicianRequest(kind=RequestKind.SWAP, visit_id=visit.id))


def withdraw(session: Session, heard: Heard) -> Result:
    """An open request of one's own is taken back; again changes nothing. What was decided stays so."""
    event_id = phone_payload.text(heard.payload, "event_id", 36, least=1)
    query = select(TechnicianRequest).where(
        TechnicianRequest.event_id == event_id, TechnicianRequest.technician_id == heard.technician_id
    )
    request = session.scalars(query.with_for_update()).one_or_none()
    if request is None:
        raise Unusable(NO_REQUEST)
    if request.state == RequestState.WITHDRAWN:
        return APPLIED
    if request.state != RequestState.OPEN:
        raise Unusable(DECIDED)
    who = _by(session, heard)
    request.decided_at, request.decided_by = heard.fact.received_at, who
    request.move_to(RequestState.WITHDRAWN)
    _note(session, heard, request, "withdrawn")
    return APPLIED


def _between(heard: Heard, kind: RequestKind, reason: AbsenceReason | None = None) -> TechnicianRequest:
    starts_at = phone_payload.instant(heard.payload, "starts_at")
    ends_at = phone_payload.instant(heard.payload, "ends_at")
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise Unusable(UNREADABLE)
    return TechnicianRequest(kind=kind, starts_at=starts_at, ends_at=ends_at, reason=reason)


def _ask(session: Session, heard: Heard, request: TechnicianRequest) -> Result:
    request.event_id, request.technician_id = heard.fact.event_id, heard.technician_id
    request.asked_at, request.note = heard.fact.at, phone_payload.note(heard.payload)
    session.add(request)
    session.flush()
    _note(session, heard, request, "asked")
    return APPLIED


def _note(session: Session, heard: Heard, request: TechnicianRequest, what: str) -> None:
    audit.note(
        session, _by(session, heard), f"request.{what}", "request", request.id, at=heard.fact.received_at,
        after={"kind": request.kind, "state": request.state, "visit_id": request.visit_id},
    )  # fmt: skip
    touched.area(session, session.get_one(Technician, heard.technician_id).area_code)


def _by(session: Session, heard: Heard) -> str:
    return f"technician:{session.get_one(Technician, heard.technician_id).code}"
