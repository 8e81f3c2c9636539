"""Records of what phones and server have told each other: streams, events in order, conflicts, and each one's feed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.work_order import Visit
from technicians.base import Base, choice
from technicians.people import Technician


class PhoneOutcome(StrEnum):
    """What became of an event. `held` waits for its predecessor; the others are final. `conflict` is kept as a fact."""

    HELD = "held"
    APPLIED = "applied"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class PhoneStream(Base):
    """The events of one technician on one device, numbered by the phone from 1. `next_seq` is applied next.

    `skew`: by how many seconds the phone's clock was ahead of ours when it last sent; `last_at`: when its newest
    applied event happened by our clock.
    """

    __tablename__ = "phone_stream"
    __table_args__ = (
        UniqueConstraint("technician_id", "device_id"),
        CheckConstraint("next_seq > 0", name="next_seq"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    device_id: Mapped[str] = mapped_column(String(64))
    next_seq: Mapped[int] = mapped_column(default=1)
    skew: Mapped[int | None]
    last_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime]


class PhoneEvent(Base):
    """One event as a phone sent it, whatever came of it. `event_id` makes repeats harmless, `digest` finds edited ones.

    `visit_id` is what the phone says and may be no visit at all. `at` is when it happened by our clock.
    """

    __tablename__ = "phone_event"
    __table_args__ = (
        Index("ix_phone_event_stream", "stream_id", "outcome", "seq"),
        Index("ix_phone_event_visit", "visit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(36), unique=True, insert_sentinel=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("phone_stream.id"))
    seq: Mapped[int]
    type: Mapped[str] = mapped_column(String(40))
    visit_id: Mapped[int | None]
    device_time: Mapped[datetime]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    skew: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]
    flags: Mapped[list[str]] = mapped_column(default=list)
    outcome: Mapped[PhoneOutcome] = mapped_column(choice(PhoneOutcome))
    reason: Mapped[str] = mapped_column(String(60), default="")
    stream: Mapped[PhoneStream] = relationship()


class PhoneConflictKind(StrEnum):
    """`reassigned`: it was another's by then; `taken`: another had begun or ended it.

    `out-of-order`: not possible as things stood; `photos-missing`: complete without photos that are asked for.
    """

    REASSIGNED = "reassigned"
    CANCELLED = "cancelled"
    TAKEN = "taken"
    OUT_OF_ORDER = "out-of-order"
    PHOTOS_MISSING = "photos-missing"


class PhoneConflict(Base):
    """A fact that does not fit what the office knows, for a dispatcher to see. `counts`: it moved the visit even so."""

    __tablename__ = "phone_conflict"
    __table_args__ = (Index("ix_phone_conflict_open", "resolved_at", "visit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_event_id: Mapped[int] = mapped_column(ForeignKey("phone_event.id"), unique=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    kind: Mapped[PhoneConflictKind] = mapped_column(choice(PhoneConflictKind))
    counts: Mapped[bool]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    event: Mapped[PhoneEvent] = relationship()
    visit: Mapped[Visit] = relationship()
    technician: Mapped[Technician] = relationship()


class PhoneFeed(Base):
    """Where a technician's feed of changes stands. A cursor of another `epoch`, or below `floor`, is of no use."""

    __tablename__ = "phone_feed"

    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16))
    change: Mapped[int] = mapped_column(default=0)
    floor: Mapped[int] = mapped_column(default=0)


class PhoneEntry(Base):
    """One visit in a technician's feed: shown to them at least once, `gone` when it is theirs no more."""

    __tablename__ = "phone_entry"
    __table_args__ = (UniqueConstraint("technician_id", "visit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    change: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    gone: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
