"""The planning areas somebody works in."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from technicians.people import Technician
from technicians.place import PlanningArea


@dataclass(frozen=True, slots=True)
class Area:
    """A planning area as a front end shows it."""

    code: str
    name: str
    name_en: str
    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def staffed(session: Session) -> list[Area]:
    """Areas with at least one active technician, by code."""
    works_there = select(Technician.id).where(Technician.area_code == PlanningArea.code, Technician.active).exists()
    rows = session.execute(
        select(PlanningArea.code, PlanningArea.name, PlanningArea.name_en, PlanningArea.time_zone)
        .where(works_there)
        .order_by(PlanningArea.code)
    )
    return [Area(*row) for row in rows]
