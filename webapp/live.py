"""What has just changed, told to the boards that are open: server-sent events with little in them.

An answer ends with its first piece of news, so that nothing between us and the browser can keep it back; the browser
asks again by itself. A board that waits holds a thread, so that only some may: the others look and come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import BoundedSemaphore

from apiflask import APIBlueprint
from flask import Response, current_app, json, request
from flask.blueprints import BlueprintSetupState
from pydantic import Field

from dispatch import live, positions
from dispatch.live import News
from dispatch.system import System
from webapp.access import allow
from webapp.board_shapes import DayIn
from webapp.scope import OFFICE
from webapp.system import system

bp = APIBlueprint("live", __name__, enable_openapi=False)
HOLD_SECONDS = 5.0
AT_ONCE, A_SECOND_LATER = 50, 1000
NOTHING = ": nothing new\n\n"


class LiveIn(DayIn):
    """What the board knows already; a browser that asks again says it in `Last-Event-ID`."""

    since: str = Field("", max_length=200)


@bp.record_once
def _places(state: BlueprintSetupState) -> None:
    """How many boards of this process may wait at a time."""
    wanted = state.app.extensions["system"].settings.live_streams
    state.app.extensions["live"] = BoundedSemaphore(wanted) if wanted else None


@bp.get("/board/live")
@bp.input(LiveIn, location="query")
@allow(*OFFICE)
def stream(query_data: LiveIn) -> Response:
    """Says `changed` once something on the board has, or ends without a word."""
    since = request.headers.get("Last-Event-ID", query_data.since)
    told = _told(system(), current_app.extensions["live"], query_data, since)
    return Response(told, content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@bp.get("/board/positions")
@bp.input(DayIn, location="query")
@allow(*OFFICE)
def where_they_are(query_data: DayIn) -> Response:
    """Where the phones of an area's technicians were last, on that day."""
    with system().transaction(read_only=True) as session:
        known = positions.of_day(session, query_data.area, query_data.day)
    rows = [
        {"technician": each.technician_id, "lng": each.lng, "lat": each.lat, "accuracy": round(each.accuracy),
         "at": each.at.isoformat()}
        for each in known
    ]  # fmt: skip
    return Response(json.dumps({"positions": rows}), content_type="application/json")


def _told(here: System, places: BoundedSemaphore | None, day: LiveIn, since: str) -> Iterator[str]:
    has_place = places is not None and places.acquire(blocking=False)
    try:
        yield f"retry: {AT_ONCE if has_place else A_SECOND_LATER}\n\n"
        for news in live.follow(here, day.area, day.day, since, HOLD_SECONDS if has_place else 0):
            yield _event(news) if news else NOTHING
    finally:
        if has_place and places is not None:
            places.release()


def _event(news: News) -> str:
    told = {"day": news.day, "positions": news.positions, "visits": news.visits}
    return f"id: {news.mark}\nevent: changed\ndata: {json.dumps(told)}\n\n"
