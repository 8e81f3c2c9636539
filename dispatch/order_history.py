"""What happened to one order, told in the order of time: decisions, promises, facts from phones, photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from dispatch import calls, orders
from dispatch.audit import AuditEntry
from dispatch.evidence import Proof, ProofKind, VisitEvent
from dispatch.photo_store import PhotoStore
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


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of the work; `number` is its proof's id."""

    number: int
    shot_code: str
    name_zh: str
    name_en: str
    taken_at: datetime | None
    received_at: datetime


def history(session: Session, order_id: int, *, merchant_id: int | None = None) -> list[Happening]:
    """Everything, the earliest first. NotFound for an unknown order or another merchant's."""
    order = orders.find(session, order_id, merchant_id=merchant_id)
    visits = [visit.id for visit in order.visits]
    told = [
        *_decided(session, order, visits),
        *_promised(session, visits),
        *_reported(session, visits),
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


def _reported(session: Session, visits: list[int]) -> Iterator[Happening]:
    query = (
        select(VisitEvent, Technician.name, Visit.failure_reason, Visit.failure_note)
        .join(Technician, Technician.id == VisitEvent.technician_id)
        .join(Visit, Visit.id == VisitEvent.visit_id)
        .where(VisitEvent.visit_id.in_(visits))
        .order_by(VisitEvent.id)
    )
    for event, name, reason, note in session.execute(query):
        has_failed = event.type == "could-not-complete"
        facts = {**event.payload, **({"reason": reason} if has_failed else {})}
        yield Happening(event.device_time, REPORTED, event.type, name, note if has_failed else "", facts)


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


def photos(session: Session, order: WorkOrder) -> list[Photo]:
    """The photos of all its visits with the names that the product's shot list gives them."""
    names = {shot["code"]: shot for shot in order.product.shot_list}
    query = (
        select(Proof)
        .join(Visit)
        .where(Visit.work_order_id == order.id, Proof.kind == ProofKind.PHOTO)
        .order_by(Proof.id)
    )
    return [
        Photo(
            proof.id,
            proof.shot_code,
            names.get(proof.shot_code, {}).get("name_zh", proof.shot_code),
            names.get(proof.shot_code, {}).get("name_en", proof.shot_code),
            proof.taken_at,
            proof.received_at,
        )
        for proof in session.scalars(query)
    ]


def photo(session: Session, store: PhotoStore, order_id: int, number: int, *, merchant_id: int | None = None) -> bytes:
    """The JPEG of one photo; NotFound unless it belongs to an order that may be seen."""
    order = orders.find(session, order_id, merchant_id=merchant_id)
    proof = session.scalars(
        select(Proof).join(Visit).where(Proof.id == number, Visit.work_order_id == order.id)
    ).one_or_none()
    if proof is None or proof.sha256 is None:
        raise NotFound("There is no such photo.", field="photo", remedy="Reload the order.")
    try:
        return store.get(proof.sha256)
    except FileNotFoundError:
        raise NotFound("The photo is no longer kept.", field="photo", remedy="Photos are kept for 180 days.") from None
