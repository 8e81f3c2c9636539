"""The visits of a day as the planner sees them: what is promised, what has begun, and what takes two technicians."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from dispatch import crews
from dispatch.catalogue import ServiceProduct
from dispatch.crews import FIRST, SECOND, half_id, half_of
from dispatch.day import Day
from dispatch.day_plan import DayPlan, Route, Stop
from dispatch.trips import crew_column, kind_column, load, needs
from dispatch.work_order import Appointment, AppointmentState, Visit, VisitState, WorkOrder
from routing import problem as core
from technicians.place import County

STARTED = set(VisitState) - {VisitState.WAITING, VisitState.CANCELLED}
PROMISED = (AppointmentState.HELD, AppointmentState.CONFIRMED, AppointmentState.KEPT, AppointmentState.BROKEN)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A visit that may be put into the day, and the arrival windows it would be promised."""

    visit_id: int
    windows: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Who has a visit, or one half of it, in a plan, and when it begins there."""

    technician_id: int
    start: datetime


class Places:
    """Distinct coordinates, numbered as they come, so that two visits at one door share a place."""

    def __init__(self) -> None:
        self.index: dict[tuple[float, float], int] = {}

    def number(self, lng: float, lat: float) -> int:
        return self.index.setdefault((round(lng, 6), round(lat, 6)), len(self.index))


def known(*more: Any) -> Select[*tuple[Any, ...]]:
    """What the planner must know of a visit, and `more`."""
    return (
        select(
            Visit.id, Visit.state, Visit.service, Visit.setup, Visit.pinned_technician_id, Visit.pinned_start_at,
            WorkOrder.lng, WorkOrder.lat, WorkOrder.county_code, WorkOrder.priority,
            County.lng.label("centre_lng"), County.lat.label("centre_lat"),
            Visit.cause, ServiceProduct.skills, ServiceProduct.load, ServiceProduct.delivery,
            crew_column().label("crew_size"), kind_column().label("kind"), *more,
        )
        .join(WorkOrder, WorkOrder.id == Visit.work_order_id)
        .join(County, County.code == WorkOrder.county_code)
        .join(ServiceProduct, ServiceProduct.code == WorkOrder.product_code)
    )  # fmt: skip


def promised(session: Session, day: Day, visit_ids: Collection[int] | None, *, without: int | None) -> list[Row[Any]]:
    """The visits promised for the day."""
    query = (
        known(Appointment.window_starts_at, Appointment.window_ends_at)
        .join(Appointment, Appointment.visit_id == Visit.id)
        .where(
            County.area_code == day.area_code,
            Appointment.state.in_(PROMISED),
            Appointment.window_starts_at >= day.midnight,
            Appointment.window_starts_at < day.ends_at,
            Visit.state != VisitState.CANCELLED,
        )
        .order_by(Visit.id)
    )
    if visit_ids is not None:
        query = query.where(Visit.id.in_(visit_ids))
    if without is not None:
        query = query.where(Visit.id != without)
    return list(session.execute(query))


def spots(session: Session, plan: DayPlan | None, demand: Collection[Row[Any]]) -> dict[int, Spot]:
    """Where the plan has what does not go just anywhere: visits that have begun, and halves of visits for two."""
    wanted = {row.id for row in demand if row.state in STARTED or row.crew_size > 1}
    if plan is None or not wanted:
        return {}
    query = (
        select(Stop.visit_id, Stop.half, Route.technician_id, Stop.scheduled_start)
        .join(Route, Route.id == Stop.route_id)
        .where(Stop.day_plan_id == plan.id, Stop.visit_id.in_(wanted))
    )
    return {
        half_id(row.visit_id, row.half): Spot(row.technician_id, row.scheduled_start) for row in session.execute(query)
    }


def as_planned(
    demand: Collection[Row[Any]], day: Day, places: Places, held: Mapping[int, Spot], people: Collection[int] | None
) -> tuple[list[core.Visit], list[core.Link]]:
    """The planner's visits and what joins them. With `people` halves of somebody else are left out, and theirs wait.

    What has begun, however it ended, keeps its technician and its planned start; what has begun nowhere is no demand.
    """
    visits: list[core.Visit] = []
    links: list[core.Link] = []
    for row in demand:
        if row.crew_size == 1:
            visits += _alone(row, day, places, held)
        else:
            halves = list(_halves(row, day, places, held, people))
            visits += halves
            links += [core.SameStart(row.id, -row.id)] if _begin_together(halves) else []
    return visits, links


def candidate_row(session: Session, visit_id: int) -> Row[Any]:
    """What the planner must know of a visit that may be put into a day."""
    return session.execute(known().where(Visit.id == visit_id)).one()


def as_candidate(row: Row[Any], candidate: Candidate, day: Day, places: Places) -> tuple[core.Visit, ...]:
    """A visit that may be put into the day, with the windows it would be promised; both halves if it is for two."""
    windows = tuple(core.TimeWindow(day.seconds(begins), day.seconds(ends)) for begins, ends in candidate.windows)
    return tuple(
        replace(_visit(row, day, places, each, windows), pin=None) for each in crews.halves(row.id, row.crew_size)
    )


def _alone(row: Row[Any], day: Day, places: Places, held: Mapping[int, Spot]) -> list[core.Visit]:
    if row.state == VisitState.WAITING:
        return [_visit(row, day, places, row.id, (_window(row, day),))]
    return [_begun(row, day, places, row.id, held[row.id])] if row.id in held else []


def _halves(
    row: Row[Any], day: Day, places: Places, held: Mapping[int, Spot], people: Collection[int] | None
) -> Iterator[core.Visit]:
    """Both halves, as far as they are anybody's among `people`; one without the other begins when it is planned to."""
    ids = half_id(row.id, FIRST), half_id(row.id, SECOND)
    inside = [each for each in ids if people is None or each not in held or held[each].technician_id in people]
    for each in inside:
        if row.state != VisitState.WAITING:
            if each in held:
                yield _begun(row, day, places, each, held[each])
        elif len(inside) == 1 and each in held:
            start = day.seconds(held[each].start)
            yield replace(_visit(row, day, places, each, ()), pin=core.Pin(start=start))
        else:
            yield replace(_visit(row, day, places, each, (_window(row, day),)), pin=_half_pin(row, day, each, held))


