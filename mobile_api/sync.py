"""Protocol 1 between phone and server: hello, what has changed, what has happened, a new token."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request
from werkzeug.wrappers import Response

from dispatch import phone_events, phone_feed, phone_tokens, technician_day
from dispatch.account import DeviceToken
from dispatch.darkroom import LARGEST_BODY
from dispatch.day import date_of
from dispatch.phone_clock import SKEW_FLAGGED, Reading
from dispatch.phone_reports import Batch
from dispatch.system import Session
from mobile_api import access, show
from mobile_api.sync_shapes import (
    BATCH,
    BODY_BYTES,
    CHANGES,
    EVENTS_A_BATCH,
    HELLO,
    NEWEST_PROTOCOL,
    PROTOCOLS,
    RECEIVED,
    TOKEN,
    BatchIn,
    BatchOut,
    ChangesOut,
    ChangesQuery,
    HelloOut,
    LimitsOut,
    SyncEventIn,
    TokenOut,
)
from mobile_api.sync_show import answered, as_report, changes

bp = APIBlueprint("sync", __name__, tag="Sync")
MARKER = "Shifu-Protocol"


@bp.after_app_request
def _marked(response: Response) -> Response:
    """On every answer, refusals too: one without it is not ours, whatever its status says."""
    if request.path.startswith("/mobile/"):
        response.headers[MARKER] = str(NEWEST_PROTOCOL)
    return response


@bp.get("/mobile/v1/hello")
@access.technician_without_transaction
@bp.output(HelloOut, example=HELLO)
@bp.doc(summary="Who is there, what time it is, and what is allowed", security="bearer", responses=[401])
def hello(device: DeviceToken) -> HelloOut:
    """Ask first, and again after every time without signal."""
    now = access.system().now()
    with access.system().transaction(read_only=True) as session:
        next_seq = phone_events.next_seq(session, device.technician_id, device.device_id)
    return HelloOut(
        server_time=now,
        protocols=PROTOCOLS,
        technician=show.technician(device.technician),
        next_seq=next_seq,
        rotate_token=phone_tokens.is_due(device, now),
        limits=LimitsOut(
            events=EVENTS_A_BATCH,
            body_bytes=BODY_BYTES,
            photo_bytes=LARGEST_BODY,
            clock_skew=int(SKEW_FLAGGED.total_seconds()),
        ),
    )


@bp.get("/mobile/v1/changes")
@access.technician_without_transaction
@bp.input(ChangesQuery, location="query")
@bp.output(ChangesOut, example=CHANGES)
@bp.doc(summary="What has changed since I last asked", security="bearer", responses=[401, 422])
def pull(device: DeviceToken, query_data: ChangesQuery) -> ChangesOut:
    """Everything, with `full`, when the cursor is unknown or too old. Safe to repeat with the same cursor."""
    system, person = access.system(), device.technician
    now = system.now()
    with system.transaction(read_only=True) as session:
        area = technician_day.area_of(session, person)
        today = date_of(area, now)
        seen = phone_feed.look(session, person.id, today)
        if phone_feed.is_up_to_date(seen):
            return changes(session, person, area, seen, query_data.cursor, now)
    with system.transaction() as session:
        seen = phone_feed.refresh(session, person.id, today, at=now, seen=seen)
    with system.transaction(read_only=True) as session:
        return changes(session, person, area, seen, query_data.cursor, now)


@bp.post("/mobile/v1/events")
@access.technician
@bp.input(BatchIn, example=BATCH)
@bp.output(BatchOut, example=RECEIVED)
@bp.doc(summary="What has happened", security="bearer", responses=[400, 401, 409, 413, 422])
def report(session: Session, device: DeviceToken, json_data: BatchIn) -> BatchOut:
    """One answer for each event. Keep an event until its answer is final: anything but `held`."""
    now = access.system().now()
    readable = [event for event in json_data.events if isinstance(event, SyncEventIn)]
    batch = Batch(
        sent=Reading(json_data.sent_at, json_data.boot, json_data.monotonic_ms),
        reports=[as_report(event) for event in readable],
        oldest_seq=json_data.oldest_seq,
    )
    receipt = phone_events.take(session, device.technician_id, device.device_id, batch, at=now)
    answers = iter(receipt.answers)
    return BatchOut(
        received_at=now,
        skew=receipt.skew.total_seconds(),
        next_seq=receipt.next_seq,
        answers=[answered(event, answers) for event in json_data.events],
    )


@bp.post("/mobile/v1/token")
@access.technician
@bp.output(TokenOut, example=TOKEN)
@bp.doc(summary="A new token for this phone", security="bearer", responses=[401])
def rotate(session: Session, device: DeviceToken) -> TokenOut:
    """The one before stays good for an hour: when the answer is lost, ask again with it."""
    granted = phone_tokens.rotate(session, device, at=access.system().now())
    return TokenOut(token=granted.token, expires_at=granted.expires_at)
