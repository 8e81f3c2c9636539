"""What phones have told of a day that is going on, as events for re-planning it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.crews import half_id, visits_of
from dispatch.day import Day
from dispatch.day_plan import Stop
from dispatch.work_order import Visit, VisitState
from routing.events import Event, Overrun, StartedAt

BEGUN = {VisitState.EN_ROUTE, VisitState.ON_SITE, VisitState.COMPLETED, VisitState.COULD_NOT_COMPLETE}


def facts(session: Session, day: Day, plan_id: int, visit_ids: Collection[int], now: datetime) -> list[Event]:
    """When the visits of a plan really began and ended; who is still at work goes on at least until `now`.

    Of what no phone has told anything the plan is believed.
    """
    query = (
        select(Visit, Stop.half, Stop.scheduled_start)
        .join(Stop, Stop.visit_id == Visit.id)
        .where(Stop.day_plan_id == plan_id, Visit.id.in_(visits_of(visit_ids)), Visit.state.in_(BEGUN))
        .order_by(Visit.id, Stop.half)
    )
    return [
        event
        for visit, half, planned in session.execute(query)
        if (each := half_id(visit.id, half)) in visit_ids
        for event in _of(visit, each, planned, day, now)
    ]


def told(session: Session, day: Day, plan_id: int) -> dict[int, int]:
    """When each visit of a plan was told to begin, in seconds of the day."""
    query = select(Stop.visit_id, Stop.half, Stop.scheduled_start).where(
        Stop.day_plan_id == plan_id, Stop.visit_id.is_not(None)
    )
    found = session.execute(query)
    return {half_id(visit, half): day.seconds(start) for visit, half, start in found if visit is not None}


def _of(visit: Visit, each: int, planned: datetime, day: Day, now: datetime) -> Iterator[Event]:
    """The events of a visit, or of one half (`each`) of a visit for two."""
    if visit.state == VisitState.EN_ROUTE:
        yield StartedAt(each, _on_axis(day, max(planned, now)))
        return
    began = visit.arrived_at or visit.left_at or planned
    yield StartedAt(each, _on_axis(day, began))
    if visit.left_at is not None:
        yield Overrun(each, _on_axis(day, visit.left_at))
    else:
        yield Overrun(each, max(_on_axis(day, began) + visit.service, _on_axis(day, now)))


def _on_axis(day: Day, at: datetime) -> int:
    return max(0, day.seconds(at))
