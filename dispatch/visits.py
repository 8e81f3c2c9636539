"""What a technician does with a visit: set out, arrive, complete, or say why not.

Every verb takes a `Fact` from a phone, is safe to repeat with the same event id, never refuses a fact for
being late, and ends in an event, an audit entry and moved records, all in the caller's transaction; one that is not
possible is refused before anything has been changed. Of two who make a
visit together the first to say something moves it; what the other says of the same is an event only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import (
    audit,
    check_in,
    expected_times,
    facts,
    locked_visits,
    order_events,
    outbox,
    site_proofs,
    sla,
    trips,
    visit_messages,
    visit_told,
    wasted_trips,
    wishes,
)
from dispatch.evidence import EventType, Proof, ProofKind
from dispatch.facts import Fact
from dispatch.order_events import OrderEvent
from dispatch.outbox import OutboxKind
from dispatch.wasted_trips import NOTHING_MORE, Left
from dispatch.work_order import (
    Appointment,
    AppointmentState,
    FailureReason,
    Visit,
    VisitCause,
    VisitState,
    WorkOrder,
    WorkOrderState,
)
from technicians.errors import InvalidInput, NotFound
from technicians.people import Technician

AS_FAR = {
    VisitState.WAITING: 0,
    VisitState.EN_ROUTE: 1,
    VisitState.ON_SITE: 2,
    VisitState.COMPLETED: 3,
    VisitState.COULD_NOT_COMPLETE: 3,
    VisitState.CANCELLED: 3,
}


class MissingShots(InvalidInput):
    """Photos that the product asks for are not there. `shots` are their entries in the shot list."""

    code = "missing-shots"

    def __init__(self, shots: list[dict[str, str]]) -> None:
        names = ", ".join(shot["name_en"] for shot in shots)
        super().__init__(
            f"These photos are still missing: {names}.", field="photos", remedy="Take them, then complete."
        )
        self.shots = shots
        self.names_zh = "、".join(shot["name_zh"] for shot in shots)
        self.names_en = names


def mine(session: Session, visit_id: int, technician_id: int, *, lock: bool = False) -> Visit:
    """A visit on this technician's published route, or one they have begun; NotFound for anybody else's."""
    locked = locked_visits.find_mine(session, visit_id, technician_id)
    if locked is not None:
        return locked
    found = select(Visit).where(Visit.id == visit_id, locked_visits.is_mine(technician_id))
    visit = session.scalars(found.with_for_update(of=Visit, key_share=True) if lock else found).one_or_none()
    if visit is None:
        raise NotFound("No such visit on your route.", field="visit_id", remedy="Reload your day; it may have moved.")
    return visit


def missing_shots(visit: Visit, photos: Iterable[Proof]) -> list[dict[str, str]]:
    """Entries of the product's shot list that are required and have no photo yet."""
    taken = {proof.shot_code for proof in photos}
    return [shot for shot in trips.shots(visit) if shot["required"] and shot["code"] not in taken]


def set_out(session: Session, visit_id: int, technician_id: int, fact: Fact) -> Visit:
    """The technician is on the way."""
    visit = mine(session, visit_id, technician_id, lock=True)
    if facts.is_known(session, visit_id, EventType.EN_ROUTE, fact):
        return visit
    if not _has_been_told(visit, VisitState.EN_ROUTE, technician_id):
        _move(session, visit, VisitState.EN_ROUTE, technician_id, fact)
        visit.en_route_at = fact.at
        _announce(session, visit, OrderEvent.EN_ROUTE, fact)
        visit_messages.tell(session, visit, fact, by=actor(session, technician_id))
    facts.record(session, visit, technician_id, EventType.EN_ROUTE, fact)
    expected_times.after_fact(session, visit, fact.received_at)
    return visit


