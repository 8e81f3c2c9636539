"""What a consumer is told while a visit happens, and when it is too late to say it.

A phone may report in the evening what happened in the morning. That somebody is on the way is worth saying for half an
hour, thanks for three; that nothing came of it is told however late, but at night only the morning after, unless it
has just happened. Each is said once about a visit, whatever a phone repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import outbox
from dispatch.facts import Fact
from dispatch.messages import Template
from dispatch.moot import WORTH_SAYING
from dispatch.outbox import Outbox, OutboxKind
from dispatch.work_order import Visit, VisitState, WorkOrder, WorkOrderState

MORNING, NIGHT = time(8), time(21)
JUST_NOW = timedelta(minutes=30)
ON_THE_SPOT = timedelta(minutes=5)
SAID_OF: Mapping[VisitState, Template] = {
    VisitState.EN_ROUTE: Template.ON_THE_WAY,
    VisitState.COMPLETED: Template.DONE,
    VisitState.COULD_NOT_COMPLETE: Template.AGAIN,
}


def tell(session: Session, visit: Visit, fact: Fact, *, by: str) -> Outbox | None:
    """Promise the message that goes with the state a fact has brought a visit to; None when there is nothing to say.

    Thanks are said when the order is done, not for a trip after which somebody comes again.
    """
    template = SAID_OF.get(visit.state)
    if template is None or (template == Template.DONE and visit.work_order.state != WorkOrderState.COMPLETED):
        return None
    about = f"{template}:visit:{visit.id}"
    if is_too_late(template, fact) or _has_been_said(session, about):
        return None
    payload = {"template": template, "order_id": visit.work_order_id, "happened_at": fact.at.isoformat()}
    session.info["wake"] = True
    told = outbox.add(
        session, OutboxKind.MESSAGE, payload, asked_by=by, at=fact.received_at, due_at=due_at(visit.work_order, fact)
    )
    told.about = about
    return told


def tell_of_failure(session: Session, visit: Visit, fact: Fact, *, by: str) -> Outbox | None:
    """The same for a visit that has come to nothing: a while later, since the next one may be booked on the spot."""
    told = tell(session, visit, fact, by=by)
    if told is not None:
        told.due_at = max(told.due_at, fact.received_at + ON_THE_SPOT)
    return told


def is_too_late(template: Template, fact: Fact) -> bool:
    """Whether what a phone reports now happened too long ago to be told."""
    return template in WORTH_SAYING and fact.received_at - fact.at > WORTH_SAYING[template]


def due_at(order: WorkOrder, fact: Fact) -> datetime:
    """Now; but what is old news at night, by the clock of where the consumer lives, waits until eight."""
    if order.county is None or fact.received_at - fact.at <= JUST_NOW:
        return fact.received_at
    local = fact.received_at.astimezone(order.county.area.zone)
    if MORNING <= local.time() < NIGHT:
        return fact.received_at
    day = local.date() + timedelta(days=1 if local.time() >= NIGHT else 0)
    return datetime.combine(day, MORNING, local.tzinfo).astimezone(UTC)


def _has_been_said(session: Session, about: str) -> bool:
    said = select(Outbox.id).where(Outbox.kind == OutboxKind.MESSAGE, Outbox.about == about)
    return session.scalar(said.limit(1)) is not None
