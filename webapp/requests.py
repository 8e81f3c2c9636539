"""What technicians ask for on their phones: absence, other hours, to give a visit away; decided here."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dispatch import request_decisions, request_list, swap_moves
from dispatch.request_decisions import Wanted
from technicians.errors import Conflict, InvalidInput, NotFound, ShifuError
from webapp import request_words
from webapp.access import allow
from webapp.errors import status_of
from webapp.icons import icon_or_box
from webapp.login import me
from webapp.scope import OFFICE
from webapp.sentences import message, remedy
from webapp.system import system
from webapp.where import where

bp = APIBlueprint("requests", __name__, url_prefix="/requests", enable_openapi=False)
bp.context_processor(request_words.words)
Decision = Callable[[Any], object]


@bp.get("")
@allow(*OFFICE)
def page() -> ResponseReturnValue:
    return _shown()


@bp.get("/<int:request_id>/moves")
@allow(*OFFICE)
def moves(request_id: int) -> ResponseReturnValue:
    """Who else could make the visit, tried as on the board; a part of the page, asked for when it is opened."""
    with system().transaction(read_only=True) as session:
        asked = request_list.find(session, request_id)
        found = swap_moves.of(session, system().travel_times, asked)
        return render_template("request_moves.html", asked=asked, found=found)


@bp.post("/<int:request_id>/absence")
@allow(*OFFICE)
def grant_absence(request_id: int) -> ResponseReturnValue:
    def decide(session: Any) -> object:
        return request_decisions.grant_absence(session, request_id, **_by())

    return _decided(request_id, decide, _("Granted. The phone hears of it; look at the days below."), show="decided")


@bp.post("/<int:request_id>/shift")
@allow(*OFFICE)
def grant_shift(request_id: int) -> ResponseReturnValue:
    wanted = Wanted.BOTH if request.form.get("hours") == Wanted.BOTH else Wanted.INSTEAD

    def decide(session: Any) -> object:
        return request_decisions.grant_shift(session, request_id, wanted, **_by())

    return _decided(request_id, decide, _("Granted. The shift is changed for that date."), show="decided")


@bp.post("/<int:request_id>/swap")
@allow(*OFFICE)
def grant_swap(request_id: int) -> ResponseReturnValue:
    """Give the visit to the technician that was chosen; without one it has been moved on the board already."""

    def decide(session: Any) -> object:
        technician_id = request.form.get("technician", type=int)
        if technician_id is None:
            return request_decisions.grant_moved(session, request_id, **_by())
        return request_decisions.grant_swap(
            session, system().travel_times, request_id, request.form.get("plan", 0, type=int), technician_id,
            _revisions(), **_by(),
        )  # fmt: skip

    return _decided(request_id, decide, _("Granted. The phones hear of it."))


@bp.post("/<int:request_id>/refuse")
@allow(*OFFICE)
def refuse(request_id: int) -> ResponseReturnValue:
    def decide(session: Any) -> object:
        return request_decisions.refuse(session, request_id, **_by())

    return _decided(request_id, decide, _("Refused. The technician reads why."))


def _decided(request_id: int, decide: Decision, said: str, show: str | None = None) -> ResponseReturnValue:
    try:
        with system().transaction() as session:
            decide(session)
    except (Conflict, InvalidInput) as refused:
        return _shown(refused, request_id)
    flash(said)
    anchor = f"request-{request_id}" if show else None
    return redirect(url_for("requests.page", show=show, _anchor=anchor))


def _shown(refused: ShifuError | None = None, request_id: int | None = None) -> ResponseReturnValue:
    """The list; with `refused`, why the last form of that request was not taken, and what it said."""
    here = where()
    code = here.area.code if here.area else ""
    is_decided = request.args.get("show") == "decided"
    with system().transaction(read_only=True) as session:
        listed = request_list.decided if is_decided else request_list.open_ones
        shown = render_template(
            "requests.html",
            where=here,
            lines=listed(session, code) if code else [],
            is_decided=is_decided,
            refused_id=request_id,
            trouble=" ".join(part for part in (message(refused), remedy(refused)) if part) if refused else None,
            typed=_answer(),
            icon_of=icon_or_box,
        )
    return shown, status_of(refused) if refused else HTTPStatus.OK


def _by() -> request_decisions.Deciding:
    return {"answer": _answer(), "by": me().login, "at": system().now()}


def _answer() -> str:
    return request.form.get("answer", "").strip()


def _revisions() -> dict[int, int]:
    """What was seen of the routes when the move was tried, as “technician:revision” with blanks between."""
    pairs = (pair.split(":") for pair in request.form.get("revisions", "").split())
    try:
        return {int(technician): int(revision) for technician, revision in pairs}
    except ValueError:
        raise NotFound("There is no such move.", field="revisions", remedy="Reload the page.") from None
