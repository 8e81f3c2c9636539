"""What a consumer does behind the link: answer, keep a window, confirm, move, give back, wait for another."""

from __future__ import annotations

from http import HTTPStatus

from flask import request
from flask.typing import ResponseReturnValue

from dispatch import appointments, links, quote, waitlist
from dispatch.consumer_records import Wish
from dispatch.work_order import BookedBy
from technicians.errors import Conflict, InvalidInput
from webapp import consumer_page, day_choice
from webapp.access import allow_bearer
from webapp.consumer_page import FORM, WHO, back, look, refused, show
from webapp.errors import status_of
from webapp.system import system

bp = consumer_page.blueprint("consumer_booking", __name__)
WISHES = frozenset(wish.value for wish in Wish)


@bp.get("/questions")
@allow_bearer(body=FORM)
def questions(token: str) -> ResponseReturnValue:
    if not look(token).shown.asks:
        return back(token)
    return _asked(token)


@bp.post("/questions")
@allow_bearer(body=FORM)
def answers(token: str) -> ResponseReturnValue:
    """Keep the answers; a window kept for other ones is given back first, with them it might no longer fit."""
    now = system().now()
    given = {name.removeprefix("q-"): text for name, text in request.form.items() if name.startswith("q-")}
    try:
        with system().transaction() as session:
            order = links.find(session, token, now).work_order
            appointments.release(session, system().travel_times, order, by=WHO, at=now)
            quote.answer(session, order, given, by=WHO, at=now)
    except InvalidInput as refusal:
        return _asked(token, refusal, given)
    except Conflict as refusal:
        return refused(token, refusal)
    return back(token)


@bp.post("/hold")
@allow_bearer(body=FORM)
def hold(token: str) -> ResponseReturnValue:
    """Keep the window that was tapped, at a price that binds us."""
    now = system().now()
    try:
        starts_at = day_choice.instant(request.form.get("starts_at"))
        with system().transaction() as session:
            order = links.find(session, token, now).work_order
            quote.bind(session, order, by=WHO, at=now)
            appointments.hold(
                session, system().travel_times, order, starts_at, booked_by=BookedBy.CONSUMER, by=WHO, at=now
            )
    except (Conflict, InvalidInput) as refusal:
        return refused(token, refusal)
    return back(token)


@bp.post("/release")
@allow_bearer(body=FORM)
def release(token: str) -> ResponseReturnValue:
    now = system().now()
    try:
        with system().transaction() as session:
            order = links.find(session, token, now).work_order
            appointments.release(session, system().travel_times, order, by=WHO, at=now)
    except Conflict as refusal:
        return refused(token, refusal)
    return back(token)


@bp.post("/appointment")
@allow_bearer(body=FORM)
def choose(token: str) -> ResponseReturnValue:
    """Confirm the window that this page showed, whatever another tab keeps; or move the appointment there."""
    now = system().now()
    try:
        starts_at = day_choice.instant(request.form.get("starts_at"))
        with system().transaction() as session:
            order = links.find(session, token, now).work_order
            was_booked = any(visit.appointment is not None for visit in order.visits)
            quote.bind(session, order, by=WHO, at=now)
            appointments.choose(
                session, system().travel_times, order, starts_at, booked_by=BookedBy.CONSUMER, by=WHO, at=now
            )
    except (Conflict, InvalidInput) as refusal:
        return refused(token, refusal)
    return back(token, "moved" if was_booked else "booked")


@bp.post("/cancel")
@allow_bearer(body=FORM)
def cancel(token: str) -> ResponseReturnValue:
    now = system().now()
    try:
        with system().transaction() as session:
            order = links.find(session, token, now).work_order
            appointments.call_off(session, system().travel_times, order, by=WHO, at=now)
    except Conflict as refusal:
        return refused(token, refusal)
    return back(token, "cancelled")


@bp.post("/waitlist")
@allow_bearer(body=FORM)
def wait(token: str) -> ResponseReturnValue:
    """Tell me when a window becomes free, when an earlier one does, or call me; or no longer."""
    now = system().now()
    wish = request.form.get("wish", "")
    try:
        with system().transaction() as session:
            order = links.find(session, token, now).work_order
            if wish == "none":
                waitlist.leave(session, order, by=WHO, at=now)
            elif wish in WISHES:
                waitlist.join(session, order, Wish(wish), by=WHO, at=now)
    except Conflict as refusal:
        return refused(token, refusal)
    return back(token)


def _asked(token: str, refusal: InvalidInput | None = None, given: dict[str, str] | None = None) -> ResponseReturnValue:
    """The questions, answered as before or as usual; after a refusal with what was sent, and what is wrong with it."""
    shown = look(token).shown
    with system().transaction(read_only=True) as session:
        order = links.find(session, token, system().now()).work_order
        asked, kept = quote.questions(order.product), dict(order.answers)
    page = show(
        "consumer/questions.html",
        token,
        shown,
        refusal=consumer_page.sentence(refusal, shown) if refusal else None,
        wrong=(refusal.field or "").removeprefix("answers.") if refusal else None,
        questions=asked,
        given={question.code: question.usual for question in asked} | kept | (given or {}),
    )
    return page, status_of(refusal) if refusal else HTTPStatus.OK
