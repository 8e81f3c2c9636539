"""Records of what technicians ask of the office: to be absent, to work at other hours, to give a visit away."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.work_order import Visit
from technicians.base import Base, Stateful, choice
from technicians.people import AbsenceReason, Technician


class RequestKind(StrEnum):
    ABSENCE = "absence"
    SHIFT = "shift"
    SWAP = "swap"


class RequestState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TechnicianRequest(Base, Stateful[RequestState]):
    """What a technician asks for. An absence and a shift have two instants, a swap has a visit."""

    __tablename__ = "technician_request"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        CheckConstraint("(kind = 'swap') = (visit_id IS NOT NULL)", name="visit"),
        CheckConstraint("(kind = 'swap') = (starts_at IS NULL)", name="starts_at"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="ends_at"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        Index("ix_technician_request_technician", "technician_id", "asked_at"),
        Index("ix_technician_request_state", "state", "asked_at"),
    )
    NEXT: ClassVar = {
        RequestState.OPEN: frozenset({RequestState.GRANTED, RequestState.REFUSED, RequestState.WITHDRAWN}),
        RequestState.GRANTED: frozenset(),
        RequestState.REFUSED: frozenset(),
        RequestState.WITHDRAWN: frozenset(),
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    event_id: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[RequestKind] = mapped_column(choice(RequestKind))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    reason: Mapped[AbsenceReason | None] = mapped_column(choice(AbsenceReason))
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[RequestState] = mapped_column(choice(RequestState), default=RequestState.OPEN)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    answer: Mapped[str] = mapped_column(String(500), default="")
    technician: Mapped[Technician] = relationship()
    visit: Mapped[Visit | None] = relationship()
