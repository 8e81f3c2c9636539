"""From an event as a phone sends it to a fact as dispatch takes it, and the receipt for it."""

from __future__ import annotations

from flask import after_this_request
from werkzeug.wrappers import Response

from dispatch.account import DeviceToken
from dispatch.facts import Fact, happened_at
from mobile_api import access
from mobile_api.shapes import EventIn

RECEIPT = "Shifu-Accepted"


def fact(device: DeviceToken, event: EventIn) -> Fact:
    """The event with our time beside the phone's own."""
    now = access.system().now()
    return Fact(
        event_id=str(event.event_id),
        device_id=device.device_id,
        device_time=event.occurred_at,
        at=happened_at(now, event.occurred_at, event.sent_at),
        received_at=now,
        lng=event.lng,
        lat=event.lat,
        accuracy=event.accuracy,
    )


def receipt(event: EventIn) -> None:
    """Name the event in a header: a phone forgets it only then, for a captive portal answers 200 too."""

    @after_this_request
    def _named(response: Response) -> Response:
        if response.status_code < 300:
            response.headers[RECEIPT] = str(event.event_id)
        return response
