"""What happened to one order, told in the order of time: decisions, promises, facts from phones, photos."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from dispatch import calls, orders, phone_story
from dispatch.audit import AuditEntry
from dispatch.evidence import EventType, Proof, ProofKind, VisitEvent
from dispatch.site_records import WastedTrip
from dispatch.sla_clock import SlaClock
from dispatch.sla_standing import state_of
from dispatch.work_order import Appointment, Visit, WorkOrder
from technicians.errors import NotFound
from technicians.people import Technician

TOLD_BY_PROMISES = {"appointment.confirmed", "appointment.moved", "slot.held", "slot.released", "slot.expired"}
DECIDED = "decided"
PROMISED = "promised"
REPORTED = "reported"
TIMED = "timed"
CALLED = "called"


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the history. `what` is an audit action, an event type, an appointment's state or `clock.…`.

    `kind` says which: `decided` (in the office or by a merchant), `promised`, `reported` (by a phone), `timed` (what
    happened to a clock, with what had run and rested by then), `called` (the consumer, by a dispatcher).
    """

    at: datetime
    kind: str
    what: str
    by: str
    why: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def history(session: Session, order_id: int, *, merchant_id: int | None = None) -> list[Happening]:
    """Everything, the earliest first. NotFound for an unknown order or another merchant's."""
    order = orders.find(session, order_id, merchant_id=merchant_id)
    visits = [visit.id for visit in order.visits]
    told = [
        *_decided(session, order, visits),
        *_promised(session, visits),
        *reported(session, visits),
        *_timed(session, order_id),
        *_called(session, order_id),
    ]
    return sorted(told, key=lambda happening: happening.at)


def _decided(session: Session, order: WorkOrder, visits: list[int]) -> Iterator[Happening]:
    about_order = (AuditEntry.subject == "work-order") & (AuditEntry.subject_id == str(order.id))
    about_visits = (AuditEntry.subject == "visit") & AuditEntry.subject_id.in_([str(visit) for visit in visits])
    entries = session.scalars(select(AuditEntry).where(or_(about_order, about_visits)).order_by(AuditEntry.id)).all()
    if not any(entry.action == "work-order.submitted" for entry in entries):
        yield Happening(order.created_at, DECIDED, "work-order.submitted", "")
    for entry in entries:
        if not entry.actor.startswith("technician:") and entry.action not in TOLD_BY_PROMISES:
            yield Happening(entry.at, DECIDED, entry.action, entry.actor, entry.why, entry.after)


def _promised(session: Session, visits: list[int]) -> Iterator[Happening]:
    for appointment in session.scalars(
        select(Appointment).where(Appointment.visit_id.in_(visits)).order_by(Appointment.id)
    ):
        window = {"starts_at": appointment.window_starts_at, "ends_at": appointment.window_ends_at}
        yield Happening(appointment.created_at, PROMISED, appointment.state, appointment.booked_by, "", window)


def reported(session: Session, visits: Collection[int], *, technician_id: int | None = None) -> Iterator[Happening]:
    """What phones (or those of one technician) have told of some visits, in the order in which it was heard."""
    query = (
        select(VisitEvent, Technician.name)
        .join(Technician, Technician.id == VisitEvent.technician_id)
        .where(VisitEvent.visit_id.in_(visits))
        .options(joinedload(VisitEvent.visit).joinedload(Visit.work_order).joinedload(WorkOrder.product))
        .order_by(VisitEvent.id)
    )
    if technician_id is not None:
        query = query.where(VisitEvent.technician_id == technician_id)
    for event, name in session.execute(query):
        visit = event.visit
        facts = phone_story.facts_of(event, visit.work_order.product)
        is_end = event.type == EventType.COULD_NOT_COMPLETE and "conflict" not in facts
        if is_end:
            facts = {"reason": visit.failure_reason, **_wasted(session, visit.id), **facts}
        why = visit.failure_note if is_end else facts.get("note", "")
        yield Happening(phone_story.happened_at(event), REPORTED, event.type, name, why, facts)


def _wasted(session: Session, visit_id: int) -> dict[str, Any]:
    """Whose fault a trip for nothing was, and what was done before leaving."""
    trip = session.scalars(select(WastedTrip).where(WastedTrip.visit_id == visit_id)).one_or_none()
    if trip is None:
        return {}
    return {
        "whose": trip.whose, "distance": trip.distance, "waited": trip.waited, "called_at": trip.called_at,
        "call_outcome": trip.call_outcome, "wishes": trip.wishes,
    }  # fmt: skip


def _timed(session: Session, order_id: int) -> Iterator[Happening]:
    """The ledgers of its clocks; that one began is told by what began it."""
    clocks = select(SlaClock).where(SlaClock.work_order_id == order_id).options(selectinload(SlaClock.entries))
    for clock in session.scalars(clocks.order_by(SlaClock.id)):
        for n, entry in enumerate(clock.entries[1:], start=2):
            now = state_of(clock, clock.entries[:n], entry.at)
            facts = {
                "timed": clock.kind, "run": now.elapsed, "rested": now.paused_for, "target": clock.target,
                "percent": entry.percent, "cause": entry.cause, "until": entry.until,
            }  # fmt: skip
            yield Happening(entry.at, TIMED, f"clock.{entry.event}", entry.by, entry.note, facts)


def _called(session: Session, order_id: int) -> Iterator[Happening]:
    for call in calls.of_order(session, order_id):
        what = "consumer.reached" if call.reached else "consumer.not-reached"
        yield Happening(call.at, CALLED, what, call.by, call.note)


def require_photo(session: Session, order_id: int, number: int, *, merchant_id: int | None = None) -> None:
    """NotFound unless it is a photo of an order that may be seen."""
    order = orders.find(session, order_id, merchant_id=merchant_id)
    query = select(Proof.id).join(Visit).where(Proof.id == number, Visit.work_order_id == order.id)
    if session.scalar(query.where(Proof.kind == ProofKind.PHOTO)) is None:
        raise NotFound("There is no such photo.", field="photo", remedy="Reload the order.")
