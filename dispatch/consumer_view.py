"""All that a consumer's link shows, field by field; what is not here is not shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from dispatch import charged, on_the_day, quote, raised_issues, signing, verification, waitlist
from dispatch.charged import Charged
from dispatch.consumer_records import Wish
from dispatch.day_plan import Stop
from dispatch.evidence import Proof
from dispatch.on_the_day import Told, Whereabouts
from dispatch.partners import names
from dispatch.photo_album import name_of
from dispatch.quote import Quote
from dispatch.raised_issues import Raised
from dispatch.signing import Signature
from dispatch.technician_day import photos_of, stop_of
from dispatch.work_order import (
    Appointment,
    AppointmentState,
    ConsumerLink,
    FailureReason,
    Visit,
    VisitCause,
    VisitState,
    WorkOrder,
    WorkOrderState,
)
from technicians.errors import NotFound

LONGEST_ADDRESS = 48
COMPOUND_SURNAMES = (
    "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "尉迟", "皇甫", "慕容", "令狐", "夏侯", "端木",
)  # fmt: skip
CHINA = "Asia/Shanghai"


class Stage(StrEnum):
    """Where the consumer stands."""

    NOT_READY = "not-ready"
    TO_ANSWER = "to-answer"
    TO_BOOK = "to-book"
    HELD = "held"
    BOOKED = "booked"
    ON_THE_WAY = "on-the-way"
    ON_SITE = "on-site"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


OVER = frozenset({Stage.COMPLETED, Stage.CANCELLED})
UNDECIDED = frozenset({Stage.TO_ANSWER, Stage.TO_BOOK, Stage.HELD})


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages."""

    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo of the finished work. `number` counts from 1 within the order, `proof_id` is for a signed link."""

    number: int
    proof_id: int
    shot: Named
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Work:
    """The finished work as it can be held against us: what was installed, charged, signed and accepted.

    `total` is the binding price with what was agreed at the door, in minor units of the quote's currency.
    """

    serial: str
    charged: tuple[Charged, ...]
    total: int
    signature: Signature | None
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConsumerView:
    """The exact allow-list. Instants are aware UTC, to be shown in `zone`; `today` is the date there.

    The window is the promised one, or the one kept until `held_until`; `delivery` that of a trip that brings the goods
    first. `technician` and `expected` are known once the day is published. `failure` is why the visit before could not
    be completed. `is_late`: the window has closed and nobody has come. `code` accepts the work; it is shown from the
    day of the visit on. `asks`: the product has questions whose answers may still be changed. `has_lapsed`: the window
    kept last was not confirmed in time. `price_list` is all that may be added at the door, and only if
    the consumer agrees.
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
    held_until: datetime | None
    delivery: tuple[datetime, datetime] | None
    times_booked: int
    quote: Quote
    asks: bool
    is_late: bool
    technician: str | None
    expected: Told | None
    whereabouts: Whereabouts | None
    code: str | None
    arrived_at: datetime | None
    left_at: datetime | None
    failure: FailureReason | None
    wishes: frozenset[Wish]
    has_lapsed: bool
    issues: tuple[Raised, ...]
    photos: tuple[Photo, ...]
    work: Work | None
    price_list: tuple[Charged, ...]

    @property
    def is_today(self) -> bool:
        return self.starts_at is not None and self.starts_at.astimezone(self.zone).date() == self.today


def view(session: Session, link: ConsumerLink, at: datetime) -> ConsumerView:
    """The order of a link as its consumer may see it at an instant."""
    order = link.work_order
    visit = _present(order)
    promise = _promise(visit)
    kept = promise or _hold(visit, at)
    stage = _stage(order, visit, promise, kept)
    stop = stop_of(session, visit) if promise else None
    zone = order.county.area.zone if order.county else ZoneInfo(CHINA)
    today = at.astimezone(zone).date()
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
        today=today,
        reference=f"{order.merchant.code}-{order.number}-{visit.sequence}",
        starts_at=kept.window_starts_at if kept else None,
        ends_at=kept.window_ends_at if kept else None,
        held_until=kept.held_until if kept and stage == Stage.HELD else None,
        delivery=_delivery(order),
        times_booked=len(visit.appointments),
        quote=quote.of(order),
        asks=stage in UNDECIDED and bool(quote.questions(product)),
        is_late=stage == Stage.BOOKED and promise is not None and promise.window_ends_at < at,
        technician=_technicians(session, visit, stop),
        expected=on_the_day.told(session, visit, promise, at),
        whereabouts=on_the_day.whereabouts(session, visit, at),
        code=verification.shown(visit, promise.window_starts_at.astimezone(zone).date() if promise else None, today),
        arrived_at=visit.arrived_at,
        left_at=visit.left_at,
        failure=_failure(order, visit),
        wishes=waitlist.wishes(session, order),
        has_lapsed=stage in UNDECIDED and kept is None and _has_lapsed(visit),
        issues=raised_issues.of_order(session, order.id, at),
        photos=tuple(_photos(session, order)) if stage == Stage.COMPLETED else (),
        work=_work(session, order) if stage == Stage.COMPLETED else None,
        price_list=charged.price_list(product) if stage not in OVER else (),
    )


