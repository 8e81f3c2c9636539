"""From an event as it was kept to what it does: one verb for each type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy.orm import Session

from dispatch import (
    attached,
    phone_conflicts,
    phone_failures,
    phone_payload,
    phone_requests,
    phone_site,
    phone_visits,
    technician_day,
)
from dispatch.phone_heard import APPLIED, Heard, Result, Unusable, rejected
from dispatch.phone_payload import UNREADABLE
from dispatch.phone_records import PhoneEvent, PhoneOutcome, PhoneStream
from dispatch.phone_reports import ReportType
from dispatch.phone_visits import Told
from dispatch.site_facts import READS
from dispatch.wasted_trips import NOTHING_MORE
from dispatch.work_order import FailureReason, Visit
from technicians.errors import NotFound


def apply(session: Session, event: PhoneEvent, stream: PhoneStream) -> Result:
    """What becomes of it, why, and whether it counts. Raises nothing that the phone could be at fault for."""
    verb = VERBS.get(event.type)
    if verb is None:
        return rejected("unknown-type")
    heard = Heard.of(event, stream)
    try:
        result = verb(session, heard)
    except Unusable as refusal:
        return rejected(refusal.reason)
    except NotFound:
        return rejected("not-yours")
    _promise_photos(session, heard)
    return result


def _promise_photos(session: Session, heard: Heard) -> None:
    """What the event names is on the phone: the office sees from now on that it is to come."""
    if heard.attachments and heard.event.visit_id is not None:
        visit = session.get_one(Visit, heard.event.visit_id)
        attached.promise(session, visit, heard.technician_id, heard.fact, heard.attachments)


def _move(session: Session, heard: Heard) -> Result:
    """A visit goes on, or the dispatcher gets a conflict."""
    clash = phone_visits.tell(session, heard.visit_id, heard.technician_id, _told(heard))
    if clash is None:
        return APPLIED
    phone_conflicts.add(session, heard, clash.kind, counts=clash.counts)
    return PhoneOutcome.CONFLICT, clash.kind, clash.counts


def _told(heard: Heard) -> Told:
    kind = ReportType(heard.event.type)
    could_not = kind == ReportType.COULD_NOT_COMPLETE
    return Told(
        type=kind,
        fact=heard.fact,
        note=phone_payload.note(heard.payload),
        reason=_reason(heard) if could_not else None,
        promised=frozenset(each["shot"] for each in heard.attachments if each["shot"]),
        left=phone_failures.left(heard.payload) if could_not else NOTHING_MORE,
    )


def _reason(heard: Heard) -> FailureReason:
    try:
        return FailureReason(heard.payload.get("reason", ""))
    except ValueError:
        raise Unusable("unknown-reason") from None


def _see(session: Session, heard: Heard) -> Result:
    payload, at = heard.payload, heard.event.received_at
    try:
        on, revision = date.fromisoformat(str(payload.get("on"))), int(payload.get("revision", ""))
    except (TypeError, ValueError):
        raise Unusable(UNREADABLE) from None
    try:
        technician_day.see_route(session, heard.technician_id, on, revision, at=at)
    except NotFound:
        raise Unusable("no-route") from None
    return APPLIED


VERBS: Mapping[str, Callable[[Session, Heard], Result]] = {
    ReportType.EN_ROUTE: _move,
    ReportType.CHECK_IN: _move,
    ReportType.COMPLETION: _move,
    ReportType.COULD_NOT_COMPLETE: _move,
    ReportType.ROUTE_SEEN: _see,
    ReportType.ABSENCE_REQUEST: phone_requests.ask_for_absence,
    ReportType.SHIFT_REQUEST: phone_requests.ask_for_shift,
    ReportType.SWAP_REQUEST: phone_requests.ask_for_swap,
    ReportType.REQUEST_WITHDRAWN: phone_requests.withdraw,
    **dict.fromkeys(READS, phone_site.apply),
}
