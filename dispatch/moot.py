"""When a message that was promised is no longer worth sending, because what it would say is not true any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from dispatch.messages import Template
from dispatch.work_order import Visit, VisitState, WorkOrder, WorkOrderState

Payload = Mapping[str, Any]
# How long after it happened it is worth telling.
WORTH_SAYING = {
    Template.ON_THE_WAY: timedelta(minutes=30),
    Template.ARRIVING: timedelta(minutes=15),
    Template.DONE: timedelta(hours=3),
}


def why_moot(order: WorkOrder, payload: Payload, at: datetime) -> str | None:
    """Why the message is not sent, in a word, or None when it still says the truth."""
    template = Template(payload["template"])
    if order.state == WorkOrderState.CANCELLED and template not in (Template.ORDER_CANCELLED, Template.ISSUE_ANSWERED):
        return "order-cancelled"
    if _is_old_news(template, payload, at):
        return "too-late"
    rule = RULES.get(template)
    return rule(order, payload, at) if rule else None


def _is_old_news(template: Template, payload: Payload, at: datetime) -> bool:
    happened_at = payload.get("happened_at")
    is_timed = template in WORTH_SAYING and happened_at is not None
    return is_timed and at - datetime.fromisoformat(str(happened_at)) > WORTH_SAYING[template]


def _asks_to_book(order: WorkOrder, _payload: Payload, _at: datetime) -> str | None:
    return None if order.state == WorkOrderState.BOOKABLE else f"order-{order.state}"


def _tells_of_window(order: WorkOrder, payload: Payload, at: datetime) -> str | None:
    visit = _to_come(order)
    if visit is None or visit.appointment is None:
        return "no-appointment"
    begins, ends = (datetime.fromisoformat(instant) for instant in payload["window"])
    if (visit.appointment.window_starts_at, visit.appointment.window_ends_at) != (begins, ends):
        return "window-moved"
    return "window-over" if ends <= at else None


def _reminds_of_window(order: WorkOrder, payload: Payload, at: datetime) -> str | None:
    begins = datetime.fromisoformat(payload["window"][0])
    visit = _to_come(order)
    is_begun = begins <= at or (visit is not None and visit.state != VisitState.WAITING)
    return "begun" if is_begun else _tells_of_window(order, payload, at)


def _tells_of_giving_up(order: WorkOrder, _payload: Payload, _at: datetime) -> str | None:
    visit = _to_come(order)
    return "booked-again" if visit is not None and visit.appointment is not None else None


def _offers(order: WorkOrder, _payload: Payload, _at: datetime) -> str | None:
    visit = _to_come(order)
    return None if visit is not None and visit.state == VisitState.WAITING else "under-way"


def _tells_of_setting_out(order: WorkOrder, _payload: Payload, _at: datetime) -> str | None:
    """Of work whose goods are brought first, it is the one that brings them who is on the way."""
    is_so = any(visit.state == VisitState.EN_ROUTE for visit in order.visits)
    return None if is_so else "no-longer-on-the-way"


def _tells_of_arriving(order: WorkOrder, payload: Payload, _at: datetime) -> str | None:
    state = next((visit.state for visit in order.visits if visit.id == payload.get("visit_id")), None)
    if state == VisitState.ON_SITE:
        return "already-there"
    return None if state == VisitState.EN_ROUTE else "no-longer-on-the-way"


def _gives_thanks(order: WorkOrder, _payload: Payload, _at: datetime) -> str | None:
    return None if order.state == WorkOrderState.COMPLETED else f"order-{order.state}"


def _to_come(order: WorkOrder) -> Visit | None:
    return next((visit for visit in reversed(order.visits) if visit.is_open), None)


RULES: Mapping[Template, Callable[[WorkOrder, Payload, datetime], str | None]] = {
    Template.BOOK: _asks_to_book,
    Template.REMINDER: _asks_to_book,
    Template.AGAIN: _asks_to_book,
    Template.WINDOW_FREE: _asks_to_book,
    Template.BOOKED: _tells_of_window,
    Template.MOVED: _tells_of_window,
    Template.DAY_BEFORE: _reminds_of_window,
    Template.CANCELLED: _tells_of_giving_up,
    Template.EARLIER_FREE: _offers,
    Template.ON_THE_WAY: _tells_of_setting_out,
    Template.ARRIVING: _tells_of_arriving,
    Template.DONE: _gives_thanks,
}
