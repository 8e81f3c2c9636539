"""`/api/v1/webhooks`: addresses that are told of every change of an order, and what they were told."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue

from dispatch import merchants, webhooks
from dispatch.outbox import Outbox
from webapp.access import allow_bearer
from webapp.api import BODY, PER_MINUTE, SECURITY
from webapp.api_once import Replayed, asking, key, replay
from webapp.api_shapes import LAST_ID
from webapp.api_webhook_shapes import (
    DELIVERIES,
    DELIVERY,
    WEBHOOK,
    WEBHOOK_IN,
    WEBHOOK_MADE,
    DeliveriesOut,
    DeliveryOut,
    WebhookIn,
    WebhookMadeOut,
    WebhookOut,
    WebhooksOut,
)
from webapp.system import system

bp = APIBlueprint("api_webhooks", __name__, url_prefix="/api/v1/webhooks", tag="Webhooks")
ONE = f"/<int(max={LAST_ID}):webhook>"
PER_MINUTE(bp)
bp.register_error_handler(Replayed, replay)


@bp.post("")
@bp.input(WebhookIn, example=WEBHOOK_IN)
@bp.output(WebhookMadeOut, status_code=201, example=WEBHOOK_MADE)
@bp.doc(summary="Listen to what happens", security=SECURITY, responses=[400, 401, 409, 422])
@allow_bearer(body=BODY)
def add(json_data: WebhookIn) -> ResponseReturnValue:
    """Needs an Idempotency-Key. The secret, with which every event is signed (Standard Webhooks), is told only now."""
    with asking(needs_key=True) as asked:
        endpoint = webhooks.add(
            asked.session, asked.merchant.id, json_data.url, json_data.events,
            is_private_allowed=system().settings.webhook_private, by=asked.by, at=system().now(),
        )  # fmt: skip
        return asked.told(WebhookMadeOut.model_validate(endpoint), 201)


@bp.get("")
@bp.output(WebhooksOut, example={"webhooks": [WEBHOOK]})
@bp.doc(summary="My webhooks", security=SECURITY, responses=[401])
@allow_bearer(body=BODY)
def listing() -> WebhooksOut:
    with merchants.acting(system(), key(), read_only=True) as (session, merchant):
        found = webhooks.everything(session, merchant.id)
        return WebhooksOut(webhooks=[WebhookOut.model_validate(endpoint) for endpoint in found])


@bp.delete(ONE)
@bp.doc(summary="Listen no longer", security=SECURITY, responses={204: "Nothing more is sent.", 401: "", 404: ""})
@allow_bearer(body=BODY)
def remove(webhook: int) -> ResponseReturnValue:
    """What waits to be sent is not sent any more. 404 when it was deleted before."""
    with asking() as asked:
        endpoint = webhooks.find(asked.session, asked.merchant.id, webhook)
        webhooks.remove(asked.session, endpoint, by=asked.by, at=system().now())
        return asked.told_nothing()


@bp.post(f"{ONE}/enable")
@bp.output(WebhookOut, example=WEBHOOK)
@bp.doc(summary="Switch on again", security=SECURITY, responses=[401, 404])
@allow_bearer(body=BODY)
def enable(webhook: int) -> ResponseReturnValue:
    """What failed in the last seven days is sent again. Safe to repeat."""
    with asking() as asked:
        endpoint = webhooks.find(asked.session, asked.merchant.id, webhook)
        webhooks.enable(asked.session, endpoint, by=asked.by, at=system().now())
        return asked.told(WebhookOut.model_validate(endpoint))


@bp.post(f"{ONE}/test")
@bp.output(DeliveryOut, status_code=202, example=DELIVERY | {"type": "webhook.test"})
@bp.doc(summary="Send a test event", security=SECURITY, responses=[401, 404])
@allow_bearer(body=BODY)
def test(webhook: int) -> ResponseReturnValue:
    """Of type `webhook.test`, with empty data. The list of deliveries says how it went."""
    with asking() as asked:
        endpoint = webhooks.find(asked.session, asked.merchant.id, webhook)
        return asked.told(_shown(webhooks.test(asked.session, endpoint, system().now())), 202)


@bp.get(f"{ONE}/deliveries")
@bp.output(DeliveriesOut, example=DELIVERIES)
@bp.doc(summary="The last deliveries", security=SECURITY, responses=[401, 404])
@allow_bearer(body=BODY)
def deliveries(webhook: int) -> DeliveriesOut:
    """The last fifty, the latest first, with what went wrong."""
    with merchants.acting(system(), key(), read_only=True) as (session, merchant):
        endpoint = webhooks.find(session, merchant.id, webhook)
        return DeliveriesOut(deliveries=[_shown(row) for row in webhooks.deliveries(session, endpoint)])


@bp.post(f"{ONE}/deliveries/<int(max={LAST_ID}):delivery>/resend")
@bp.output(DeliveryOut, status_code=202, example=DELIVERY)
@bp.doc(summary="Send once more", security=SECURITY, responses=[401, 404])
@allow_bearer(body=BODY)
def resend(webhook: int, delivery: int) -> ResponseReturnValue:
    """At once, under the same `webhook-id`."""
    with asking() as asked:
        endpoint = webhooks.find(asked.session, asked.merchant.id, webhook)
        return asked.told(_shown(webhooks.resend(asked.session, endpoint, delivery, system().now())), 202)


def _shown(row: Outbox) -> DeliveryOut:
    message = row.payload["message"]
    return DeliveryOut(
        id=row.id,
        webhook_id=row.payload["id"],
        type=message["type"],
        order=message["data"].get("order"),
        state=row.state,
        attempts=row.attempts,
        next_at=row.due_at if row.state == "waiting" else None,
        ended_at=row.ended_at,
        status=row.result.get("status"),
        error=row.error,
    )
