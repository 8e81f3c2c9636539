"""What a technician has done in the last weeks, beside what is usual in the area. Every figure has its formula here.

- *visits*: those completed, counted in the week in which the technician left by the clock of the area.
- *work*: seconds from check-in to leaving, of visits completed and of those that could not be completed.
- *travel*, *distance*: seconds and metres of the published routes of the days up to today, the way home included: as
  planned, for nobody is followed on the road.
- *median*: of each figure among everybody of the area who worked in that week: left a visit or had a published route.
- *mine of median*: the technician's work through the median work; none while that is 0.

A visit for two is a visit of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from dispatch.catalogue import ServiceProduct
from dispatch.day import date_of
from dispatch.day_plan import DayPlan, DayPlanState, Route, Stop
from dispatch.work_order import Visit, VisitState, WorkOrder
from technicians.people import Technician
from technicians.place import PlanningArea

WEEKS = 4
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Figures:
    """Visits, seconds of work, seconds and metres on the road."""

    visits: int = 0
    work: int = 0
    travel: int = 0
    distance: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.visits + other.visits,
            self.work + other.work,
            self.travel + other.travel,
            self.distance + other.distance,
        )


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its Monday."""

    begins_on: date
    mine: Figures
    median: Figures

    @property
    def mine_of_median(self) -> float | None:
        return round(self.mine.work / self.median.work, 2) if self.median.work else None


@dataclass(frozen=True, slots=True)
class Account:
    """The last weeks, the present one last, and the median of the area over all of them together."""

    weeks: tuple[Week, ...]
    median: Figures


Table = Mapping[date, Mapping[int, Figures]]
_AREA: BindParameter[Any] = bindparam("area")
_ENDED = Visit.left_at.between(bindparam("begins"), bindparam("ends")) & Visit.state.in_(
    [VisitState.COMPLETED, VisitState.COULD_NOT_COMPLETE]
)
_VISIT = (Visit.id, Visit.state, Visit.arrived_at, Visit.left_at)
MADE: Select[*tuple[Any, ...]] = (
    select(Technician.id.label("technician_id"), *_VISIT)
    .join(Visit, Visit.technician_id == Technician.id)
    .where(Technician.area_code == _AREA, _ENDED)
)
MADE_WITH: Select[*tuple[Any, ...]] = (
    select(Route.technician_id, *_VISIT)
    .join(Stop, Stop.visit_id == Visit.id)
    .join(Route, Route.id == Stop.route_id)
    .join(DayPlan, (DayPlan.id == Route.day_plan_id) & (DayPlan.state == DayPlanState.PUBLISHED))
    .join(Technician, Technician.id == Route.technician_id)
    .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
    .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
    .where(Technician.area_code == _AREA, _ENDED, ServiceProduct.crew_size > 1)
)
DRIVEN: Select[*tuple[Any, ...]] = (
    select(Route.technician_id, DayPlan.on_date, Route.travel, Route.distance)
    .join(DayPlan, DayPlan.id == Route.day_plan_id)
    .join(Technician, Technician.id == Route.technician_id)
    .where(
        Technician.area_code == _AREA,
        DayPlan.state == DayPlanState.PUBLISHED,
        DayPlan.on_date.between(bindparam("first"), bindparam("last")),
        or_(Route.travel > 0, Route.distance > 0),
    )
)


def account(session: Session, technician: Technician, area: PlanningArea, at: datetime) -> Account:
    """The present week and those before it."""
    today = date_of(area, at)
    monday = today - timedelta(days=today.weekday()) - (WEEKS - 1) * WEEK
    table = _table(session, area, monday, today, at)
    mondays = [monday + n * WEEK for n in range(WEEKS)]
    weeks = (Week(m, table[m].get(technician.id, Figures()), usual(table[m].values())) for m in mondays)
    everybody = {person for week in table.values() for person in week}
    together = (sum((week.get(person, Figures()) for week in table.values()), Figures()) for person in everybody)
    return Account(tuple(weeks), usual(together))


def usual(people: Iterable[Figures]) -> Figures:
    """The median of each figure, rounded; nothing where nobody worked."""
    all_of_them = list(people)
    if not all_of_them:
        return Figures()
    return Figures(
        round(median(each.visits for each in all_of_them)),
        round(median(each.work for each in all_of_them)),
        round(median(each.travel for each in all_of_them)),
        round(median(each.distance for each in all_of_them)),
    )


def _table(session: Session, area: PlanningArea, monday: date, today: date, at: datetime) -> Table:
    """Everybody's figures by week."""
    table: dict[date, dict[int, Figures]] = {monday + n * WEEK: {} for n in range(WEEKS)}
    rows = (*_made(session, area, monday, at), *_driven(session, area, monday, today))
    for on_date, technician_id, figures in rows:
        week = table[on_date - timedelta(days=on_date.weekday())]
        week[technician_id] = week.get(technician_id, Figures()) + figures
    return table


def _made(session: Session, area: PlanningArea, monday: date, at: datetime) -> Iterator[tuple[date, int, Figures]]:
    begins = datetime.combine(monday, time(), area.zone).astimezone(UTC)
    asked = {"area": area.code, "begins": begins, "ends": at}
    seen = set()
    for query in (MADE, MADE_WITH):
        for technician_id, visit_id, state, arrived_at, left_at in session.execute(query, asked):
            if (technician_id, visit_id) not in seen:
                seen.add((technician_id, visit_id))
                work = round((left_at - arrived_at).total_seconds()) if arrived_at is not None else 0
                figures = Figures(visits=int(state == VisitState.COMPLETED), work=work)
                yield date_of(area, left_at), technician_id, figures


def _driven(session: Session, area: PlanningArea, monday: date, today: date) -> Iterator[tuple[date, int, Figures]]:
    asked = {"area": area.code, "first": monday, "last": today}
    for technician_id, on_date, travel, distance in session.execute(DRIVEN, asked):
        yield on_date, technician_id, Figures(travel=travel, distance=distance)
