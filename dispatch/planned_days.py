"""The coming days that are planned with one technician: what a change of the roster touches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day on which plans in force, or drafts, give the technician so many visits."""

    area_code: str
    on_date: date
    visits: int


def of(session: Session, technician_id: int, *, since: date, until: date | None = None) -> list[PlannedDay]:
    """From `since` on, to `until` if it is given, both included; days without a visit are left out."""
    query = (
        select(DayPlan.area_code, DayPlan.on_date, func.count(Stop.visit_id.distinct()))
        .join(Route, Route.day_plan_id == DayPlan.id)
        .join(Stop, Stop.route_id == Route.id)
        .where(
            Route.technician_id == technician_id,
            Stop.visit_id.is_not(None),
            DayPlan.state != DayPlanState.SUPERSEDED,
            DayPlan.on_date >= since,
        )
        .group_by(DayPlan.area_code, DayPlan.on_date)
        .order_by(DayPlan.on_date, DayPlan.area_code)
    )
    if until is not None:
        query = query.where(DayPlan.on_date <= until)
    return [PlannedDay(*row) for row in session.execute(query)]
