"""What a dispatcher notes after calling a consumer: reached or not, asked to wait, not to be reached at all.

Each verb locks the order first, writes into the audit, and then touches the order's clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, orders, sla, sla_ledger
from dispatch.consumer_records import ConsumerCall, WaitlistEntry, WaitState, Wish
from dispatch.sla_clock import PauseCause, SlaClock
from dispatch.work_order import Visit, WorkOrder
from technicians.errors import Conflict, InvalidInput

ENOUGH_CALLS = 3
LONGEST_WAIT = 60
MORNING = time(8)
LONGEST_NOTE = 500


def not_reached(session: Session, order_id: int, *, note: str = "", by: str, at: datetime) -> ConsumerCall:
    """Nobody answered. The clock runs on."""
    order = orders.find(session, order_id, lock=True)
    return _called(session, order, reached=False, note=note, by=by, at=at)


def reached(session: Session, order_id: int, *, note: str = "", by: str, at: datetime) -> ConsumerCall:
    """Somebody answered: who asked to be called has been called, a message that failed is made good."""
    order = orders.find(session, order_id, lock=True)
    _serve(session, order, at)
    return _called(session, order, reached=True, note=note, by=by, at=at)


def asked_to_wait(session: Session, order_id: int, until: date, *, note: str = "", by: str, at: datetime) -> SlaClock:
    """The consumer was reached and cannot have it yet: the clock rests until the morning of that day, by their time.

    Raises InvalidInput for a day that is not ahead or too far, Conflict when no clock runs.
    """
    order = orders.find(session, order_id, lock=True)
    zone = order.county.area.zone if order.county else ZoneInfo("UTC")
    days = (until - at.astimezone(zone).date()).days
    if not 1 <= days <= LONGEST_WAIT:
        raise InvalidInput(
            "The day is not between tomorrow and {most} days from now.",
            field="until",
            remedy="Choose another day.",
            most=LONGEST_WAIT,
        )
    ends_at = datetime.combine(until, MORNING, zone)
    reached(session, order_id, note=note, by=by, at=at)
    return _pause(session, order, PauseCause.CONSUMER_ASKED_TO_WAIT, note=note, until=ends_at, by=by, at=at)


def give_up(session: Session, order_id: int, *, note: str = "", by: str, at: datetime) -> SlaClock:
    """The consumer cannot be reached: the clock rests until they can. Conflict before three calls at three hours."""
    order = orders.find(session, order_id, lock=True)
    clock = _running(session, order)
    missed = [call.at for call in of_order(session, order_id) if not call.reached and call.at >= clock.started_at]
    if not is_enough(missed):
        raise Conflict(
            "Nobody has tried three times at different hours yet.",
            field="order",
            remedy="Note each call that is not answered, and call again an hour later.",
        )
    return _pause(session, order, PauseCause.CONSUMER_UNREACHABLE, note=note, until=None, by=by, at=at)


def go_on(session: Session, order_id: int, *, note: str = "", by: str, at: datetime) -> SlaClock:
    """What the clock rested for is over. Conflict while only the address is unclear: that is the worklist's."""
    order = orders.find(session, order_id, lock=True)
    clock = _running(session, order)
    if sla_ledger.standing(clock, at).cause == PauseCause.ADDRESS_UNCLEAR:
        raise Conflict("The address is unclear.", field="order", remedy="Put the order in its place on the worklist.")
    audit.note(session, by, "clock.resumed", "sla-clock", clock.id, at=at, why=note[:LONGEST_NOTE])
    return sla_ledger.resume(session, clock, note=note, by=by, at=at)


def of_order(session: Session, order_id: int) -> list[ConsumerCall]:
    """Every call, the earliest first."""
    query = select(ConsumerCall).where(ConsumerCall.work_order_id == order_id)
    return list(session.scalars(query.order_by(ConsumerCall.id)))


def is_enough(missed: Iterable[datetime]) -> bool:
    """Whether calls at these instants are enough to say that nobody can be reached: three different hours."""
    return len({at.replace(minute=0, second=0, microsecond=0) for at in missed}) >= ENOUGH_CALLS


def _called(session: Session, order: WorkOrder, *, reached: bool, note: str, by: str, at: datetime) -> ConsumerCall:
    note = note.strip()[:LONGEST_NOTE]
    call = ConsumerCall(work_order_id=order.id, at=at, by=by, reached=reached, note=note)
    session.add(call)
    session.flush()
    action = "consumer.reached" if reached else "consumer.not-reached"
    audit.note(session, by, action, "consumer-call", call.id, at=at, why=note, after={"order": order.id})
    return call


def _pause(
    session: Session,
    order: WorkOrder,
    cause: PauseCause,
    *,
    note: str,
    until: datetime | None,
    by: str,
    at: datetime,
) -> SlaClock:
    clock = _running(session, order)
    note = note.strip()[:LONGEST_NOTE]
    after = {"cause": cause, "until": until.isoformat() if until else None}
    audit.note(session, by, "clock.paused", "sla-clock", clock.id, at=at, why=note, after=after)
    return sla_ledger.pause(session, clock, cause, note=note, until=until, by=by, at=at)


def _running(session: Session, order: WorkOrder) -> SlaClock:
    clock = next(iter(sla.running(session, order.id)), None)
    if clock is None:
        raise Conflict(
            "No clock runs for this order: it has an appointment, or its goods are not there.",
            field="order",
            remedy="Reload the list.",
        )
    return clock


def _serve(session: Session, order: WorkOrder, at: datetime) -> None:
    query = select(WaitlistEntry).join(Visit, Visit.id == WaitlistEntry.visit_id)
    is_open = WaitlistEntry.state.in_((WaitState.WAITING, WaitState.OFFERED))
    for entry in session.scalars(
        query.where(Visit.work_order_id == order.id, WaitlistEntry.wish == Wish.CALL, is_open)
    ):
        entry.move_to(WaitState.SERVED)
        entry.ended_at = at