def photo_id(session: Session, link: ConsumerLink, number: int) -> int:
    """The proof of a photo that `view` lists; NotFound for any other number."""
    order = link.work_order
    proofs = _proofs(session, order) if order.state == WorkOrderState.COMPLETED else []
    if not 1 <= number <= len(proofs):
        raise NotFound("There is no such photo.", field="photo")
    return proofs[number - 1].id


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
    """The visit to come or under way, else the latest one; not the trip that only brings the goods."""
    work = [visit for visit in order.visits if visit.cause != VisitCause.DELIVERY] or order.visits
    return next((visit for visit in reversed(work) if visit.is_open), work[-1])


def _promise(visit: Visit) -> Appointment | None:
    """The window in force, or the one that the finished visit had."""
    ended = {AppointmentState.KEPT, AppointmentState.BROKEN}
    return visit.appointment or next((a for a in reversed(visit.appointments) if a.state in ended), None)


def _hold(visit: Visit, at: datetime) -> Appointment | None:
    """What is kept for the consumer to decide, until its time has run out."""
    hold = visit.hold
    return hold if hold is not None and hold.held_until is not None and hold.held_until > at else None


def _has_lapsed(visit: Visit) -> bool:
    """Whether what was kept last is no longer kept, given back already or not."""
    last = visit.appointments[-1] if visit.appointments else None
    return last is not None and last.state in {AppointmentState.EXPIRED, AppointmentState.HELD}


def _delivery(order: WorkOrder) -> tuple[datetime, datetime] | None:
    """The window in which the goods are brought, while that is still to come."""
    trips = [visit for visit in order.visits if visit.cause == VisitCause.DELIVERY and visit.is_open]
    kept = [trip.appointment or trip.hold for trip in trips]
    return next(((each.window_starts_at, each.window_ends_at) for each in kept if each is not None), None)


def _stage(order: WorkOrder, visit: Visit, promise: Appointment | None, kept: Appointment | None) -> Stage:
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
    if order.state != WorkOrderState.BOOKABLE:
        return Stage.NOT_READY
    if kept is not None:
        return Stage.HELD
    return Stage.TO_ANSWER if quote.is_asked(order) else Stage.TO_BOOK


def _technicians(session: Session, visit: Visit, stop: Stop | None) -> str | None:
    """Everybody who comes, whoever has set out first."""
    planned = names(session, stop.day_plan_id, visit.id) if stop else []
    alone = visit.technician if visit.technician_id not in {technician_id for technician_id, _ in planned} else None
    people = [alone.name] if alone else [name for _, name in planned]
    return "、".join(known_as(name) for name in people) or None


def _failure(order: WorkOrder, visit: Visit) -> FailureReason | None:
    before = [v for v in order.visits if v.sequence < visit.sequence and v.failure_reason is not None]
    return before[-1].failure_reason if before else None


def _work(session: Session, order: WorkOrder) -> Work:
    done = _done(order)
    charges = tuple(charged.of_visits(session, [visit.id for visit in done]))
    signatures = signing.of_visits(session, [visit.id for visit in done])
    serials = [visit.told["serial"]["number"] for visit in done if visit.told.get("serial")]
    return Work(
        serial=serials[-1] if serials else "",
        charged=charges,
        total=quote.of(order).total + sum(each.total for each in charges),
        signature=next(reversed(signatures.values()), None),
        accepted_at=max((visit.accepted_at for visit in done if visit.accepted_at), default=None),
    )


def _done(order: WorkOrder) -> list[Visit]:
    """The visits that completed the order."""
    return [visit for visit in order.visits if visit.state == VisitState.COMPLETED]


def _proofs(session: Session, order: WorkOrder) -> list[Proof]:
    """The photos of the visits that completed the order."""
    taken = photos_of(session, [visit.id for visit in _done(order)])
    return [proof for visit in _done(order) for proof in taken.get(visit.id, [])]


def _photos(session: Session, order: WorkOrder) -> list[Photo]:
    return [
        Photo(number, proof.id, Named(*name_of(order.product, proof.shot_code)), proof.width or 4, proof.height or 3)
        for number, proof in enumerate(_proofs(session, order), start=1)
    ]
