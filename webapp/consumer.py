"""The pages behind a consumer's link that change nothing: what comes next, the windows, the calendar, the photos."""

from __future__ import annotations

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from dispatch import consumer_view, links
from dispatch.consumer_view import Stage
from dispatch.photo_links import Look
from technicians.errors import InvalidInput, NotFound
from webapp import calendar_file, consumer_page, day_choice, photos
from webapp.access import allow_bearer
from webapp.consumer_page import CHOOSING, FORM, MOVING, answer, back, language, look, show
from webapp.system import system

bp = consumer_page.blueprint("consumer", __name__)


@bp.get("")
@allow_bearer(body=FORM)
def page(token: str) -> ResponseReturnValue:
    seen = look(token, CHOOSING)
    if seen.shown.stage == Stage.TO_ANSWER:
        return back(token, view="consumer_booking.questions")
    return answer(token, seen)


@bp.get("/move")
@allow_bearer(body=FORM)
def move(token: str) -> ResponseReturnValue:
    return answer(token, look(token, MOVING))


@bp.get("/move/confirm")
@allow_bearer(body=FORM)
def confirm_move(token: str) -> ResponseReturnValue:
    """The window that was tapped, shown once more; nothing is kept meanwhile, the present one stays."""
    seen = look(token, MOVING)
    try:
        starts_at = day_choice.instant(request.args.get("starts_at"))
        wanted = next((o for o in seen.offered.offers if o.starts_at == starts_at), None) if seen.offered else None
        if wanted is None:
            raise InvalidInput("This window is not on offer.", field="starts_at", remedy="Choose one of those shown.")
    except InvalidInput as refusal:
        return answer(token, seen, refusal)
    return show("consumer/confirm.html", token, seen.shown, wanted=wanted)


@bp.get("/cancel")
@allow_bearer(body=FORM)
def ask_to_cancel(token: str) -> ResponseReturnValue:
    shown = look(token).shown
    if shown.stage != Stage.BOOKED:
        return back(token)
    return show("consumer/cancel.html", token, shown)


@bp.get("/appointment.ics")
@allow_bearer(body=FORM)
def calendar(token: str) -> ResponseReturnValue:
    shown = look(token).shown
    if shown.stage != Stage.BOOKED:
        return back(token)
    with force_locale(language(shown)):
        content = calendar_file.appointment(shown, system().now())
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return Response(content, content_type="text/calendar; charset=utf-8", headers=headers)


@bp.get("/where")
@allow_bearer(body=FORM)
def where(token: str) -> ResponseReturnValue:
    """The technician on the way, for the map: places as [longitude, latitude]; not found at any other time."""
    found = look(token).shown.whereabouts
    if found is None:
        raise NotFound("Nobody is on the way, or their telephone does not say where.", field="where")
    return {"technician": [found.lng, found.lat], "near": list(found.near), "metres": found.metres}


@bp.get("/photos/<int(max=999):number>")
@allow_bearer(body=FORM)
def photo(token: str, number: int) -> ResponseReturnValue:
    """To a fresh link to the whole photo, from a page that may have been open for long."""
    with system().transaction(read_only=True) as session:
        found = consumer_view.photo_id(session, links.find(session, token, system().now()), number)
    return redirect(photos.link(found, Look.WHOLE))
