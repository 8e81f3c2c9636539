"""Trips made for nothing: what is written down of one, and by which rule it is somebody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import check_in
from dispatch.evidence import EventType, VisitEvent
from dispatch.facts import Fact
from dispatch.fitting import Window
from dispatch.site_records import CallOutcome, WastedTrip, Whose
from dispatch.work_order import FailureReason, Visit

WHOSE: Mapping[FailureReason, Whose] = {
    FailureReason.NOBODY_HOME: Whose.CONSUMER,
    FailureReason.NO_ACCESS: Whose.CONSUMER,
    FailureReason.CONSUMER_REFUSED: Whose.CONSUMER,
    FailureReason.SITE_NOT_READY: Whose.CONSUMER,
    FailureReason.WRONG_ADDRESS: Whose.MERCHANT,
    FailureReason.GOODS_MISSING: Whose.MERCHANT,
    FailureReason.GOODS_DAMAGED: Whose.MERCHANT,
    FailureReason.PARTS_MISSING: Whose.OURS,
    FailureReason.OUT_OF_TIME: Whose.OURS,
    FailureReason.OTHER: Whose.NOBODY,
}
IF_WE_WERE_THERE = {FailureReason.NOBODY_HOME, FailureReason.NO_ACCESS}
IF_WE_WERE_NOT_LATE = {*IF_WE_WERE_THERE, FailureReason.CONSUMER_REFUSED, FailureReason.SITE_NOT_READY}


@dataclass(frozen=True, slots=True)
class Left:
    """What a technician says beyond the reason: the call that was tried, seconds waited, what the consumer wishes.

    `wishes` are `{on, part}` with an ISO date and a part of the day, the dearest first.
    """

    called_at: datetime | None = None
    call_outcome: CallOutcome = CallOutcome.NOT_CALLED
    waited: int = 0
    wishes: tuple[Mapping[str, Any], ...] = ()


NOTHING_MORE = Left()


def whose(
    reason: FailureReason,
    window: Window | None,
    arrived_at: datetime | None,
    left_at: datetime,
    *,
    was_elsewhere: bool = False,
) -> Whose:
    """Whose it is that a trip was made for nothing; the table is in docs/operator.md.

    What is the consumer's otherwise is ours when we came after the promised `window` (None: nobody was promised
    anything, so it is nobody's). That nobody was there is the consumer's only if we had checked in and were there
    within the window; a check-in far from a certain address (`was_elsewhere`) leaves it open.
    """
    usual = WHOSE[reason]
    if usual != Whose.CONSUMER:
        return usual
    if window is None:
        return Whose.NOBODY
    if (arrived_at or left_at) > window[1] and reason in IF_WE_WERE_NOT_LATE:
        return Whose.OURS
    if reason not in IF_WE_WERE_THERE:
        return Whose.CONSUMER
    if arrived_at is None or left_at < window[0]:
        return Whose.OURS
    return Whose.NOBODY if was_elsewhere else Whose.CONSUMER


def record(session: Session, visit: Visit, technician_id: int, fact: Fact, said: Left = NOTHING_MORE) -> WastedTrip:
    """Write down the trip of a visit that has just ended without the work: place, time, call, and whose it is."""
    reason = FailureReason(visit.failure_reason or FailureReason.OTHER)
    found = check_in.against_address(visit.work_order, fact)
    arrived_at, left_at = visit.arrived_at, visit.left_at or fact.at
    waited = round((left_at - arrived_at).total_seconds()) if arrived_at else 0
    trip = WastedTrip(
        visit_id=visit.id, technician_id=technician_id, event_id=fact.event_id, at=left_at,
        whose=whose(reason, _window(visit), arrived_at, left_at, was_elsewhere=_was_elsewhere(session, visit)),
        reason=reason, lng=fact.lng, lat=fact.lat, distance=found.distance, waited=max(said.waited, waited, 0),
        called_at=said.called_at, call_outcome=said.call_outcome, wishes=[dict(wish) for wish in said.wishes],
    )  # fmt: skip
    session.add(trip)
    session.flush()
    return trip


def of_visits(session: Session, visit_ids: Iterable[int]) -> dict[int, WastedTrip]:
    """The wasted trips among some visits, by visit id: for the history of an order."""
    rows = session.scalars(select(WastedTrip).where(WastedTrip.visit_id.in_(list(visit_ids))))
    return {trip.visit_id: trip for trip in rows}


def _window(visit: Visit) -> Window | None:
    """The window promised last, whatever became of it since."""
    promise = visit.appointment or (visit.appointments[-1] if visit.appointments else None)
    return (promise.window_starts_at, promise.window_ends_at) if promise else None


def _was_elsewhere(session: Session, visit: Visit) -> bool:
    """Whether every check-in of the visit was outside of the fence around an address that is certain."""
    query = select(VisitEvent.payload).where(VisitEvent.visit_id == visit.id, VisitEvent.type == EventType.CHECK_IN)
    said = [payload.get("outside_geofence") for payload in session.scalars(query)]
    return bool(said) and all(said)
