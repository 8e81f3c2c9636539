"""Windows that somebody promised without asking the routes: given their place in the day's plan as soon as may be.

A merchant may hand in an order with a window. Until its visit stands in a route, that time looks free to others, so
the work is asked for in the transaction that takes the order in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import booking, outbox, plan_day, plans
from dispatch.day_plan import DayPlanState
from dispatch.outbox import OutboxKind
from dispatch.planning import unplaced
from dispatch.system import System
from dispatch.work_order import Visit
from routing.limits import Limits, Progress
from technicians.place import County, PlanningArea

MOST_ONE_BY_ONE = 200


def ask(session: Session, promised: Iterable[tuple[str, datetime]], *, by: str, at: datetime) -> None:
    """Promise that a worker settles the days of these windows, given as county code and beginning; once a day."""
    for area_code, on_date in sorted(_days(session, promised)):
        payload = {"area": area_code, "date": on_date.isoformat()}
        outbox.add_once(session, OutboxKind.SETTLE, f"{area_code} {on_date}", payload, asked_by=by, at=at)


def _days(session: Session, promised: Iterable[tuple[str, datetime]]) -> set[tuple[str, date]]:
    windows = list(promised)
    codes = {code for code, _ in windows}
    rows = session.execute(
        select(County.code, County.area_code, PlanningArea.time_zone)
        .join(PlanningArea, PlanningArea.code == County.area_code)
        .where(County.code.in_(codes))
    )
    areas = {code: (area_code, ZoneInfo(zone)) for code, area_code, zone in rows}
    return {(areas[code][0], starts_at.astimezone(areas[code][1]).date()) for code, starts_at in windows}


def settle(
    system: System,
    area_code: str,
    on_date: date,
    limits: Limits,
    *,
    by: str,
    progress: Callable[[Progress], None],
) -> dict[str, Any]:
    """Put every promised visit of the day that stands in no route where it fits.

    What is published changes by insertion only. A day without a published plan, or with very many such visits, is
    planned as a draft. What does not fit stays on the board as unassigned.
    """
    with system.transaction(read_only=True) as session:
        plan = plans.current(session, area_code, on_date)
        waiting = unplaced(session, area_code, on_date, plan)
    if not waiting:
        return {"visits": 0}
    if plan is None or plan.state != DayPlanState.PUBLISHED or len(waiting) > MOST_ONE_BY_ONE:
        return asdict(plan_day.run(system, area_code, on_date, limits, by=by, progress=progress))
    placed = sum(_placed(system, visit_id) for visit_id in waiting)
    return {"visits": len(waiting), "placed": placed}


def _placed(system: System, visit_id: int) -> bool:
    with system.transaction() as session:
        visit = session.get_one(Visit, visit_id, with_for_update={"key_share": True})
        return booking.give_place(session, system.travel_times, visit, at=system.now())