def arrive(session: Session, visit_id: int, technician_id: int, fact: Fact) -> Visit:
    """The technician is there. Far from the address is flagged in the event, never refused."""
    visit = mine(session, visit_id, technician_id, lock=True)
    if facts.is_known(session, visit_id, EventType.CHECK_IN, fact):
        return visit
    found = check_in.against_address(visit.work_order, fact)
    if not _has_been_told(visit, VisitState.ON_SITE, technician_id):
        visit.must_be_able_to_move_to(VisitState.ON_SITE)
        if visit.technician_id is not None and visit.work_order.product.crew_size == 1:
            hand_to(session, visit, technician_id)
        _move(session, visit, VisitState.ON_SITE, technician_id, fact)
        visit.arrived_at = max(fact.at, visit.en_route_at or fact.at)
        visit.arrival_distance = found.distance
        _announce(session, visit, OrderEvent.ON_SITE, fact)
    learnt = check_in.learn_position(visit.work_order, fact, found)
    expected_times.after_fact(session, visit, fact.received_at)
    facts.record(
        session, visit, technician_id, EventType.CHECK_IN, fact,
        distance=found.distance, outside_geofence=found.outside_geofence, position_learnt=learnt is not None,
    )  # fmt: skip
    if learnt is not None:
        audit.note(
            session, actor(session, technician_id), "work-order.learn-position", "work-order",
            visit.work_order_id, at=fact.received_at,
            before={"position_quality": learnt}, after={"position_quality": "learnt"},
        )  # fmt: skip
    return visit


def complete(
    session: Session,
    visit_id: int,
    technician_id: int,
    fact: Fact,
    *,
    note: str = "",
    promised: Collection[str] = (),
) -> Visit:
    """The work is done. Raises MissingShots while a required photo is neither there nor `promised` (codes of shots).

    Whatever else is asked for and missing is written down and holds nothing up.
    """
    visit = mine(session, visit_id, technician_id, lock=True)
    if facts.is_known(session, visit_id, EventType.COMPLETION, fact, note=note):
        return visit
    if _has_been_told(visit, VisitState.COMPLETED, technician_id):
        facts.record(session, visit, technician_id, EventType.COMPLETION, fact, note=note)
        return visit
    photos = [proof for proof in locked_visits.rows(session, Proof, visit_id) if proof.kind == ProofKind.PHOTO]
    missing = [shot for shot in missing_shots(visit, photos) if shot["code"] not in promised]
    if visit.state == VisitState.ON_SITE and missing:
        raise MissingShots(missing)
    visit.must_be_able_to_move_to(VisitState.COMPLETED)
    if not any(other.is_open for other in visit.work_order.visits if other is not visit):
        visit.work_order.move_to(WorkOrderState.COMPLETED)
    _move(session, visit, VisitState.COMPLETED, technician_id, fact)
    visit.left_at = max(fact.at, visit.arrived_at or fact.at)
    _announce(session, visit, OrderEvent.COMPLETED, fact)
    _decide_appointment(session, visit, fact)
    visit_messages.tell(session, visit, fact, by=actor(session, technician_id))
    visit_told.settle(session, visit)
    lacking = site_proofs.missing_proofs(visit)
    missed: dict[str, list[str]] = {"missing": lacking} if lacking else {}
    facts.record(session, visit, technician_id, EventType.COMPLETION, fact, note=note, **missed)
    expected_times.after_fact(session, visit, fact.received_at)
    return visit


def could_not_complete(
    session: Session,
    visit_id: int,
    technician_id: int,
    fact: Fact,
    *,
    reason: FailureReason,
    note: str = "",
    left: Left = NOTHING_MORE,
) -> Visit:
    """The visit ends without the work: the order can be booked again, and a second visit waits for that.

    `left` has the call that was tried and what the consumer wishes; wishes are booked by a job of the outbox.
    """
    visit = mine(session, visit_id, technician_id, lock=True)
    if facts.is_known(session, visit_id, EventType.COULD_NOT_COMPLETE, fact, reason=reason, note=note):
        return visit
    if _has_been_told(visit, VisitState.COULD_NOT_COMPLETE, technician_id):
        facts.record(session, visit, technician_id, EventType.COULD_NOT_COMPLETE, fact, reason=reason, note=note)
        return visit
    visit.must_be_able_to_move_to(VisitState.COULD_NOT_COMPLETE)
    visit.work_order.move_to(WorkOrderState.BOOKABLE)
    visit.failure_reason, visit.failure_note = reason, note
    _move(session, visit, VisitState.COULD_NOT_COMPLETE, technician_id, fact)
    visit.left_at = max(fact.at, visit.arrived_at or fact.at)
    _announce(session, visit, OrderEvent.COULD_NOT_COMPLETE, fact, reason)
    _decide_appointment(session, visit, fact)
    trip = wasted_trips.record(session, visit, technician_id, fact, left)
    _add_second_visit(session, visit.work_order, visit, fact)
    wishes.ask(session, trip, by=actor(session, technician_id), at=fact.received_at)
    visit_messages.tell_of_failure(session, visit, fact, by=actor(session, technician_id))
    sla.could_not_complete(session, visit.work_order, reason, fact.received_at, actor(session, technician_id))
    facts.record(session, visit, technician_id, EventType.COULD_NOT_COMPLETE, fact, reason=reason, note=note)
    expected_times.after_fact(session, visit, fact.received_at)
    return visit


