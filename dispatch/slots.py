"""Windows on offer: those in which the visit really fits into somebody's route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from dispatch import day as days
from dispatch import plans
from dispatch.planning import Candidate, Snapshot, snapshot
from dispatch.work_order import Visit, WorkOrder
from routing.insertion import insertions
from routing.travel import TravelTimes
from technicians import availability
from technicians.availability import Availability
from technicians.errors import Conflict
from technicians.place import PlanningArea

STARTS = (8, 10, 12, 14, 16, 18)
LENGTH = timedelta(hours=2)
DAYS = 7
LEAD = timedelta(hours=2)
MARGIN_OF_BEST = 300


class Grade(StrEnum):
    """How well a window suits the routes: the best ones are the cheapest to keep."""

    BEST = "best"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Offer:
    """A window that can be promised, and the extra seconds that the cheapest route needs for it."""

    on_date: date
    starts_at: datetime
    ends_at: datetime
    cost: int
    grade: Grade


def windows_of(zone: ZoneInfo, on_date: date, at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The day's windows by the local clock that can still be promised at the instant `at`."""
    starts = (datetime.combine(on_date, time(hour), zone).astimezone(UTC) for hour in STARTS)
    return tuple((start, start + LENGTH) for start in starts if start >= at + LEAD)


def offers(
    session: Session, travel_times: TravelTimes, visit: Visit, at: datetime, days_ahead: int = DAYS
) -> list[Offer]:
    """Windows of the coming days in which the visit fits, in order of time; an empty list when there is none."""
    area = area_of(visit)
    today = days.date_of(area, at)
    found: list[Offer] = []
    for ahead in range(days_ahead):
        found += _on(session, travel_times, visit, area, today + timedelta(days=ahead), at)
    best = min((offer.cost for offer in found), default=0)
    return [
        Offer(
            o.on_date,
            o.starts_at,
            o.ends_at,
            o.cost,
            Grade.BEST if o.cost <= best + MARGIN_OF_BEST else Grade.GOOD,
        )
        for o in found
    ]


def area_of(visit: Visit) -> PlanningArea:
    """The planning area of the visit's county; Conflict when the order has none."""
    county = visit.work_order.county
    if county is None:
        raise Conflict(
            "This order has no county yet.",
            field="county",
            remedy="Correct the address in the worklist; then it can be booked.",
        )
    return county.area


def _on(
    session: Session, travel_times: TravelTimes, visit: Visit, area: PlanningArea, on_date: date, at: datetime
) -> list[Offer]:
    windows = windows_of(area.zone, on_date, at)
    able = qualified(session, visit.work_order, area.code, on_date) if windows else []
    if not able:
        return []
    snap = look(session, travel_times, visit, area.code, on_date, windows, able)
    cheapest: dict[int, int] = {}
    for place in insertions(snap.problem, snap.running, visit.id):
        cheapest.setdefault(place.window, place.cost)
    return [Offer(on_date, *windows[window], cheapest[window], Grade.GOOD) for window in sorted(cheapest)]


def qualified(session: Session, order: WorkOrder, area_code: str, on_date: date) -> list[Availability]:
    """The technicians who work that day, cover the county and have the skills; nobody for work that takes two."""
    if order.county_code is None or order.product.crew_size > 1:
        return []
    people = availability.working(session, area_code, on_date)
    return [person for person in people if person.can_do(order.county_code, order.product.skills)]


def look(
    session: Session,
    travel_times: TravelTimes,
    visit: Visit,
    area_code: str,
    on_date: date,
    windows: tuple[tuple[datetime, datetime], ...],
    people: Sequence[Availability],
) -> Snapshot:
    """The running routes of these people, and the visit with the windows it might be promised."""
    return snapshot(
        session,
        travel_times,
        area_code,
        on_date,
        plan=plans.current(session, area_code, on_date),
        people=people,
        candidate=Candidate(visit.id, windows),
    )
