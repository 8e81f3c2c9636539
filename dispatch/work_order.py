"""Records of what must be done: the work order, its visits, the promised window and the consumer's link."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.catalogue import Merchant, ServiceProduct
from technicians.base import Base, Stateful, choice
from technicians.people import Technician
from technicians.place import County


class WorkOrderState(StrEnum):
    PARKED = "parked"
    AWAITING_GOODS = "awaiting-goods"
    BOOKABLE = "bookable"
    BOOKED = "booked"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class PositionQuality(StrEnum):
    """How the coordinates were found; everything but `exact` and `learnt` is shown as approximate."""

    EXACT = "exact"
    GEOCODED = "geocoded"
    COUNTY_CENTRE = "county-centre"
    LEARNT = "learnt"


class WorkOrder(Base, Stateful[WorkOrderState]):
    """What must be done for one consumer at one address. Without a county it is parked and says why.

    `handed_in` has a digest of each field as the merchant gave it, so that the same order sent again is known.
    `answers` are the consumer's to the product's questions, `quote` the binding price that follows from them.
    """

    __tablename__ = "work_order"
    __table_args__ = (
        UniqueConstraint("merchant_id", "number"),
        CheckConstraint("state = 'parked' OR state = 'cancelled' OR county_code IS NOT NULL", name="county"),
        CheckConstraint("(lng IS NULL) = (lat IS NULL)", name="position"),
        CheckConstraint("priority BETWEEN 0 AND 100", name="priority"),
        Index("ix_work_order_state_county", "state", "county_code"),
        Index("ix_work_order_consumer_phone", "consumer_phone"),
    )
    NEXT: ClassVar = {
        WorkOrderState.PARKED: frozenset(
            {WorkOrderState.AWAITING_GOODS, WorkOrderState.BOOKABLE, WorkOrderState.CANCELLED}
        ),
        WorkOrderState.AWAITING_GOODS: frozenset(
            {WorkOrderState.BOOKABLE, WorkOrderState.BOOKED, WorkOrderState.PARKED, WorkOrderState.CANCELLED}
        ),
        WorkOrderState.BOOKABLE: frozenset({WorkOrderState.BOOKED, WorkOrderState.PARKED, WorkOrderState.CANCELLED}),
        WorkOrderState.BOOKED: frozenset({WorkOrderState.BOOKABLE, WorkOrderState.COMPLETED, WorkOrderState.CANCELLED}),
        WorkOrderState.COMPLETED: frozenset(),
        WorkOrderState.CANCELLED: frozenset(),
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    number: Mapped[str] = mapped_column(String(80))
    product_code: Mapped[str] = mapped_column(ForeignKey("service_product.code"))
    state: Mapped[WorkOrderState] = mapped_column(choice(WorkOrderState))
    parked_because: Mapped[str | None] = mapped_column(String(500))
    consumer_name: Mapped[str] = mapped_column(String(120))
    consumer_phone: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8), default="zh")
    address: Mapped[str] = mapped_column(String(500))
    county_code: Mapped[str | None] = mapped_column(ForeignKey("county.code"), index=True)
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    position_quality: Mapped[PositionQuality | None] = mapped_column(choice(PositionQuality))
    priority: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(1000), default="")
    handed_in: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    quote: Mapped[dict[str, Any]] = mapped_column(default=dict)
    quoted_at: Mapped[datetime | None]
    goods_arrived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    merchant: Mapped[Merchant] = relationship()
    product: Mapped[ServiceProduct] = relationship()
    county: Mapped[County | None] = relationship()
    visits: Mapped[list[Visit]] = relationship(back_populates="work_order", order_by="Visit.sequence")


class VisitState(StrEnum):
    WAITING = "waiting"
    EN_ROUTE = "en-route"
    ON_SITE = "on-site"
    COMPLETED = "completed"
    COULD_NOT_COMPLETE = "could-not-complete"
    CANCELLED = "cancelled"


class VisitCause(StrEnum):
    """`delivery`: brings the goods before the first visit of a product that comes in two trips."""

    DELIVERY = "delivery"
    FIRST = "first"
    SECOND_VISIT = "second-visit"
    WARRANTY = "warranty"


class FailureReason(StrEnum):
    """Why a technician could not complete a visit."""

    NOBODY_HOME = "nobody-home"
    CONSUMER_REFUSED = "consumer-refused"
    GOODS_MISSING = "goods-missing"
    GOODS_DAMAGED = "goods-damaged"
    PARTS_MISSING = "parts-missing"
    SITE_NOT_READY = "site-not-ready"
    WRONG_ADDRESS = "wrong-address"
    NO_ACCESS = "no-access"
    OUT_OF_TIME = "out-of-time"
    OTHER = "other"


class Visit(Base, Stateful[VisitState]):
    """One trip for a work order. Whether it is planned is told by its stop, not by its state.

    `accepted_at`: when the consumer's code was given, of which `code_tries` were wrong. `told` is what the technician
    said last: `readiness` {goods, consumer, parts}, `checklist` [codes], `serial` {number, read, format}, `signed`,
    `parts_needed` {text, count}, and `by` whose readiness it is (id); what nobody said is not in it.
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("work_order_id", "sequence"),
        CheckConstraint("service > 0 AND setup >= 0", name="service"),
        CheckConstraint("state <> 'could-not-complete' OR failure_reason IS NOT NULL", name="reason_of_failure"),
    )
    NEXT: ClassVar = {
        VisitState.WAITING: frozenset(
            {VisitState.EN_ROUTE, VisitState.ON_SITE, VisitState.COULD_NOT_COMPLETE, VisitState.CANCELLED}
        ),
        VisitState.EN_ROUTE: frozenset(
            {VisitState.ON_SITE, VisitState.WAITING, VisitState.COULD_NOT_COMPLETE, VisitState.CANCELLED}
        ),
        VisitState.ON_SITE: frozenset({VisitState.COMPLETED, VisitState.COULD_NOT_COMPLETE}),
        VisitState.COMPLETED: frozenset(),
        VisitState.COULD_NOT_COMPLETE: frozenset(),
        VisitState.CANCELLED: frozenset(),
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), index=True)
    sequence: Mapped[int]
    cause: Mapped[VisitCause] = mapped_column(choice(VisitCause), default=VisitCause.FIRST)
    state: Mapped[VisitState] = mapped_column(choice(VisitState), default=VisitState.WAITING)
    service: Mapped[int]
    setup: Mapped[int] = mapped_column(default=0)
    pinned_technician_id: Mapped[int | None] = mapped_column(ForeignKey("technician.id"))
    pinned_start_at: Mapped[datetime | None]
    technician_id: Mapped[int | None] = mapped_column(ForeignKey("technician.id"), index=True)
    en_route_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    arrival_distance: Mapped[int | None]
    failure_reason: Mapped[FailureReason | None] = mapped_column(choice(FailureReason))
    failure_note: Mapped[str] = mapped_column(String(500), default="")
    verification_code: Mapped[str | None] = mapped_column(String(8))
    code_tries: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None]
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revision: Mapped[int] = mapped_column(default=1)
    work_order: Mapped[WorkOrder] = relationship(back_populates="visits")
    technician: Mapped[Technician | None] = relationship(foreign_keys=[technician_id])
    appointments: Mapped[list[Appointment]] = relationship(back_populates="visit", order_by="Appointment.id")

    @property
    def is_open(self) -> bool:
        return self.state in {VisitState.WAITING, VisitState.EN_ROUTE, VisitState.ON_SITE}

    @property
    def appointment(self) -> Appointment | None:
        """The promise in force, if there is one."""
        return next((a for a in self.appointments if a.state == AppointmentState.CONFIRMED), None)

    @property
    def hold(self) -> Appointment | None:
        """The window kept while the consumer decides, if there is one."""
        return next((a for a in self.appointments if a.state == AppointmentState.HELD), None)


