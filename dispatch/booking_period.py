"""Which orders and promises numbers are asked for: between two local dates, of an area, of a merchant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from dispatch.work_order import WorkOrder
from technicians.errors import InvalidInput
from technicians.place import County, PlanningArea

LONGEST = 400
COUNTY_OF_ORDER = WorkOrder.county_code.concat("")
"""To join counties by. SQLite must not find orders by the index on their county: read county by county, what belongs
to them is fetched from all over the file (numbers of 100,000 orders: 1.1 s in place of 0.6)."""
Instant = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Both dates are included and are dates where the consumer lives; None: every area, every merchant."""

    since: date
    until: date
    area_code: str | None = None
    merchant_id: int | None = None

    def require_sound(self) -> None:
        """InvalidInput for a period that is turned round or longer than 400 days."""
        if not self.since <= self.until:
            raise InvalidInput("The period ends before it begins.", field="until", remedy="Swap the two days.")
        if (self.until - self.since).days >= LONGEST:
            raise InvalidInput(
                "The period is longer than {most} days.", field="since", remedy="Ask for less at a time.", most=LONGEST
            )


def lies_in(session: Session, asked: Asked, instant: Instant) -> ColumnElement[bool]:
    """The condition on a statement over work orders, joined to county and planning area."""
    zones = select(PlanningArea.time_zone).distinct()
    if asked.area_code is not None:
        zones = zones.where(PlanningArea.code == asked.area_code)
    days = [_between(ZoneInfo(name), asked, instant) for name in session.scalars(zones)]
    of_area = County.area_code == asked.area_code if asked.area_code is not None else County.area_code.is_not(None)
    of_merchant = (
        WorkOrder.merchant_id == asked.merchant_id if asked.merchant_id is not None else WorkOrder.id.is_not(None)
    )
    return and_(or_(*days) if days else WorkOrder.id.is_(None), of_area, of_merchant)


def _between(zone: ZoneInfo, asked: Asked, instant: Instant) -> ColumnElement[bool]:
    begins = datetime.combine(asked.since, time(), zone).astimezone(UTC)
    ends = datetime.combine(asked.until + timedelta(days=1), time(), zone).astimezone(UTC)
    return and_(PlanningArea.time_zone == zone.key, instant >= begins, instant < ends)
