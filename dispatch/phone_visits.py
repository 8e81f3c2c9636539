"""One event of a phone, brought to the visit it is about, and what to do when the office has changed it meanwhile.

The rule: the completion that counts is the first by our clock among those of technicians who had checked in.
Whoever is at the door first is taken to be the one who makes the visit, whatever the plan says by then. What does
not count is kept as a fact beside what does, with a conflict for the dispatcher. Somebody for whom the visit was not
meant, or behind whose back another checked in, cannot end it without the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, facts, locked_visits, visit_told, visits
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.evidence import EventType, VisitEvent
from dispatch.facts import Fact
from dispatch.phone_records import PhoneConflictKind, PhoneEntry
from dispatch.phone_reports import ReportType
from dispatch.wasted_trips import NOTHING_MORE, Left
from dispatch.work_order import FailureReason, Visit, VisitState
from technicians.errors import IllegalTransition, NotFound

KINDS = {
    ReportType.EN_ROUTE: EventType.EN_ROUTE,
    ReportType.CHECK_IN: EventType.CHECK_IN,
    ReportType.COMPLETION: EventType.COMPLETION,
    ReportType.COULD_NOT_COMPLETE: EventType.COULD_NOT_COMPLETE,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a technician says of a visit. `promised`: codes of the shots whose photos are on their way.

    `left`: what else is told of a visit that came to nothing.
    """

    type: ReportType
    fact: Fact
    note: str = ""
    reason: FailureReason | None = None
    promised: frozenset[str] = frozenset()
    left: Left = NOTHING_MORE


@dataclass(frozen=True, slots=True)
class Clash:
    """Why an event did not fit, and whether it counts all the same."""

    kind: PhoneConflictKind
    counts: bool


def tell(session: Session, visit_id: int, technician_id: int, told: Told) -> Clash | None:
    """Bring it to the visit; None when it simply fitted. NotFound when the visit was never this technician's.

    Whatever comes of it, the fact is recorded once.
    """
    visit = shown_to(session, visit_id, technician_id)
    before = visit.technician_id, visit_told.has_begun(visit)
    clash = _bring(session, visit, technician_id, told)
    if (visit.technician_id, visit_told.has_begun(visit)) != before:
        visit_told.count(session, visit)
    return clash


def shown_to(session: Session, visit_id: int, technician_id: int) -> Visit:
    """A visit that was ever this technician's, locked; else NotFound."""
    visit = locked_visits.find(session, visit_id) or _locked(session, visit_id)
    if visit is None or not _was_shown(session, visit, technician_id):
        raise NotFound("No such visit on your route.", field="visit_id", remedy="Reload your day; it may have moved.")
    return visit


def against(session: Session, visit: Visit, technician_id: int, kind: ReportType) -> PhoneConflictKind | None:
    """Why what this technician says of the visit does not count as things stand; None when it does."""
    if visit.state == VisitState.CANCELLED or _is_contested(session, visit, technician_id, kind):
        return _why(session, visit, technician_id)
    return None


def _bring(session: Session, visit: Visit, technician_id: int, told: Told) -> Clash | None:
    is_contested = _is_contested(session, visit, technician_id, told.type)
    came = _check_in(session, visit, technician_id) if told.type == ReportType.COMPLETION else None
    if came is not None and _was_made_later(visit, told) and (is_contested or visit.technician_id == technician_id):
        return _was_first(session, visit, technician_id, told, came)
    if not is_contested:
        if came is not None and visit.technician_id == technician_id and visit.arrived_at is not None:
            visit.arrived_at = min(came, visit.arrived_at)
        return _try(session, visit, technician_id, told)
    if told.type == ReportType.CHECK_IN and visit.state in {VisitState.WAITING, VisitState.EN_ROUTE}:
        return _take_over(session, visit, technician_id, told)
    if came is not None and visit.state == VisitState.ON_SITE:
        return _take_over(session, visit, technician_id, told, came)
    return _only_a_fact(session, visit, technician_id, told, _why(session, visit, technician_id))


def _was_made_later(visit: Visit, told: Told) -> bool:
    """Whether it was completed, and later than is told now."""
    return visit.state == VisitState.COMPLETED and visit.left_at is not None and told.fact.at < visit.left_at


def _locked(session: Session, visit_id: int) -> Visit | None:
    query = select(Visit).where(Visit.id == visit_id)
    locked = query.with_for_update(of=Visit, key_share=True).execution_options(populate_existing=True)
    return session.scalars(locked).one_or_none()


def _try(session: Session, visit: Visit, technician_id: int, told: Told) -> Clash | None:
    try:
        _verb(session, visit.id, technician_id, told)
    except IllegalTransition:
        return _only_a_fact(session, visit, technician_id, told, _why(session, visit, technician_id))
    except visits.MissingShots:
        return _only_a_fact(session, visit, technician_id, told, PhoneConflictKind.PHOTOS_MISSING)
    return None


