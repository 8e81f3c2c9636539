"""What technicians have said of a visit, as it counts now: the last word of whoever makes it, folded from all facts.

Facts may come late and from several phones. What counts is worked out anew from those that are kept, so that it
does not depend on the order in which they arrived, and changes when somebody else turns out to have made the visit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import locked_visits
from dispatch.evidence import EventType, Proof, ProofKind, VisitEvent
from dispatch.facts import happened
from dispatch.gathered import gathered
from dispatch.site_records import Surcharge
from dispatch.work_order import Visit, VisitState

LATER = "told-later"
NOT_BEGUN = {VisitState.WAITING, VisitState.EN_ROUTE, VisitState.CANCELLED}


def count(session: Session, visit: Visit, kinds: Iterable[EventType] | None = None) -> None:
    """Work out anew what was said of a locked visit, of these kinds of event or of all; later, within `once`.

    Facts stand in the order in which they happened; those of the same instant, as phones number them, as they came.
    """
    later: dict[int, tuple[Visit, set[EventType]]] | None = session.info.get(LATER)
    if later is None:
        _fold(session, visit, FOLDS if kinds is None else kinds)
    else:
        later.setdefault(visit.id, (visit, set()))[1].update(FOLDS if kinds is None else kinds)


@contextmanager
def once(session: Session) -> Iterator[None]:
    """Work out at the end, once for each visit, what is told of it meanwhile."""
    with gathered(session, LATER, dict[int, tuple[Visit, set[EventType]]]()) as later:
        yield
    for visit, kinds in later.values():
        _fold(session, visit, kinds)


def settle(session: Session, visit: Visit) -> None:
    """Work out everything at once, for whoever has to know it now."""
    _fold(session, visit, FOLDS)


def has_begun(visit: Visit) -> bool:
    """Whether it is settled who makes it."""
    return visit.state not in NOT_BEGUN


def is_ready_for(visit: Visit, technician_id: int) -> bool:
    """Whether this technician is the one who checked goods and parts; another's van says nothing of theirs."""
    return bool(visit.told.get("by") == technician_id)


def _fold(session: Session, visit: Visit, kinds: Iterable[EventType]) -> None:
    these = set(kinds)
    told = [event for event in locked_visits.rows(session, VisitEvent, visit.id) if event.type in these]
    counting = sorted((event for event in told if _counts(visit, event)), key=happened)
    for kind in dict.fromkeys(event.type for event in told):
        FOLDS[kind](session, visit, [event for event in counting if event.type == kind])


def _counts(visit: Visit, event: VisitEvent) -> bool:
    if event.technician_id == visit.technician_id:
        return True
    is_for_two = visit.work_order.product.crew_size > 1
    return "conflict" not in event.payload and (is_for_two or not has_begun(visit))


def _tell(visit: Visit, **said: Any) -> None:
    """Say it on the visit; None takes it away."""
    told = {name: value for name, value in (visit.told | said).items() if value is not None}
    if told != visit.told:
        visit.told = told


def _readiness(_session: Session, visit: Visit, events: Sequence[VisitEvent]) -> None:
    last = events[-1] if events else None
    _tell(visit, readiness=_part(last, "goods", "consumer", "parts"), by=last and last.technician_id)


def _checklist(_session: Session, visit: Visit, events: Sequence[VisitEvent]) -> None:
    _tell(visit, checklist=events[-1].payload["done"] if events else None)


def _parts_needed(_session: Session, visit: Visit, events: Sequence[VisitEvent]) -> None:
    last = events[-1] if events and events[-1].payload["count"] else None
    _tell(visit, parts_needed=_part(last, "text", "count"))


def _serial(session: Session, visit: Visit, events: Sequence[VisitEvent]) -> None:
    last = events[-1] if events else None
    _tell(visit, serial=_part(last, "number", "read", "format"))
    _prove(session, visit, ProofKind.SERIAL_NUMBER, last, "number")


def _signature(session: Session, visit: Visit, events: Sequence[VisitEvent]) -> None:
    last = events[-1] if events else None
    _tell(visit, signed=True if last else None)
    _prove(session, visit, ProofKind.SIGNATURE, last, "name")


def _acceptance(_session: Session, visit: Visit, events: Sequence[VisitEvent]) -> None:
    visit.accepted_at = happened(events[0]) if events else None


def _part(event: VisitEvent | None, *names: str) -> dict[str, Any] | None:
    return None if event is None else {name: event.payload[name] for name in names}


def _prove(session: Session, visit: Visit, kind: ProofKind, event: VisitEvent | None, name: str) -> None:
    """One proof of the kind, with what was said last."""
    proof = next((each for each in locked_visits.rows(session, Proof, visit.id) if each.kind == kind), None)
    if event is None:
        if proof is not None:
            locked_visits.remove(session, proof)
        return
    if proof is None:
        proof = Proof(visit_id=visit.id, kind=kind)
        locked_visits.add(session, proof)
    proof.technician_id, proof.text, proof.taken_at = event.technician_id, event.payload[name], happened(event)
    proof.lng, proof.lat, proof.received_at = event.lng, event.lat, event.received_at


def _surcharges(session: Session, visit: Visit, events: Sequence[VisitEvent]) -> None:
    last = {event.payload["code"]: event for event in events}
    query = select(Surcharge).where(Surcharge.visit_id == visit.id)
    rows = {row.code: row for row in session.scalars(query)}
    agreed = {code: event for code, event in last.items() if event.payload["count"]}
    for code in rows.keys() - agreed.keys():
        session.delete(rows[code])
    for code, event in agreed.items():
        if code not in rows:
            rows[code] = Surcharge(visit_id=visit.id, code=code)
            session.add(rows[code])
        _agree(rows[code], event)


def _agree(row: Surcharge, event: VisitEvent) -> None:
    for name in ("name_zh", "name_en", "count", "amount", "currency", "photo_sha256"):
        setattr(row, name, event.payload[name])
    row.event_id, row.technician_id, row.agreed_at = event.event_id, event.technician_id, happened(event)


FOLDS: dict[EventType, Callable[[Session, Visit, Sequence[VisitEvent]], None]] = {
    EventType.READINESS: _readiness,
    EventType.CHECKLIST: _checklist,
    EventType.SERIAL: _serial,
    EventType.SIGNATURE: _signature,
    EventType.SURCHARGE: _surcharges,
    EventType.ACCEPTANCE: _acceptance,
    EventType.PARTS_NEEDED: _parts_needed,
}
