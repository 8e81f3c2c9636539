"""Records of promised times: a clock per promise, and the append-only ledger of what happened to it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.work_order import WorkOrder
from technicians.base import Base, choice


class SlaKind(StrEnum):
    """What is timed: an appointment after the goods' arrival, the first answer to an issue, its end."""

    BOOKING = "booking"
    RESPONSE = "response"
    RESOLUTION = "resolution"


class SlaEvent(StrEnum):
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    WARNED = "warned"
    BREACHED = "breached"
    MET = "met"
    STOPPED = "stopped"


class PauseCause(StrEnum):
    """Why a clock stands still: nobody of ours can go on."""

    ADDRESS_UNCLEAR = "address-unclear"
    CONSUMER_ASKED_TO_WAIT = "consumer-asked-to-wait"
    CONSUMER_UNREACHABLE = "consumer-unreachable"
    GOODS_DAMAGED = "goods-damaged"
    SITE_NOT_READY = "site-not-ready"
    FORCE_MAJEURE = "force-majeure"


class SlaClock(Base):
    """One running promise: `target` seconds from its start, pauses not counted. Its state is what its ledger says.

    `next_at` is when a worker has to look at it again (None: not before something else happens); the ledger decides.
    """

    __tablename__ = "sla_clock"
    __table_args__ = (
        UniqueConstraint("work_order_id", "kind", "subject"),
        CheckConstraint("target > 0", name="target"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), index=True)
    kind: Mapped[SlaKind] = mapped_column(choice(SlaKind))
    subject: Mapped[str] = mapped_column(String(40), default="")
    target: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    order: Mapped[WorkOrder] = relationship()
    entries: Mapped[list[SlaEntry]] = relationship(order_by="SlaEntry.id", back_populates="clock")


class SlaEntry(Base):
    """One line of the ledger: never changed, never removed. `percent` of the target when a warning is due.

    `until` is when a pause ends by itself; without it, it lasts until somebody lets the clock run again.
    """

    __tablename__ = "sla_entry"
    __table_args__ = (Index("ix_sla_entry_clock", "clock_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("sla_clock.id"))
    event: Mapped[SlaEvent] = mapped_column(choice(SlaEvent))
    at: Mapped[datetime]
    percent: Mapped[int | None]
    cause: Mapped[PauseCause | None] = mapped_column(choice(PauseCause))
    until: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    by: Mapped[str] = mapped_column(String(80))
    clock: Mapped[SlaClock] = relationship(back_populates="entries")
