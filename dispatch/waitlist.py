"""The waitlist: who found no window that suits is told when time becomes free."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dispatch import audit, messages, outbox, slots
from dispatch import day as days
from dispatch.consumer_records import WaitlistEntry, WaitState, Wish
from dispatch.messages import Template
from dispatch.outbox import OutboxKind
from dispatch.work_order import Appointment, Visit, VisitState, WorkOrder
from routing.travel import TravelTimes
from technicians.errors import Conflict
from technicians.place import County

OPEN = (WaitState.WAITING, WaitState.OFFERED)
TOLD_AT_ONCE = 3
ASKED_AT_ONCE = 50
AGAIN_AFTER = timedelta(hours=2)


def join(
    session: Session, order: WorkOrder, wish: Wish, *, until: date | None = None, by: str, at: datetime
) -> WaitlistEntry:
    """Wait for any window, an earlier one, or a call; asked for twice it is one entry, with the later `until`.

    Raises Conflict when no visit of the order waits for a window.
    """
    visit = next((v for v in reversed(order.visits) if v.state == VisitState.WAITING), None)
    if visit is None:
        raise Conflict("There is no visit to come for this order.", field="order", remedy="Ask the shop.")
    known = _open(session, visit.id, wish)
    if known is not None:
        known.until = until if until is None or known.until is None else max(until, known.until)
        return known
    entry = WaitlistEntry(visit_id=visit.id, wish=wish, until=until, created_at=at)
    session.add(entry)
    session.flush()
    audit.note(session, by, "waitlist.joined", "visit", visit.id, at=at, after={"wish": wish})
    return entry


def leave(session: Session, order: WorkOrder, *, by: str, at: datetime) -> None:
    """Wait no longer."""
    for visit in order.visits:
        for entry in _entries(session, visit.id):
            _end(entry, WaitState.CLOSED, at)
            audit.note(session, by, "waitlist.left", "visit", visit.id, at=at, before={"wish": entry.wish})


def wishes(session: Session, order: WorkOrder) -> frozenset[Wish]:
    """What the order waits for."""
    return frozenset(entry.wish for visit in order.visits for entry in _entries(session, visit.id))


def booked(session: Session, visit: Visit, promise: Appointment, *, at: datetime) -> None:
    """Whoever has a window waits for any no longer; for an earlier one only while there can be one."""
    for entry in _entries(session, visit.id):
        if entry.wish == Wish.EARLIER and entry.state == WaitState.WAITING:
            continue
        _end(entry, WaitState.SERVED, at)


def freed(session: Session, area_code: str, on_date: date, *, at: datetime) -> None:
    """Promise that those who wait are asked: time has become free on that day."""
    payload = {"area": area_code, "date": on_date.isoformat()}
    outbox.add_once(session, OutboxKind.WAITLIST, f"{area_code} {on_date}", payload, asked_by="booking", at=at)


def offer(session: Session, travel_times: TravelTimes, area_code: str, on_date: date, *, at: datetime) -> int:
    """Tell the first few who wait and whose visit fits on that day; how many were told.

    Nothing is kept for them: whoever answers first has it, which the message says. Somebody is told again after two
    hours at the earliest.
    """
    told = 0
    for entry in _waiting(session, area_code, on_date, at):
        if told < TOLD_AT_ONCE and _helps(session, travel_times, entry, on_date, at):
            entry.state, entry.offered_at = WaitState.OFFERED, at
            template = Template.EARLIER_FREE if entry.wish == Wish.EARLIER else Template.WINDOW_FREE
            messages.tell(session, entry.visit.work_order, template, by="waitlist", at=at)
            told += 1
    return told


def _waiting(session: Session, area_code: str, on_date: date, at: datetime) -> list[WaitlistEntry]:
    """Who has waited longest first."""
    is_due = or_(
        WaitlistEntry.state == WaitState.WAITING,
        (WaitlistEntry.state == WaitState.OFFERED) & (WaitlistEntry.offered_at < at - AGAIN_AFTER),
    )
    query = (
        select(WaitlistEntry)
        .join(Visit, Visit.id == WaitlistEntry.visit_id)
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .where(
            County.area_code == area_code, is_due, WaitlistEntry.wish != Wish.CALL,
            WaitlistEntry.until.is_(None) | (WaitlistEntry.until >= on_date), Visit.state == VisitState.WAITING,
        )
        .order_by(WaitlistEntry.created_at, WaitlistEntry.id)
        .limit(ASKED_AT_ONCE)
    )  # fmt: skip
    return list(session.scalars(query))


def _helps(session: Session, travel_times: TravelTimes, entry: WaitlistEntry, on_date: date, at: datetime) -> bool:
    """Whether a window of that day is on offer for the visit, and earlier than the one it has."""
    visit = entry.visit
    promise = visit.appointment
    area = slots.area_of(visit)
    if entry.wish == Wish.EARLIER and (promise is None or days.date_of(area, promise.window_starts_at) < on_date):
        return False
    found = slots.offers_on(session, travel_times, visit, on_date, at)
    return any(promise is None or offer.starts_at < promise.window_starts_at for offer in found)


def _entries(session: Session, visit_id: int) -> list[WaitlistEntry]:
    query = select(WaitlistEntry).where(WaitlistEntry.visit_id == visit_id, WaitlistEntry.state.in_(OPEN))
    return list(session.scalars(query))


def _open(session: Session, visit_id: int, wish: Wish) -> WaitlistEntry | None:
    return next((entry for entry in _entries(session, visit_id) if entry.wish == wish), None)


def _end(entry: WaitlistEntry, state: WaitState, at: datetime) -> None:
    entry.move_to(state)
    entry.ended_at = at
