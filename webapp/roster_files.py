"""Technicians from a CSV file: looked at first, then taken over as a whole."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template
from flask.typing import ResponseReturnValue

from dispatch import roster_file, roster_import
from dispatch.roster_import import Preview
from technicians.errors import InvalidInput
from webapp.access import MEGABYTE, allow
from webapp.login import me
from webapp.scope import OFFICE
from webapp.sentences import reason
from webapp.system import system
from webapp.upload import Uploaded, uploaded

bp = APIBlueprint("files", __name__, url_prefix="/import", enable_openapi=False)
BODY = 21 * MEGABYTE


@bp.get("")
@allow(*OFFICE)
def page() -> ResponseReturnValue:
    return _page()


@bp.post("")
@allow(*OFFICE, body=BODY)
def check() -> ResponseReturnValue:
    """What taking the file over would do; nothing is changed."""
    given = uploaded()
    try:
        with system().transaction(read_only=True) as session:
            preview = roster_import.check(session, given.content)
    except InvalidInput as error:
        return _page(given.refused(error))
    return _page(given, preview)


@bp.post("/load")
@allow(*OFFICE, body=BODY)
def load() -> ResponseReturnValue:
    given = uploaded()
    try:
        with system().transaction() as session:
            preview = roster_import.load(session, given.content, by=me().login, at=system().now())
    except InvalidInput as error:
        return _page(given.refused(error))
    return _page(given, preview, is_done=True)


def _page(given: Uploaded | None = None, preview: Preview | None = None, is_done: bool = False) -> ResponseReturnValue:
    is_wrong = given is not None and (given.is_refused or bool(preview and preview.problems))
    page = render_template(
        "roster_import.html",
        given=given,
        preview=preview,
        is_done=is_done,
        reason=reason,
        required=roster_file.REQUIRED,
        optional=roster_file.OPTIONAL,
    )
    return page, 422 if is_wrong else 200
