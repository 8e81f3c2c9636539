"""What a technician tells of a visit beside where they are with it: it is kept, and counts for whoever makes the visit.

Nothing here moves a visit. Of a visit that is another's by now the fact is kept beside what counts; should its
technician turn out to have made the visit, it counts from then on.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from dispatch import audit, facts, phone_conflicts, phone_visits, verification, visit_told, visits
from dispatch.evidence import EventType
from dispatch.phone_heard import APPLIED, Heard, Result, Unusable
from dispatch.phone_records import PhoneConflictKind
from dispatch.phone_reports import ReportType
from dispatch.site_facts import READS, Said
from dispatch.work_order import Visit

AUDITED = {ReportType.SURCHARGE: ("code", "count", "amount"), ReportType.ACCEPTANCE: ()}


def apply(session: Session, heard: Heard) -> Result:
    """Keep it, and let it count if it is for this technician to say. NotFound for a visit that was never theirs."""
    visit = phone_visits.shown_to(session, heard.visit_id, heard.technician_id)
    kind = ReportType(heard.event.type)
    said = READS[kind](heard, visit.work_order.product)
    clash = phone_visits.against(session, visit, heard.technician_id, kind)
    if kind == ReportType.ACCEPTANCE and clash != PhoneConflictKind.CANCELLED:
        _check_code(session, visit, heard)
    conflict = {"conflict": clash} if clash else {}
    facts.record(session, visit, heard.technician_id, EventType(kind), heard.fact, **conflict, **said)
    if clash is not None:
        return phone_conflicts.keep(session, heard, clash)
    visit_told.count(session, visit, [EventType(kind)])
    _audit(session, visit, heard, kind, said)
    return APPLIED


def _check_code(session: Session, visit: Visit, heard: Heard) -> None:
    """Wrong ones are counted; after the last the right one comes too late. The row is locked."""
    if not verification.may_try(visit):
        raise Unusable("too-many-codes")
    if not verification.accepts(visit, str(heard.payload["code"])):
        visit.code_tries += 1
        who = visits.actor(session, heard.technician_id)
        at, tries = heard.fact.received_at, {"code_tries": visit.code_tries}
        audit.note(session, who, "visit.wrong-code", "visit", visit.id, at=at, after=tries)
        raise Unusable("wrong-code")


def _audit(session: Session, visit: Visit, heard: Heard, kind: ReportType, said: Said) -> None:
    if kind in AUDITED:
        after = {name: said[name] for name in AUDITED[kind]} | {"at": heard.fact.at.isoformat()}
        who = visits.actor(session, heard.technician_id)
        audit.note(session, who, f"visit.{kind}", "visit", visit.id, at=heard.fact.received_at, after=after)
