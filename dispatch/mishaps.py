"""What goes wrong on a day, written into the records: somebody ill, an overrun, a cancellation, an emergency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import audit, orders, roster_changes
from dispatch.day import Day
from dispatch.day_plan import Route
from dispatch.work_order import Visit, VisitState
from routing.events import Ill
from routing.travel import TravelTimes
from technicians.errors import Conflict, InvalidInput, NotFound
from technicians.people import AbsenceReason, Technician

URGENT = 100
LONGEST_OVERRUN = 12 * 60
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Mishaps:
    """What has happened: technicians (by code) `ill` from an instant on (None: now), visits (by id) in trouble.

    `overruns` take `minutes` longer than they should. With `lets_go` those ill leave the visit they are at.
    """

    ill: tuple[str, ...] = ()
    ill_from: datetime | None = None
    lets_go: bool = False
    overruns: tuple[int, ...] = ()
    minutes: int = 0
    cancelled: tuple[int, ...] = ()
    emergencies: tuple[int, ...] = ()


def note_visits(
    session: Session, travel_times: TravelTimes, day: Day, mishaps: Mishaps, *, by: str, at: datetime
) -> None:
    """Keep what happened to visits, before the day is looked at: an overrun counts in every later plan as well."""
    for visit_id in mishaps.overruns:
        _extend(session, _visit(session, visit_id), mishaps.minutes, by=by, at=at)
    for visit_id in mishaps.emergencies:
        _hasten(session, _visit(session, visit_id), day, by=by, at=at)
    for visit_id in mishaps.cancelled:
        orders.cancel(session, travel_times, _visit(session, visit_id).work_order_id, by=by, at=at, why="re-planned")
    session.flush()


def ill(session: Session, area_code: str, plan_id: int, day: Day, mishaps: Mishaps, at: datetime) -> list[Ill]:
    """Who falls ill when; NotFound for somebody who has no route in the plan."""
    since = max(0, day.seconds(mishaps.ill_from or at))
    return [Ill(_at_work(session, area_code, plan_id, code).id, since, mishaps.lets_go) for code in mishaps.ill]


def note_absences(session: Session, day: Day, found: Sequence[Ill], *, by: str, at: datetime) -> None:
    """Keep who is ill, to the end of the day; Conflict when an absence is known already."""
    for one in found:
        roster_changes.add_absence(
            session, one.vehicle, starts_at=day.instant(one.since), ends_at=day.ends_at, reason=AbsenceReason.ILL,
            by=by, at=at,
        )  # fmt: skip


def _at_work(session: Session, area_code: str, plan_id: int, code: str) -> Technician:
    person = session.scalars(
        select(Technician).where(Technician.code == code, Technician.area_code == area_code)
    ).one_or_none()
    route = person and session.scalar(
        select(Route.id).where(Route.day_plan_id == plan_id, Route.technician_id == person.id)
    )
    if person is None or route is None:
        raise NotFound(
            "Technician {code} has no route in the published plan.", field="ill", code=code,
            remedy="Check the code on the board.",
        )  # fmt: skip
    return person


def _visit(session: Session, visit_id: int) -> Visit:
    visit = session.scalars(select(Visit).where(Visit.id == visit_id).with_for_update(key_share=True)).one_or_none()
    if visit is None:
        raise NotFound("There is no visit {id}.", field="visit", remedy="Reload the board.", id=visit_id)
    return visit


def _extend(session: Session, visit: Visit, minutes: int, *, by: str, at: datetime) -> None:
    if not 1 <= minutes <= LONGEST_OVERRUN:
        raise InvalidInput(
            "{minutes} minutes is not between 1 and {most}.", field="minutes", remedy="Say how much longer it takes.",
            minutes=minutes, most=LONGEST_OVERRUN,
        )  # fmt: skip
    if not visit.is_open:
        raise Conflict(
            "The visit is {state}; it cannot take longer any more.", field="visit", state=visit.state,
            remedy="Look at the visit again.",
        )  # fmt: skip
    before = visit.service
    visit.service += minutes * MINUTE
    visit.revision += 1
    audit.note(
        session, by, "visit.extended", "visit", visit.id, at=at, before={"service": before},
        after={"service": visit.service},
    )  # fmt: skip


def _hasten(session: Session, visit: Visit, day: Day, *, by: str, at: datetime) -> None:
    promise = visit.appointment
    if (
        visit.state != VisitState.WAITING
        or promise is None
        or not day.midnight <= promise.window_starts_at < day.ends_at
    ):
        raise Conflict(
            "Visit {id} is not promised for that day, or has begun.", field="emergency", id=visit.id,
            remedy="Promise it a window of the day on the page of its order first.",
        )  # fmt: skip
    order = visit.work_order
    before, order.priority = order.priority, URGENT
    audit.note(
        session, by, "work-order.hastened", "work-order", order.id, at=at, before={"priority": before},
        after={"priority": URGENT},
    )  # fmt: skip
