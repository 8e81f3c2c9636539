"""The JSON of webhooks: the API that keeps them, and the events themselves, with examples."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from dispatch.consumer_records import IssueKind
from dispatch.order_events import OrderEvent
from dispatch.outbox import OutboxState
from dispatch.webhook_address import LONGEST_URL
from dispatch.work_order import AppointmentState, BookedBy, FailureReason, WorkOrderState
from webapp.api_shapes import Asked, Told

MOST_EVENTS = len(OrderEvent)
Url = Annotated[str, StringConstraints(max_length=LONGEST_URL, pattern=r"^[^\x00]*$")]


class WebhookIn(Asked):
    url: Url = Field(description="https://, reachable from outside.")
    events: list[OrderEvent] = Field([], max_length=MOST_EVENTS, description="Which; all, also new ones, if empty.")


class WebhookOut(Told):
    id: int
    url: str
    events: list[OrderEvent]
    created_at: datetime
    disabled_at: datetime | None = Field(description="Since when nothing is sent: it was gone, or down for three days.")
    failures: int = Field(description="How often it failed since it last took something.")
    last_error: str
    last_sent_at: datetime | None


class WebhookMadeOut(WebhookOut):
    secret: str = Field(description="Told only now. Signs every event.")


class WebhooksOut(Told):
    webhooks: list[WebhookOut]


class DeliveryOut(Told):
    id: int
    webhook_id: str = Field(description="The header of the same name; the same however often it is sent.")
    type: str
    order: str | None
    state: OutboxState
    attempts: int
    next_at: datetime | None = Field(description="When it is tried (again).")
    ended_at: datetime | None
    status: int | None = Field(description="With which it was taken.")
    error: str | None = Field(description="What went wrong the last time.")


class DeliveriesOut(Told):
    deliveries: list[DeliveryOut]


class WindowTold(Told):
    state: AppointmentState
    starts_at: datetime
    ends_at: datetime
    booked_by: BookedBy
    held_until: datetime | None = None


class EventData(Told):
    """Further fields may come; read over those that are not known."""

    order: str
    state: WorkOrderState
    visit: int | None = Field(None, description="Its `sequence`.")
    window: WindowTold | None = None
    happened_at: datetime | None = Field(None, description="By the technician's phone; events may arrive hours later.")
    reason: FailureReason | None = None
    issue: int | None = Field(None, description="Its number, the same in all events of one issue.")
    kind: IssueKind | None = Field(None, description="Of the issue.")


class EventOut(Told):
    """What is posted to a webhook. At least once, in no certain order: go by `timestamp`, or read the order."""

    type: OrderEvent
    timestamp: datetime
    data: EventData


WEBHOOK_IN: dict[str, Any] = {"url": "https://shop.example/hooks/shifu", "events": []}
WEBHOOK: dict[str, Any] = {
    "id": 1,
    "url": "https://shop.example/hooks/shifu",
    "events": [],
    "created_at": "2026-05-11T01:00:00Z",
    "disabled_at": None,
    "failures": 0,
    "last_error": "",
    "last_sent_at": None,
}
WEBHOOK_MADE = WEBHOOK | {"secret": "whsec_7Wm4mO1iXzJr1pQ0lqk0m7cVb9m1N0m2b4b1uZ0Qx2I="}
DELIVERY: dict[str, Any] = {
    "id": 71,
    "webhook_id": "msg_0f8c1d7e5b3a4c6d9e2f1a0b7c8d9e0f",
    "type": "appointment.confirmed",
    "order": "TM20260511001",
    "state": "waiting",
    "attempts": 1,
    "next_at": "2026-05-11T01:00:05Z",
    "ended_at": None,
    "status": None,
    "error": "it answered with status 503",
}
DELIVERIES: dict[str, Any] = {"deliveries": [DELIVERY]}
EVENT: dict[str, Any] = {
    "type": "appointment.confirmed",
    "timestamp": "2026-05-11T01:00:00+00:00",
    "data": {
        "order": "TM20260511001",
        "state": "booked",
        "visit": 1,
        "window": {
            "state": "confirmed",
            "starts_at": "2026-05-12T02:00:00+00:00",
            "ends_at": "2026-05-12T04:00:00+00:00",
            "booked_by": "merchant",
        },
    },
}
