"""Records of what really happened: facts from phones, and proof of the work."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.work_order import Visit
from technicians.base import Base, choice


class EventType(StrEnum):
    EN_ROUTE = "en-route"
    CHECK_IN = "check-in"
    PROOF = "proof"
    COMPLETION = "completion"
    COULD_NOT_COMPLETE = "could-not-complete"
    ROUTE_SEEN = "route-seen"
    READINESS = "readiness"
    CHECKLIST = "checklist"
    SERIAL = "serial"
    SIGNATURE = "signature"
    SURCHARGE = "surcharge"
    ACCEPTANCE = "acceptance"
    PARTS_NEEDED = "parts-needed"
    NEXT_APPOINTMENT = "next-appointment"


class VisitEvent(Base):
    """A fact a phone reports. Append-only; `event_id` is the phone's own and makes repeats harmless."""

    __tablename__ = "visit_event"
    __table_args__ = (Index("ix_visit_event_visit", "visit_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(36), unique=True, insert_sentinel=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    type: Mapped[EventType] = mapped_column(choice(EventType))
    device_id: Mapped[str] = mapped_column(String(64))
    device_time: Mapped[datetime]
    received_at: Mapped[datetime]
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy: Mapped[float | None]
    payload: Mapped[dict[str, Any]]
    visit: Mapped[Visit] = relationship()


class ProofKind(StrEnum):
    PHOTO = "photo"
    SIGNATURE = "signature"
    SERIAL_NUMBER = "serial-number"


class Proof(Base):
    """An evidence item. Photos are kept under the SHA-256 of the bytes rebuilt from their pixels."""

    __tablename__ = "proof"
    __table_args__ = (
        UniqueConstraint("visit_id", "kind", "shot_code", "source_sha256"),
        CheckConstraint("kind <> 'photo' OR sha256 IS NOT NULL", name="photo_has_content"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    kind: Mapped[ProofKind] = mapped_column(choice(ProofKind))
    shot_code: Mapped[str] = mapped_column(String(40), default="")
    source_sha256: Mapped[str] = mapped_column(String(64), default="")
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    size: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    text: Mapped[str] = mapped_column(String(200), default="")
    taken_at: Mapped[datetime | None]
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    received_at: Mapped[datetime]
    visit: Mapped[Visit] = relationship()
