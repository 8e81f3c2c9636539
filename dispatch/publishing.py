"""What a dispatcher reads before publishing a draft: what changes for whom, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch import plans
from dispatch.board_rows import slices
from dispatch.crews import joined
from dispatch.day_plan import DayPlanState, Stop, Unassigned
from dispatch.work_order import Visit, WorkOrder
from technicians.people import Technician
from technicians.place import County

BOTH = ("technicians_before", "technicians_after")


@dataclass(frozen=True, slots=True)
class Change:
    """One visit whose technicians or start differ from the published plan; None stands for not planned."""

    visit_id: int
    number: str
    county_zh: str
    county_en: str
    technicians_before: tuple[str, ...]
    start_before: datetime | None
    technicians_after: tuple[str, ...]
    start_after: datetime | None

    @property
    def technician_before(self) -> str:
        return joined(self.technicians_before)

    @property
    def technician_after(self) -> str:
        return joined(self.technicians_after)

    @property
    def is_new(self) -> bool:
        return self.start_before is None

    @property
    def is_dropped(self) -> bool:
        return self.start_after is None

    @property
    def changes_hands(self) -> bool:
        return not self.is_new and not self.is_dropped and self.technicians_before != self.technicians_after


@dataclass(frozen=True, slots=True)
class Review:
    """A draft beside the published plan. `is_first` when nothing has been published for that day."""

    plan_id: int
    version: int
    zone: ZoneInfo
    is_first: bool
    planned: int
    unassigned: int
    changes: tuple[Change, ...]

    @property
    def technicians(self) -> int:
        """How many technicians get another route."""
        return len({name for change in self.changes for name in change.technicians_before + change.technicians_after})


def review(session: Session, plan_id: int) -> Review:
    """What publishing this plan would do. NotFound for an unknown plan."""
    plan = plans.find(session, plan_id)
    published = plans.in_state(session, plan.area_code, plan.on_date, DayPlanState.PUBLISHED)
    planned = select(func.count(Stop.visit_id.distinct())).where(Stop.day_plan_id == plan_id)
    return Review(
        plan_id=plan_id,
        version=plan.version,
        zone=days.find_area(session, plan.area_code).zone,
        is_first=published is None,
        planned=session.scalars(planned).one(),
        unassigned=session.scalars(
            select(func.count()).select_from(Unassigned).where(Unassigned.day_plan_id == plan_id)
        ).one(),
        changes=tuple(_changes(session, plans.difference(session, plan_id))),
    )


def _changes(session: Session, changed: list[dict[str, Any]]) -> list[Change]:
    labels = _labels(session, [row["visit_id"] for row in changed])
    names = _names(session, {each for row in changed for key in BOTH for each in row[key]})
    return [
        Change(
            row["visit_id"],
            *labels[row["visit_id"]],
            tuple(names[each] for each in row["technicians_before"]),
            row["start_before"],
            tuple(names[each] for each in row["technicians_after"]),
            row["start_after"],
        )
        for row in changed
    ]


def _labels(session: Session, visit_ids: list[int]) -> dict[int, tuple[str, str, str]]:
    """Order number and county names of visits."""
    query = (
        select(Visit.id, WorkOrder.number, County.name, County.name_en)
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
    )
    rows = (row for some in slices(visit_ids) for row in session.execute(query.where(Visit.id.in_(some))))
    return {visit_id: (number, zh, en) for visit_id, number, zh, en in rows}


def _names(session: Session, technician_ids: set[int]) -> dict[int, str]:
    query = select(Technician.id, Technician.name)
    rows = (
        row for some in slices(sorted(technician_ids)) for row in session.execute(query.where(Technician.id.in_(some)))
    )
    return {technician_id: name for technician_id, name in rows}
