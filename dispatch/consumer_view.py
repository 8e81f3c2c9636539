"""All that a consumer's link shows, field by field; what is not here is not shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from dispatch import photos
from dispatch.day_plan import Stop
from dispatch.evidence import Proof
from dispatch.partners import names
from dispatch.system import System
from dispatch.technician_day import photos_of, stop_of
from dispatch.work_order import (
    Appointment,
    AppointmentState,
    ConsumerLink,
    FailureReason,
    Visit,
    VisitState,
    WorkOrder,
    WorkOrderState,
)
from technicians.errors import NotFound

ROUND = timedelta(minutes=10)
SPREAD = timedelta(minutes=30)
LONGEST_ADDRESS = 48
COMPOUND_SURNAMES = (
    "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "尉迟", "皇甫", "慕容", "令狐", "夏侯", "端木",
)  # fmt: skip
CHINA = "Asia/Shanghai"


class Stage(StrEnum):
    """Where the consumer stands."""

    NOT_READY = "not-ready"
    TO_BOOK = "to-book"
    BOOKED = "booked"
    ON_THE_WAY = "on-the-way"
    ON_SITE = "on-site"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages."""

    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo of the finished work. `number` counts from 1 within the order."""

    number: int
    shot: Named
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ConsumerView:
    """The exact allow-list. Instants are aware UTC, to be shown in `zone`; `today` is the date there.

    `technician` and `expected` (from, to) are known once the day is published. `failure` is why the visit
    before could not be completed. `is_late`: the window has closed and nobody has come.
    """

    stage: Stage
    language: str
    number: str
    merchant: str
    product: Named
    icon: str
    address: str
    zone: ZoneInfo
    today: date
    reference: str
    starts_at: datetime | None
    ends_at: datetime | None
    times_booked: int
    is_late: bool
    technician: str | None
    expected: tuple[datetime, datetime] | None
    arrived_at: datetime | None
    left_at: datetime | None
    failure: FailureReason | None
    photos: tuple[Photo, ...]


def view(session: Session, link: ConsumerLink, at: datetime) -> ConsumerView:
    """The order of a link as its consumer may see it at an instant."""
    order = link.work_order
    visit = _present(order)
    promise = _promise(visit)
    stage = _stage(order, visit, promise)
    stop = stop_of(session, visit) if promise else None
    zone = order.county.area.zone if order.county else ZoneInfo(CHINA)
    product = order.product
    return ConsumerView(
        stage=stage,
        language=order.language,
        number=order.number,
        merchant=order.merchant.name,
        product=Named(product.name_zh, product.name_en),
        icon=product.icon,
        address=shortened(order.address),
        zone=zone,
        today=at.astimezone(zone).date(),
        reference=f"{order.merchant.code}-{order.number}-{visit.sequence}",
        starts_at=promise.window_starts_at if promise else None,
        ends_at=promise.window_ends_at if promise else None,
        times_booked=len(visit.appointments),
        is_late=stage == Stage.BOOKED and promise is not None and promise.window_ends_at < at,
        technician=_technicians(session, visit, stop),
        expected=_expected(visit, stop, promise),
        arrived_at=visit.arrived_at,
        left_at=visit.left_at,
        failure=_failure(order, visit),
        photos=tuple(_photos(session, order)) if stage == Stage.COMPLETED else (),
    )


def photo(system: System, session: Session, link: ConsumerLink, number: int) -> bytes:
    """The JPEG of a photo that `view` lists; NotFound for any other number."""
    order = link.work_order
    proofs = _proofs(session, order) if order.state == WorkOrderState.COMPLETED else []
    if not 1 <= number <= len(proofs):
        raise NotFound("There is no such photo.", field="photo")
    return photos.content(system, proofs[number - 1])


def shortened(address: str) -> str:
    """The address without its numbers, so that a link passed on does not tell the door."""
    hidden = re.sub(r"[0-9０-９]+(?:[-–][0-9０-９]+)*", "**", " ".join(address.split()))
    return hidden if len(hidden) <= LONGEST_ADDRESS else hidden[: LONGEST_ADDRESS - 1] + "…"


def known_as(name: str) -> str:
    """How a consumer addresses the technician: surname and 师傅, or the first name if in Latin letters."""
    name = name.strip()
    if not re.match(r"[\u3400-\u9fff]", name):
        return name.split()[0] if name else ""
    surname = name[:2] if name.startswith(COMPOUND_SURNAMES) else name[:1]
    return f"{surname}师傅"


def _present(order: WorkOrder) -> Visit:
    """The visit to come or under way, else the latest one."""
    return next((visit for visit in reversed(order.visits) if visit.is_open), order.visits[-1])


def _promise(visit: Visit) -> Appointment | None:
    """The window in force, or the one that the finished visit had."""
    ended = {AppointmentState.KEPT, AppointmentState.BROKEN}
    return visit.appointment or next((a for a in reversed(visit.appointments) if a.state in ended), None)


def _stage(order: WorkOrder, visit: Visit, promise: Appointment | None) -> Stage:
    match order.state:
        case WorkOrderState.CANCELLED:
            return Stage.CANCELLED
        case WorkOrderState.COMPLETED:
            return Stage.COMPLETED
    match visit.state:
        case VisitState.EN_ROUTE:
            return Stage.ON_THE_WAY
        case VisitState.ON_SITE:
            return Stage.ON_SITE
    if promise is not None:
        return Stage.BOOKED
    return Stage.TO_BOOK if order.state == WorkOrderState.BOOKABLE else Stage.NOT_READY


def _technicians(session: Session, visit: Visit, stop: Stop | None) -> str | None:
    """Everybody who comes, whoever has set out first."""
    planned = names(session, stop.day_plan_id, visit.id) if stop else []
    alone = visit.technician if visit.technician_id not in {technician_id for technician_id, _ in planned} else None
    people = [alone.name] if alone else [name for _, name in planned]
    return "、".join(known_as(name) for name in people) or None


def _expected(visit: Visit, stop: Stop | None, promise: Appointment | None) -> tuple[datetime, datetime] | None:
    """Half an hour around the start: from the way once it has begun, before that from the published plan."""
    if stop is None or promise is None:
        return None
    if visit.state == VisitState.EN_ROUTE and visit.en_route_at is not None:
        start = _rounded(visit.en_route_at + timedelta(seconds=stop.travel))
        return start, start + SPREAD
    if visit.state != VisitState.WAITING:
        return None
    start = _rounded(stop.scheduled_start)
    return max(start, promise.window_starts_at), max(start, min(start + SPREAD, promise.window_ends_at))


def _rounded(at: datetime) -> datetime:
    """Down to ten minutes: a time to the minute would promise more than anybody knows."""
    return at - timedelta(seconds=at.timestamp() % ROUND.total_seconds())


def _failure(order: WorkOrder, visit: Visit) -> FailureReason | None:
    before = [v for v in order.visits if v.sequence < visit.sequence and v.failure_reason is not None]
    return before[-1].failure_reason if before else None


def _proofs(session: Session, order: WorkOrder) -> list[Proof]:
    """The photos of the visit that completed the order."""
    done = [visit.id for visit in order.visits if visit.state == VisitState.COMPLETED]
    return [proof for visit_id in done for proof in photos_of(session, [visit_id]).get(visit_id, [])]


def _photos(session: Session, order: WorkOrder) -> list[Photo]:
    names = {shot["code"]: Named(shot["name_zh"], shot["name_en"]) for shot in order.product.shot_list}
    return [
        Photo(number, names.get(proof.shot_code, Named("照片", "Photo")), proof.width or 4, proof.height or 3)
        for number, proof in enumerate(_proofs(session, order), start=1)
    ]
