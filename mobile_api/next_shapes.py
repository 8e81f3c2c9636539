"""What goes over the wire about the visit that follows a failed one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from dispatch.consumer_records import NothingBecause
from dispatch.work_order import BookedBy
from mobile_api.shapes import EVENT, Asked, Instant, WindowOut


class OfferOut(BaseModel):
    starts_at: datetime
    ends_at: datetime
    best: bool = Field(description="Whether it suits the routes best: one of the windows to be shown first.")


class NextOut(BaseModel):
    """The windows that the second visit can be promised now."""

    visit_id: int = Field(description="The visit that failed.")
    offers: list[OfferOut] = Field(description="In order of time. Empty when somebody else has made an appointment.")
    nothing_because: NothingBecause | None = Field(description="Why there is none; null when there are some.")
    appointment: WindowOut | None = Field(description="What is promised already.")


class AppointmentIn(Asked):
    event_id: UUID = Field(description="Made by the phone, new for every choice, the same in every repeat.")
    starts_at: Instant = Field(description="Of the window that the consumer chose.")
    occurred_at: Instant | None = Field(None, description="When, by the phone's clock.")
    sent_at: Instant | None = Field(None, description="When this request was sent, by the same clock.")


class AppointmentOut(BaseModel):
    """The promise that is in force now."""

    visit_id: int = Field(description="The visit that failed.")
    next_visit_id: int = Field(description="The visit that was booked.")
    starts_at: datetime
    ends_at: datetime
    booked_by: BookedBy


WINDOW = {"starts_at": "2026-05-13T02:00:00Z", "ends_at": "2026-05-13T04:00:00Z"}
NEXT: dict[str, Any] = {
    "visit_id": 7, "offers": [WINDOW | {"best": True}], "nothing_because": None, "appointment": None,
}  # fmt: skip
APPOINTMENT_IN = {"event_id": EVENT["event_id"], "starts_at": WINDOW["starts_at"]}
APPOINTMENT = WINDOW | {"visit_id": 7, "next_visit_id": 12, "booked_by": "technician"}
