"""The board: the day of an area as Gantt and map, seen and adjusted by hand."""

from __future__ import annotations

import gzip
from typing import Any

from apiflask import APIBlueprint
from flask import Response, json, render_template, request
from flask.typing import ResponseReturnValue

from dispatch import board, changes, county_map, live, photo_looks, visit_card, visit_report, why
from dispatch.changes import Preview
from webapp import order_words, reasons, remedies
from webapp.access import allow
from webapp.board_shapes import DayIn, KeptMoveIn, MoveIn, PinIn, PreviewOut, WhyIn
from webapp.board_words import board_words
from webapp.icons import icon_or_box
from webapp.login import me
from webapp.page import language_here
from webapp.scope import OFFICE
from webapp.system import system
from webapp.where import where
from webapp.words import word

bp = APIBlueprint("board", __name__, enable_openapi=False)
WORTH_COMPRESSING = 4096


@bp.get("/")
@allow(*OFFICE)
def page() -> ResponseReturnValue:
    return render_template("board.html", where=where(), tiles=system().settings.tile_url, board_words=board_words)


@bp.get("/board/day")
@bp.input(DayIn, location="query")
@allow(*OFFICE)
def day(query_data: DayIn) -> Response:
    """Everything the board draws of one day."""
    with system().transaction(read_only=True) as session:
        drawn = board.day(session, query_data.area, query_data.day)
        drawn["mark"] = str(live.mark(session, query_data.area, query_data.day))
    for product in drawn["products"].values():
        product["icon"] = icon_or_box(product["icon"])
    for left in drawn["unassigned"]["rows"]:
        left[-1] = reasons.reason(left[-1])
    return _compact(drawn)


@bp.get("/board/counties/<area>")
@allow(*OFFICE)
def counties(area: str) -> Response:
    """Boundaries and centres of an area's counties."""
    with system().transaction(read_only=True) as session:
        drawn = county_map.county_map(session, system().places, area)
    answer = _compact(drawn)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]


@bp.get("/board/why")
@bp.input(WhyIn, location="query")
@allow(*OFFICE)
def explained(query_data: WhyIn) -> Response:
    """What keeps a visit out of every route, and the smallest changes that would place it."""
    with system().transaction(read_only=True) as session:
        found = why.why(session, system().travel_times, query_data.plan, query_data.visit)
    return _compact(remedies.told(found))


@bp.post("/board/try")
@bp.input(MoveIn)
@bp.output(PreviewOut)
@allow(*OFFICE)
def attempt(json_data: MoveIn) -> dict[str, Any]:
    """What a move would break and cost. Nothing is kept."""
    with system().transaction(read_only=True) as session:
        preview = changes.try_move(
            session, system().travel_times, json_data.plan, json_data.visit, json_data.technician, json_data.start_at,
            source_id=json_data.source,
        )  # fmt: skip
        return _preview(preview, board.skills(session))


@bp.post("/board/move")
@bp.input(KeptMoveIn)
@bp.output(PreviewOut)
@allow(*OFFICE)
def move(json_data: KeptMoveIn) -> dict[str, Any]:
    """Keep a move, if no route it touches has changed since it was seen."""
    with system().transaction() as session:
        preview = changes.move(
            session, system().travel_times, json_data.plan, json_data.visit, json_data.technician, json_data.start_at,
            source_id=json_data.source, revisions=json_data.revisions, by=me().login, at=system().now(),
        )  # fmt: skip
        return _preview(preview, board.skills(session))


@bp.post("/board/pin")
@bp.input(PinIn)
@allow(*OFFICE)
def pin(json_data: PinIn) -> ResponseReturnValue:
    """Pin a visit to a technician, a start, both or neither."""
    with system().transaction() as session:
        changes.pin(
            session, json_data.visit, json_data.technician, json_data.start_at, by=me().login, at=system().now()
        )
    return "", 204


@bp.get("/board/panels/visits/<int:visit_id>")
@allow(*OFFICE)
def visit_panel(visit_id: int) -> ResponseReturnValue:
    plan_id = request.args.get("plan", type=int)
    with system().transaction(read_only=True) as session:
        card = visit_card.card(session, visit_id, plan_id)
        report = visit_report.report(session, system().photos, visit_id)
        return render_template(
            "board_visit.html",
            card=card,
            report=report,
            why_not=reasons.reason(card.counts or {}),
            **order_words.words(),
        )


@bp.post("/board/photos/<int:number>/fine")
@allow(*OFFICE)
def photo_is_fine(number: int) -> ResponseReturnValue:
    """Somebody has looked at what was doubtful in a photo."""
    with system().transaction() as session:
        photo_looks.looks_fine(session, number, by=me().login, at=system().now())
    return "", 204


def _preview(preview: Preview, skills: dict[str, dict[str, str]]) -> dict[str, Any]:
    names = {code: name[language_here()] for code, name in skills.items()}
    broken = [{**v, "word": word(v["rule"]), "detail": reasons.breach(v, names)} for v in preview.violations]
    return {"violations": broken, "cost": preview.cost, "routes": preview.routes}


def _compact(drawn: Any) -> Response:
    """JSON without blanks, compressed for whoever can read that."""
    body = json.dumps(drawn, separators=(",", ":"), sort_keys=False).encode()
    answer = Response(body, content_type="application/json")
    if len(body) >= WORTH_COMPRESSING and request.accept_encodings["gzip"] > 0:
        answer.set_data(gzip.compress(body, compresslevel=4, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer
