"""Records of what was agreed and found at the door: surcharges by the price list, and trips made for nothing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.work_order import Visit
from technicians.base import Base, choice
from technicians.people import Technician


class Surcharge(Base):
    """Extra work that the consumer agreed to with a tap, as the price list stood: `amount` minor units a piece.

    One row for a visit and a code: what was agreed last. What was taken back has no row.
    """

    __tablename__ = "surcharge"
    __table_args__ = (
        UniqueConstraint("visit_id", "code"),
        CheckConstraint("count > 0 AND amount >= 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    event_id: Mapped[str] = mapped_column(String(36), unique=True)
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    count: Mapped[int]
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    agreed_at: Mapped[datetime]
    photo_sha256: Mapped[str | None] = mapped_column(String(64))
    visit: Mapped[Visit] = relationship()


class Whose(StrEnum):
    """Whose fault it is that a trip was made for nothing."""

    CONSUMER = "consumer"
    MERCHANT = "merchant"
    OURS = "ours"
    NOBODY = "nobody"


class CallOutcome(StrEnum):
    """What came of the technician's call before leaving."""

    REACHED = "reached"
    NO_ANSWER = "no-answer"
    NOT_CALLED = "not-called"


class WastedTrip(Base):
    """A trip made for nothing: where the phone was, how many metres from the door, how many seconds was waited.

    `wishes` are `{on, part}`: when the consumer would rather have the second visit.
    """

    __tablename__ = "wasted_trip"
    __table_args__ = (
        CheckConstraint("(lng IS NULL) = (lat IS NULL)", name="position"),
        CheckConstraint("waited >= 0", name="waited"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), unique=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"), index=True)
    event_id: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]
    whose: Mapped[Whose] = mapped_column(choice(Whose))
    reason: Mapped[str] = mapped_column(String(40))
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    distance: Mapped[int | None]
    waited: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime | None]
    call_outcome: Mapped[CallOutcome] = mapped_column(choice(CallOutcome), default=CallOutcome.NOT_CALLED)
    wishes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    visit: Mapped[Visit] = relationship()
    technician: Mapped[Technician] = relationship()