def _half_pin(row: Row[Any], day: Day, each: int, held: Mapping[int, Spot]) -> core.Pin | None:
    """A pinned technician is that of the half they have, else of the first."""
    holder = {held[half].technician_id: half for half in (row.id, -row.id) if half in held}
    is_theirs = row.pinned_technician_id is not None and holder.get(row.pinned_technician_id, row.id) == each
    return _pin(row.pinned_technician_id if is_theirs else None, row.pinned_start_at, day)


def _begin_together(halves: list[core.Visit]) -> bool:
    """Whether the planner is to keep them together; two that have begun apart cannot be any more."""
    if len(halves) < 2:
        return False
    first, second = (half.pin or core.Pin() for half in halves)
    return first.start == second.start and (first.vehicle is None or first.vehicle != second.vehicle)


def _begun(row: Row[Any], day: Day, places: Places, each: int, spot: Spot) -> core.Visit:
    pin = core.Pin(spot.technician_id, day.seconds(spot.start))
    return replace(_visit(row, day, places, each, ()), pin=pin, skills={}, county=None, load=(0,))


def _visit(row: Row[Any], day: Day, places: Places, each: int, windows: tuple[core.TimeWindow, ...]) -> core.Visit:
    has_position = row.lng is not None
    return core.Visit(
        id=each,
        place=places.number(row.lng if has_position else row.centre_lng, row.lat if has_position else row.centre_lat),
        service=row.service,
        setup=row.setup,
        windows=windows,
        skills=needs(row.cause, row.skills, row.delivery),
        county=row.county_code,
        load=(load(row.cause, row.load, row.delivery) if half_of(each) == FIRST else 0,),
        priority=row.priority,
        pin=_pin(row.pinned_technician_id, row.pinned_start_at, day),
    )


def _pin(technician_id: int | None, start_at: datetime | None, day: Day) -> core.Pin | None:
    if technician_id is None and start_at is None:
        return None
    return core.Pin(technician_id, day.seconds(start_at) if start_at is not None else None)


def _window(row: Row[Any], day: Day) -> core.TimeWindow:
    return core.TimeWindow(day.seconds(row.window_starts_at), day.seconds(row.window_ends_at))