def _take_over(session: Session, visit: Visit, technician_id: int, told: Told, came: datetime | None = None) -> Clash:
    """Whoever does the work has the visit from now on; `came` is when they had checked in, if they had."""
    before = visit.technician_id, visit.arrived_at, visit.en_route_at
    visits.hand_to(session, visit, technician_id)
    visit.arrived_at = came or visit.arrived_at
    clash = _try(session, visit, technician_id, told)
    if clash is None:
        return Clash(PhoneConflictKind.REASSIGNED, counts=True)
    visit.technician_id, visit.arrived_at, visit.en_route_at = before
    return clash


def _was_first(session: Session, visit: Visit, technician_id: int, told: Told, came: datetime) -> Clash:
    """The visit was completed twice, by two technicians or from two phones, and this completion was the earlier one."""
    kind = _why(session, visit, technician_id)
    before = {"technician_id": visit.technician_id, "left_at": str(visit.left_at)}
    visits.hand_to(session, visit, technician_id)
    visit.arrived_at, visit.left_at = came, max(told.fact.at, came)
    visit.revision += 1
    audit.note(
        session, visits.actor(session, technician_id), "visit.completed-first", "visit", visit.id,
        at=told.fact.received_at, before=before,
        after={"technician_id": technician_id, "left_at": str(visit.left_at)},
    )  # fmt: skip
    _only_a_fact(session, visit, technician_id, told, kind)
    return Clash(kind, counts=True)


def _verb(session: Session, visit_id: int, technician_id: int, told: Told) -> None:
    match told.type:
        case ReportType.EN_ROUTE:
            visits.set_out(session, visit_id, technician_id, told.fact)
        case ReportType.CHECK_IN:
            visits.arrive(session, visit_id, technician_id, told.fact)
        case ReportType.COMPLETION:
            visits.complete(session, visit_id, technician_id, told.fact, note=told.note, promised=told.promised)
        case ReportType.COULD_NOT_COMPLETE:
            reason = told.reason or FailureReason.OTHER
            visits.could_not_complete(
                session, visit_id, technician_id, told.fact, reason=reason, note=told.note, left=told.left
            )


def _only_a_fact(session: Session, visit: Visit, technician_id: int, told: Told, kind: PhoneConflictKind) -> Clash:
    said: dict[str, Any] = {"note": told.note} if told.note else {}
    if told.reason is not None:
        said["reason"] = told.reason
    facts.record(session, visit, technician_id, KINDS[told.type], told.fact, conflict=kind, **said)
    session.flush()
    return Clash(kind, counts=False)


def _is_contested(session: Session, visit: Visit, technician_id: int, kind: ReportType) -> bool:
    """Whether it is on somebody else's route by now, or another has been there. Two who go together do not contest."""
    if not _is_mine(session, visit, technician_id):
        return True
    if kind == ReportType.COULD_NOT_COMPLETE and _is_planned_for_another(session, visit, technician_id):
        return True
    has_begun = visit.state not in {VisitState.WAITING, VisitState.EN_ROUTE}
    return has_begun and visit.work_order.product.crew_size == 1 and _is_anothers(visit, technician_id)


def _is_mine(session: Session, visit: Visit, technician_id: int) -> bool:
    try:
        visits.mine(session, visit.id, technician_id)
    except NotFound:
        return False
    return True


def _is_planned_for_another(session: Session, visit: Visit, technician_id: int) -> bool:
    planned = (
        select(Route.technician_id)
        .join(Stop, Stop.route_id == Route.id)
        .join(DayPlan, DayPlan.id == Stop.day_plan_id)
        .where(Stop.visit_id == visit.id, DayPlan.state == DayPlanState.PUBLISHED)
    )
    those = set(session.scalars(planned))
    return bool(those) and technician_id not in those


def _is_anothers(visit: Visit, technician_id: int) -> bool:
    return visit.technician_id not in (None, technician_id)


def _why(session: Session, visit: Visit, technician_id: int) -> PhoneConflictKind:
    if visit.state == VisitState.CANCELLED:
        return PhoneConflictKind.CANCELLED
    if visit.state != VisitState.WAITING and _is_anothers(visit, technician_id):
        return PhoneConflictKind.TAKEN
    if _is_mine(session, visit, technician_id):
        return PhoneConflictKind.OUT_OF_ORDER
    return PhoneConflictKind.REASSIGNED


def _check_in(session: Session, visit: Visit, technician_id: int) -> datetime | None:
    return facts.first(session, visit, technician_id, EventType.CHECK_IN)


def _was_shown(session: Session, visit: Visit, technician_id: int) -> bool:
    """Whether this technician was ever given it: in their feed, on a published route of any version, or begun."""
    if visit.technician_id == technician_id or locked_visits.find_mine(session, visit.id, technician_id):
        return True
    entry = select(PhoneEntry.id).where(PhoneEntry.visit_id == visit.id, PhoneEntry.technician_id == technician_id)
    route = (
        select(Stop.id)
        .join(Route, Route.id == Stop.route_id)
        .join(DayPlan, DayPlan.id == Stop.day_plan_id)
        .where(Stop.visit_id == visit.id, Route.technician_id == technician_id, DayPlan.published_at.is_not(None))
    )
    event = select(VisitEvent.id).where(VisitEvent.visit_id == visit.id, VisitEvent.technician_id == technician_id)
    return any(session.scalars(each.limit(1)).first() is not None for each in (entry, route, event))