class AppointmentState(StrEnum):
    """`held`: kept for minutes while the consumer decides (a slot hold); what it took in the route is real."""

    HELD = "held"
    CONFIRMED = "confirmed"
    KEPT = "kept"
    BROKEN = "broken"
    MOVED = "moved"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RELEASED = "released"


IN_FORCE = (AppointmentState.HELD, AppointmentState.CONFIRMED)


class BookedBy(StrEnum):
    CONSUMER = "consumer"
    MERCHANT = "merchant"
    DISPATCHER = "dispatcher"
    TECHNICIAN = "technician"


class Appointment(Base, Stateful[AppointmentState]):
    """The promised arrival window: service begins between its two instants. One is in force per visit.

    A hold carries the instant until which it is kept for sure. `chance` is what was expected of the promise when it
    was made, `cost` the extra seconds of its route; both are unknown where nobody looked.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("window_starts_at <= window_ends_at", name="in_order"),
        Index(
            "uq_appointment_in_force",
            "visit_id",
            unique=True,
            sqlite_where=text("state IN ('held', 'confirmed')"),
            postgresql_where=text("state IN ('held', 'confirmed')"),
        ),
        CheckConstraint("state <> 'held' OR held_until IS NOT NULL", name="hold_ends"),
        Index("ix_appointment_state_window", "state", "window_starts_at"),
    )
    NEXT: ClassVar = {
        AppointmentState.HELD: frozenset(
            {AppointmentState.CONFIRMED, AppointmentState.EXPIRED, AppointmentState.RELEASED}
        ),
        AppointmentState.CONFIRMED: frozenset(
            {
                AppointmentState.KEPT,
                AppointmentState.BROKEN,
                AppointmentState.MOVED,
                AppointmentState.CANCELLED,
            }
        ),
        AppointmentState.KEPT: frozenset(),
        AppointmentState.BROKEN: frozenset(),
        AppointmentState.MOVED: frozenset(),
        AppointmentState.CANCELLED: frozenset(),
        AppointmentState.EXPIRED: frozenset(),
        AppointmentState.RELEASED: frozenset(),
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    state: Mapped[AppointmentState] = mapped_column(choice(AppointmentState), default=AppointmentState.CONFIRMED)
    window_starts_at: Mapped[datetime]
    window_ends_at: Mapped[datetime]
    booked_by: Mapped[BookedBy] = mapped_column(choice(BookedBy))
    created_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    chance: Mapped[float | None]
    cost: Mapped[int | None]
    visit: Mapped[Visit] = relationship(back_populates="appointments")


class ConsumerLink(Base):
    """A link in a text message. Of its token (128 random bits or more) only the SHA-256 is kept."""

    __tablename__ = "consumer_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    work_order: Mapped[WorkOrder] = relationship()
