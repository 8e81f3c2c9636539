"""A local day of a planning area: the planner counts seconds from its midnight, records keep instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from technicians.errors import NotFound
from technicians.place import PlanningArea


@dataclass(frozen=True, slots=True)
class Day:
    """`midnight` and `ends_at` are aware UTC instants; a day of a clock change has 23 or 25 hours."""

    area_code: str
    on_date: date
    midnight: datetime
    ends_at: datetime

    def seconds(self, at: datetime) -> int:
        return round((at - self.midnight).total_seconds())

    def instant(self, seconds: int) -> datetime:
        return self.midnight + timedelta(seconds=seconds)


def find_area(session: Session, area_code: str) -> PlanningArea:
    area = session.get(PlanningArea, area_code)
    if area is None:
        raise NotFound(
            "There is no planning area {code}.",
            code=area_code,
            field="area",
            remedy="Use a code such as 310100 (Shanghai); `dispatch init` loads them.",
        )
    return area


def of(session: Session, area_code: str, on_date: date) -> Day:
    """The day in the area's own time zone; NotFound for an unknown area."""
    zone = find_area(session, area_code).zone
    begins = datetime.combine(on_date, time(), zone).astimezone(UTC)
    ends = datetime.combine(on_date + timedelta(days=1), time(), zone).astimezone(UTC)
    return Day(area_code=area_code, on_date=on_date, midnight=begins, ends_at=ends)


def date_of(area: PlanningArea, at: datetime) -> date:
    """The local date of an instant."""
    return at.astimezone(area.zone).date()
