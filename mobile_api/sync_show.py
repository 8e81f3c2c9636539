"""Between the wire's words and dispatch's: events as reports, answers, and changes of a feed."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from dispatch import phone_feed
from dispatch.day_plan import Route
from dispatch.evidence import Proof
from dispatch.phone_clock import Reading
from dispatch.phone_feed import Look, Shown
from dispatch.phone_reports import Answer, Attachment, Report
from dispatch.system import Session
from dispatch.technician_day import photos_of
from mobile_api import show
from mobile_api.sync_shapes import AnswerOut, ChangesOut, RouteOut, ShownOut, SyncEventIn, UnreadableEvent


def as_report(event: SyncEventIn) -> Report:
    return Report(
        event_id=str(event.event_id),
        seq=event.seq,
        type=event.type,
        visit_id=event.visit_id,
        happened=Reading(event.device_time, event.boot, event.monotonic_ms),
        lng=event.lng,
        lat=event.lat,
        accuracy=event.accuracy,
        payload=event.payload,
        attachments=tuple(Attachment(each.sha256, each.size, each.kind, each.shot) for each in event.attachments),
    )


def answered(event: SyncEventIn | UnreadableEvent, answers: Iterator[Answer]) -> AnswerOut:
    """The next answer for an event that could be read, the fields at fault for one that could not."""
    if isinstance(event, UnreadableEvent):
        return _unreadable(event)
    found = next(answers)
    return AnswerOut(
        event_id=found.event_id,
        seq=found.seq,
        outcome=found.verdict.value,
        reason=found.reason,
        counts=found.counts,
        flags=list(found.flags),
    )


def changes(session: Session, seen: Look, cursor: str | None) -> ChangesOut:
    """What a phone with this cursor lacks."""
    found = phone_feed.changes(session, seen, phone_feed.parse(cursor))
    photos = photos_of(session, [each.visit.id for each in found.shown])
    return ChangesOut(
        cursor=str(found.cursor),
        full=found.full,
        visits=[_shown(each, photos.get(each.visit.id, [])) for each in found.shown],
        gone=list(found.gone),
        routes=[_route(each) for each in found.routes],
    )


def _unreadable(event: UnreadableEvent) -> AnswerOut:
    said = event.model_dump()
    seq = said.get("seq")
    return AnswerOut(
        event_id=str(said.get("event_id") or "")[:64],
        seq=seq if type(seq) is int and 0 < seq < 2**31 else None,
        outcome="rejected",
        reason="unreadable:" + ",".join(_wrong_fields(said)),
        counts=False,
        flags=[],
    )


def _wrong_fields(said: dict[str, object]) -> list[str]:
    try:
        SyncEventIn.model_validate(said)
    except ValidationError as error:
        return sorted({".".join(map(str, each["loc"])) for each in error.errors()} - {""})
    return []


def _shown(each: Shown, photos: list[Proof]) -> ShownOut:
    stop = each.stop
    return ShownOut(
        on=each.on_date,
        position=stop.position if stop else None,
        scheduled_arrival=stop.scheduled_arrival if stop else None,
        scheduled_start=stop.scheduled_start if stop else None,
        scheduled_leave=stop.scheduled_leave if stop else None,
        travel=stop.travel if stop else None,
        visit=show.visit(each.visit, photos),
    )


def _route(route: Route) -> RouteOut:
    return RouteOut(
        on=route.day_plan.on_date,
        revision=route.revision,
        seen_revision=route.seen_revision,
        starts_at=route.starts_at,
        ends_at=route.ends_at,
    )