def hand_to(session: Session, visit: Visit, technician_id: int) -> None:
    """Whoever makes it has it from now on, and what counts of setting out is when they did themselves, if ever."""
    if visit.technician_id != technician_id:
        visit.technician_id = technician_id
        visit.en_route_at = facts.first(session, visit, technician_id, EventType.EN_ROUTE)


def _has_been_told(visit: Visit, state: VisitState, technician_id: int) -> bool:
    """Whether the other technician of a visit for two has brought it as far already."""
    is_another = visit.technician_id not in (None, technician_id)
    return visit.work_order.product.crew_size > 1 and is_another and AS_FAR[visit.state] >= AS_FAR[state]


def actor(session: Session, technician_id: int) -> str:
    """How the audit names a technician."""
    return f"technician:{session.get_one(Technician, technician_id).code}"


def _move(session: Session, visit: Visit, state: VisitState, technician_id: int, fact: Fact) -> None:
    before = visit.state
    visit.move_to(state)
    visit.technician_id = technician_id
    visit.revision += 1
    audit.note(
        session, actor(session, technician_id), f"visit.{state}", "visit", visit.id,
        at=fact.received_at, before={"state": before}, after={"state": state, "at": fact.at.isoformat()},
        why=visit.failure_reason or "",
    )  # fmt: skip


def _announce(
    session: Session, visit: Visit, event: OrderEvent, fact: Fact, reason: FailureReason | None = None
) -> None:
    """Tell the merchant's programs what the technician said, and when it happened by the phone's clock."""
    order_events.announce(
        session, visit.work_order, event,
        at=fact.received_at, visit=visit, happened_at=fact.at.isoformat(), reason=reason,
    )  # fmt: skip


def _decide_appointment(session: Session, visit: Visit, fact: Fact) -> None:
    """Kept when the technician arrived before the window closed; an early refusal cancels it."""
    promise = visit.appointment
    if promise is not None:
        promise.move_to(_verdict(visit, promise))
        order_events.announce_decided(session, promise, at=fact.received_at)


def _verdict(visit: Visit, promise: Appointment) -> AppointmentState:
    if visit.arrived_at is not None:
        in_time = visit.arrived_at <= promise.window_ends_at
        return AppointmentState.KEPT if in_time else AppointmentState.BROKEN
    if visit.failure_reason == FailureReason.CONSUMER_REFUSED:
        return AppointmentState.CANCELLED
    return AppointmentState.BROKEN


def _add_second_visit(session: Session, order: WorkOrder, failed: Visit, fact: Fact) -> None:
    """The same trip again; work that was to follow on a delivery that failed gives its time back."""
    is_delivery = failed.cause == VisitCause.DELIVERY
    if is_delivery:
        for promise in (visit.appointment for visit in order.visits if visit.state == VisitState.WAITING):
            if promise is not None:
                outbox.add(
                    session, OutboxKind.EXPIRE, {"appointment": promise.id}, asked_by="visits", at=fact.received_at
                )
                session.info["wake"] = True
    order.visits.append(
        Visit(
            sequence=max(visit.sequence for visit in order.visits) + 1,
            cause=VisitCause.DELIVERY if is_delivery else VisitCause.SECOND_VISIT,
            service=failed.service,
            setup=failed.setup,
        )
    )
