"""The consumer's pages behind a link: choose a window, see what happens, move it, give it back. No login, no script."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from dispatch import appointments, consumer_view, links
from dispatch.consumer_view import ConsumerView, Stage
from dispatch.errors import SlotTaken
from dispatch.slots import Offer
from dispatch.work_order import BookedBy
from technicians.errors import Conflict, InvalidInput, ShifuError
from webapp import calendar_file, day_choice
from webapp.access import KILOBYTE, allow_bearer
from webapp.errors import status_of
from webapp.languages import LANGUAGES
from webapp.page import HTML_LANGUAGE
from webapp.system import system

bp = APIBlueprint("consumer", __name__, url_prefix="/c/<token>", enable_openapi=False)
FORM = 4 * KILOBYTE
WHO = "consumer"
HALF_A_DAY = "private, max-age=43200"


@bp.after_request
def keep_to_yourself(response: Response) -> Response:
    """The address is the key: it must not reach other sites, search engines or a shared cache."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@bp.get("")
@allow_bearer(body=FORM)
def page(token: str) -> ResponseReturnValue:
    shown, offers = _look(token, {Stage.TO_BOOK})
    return _answer(token, shown, offers)


@bp.get("/move")
@allow_bearer(body=FORM)
def move(token: str) -> ResponseReturnValue:
    shown, offers = _look(token, {Stage.TO_BOOK, Stage.BOOKED})
    return _answer(token, shown, offers)


@bp.post("/appointment")
@allow_bearer(body=FORM)
def choose(token: str) -> ResponseReturnValue:
    now = system().now()
    try:
        with system().transaction() as session:
            order = links.find(session, token, now).work_order
            starts_at = day_choice.instant(request.form.get("starts_at"))
            promise = appointments.choose(
                session, system().travel_times, order, starts_at,
                booked_by=BookedBy.CONSUMER, by=WHO, at=now,
            )  # fmt: skip
            said = "moved" if len(promise.visit.appointments) > 1 else "booked"
    except (Conflict, InvalidInput) as refused:
        return _refused(token, refused)
    return _back(token, said)


@bp.get("/cancel")
@allow_bearer(body=FORM)
def ask_to_cancel(token: str) -> ResponseReturnValue:
    shown, _offers = _look(token, set())
    if shown.stage != Stage.BOOKED:
        return _back(token)
    return _render("consumer/cancel.html", token, shown)


@bp.post("/cancel")
@allow_bearer(body=FORM)
def cancel(token: str) -> ResponseReturnValue:
    now = system().now()
    try:
        with system().transaction() as session:
            order = links.find(session, token, now).work_order
            appointments.call_off(session, system().travel_times, order, by=WHO, at=now)
    except Conflict as refused:
        return _refused(token, refused)
    return _back(token, "cancelled")


@bp.get("/appointment.ics")
@allow_bearer(body=FORM)
def calendar(token: str) -> ResponseReturnValue:
    shown, _offers = _look(token, set())
    if shown.stage != Stage.BOOKED:
        return _back(token)
    with force_locale(_language(shown)):
        content = calendar_file.appointment(shown, system().now())
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return Response(content, content_type="text/calendar; charset=utf-8", headers=headers)


@bp.get("/photos/<int(max=999):number>")
@allow_bearer(body=FORM)
def photo(token: str, number: int) -> ResponseReturnValue:
    now = system().now()
    with system().transaction(read_only=True) as session:
        content = consumer_view.photo(system(), session, links.find(session, token, now), number)
    return Response(content, content_type="image/jpeg", headers={"Cache-Control": HALF_A_DAY})


def _look(token: str, bookable: set[Stage]) -> tuple[ConsumerView, list[Offer] | None]:
    """What the link shows, and the windows on offer if it is in one of these stages."""
    now = system().now()
    with system().transaction(read_only=True) as session:
        link = links.find(session, token, now)
        shown = consumer_view.view(session, link, now)
        if shown.stage not in bookable:
            return shown, None
        return shown, appointments.offers(session, system().travel_times, link.work_order, now)


def _answer(
    token: str,
    shown: ConsumerView,
    offers: list[Offer] | None,
    refusal: ShifuError | None = None,
) -> ResponseReturnValue:
    status = status_of(refusal) if refusal else HTTPStatus.OK
    if offers is None:
        return _render("consumer/state.html", token, shown, refusal=refusal), status
    days = day_choice.days(offers, shown, request.args.get("day"))
    return _render("consumer/when.html", token, shown, refusal=refusal, days=days), status


def _refused(token: str, refusal: ShifuError) -> ResponseReturnValue:
    """Nothing was changed: the page as it is now, with fresh windows where one can still choose, and why."""
    may_choose = {Stage.TO_BOOK, Stage.BOOKED} if isinstance(refusal, (SlotTaken, InvalidInput)) else {Stage.TO_BOOK}
    shown, offers = _look(token, may_choose)
    return _answer(token, shown, offers, refusal)


def _render(template: str, token: str, shown: ConsumerView, **more: Any) -> str:
    def here(view: str, **values: Any) -> str:
        """The address of another view of this link, in the language chosen here."""
        return url_for(f"consumer.{view}", token=token, lang=request.args.get("lang"), **values)

    refusal = more.pop("refusal", None)
    with force_locale(_language(shown)):
        return render_template(
            template,
            v=shown,
            here=here,
            reload_as=lambda language: url_for("consumer.page", token=token, lang=language),
            refusal=_sentence(refusal, shown) if refusal else None,
            said=request.args.get("said"),
            html_languages=HTML_LANGUAGE,
            day_words=day_choice.words,
            weekday=day_choice.weekday,
            short_date=day_choice.short_date,
            part_of_day=day_choice.part_of_day,
            **more,
        )


def _language(shown: ConsumerView) -> str:
    """What was chosen here, else the order's."""
    chosen = request.args.get("lang", shown.language)
    return chosen if chosen in LANGUAGES else "zh"


def _sentence(refusal: ShifuError, shown: ConsumerView) -> str:
    if isinstance(refusal, SlotTaken):
        return str(_("Somebody else has just taken this time. These are free now."))
    if isinstance(refusal, InvalidInput):
        return str(_("This time can no longer be chosen. These are free now."))
    if shown.stage in {Stage.ON_THE_WAY, Stage.ON_SITE}:
        return str(_("Your technician has already set out, so the time can no longer be changed here."))
    if shown.stage in {Stage.TO_BOOK, Stage.BOOKED}:
        return str(_("Somebody was booking at the very same moment. Nothing was changed; please try again."))
    return str(_("This can no longer be changed. Below is how things stand now."))


def _back(token: str, said: str | None = None) -> ResponseReturnValue:
    """To the page by GET, so that a reload does not send the form again."""
    return redirect(url_for("consumer.page", token=token, lang=request.args.get("lang"), said=said), 303)
