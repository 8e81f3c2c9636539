"""A technician's day."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from dispatch import technician_day
from dispatch.account import DeviceToken
from dispatch.system import Session
from mobile_api import access, show
from mobile_api.shapes import DAY, DayOut, DayQuery, SeenIn

bp = APIBlueprint("day", __name__, tag="Day")


@bp.get("/mobile/v1/day")
@access.technician
@bp.input(DayQuery, location="query")
@bp.output(DayOut, example=DAY)
@bp.doc(summary="My published day", security="bearer", responses=[401, 422])
def my_day(session: Session, device: DeviceToken, query_data: DayQuery) -> DayOut:
    """The stops in order. While a day is only a draft it is empty, with `published` false."""
    today = technician_day.local_date(session, device.technician, access.system().now())
    return show.day(technician_day.my_day(session, device.technician_id, query_data.on or today), today)


@bp.post("/mobile/v1/day/seen")
@access.technician
@bp.input(SeenIn, example={"on": "2026-05-11", "revision": 4})
@bp.output({}, status_code=204)
@bp.doc(summary="I have seen this revision of my route", security="bearer", responses=[400, 401, 404, 422])
def seen(session: Session, device: DeviceToken, json_data: SeenIn) -> Any:
    """So that the dispatcher knows whether a change has reached the technician. Safe to repeat."""
    technician_day.see_route(session, device.technician_id, json_data.on, json_data.revision, at=access.system().now())
    return ""
