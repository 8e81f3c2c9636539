"""Orders from a CSV file: looked at first, then taken in as a whole."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from flask import render_template, request
from flask.typing import ResponseReturnValue

from dispatch import merchants, order_file, order_import
from dispatch.order_import import Preview
from technicians.errors import InvalidInput
from webapp.access import MEGABYTE, allow
from webapp.login import me
from webapp.order_words import words
from webapp.scope import EVERYBODY, own_merchant
from webapp.sentences import reason
from webapp.system import system
from webapp.upload import Uploaded, uploaded
from webapp.where import where

bp = APIBlueprint("files", __name__, url_prefix="/import", enable_openapi=False)
bp.context_processor(words)
BODY = 21 * MEGABYTE
WITHOUT_AREA = "Asia/Shanghai"


@bp.get("")
@allow(*EVERYBODY)
def page() -> ResponseReturnValue:
    return _page()


@bp.post("")
@allow(*EVERYBODY, body=BODY)
def check() -> ResponseReturnValue:
    """What taking the file in would do; nothing is changed."""
    given = uploaded()
    try:
        merchant_id, zone = _merchant(), _zone()
        with system().transaction(read_only=True) as session:
            preview = order_import.check(
                session, system().places, merchant_id, given.content, zone=zone, at=system().now()
            )
    except InvalidInput as error:
        return _page(given=given.refused(error))
    return _page(given=given, preview=preview)


@bp.post("/load")
@allow(*EVERYBODY, body=BODY)
def load() -> ResponseReturnValue:
    given = uploaded()
    try:
        merchant_id, zone = _merchant(), _zone()
        with system().transaction() as session:
            preview = order_import.load(
                session, system().places, merchant_id, given.content, zone=zone, by=me().login, at=system().now()
            )
    except InvalidInput as error:
        return _page(given=given.refused(error))
    return _page(given=given, preview=preview, is_done=True)


def _merchant() -> int:
    """A merchant hands in their own orders; the office says whose."""
    own = own_merchant()
    if own is not None:
        return own
    with system().transaction(read_only=True) as session:
        return merchants.by_code(session, request.form.get("merchant", "")).id


def _zone() -> ZoneInfo:
    area = where().area
    return area.zone if area else ZoneInfo(WITHOUT_AREA)


def _page(given: Uploaded | None = None, preview: Preview | None = None, is_done: bool = False) -> ResponseReturnValue:
    with system().transaction(read_only=True) as session:
        known = [] if own_merchant() is not None else merchants.everybody(session)
        sellers = [(merchant.code, merchant.name) for merchant in known]
    is_wrong = given is not None and (given.is_refused or bool(preview and preview.problems))
    page = render_template(
        "order_import.html",
        given=given,
        preview=preview,
        is_done=is_done,
        reason=reason,
        merchants=sellers,
        chosen=request.form.get("merchant"),
        required=order_file.REQUIRED,
        optional=order_file.OPTIONAL,
        zone=_zone(),
    )
    return page, 422 if is_wrong else 200
