"""From an event as it was kept to what it does: a visit moves, a route is seen, or the dispatcher gets a conflict."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from dispatch import phone_visits, technician_day
from dispatch.facts import Fact
from dispatch.phone_records import PhoneConflict, PhoneEvent, PhoneOutcome, PhoneStream
from dispatch.phone_reports import ReportType
from dispatch.phone_visits import Told
from dispatch.work_order import FailureReason
from technicians.errors import NotFound

Result = tuple[PhoneOutcome, str, bool]
APPLIED: Result = (PhoneOutcome.APPLIED, "", True)
NOTE_LENGTH = 500


def apply(session: Session, event: PhoneEvent, stream: PhoneStream) -> Result:
    """What becomes of it, why, and whether it counts. Raises nothing that the phone could be at fault for."""
    if event.type not in set(ReportType):
        return _rejected("unknown-type")
    if event.type == ReportType.ROUTE_SEEN:
        return _see(session, event, stream)
    if event.visit_id is None:
        return _rejected("no-visit")
    try:
        told = _told(event, stream)
    except ValueError:
        return _rejected("unknown-reason")
    try:
        clash = phone_visits.tell(session, event.visit_id, stream.technician_id, told)
    except NotFound:
        return _rejected("not-yours")
    if clash is None:
        return APPLIED
    session.add(
        PhoneConflict(
            event=event, visit_id=event.visit_id, technician_id=stream.technician_id, kind=clash.kind,
            counts=clash.counts, opened_at=event.received_at,
        )
    )  # fmt: skip
    return PhoneOutcome.CONFLICT, clash.kind, clash.counts


def _told(event: PhoneEvent, stream: PhoneStream) -> Told:
    payload: dict[str, Any] = event.body["payload"]
    kind = ReportType(event.type)
    could_not = kind == ReportType.COULD_NOT_COMPLETE
    return Told(
        type=kind,
        fact=_fact(event, stream),
        note=str(payload.get("note", ""))[:NOTE_LENGTH],
        reason=FailureReason(payload.get("reason", "")) if could_not else None,
        promised=frozenset(each["shot"] for each in event.body["attachments"] if each["shot"]),
    )


def _fact(event: PhoneEvent, stream: PhoneStream) -> Fact:
    return Fact(
        event.event_id, stream.device_id, event.device_time, event.at, event.received_at,
        lng=event.body["lng"], lat=event.body["lat"], accuracy=event.body["accuracy"], is_new=event.id is None,
    )  # fmt: skip


def _see(session: Session, event: PhoneEvent, stream: PhoneStream) -> Result:
    payload: dict[str, Any] = event.body["payload"]
    try:
        on, revision = date.fromisoformat(str(payload.get("on"))), int(payload.get("revision", ""))
    except (TypeError, ValueError):
        return _rejected("unreadable-payload")
    try:
        technician_day.see_route(session, stream.technician_id, on, revision, at=event.received_at)
    except NotFound:
        return _rejected("no-route")
    return APPLIED


def _rejected(reason: str) -> Result:
    return PhoneOutcome.REJECTED, reason, False
