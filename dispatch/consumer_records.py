"""Records of the consumer's side: the waitlist, expected times told, issues raised, looks at the windows on offer."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.work_order import Visit, WorkOrder
from technicians.base import Base, Stateful, choice


class Wish(StrEnum):
    """What somebody on the waitlist waits for: any window at all, an earlier one, or a call."""

    ANY = "any"
    EARLIER = "earlier"
    CALL = "call"


class WaitState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    SERVED = "served"
    CLOSED = "closed"


class WaitlistEntry(Base, Stateful[WaitState]):
    """Somebody who found no window that suits. One is open per visit and wish; `until` is the last day that helps."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        Index(
            "uq_waitlist_entry_open",
            "visit_id",
            "wish",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'offered')"),
            postgresql_where=text("state IN ('waiting', 'offered')"),
        ),
        Index("ix_waitlist_entry_state", "state", "created_at"),
    )
    NEXT: ClassVar = {
        WaitState.WAITING: frozenset({WaitState.OFFERED, WaitState.SERVED, WaitState.CLOSED}),
        WaitState.OFFERED: frozenset({WaitState.WAITING, WaitState.SERVED, WaitState.CLOSED}),
        WaitState.SERVED: frozenset(),
        WaitState.CLOSED: frozenset(),
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    wish: Mapped[Wish] = mapped_column(choice(Wish))
    state: Mapped[WaitState] = mapped_column(choice(WaitState), default=WaitState.WAITING)
    until: Mapped[date | None]
    created_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    visit: Mapped[Visit] = relationship()


class ExpectedBecause(StrEnum):
    """What made an expected time narrower, or move."""

    PUBLISHED = "published"
    ROUTE_CHANGED = "route-changed"
    DAY_BEGAN = "day-began"
    STOP_BEFORE = "stop-before"
    EN_ROUTE = "en-route"


class ExpectedTime(Base):
    """When the consumer was told to expect the technician: append-only, the last one is shown."""

    __tablename__ = "expected_time"
    __table_args__ = (
        Index("ix_expected_time_visit", "visit_id", "id"),
        CheckConstraint("starts_at <= ends_at", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    because: Mapped[ExpectedBecause] = mapped_column(choice(ExpectedBecause))


class IssueKind(StrEnum):
    LATE = "late"
    DAMAGED = "damaged"
    NOT_WORKING = "not-working"
    CHARGED_MORE = "charged-more"
    CONDUCT = "conduct"
    OTHER = "other"


class IssueState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    RESOLVED = "resolved"


class Issue(Base, Stateful[IssueState]):
    """Something is wrong, says the consumer. Answered within the hour and resolved within 48: see the clocks."""

    __tablename__ = "issue"
    __table_args__ = (Index("ix_issue_state", "state", "opened_at"),)
    NEXT: ClassVar = {
        IssueState.OPEN: frozenset({IssueState.ANSWERED, IssueState.RESOLVED}),
        IssueState.ANSWERED: frozenset({IssueState.OPEN, IssueState.RESOLVED}),
        IssueState.RESOLVED: frozenset({IssueState.OPEN}),
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    kind: Mapped[IssueKind] = mapped_column(choice(IssueKind))
    state: Mapped[IssueState] = mapped_column(choice(IssueState), default=IssueState.OPEN)
    text: Mapped[str] = mapped_column(String(1000), default="")
    answer: Mapped[str] = mapped_column(String(1000), default="")
    opened_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    order: Mapped[WorkOrder] = relationship()


class ConsumerCall(Base):
    """One telephone call of a dispatcher to the consumer of an order, and whether anybody answered."""

    __tablename__ = "consumer_call"
    __table_args__ = (Index("ix_consumer_call_order", "work_order_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))
    reached: Mapped[bool]
    note: Mapped[str] = mapped_column(String(500), default="")


class NothingBecause(StrEnum):
    """Why an order found no window."""

    NO_COVERAGE = "no-coverage"
    NO_SKILL = "no-skill"
    NOBODY_WORKS = "nobody-works"
    FULL = "full"
    TOO_RISKY = "too-risky"


class OfferLook(Base):
    """What the consumer of an order found when looking for a window: the last outcome, and how often it changed."""

    __tablename__ = "offer_look"

    work_order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    outcomes: Mapped[int] = mapped_column(default=1)
    offered: Mapped[int]
    ever_offered: Mapped[bool]
    nothing_because: Mapped[NothingBecause | None] = mapped_column(choice(NothingBecause))
    order: Mapped[WorkOrder] = relationship()
