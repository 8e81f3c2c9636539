"""Between the wire's words and dispatch's: events as reports, answers, and changes of a feed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pydantic import ValidationError

from dispatch import phone_feed, phone_rows
from dispatch.day import date_of
from dispatch.phone_clock import Reading
from dispatch.phone_feed import Look, Shown
from dispatch.phone_reports import Answer, Attachment, Report
from dispatch.phone_rows import Sheet
from dispatch.request_records import TechnicianRequest
from dispatch.system import Session
from mobile_api import show
from mobile_api.sync_shapes import (
    AnswerOut,
    ChangesOut,
    PointOut,
    RequestOut,
    RestOut,
    RouteOut,
    ShownOut,
    SyncEventIn,
    UnreadableEvent,
)
from technicians.people import Technician
from technicians.place import PlanningArea


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


def changes(
    session: Session, person: Technician, area: PlanningArea, seen: Look, cursor: str | None, at: datetime
) -> ChangesOut:
    """What a phone with this cursor lacks."""
    found = phone_feed.changes(session, seen, phone_feed.parse(cursor))
    return ChangesOut(
        today=date_of(area, at),
        time_zone=area.time_zone,
        cursor=str(found.cursor),
        full=found.full,
        visits=[_shown(each, person) for each in found.shown],
        gone=list(found.gone),
        routes=[_route(each, person, area) for each in found.routes],
        requests=[_request(each) for each in phone_rows.requests(session, person.id, at)],
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


def _shown(each: Shown, person: Technician) -> ShownOut:
    place = each.place
    return ShownOut(
        on=place.on_date if place else None,
        position=place.position if place else None,
        scheduled_arrival=place.scheduled_arrival if place else None,
        scheduled_start=place.scheduled_start if place else None,
        scheduled_leave=place.scheduled_leave if place else None,
        travel=place.travel if place else None,
        distance=place.distance if place else None,
        colleague=place.colleague if place else None,
        visit=show.visit(each.visit, each.papers, person.id),
    )


def _route(sheet: Sheet, person: Technician, area: PlanningArea) -> RouteOut:
    return RouteOut(
        on=sheet.on_date,
        revision=sheet.revision,
        seen_revision=sheet.seen_revision,
        starts_at=sheet.starts_at,
        ends_at=sheet.ends_at,
        travel=sheet.travel,
        distance=sheet.distance,
        time_zone=area.time_zone,
        area=show.named(area.name, area.name_en),
        start=PointOut(lng=person.start_lng, lat=person.start_lat),
        breaks=[RestOut(starts_at=begins, ends_at=ends) for begins, ends in sheet.breaks],
    )


def _request(asked: TechnicianRequest) -> RequestOut:
    return RequestOut(
        id=asked.id,
        event_id=asked.event_id,
        kind=asked.kind,
        visit_id=asked.visit_id,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        reason=asked.reason,
        note=asked.note,
        state=asked.state,
        answer=asked.answer,
        asked_at=asked.asked_at,
    )
