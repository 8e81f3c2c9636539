"""Issues raised by consumers: soonest due first, answered and resolved in the same page."""

from __future__ import annotations

from http import HTTPStatus

from apiflask import APIBlueprint
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dispatch import issue_list, issues
from technicians.errors import Conflict, InvalidInput, ShifuError
from webapp import clock_words
from webapp.access import allow
from webapp.errors import status_of
from webapp.icons import icon_or_box
from webapp.login import me
from webapp.scope import OFFICE
from webapp.sentences import message, remedy
from webapp.system import system
from webapp.where import where

bp = APIBlueprint("issues", __name__, url_prefix="/issues", enable_openapi=False)
bp.context_processor(clock_words.words)


@bp.get("")
@allow(*OFFICE)
def page() -> ResponseReturnValue:
    return _shown()


@bp.post("/<int:issue_id>/answer")
@allow(*OFFICE)
def answer(issue_id: int) -> ResponseReturnValue:
    try:
        with system().transaction() as session:
            issues.answer(session, issue_id, _text(), by=me().login, at=system().now())
    except (Conflict, InvalidInput) as refused:
        return _shown(refused, issue_id)
    flash(_("The answer is on its way to the consumer."))
    return redirect(url_for("issues.page", _anchor=f"issue-{issue_id}"))


@bp.post("/<int:issue_id>/resolve")
@allow(*OFFICE)
def resolve(issue_id: int) -> ResponseReturnValue:
    try:
        with system().transaction() as session:
            issues.resolve(session, issue_id, text=_text(), by=me().login, at=system().now())
    except (Conflict, InvalidInput) as refused:
        return _shown(refused, issue_id)
    flash(_("The issue is resolved."))
    return redirect(url_for("issues.page"))


def _shown(refused: ShifuError | None = None, issue_id: int | None = None) -> ResponseReturnValue:
    """The list; with `refused`, why the last form of that issue was not taken, and what it said."""
    here = where()
    code = here.area.code if here.area else ""
    is_resolved = request.args.get("show") == "resolved"
    with system().transaction(read_only=True) as session:
        listed = issue_list.resolved if is_resolved else issue_list.unresolved
        shown = render_template(
            "issues.html",
            where=here,
            lines=listed(session, code, system().now()),
            waiting=issue_list.count(session, code),
            is_resolved=is_resolved,
            refused_id=issue_id,
            trouble=" ".join(part for part in (message(refused), remedy(refused)) if part) if refused else None,
            typed=_text(),
            icon_of=icon_or_box,
        )
    return shown, status_of(refused) if refused else HTTPStatus.OK


def _text() -> str:
    return request.form.get("answer", "").strip()
