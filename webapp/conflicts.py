"""What phones said that did not fit: what was said, what the office knew, which of it counts, and what came of it."""

from __future__ import annotations

from http import HTTPStatus

from apiflask import APIBlueprint
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dispatch import conflict_list, conflicts
from technicians.errors import Conflict, InvalidInput, ShifuError
from webapp import order_words
from webapp.access import allow
from webapp.errors import status_of
from webapp.icons import icon_or_box
from webapp.login import me
from webapp.scope import OFFICE
from webapp.sentences import message, remedy
from webapp.system import system
from webapp.where import where

bp = APIBlueprint("conflicts", __name__, url_prefix="/conflicts", enable_openapi=False)
bp.context_processor(order_words.words)


@bp.get("")
@allow(*OFFICE)
def page() -> ResponseReturnValue:
    return _shown()


@bp.post("/<int:conflict_id>/resolve")
@allow(*OFFICE)
def resolve(conflict_id: int) -> ResponseReturnValue:
    try:
        with system().transaction() as session:
            conflicts.resolve(session, conflict_id, note=_note(), by=me().login, at=system().now())
    except (Conflict, InvalidInput) as refused:
        return _shown(refused, conflict_id)
    flash(_("Noted. What counts stays as it is."))
    return redirect(url_for("conflicts.page"))


def _shown(refused: ShifuError | None = None, conflict_id: int | None = None) -> ResponseReturnValue:
    """The list; with `refused`, why the last form of that conflict was not taken, and what it said."""
    here = where()
    code = here.area.code if here.area else ""
    is_resolved = request.args.get("show") == "resolved"
    with system().transaction(read_only=True) as session:
        listed = conflict_list.resolved if is_resolved else conflict_list.unresolved
        shown = render_template(
            "conflicts.html",
            where=here,
            lines=listed(session, code),
            is_resolved=is_resolved,
            refused_id=conflict_id,
            trouble=" ".join(part for part in (message(refused), remedy(refused)) if part) if refused else None,
            typed=_note(),
            icon_of=icon_or_box,
        )
    return shown, status_of(refused) if refused else HTTPStatus.OK


def _note() -> str:
    return request.form.get("note", "").strip()
