"""What the consumer's pages have in common: the link is the key, the order's language comes first, nothing is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address

from dispatch import consumer_look
from dispatch.consumer_look import Look
from dispatch.consumer_view import ConsumerView, Stage
from dispatch.errors import HoldExpired, SlotTaken, TooMuchHeld
from technicians.errors import Conflict, InvalidInput, ShifuError
from webapp import day_choice, price_words, sentences
from webapp.access import KILOBYTE
from webapp.errors import status_of
from webapp.languages import LANGUAGES
from webapp.limits import limiter
from webapp.page import HTML_LANGUAGE
from webapp.system import system

FORM = 8 * KILOBYTE
WHO = "consumer"
A_LINK, AN_ADDRESS = "60 per minute", "300 per minute"
CHOOSING = frozenset({Stage.TO_BOOK})
MOVING = frozenset({Stage.TO_BOOK, Stage.BOOKED})


def blueprint(name: str, module: str) -> APIBlueprint:
    """A part of the pages behind a link; how often a link and an address may ask counts for all parts together."""
    made = APIBlueprint(name, module, url_prefix="/c/<token>", enable_openapi=False)
    made.after_request(_keep_to_yourself)
    limiter.shared_limit(A_LINK, scope="consumer-link", key_func=_link)(made)
    limiter.shared_limit(AN_ADDRESS, scope="consumer-address", key_func=get_remote_address)(made)
    return made


def _link() -> str:
    token = str((request.view_args or {}).get("token", ""))
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _keep_to_yourself(response: Response) -> Response:
    """The address is the key: it must not reach other sites, search engines or a shared cache."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def look(token: str, choosing: Collection[Stage] = ()) -> Look:
    return consumer_look.look(system(), token, system().now(), choosing)


def answer(token: str, seen: Look, refusal: ShifuError | None = None) -> ResponseReturnValue:
    """The page of the stage the order is at, with the reason why something was refused."""
    status = status_of(refusal) if refusal else HTTPStatus.OK
    told = sentence(refusal, seen.shown) if refusal else None
    if seen.offered is None:
        template = TEMPLATES.get(seen.shown.stage, "consumer/state.html")
        return show(template, token, seen.shown, refusal=told), status
    days = day_choice.days(list(seen.offered.offers), seen.shown, request.args.get("day"))
    because = seen.offered.nothing_because
    return show("consumer/when.html", token, seen.shown, refusal=told, days=days, because=because), status


def refused(token: str, refusal: ShifuError) -> ResponseReturnValue:
    """Nothing was changed: the page as it is now, with fresh windows where one can still choose, and why."""
    is_about_window = isinstance(refusal, (SlotTaken, InvalidInput))
    return answer(token, look(token, MOVING if is_about_window else CHOOSING), refusal)


def back(token: str, said: str | None = None, view: str = "consumer.page") -> ResponseReturnValue:
    """To the page by GET, so that a reload does not send the form again."""
    return redirect(url_for(view, token=token, lang=request.args.get("lang"), said=said), 303)


def show(template: str, token: str, shown: ConsumerView, **more: Any) -> str:
    def here(view: str, **values: Any) -> str:
        """The address of another view of this link, in the language chosen here."""
        endpoint = view if "." in view else f"consumer.{view}"
        return url_for(endpoint, token=token, lang=request.args.get("lang"), **values)

    with force_locale(language(shown)):
        return render_template(
            template,
            v=shown,
            here=here,
            reload_as=lambda chosen: url_for("consumer.page", token=token, lang=chosen),
            said=request.args.get("said"),
            html_languages=HTML_LANGUAGE,
            day_words=day_choice.words,
            weekday=day_choice.weekday,
            short_date=day_choice.short_date,
            part_of_day=day_choice.part_of_day,
            money=price_words.money,
            adds=price_words.adds,
            condition=price_words.condition,
            tiles=system().settings.tile_url,
            **{"refusal": None, **more},
        )


def language(shown: ConsumerView) -> str:
    """What was chosen here, else the order's."""
    chosen = request.args.get("lang", shown.language)
    return chosen if chosen in LANGUAGES else "zh"


def sentence(refusal: ShifuError, shown: ConsumerView) -> str:
    """Why something was refused, in the consumer's words and language."""
    with force_locale(language(shown)):
        return str(_told(refusal, shown))


def plain(refusal: ShifuError, shown: ConsumerView) -> str:
    """What the error itself says, and what to do."""
    with force_locale(language(shown)):
        space = " " if language(shown) == "en" else ""
        return f"{sentences.message(refusal)}{space}{sentences.remedy(refusal) or ''}"


def _told(refusal: ShifuError, shown: ConsumerView) -> str:
    if isinstance(refusal, SlotTaken):
        return str(_("Somebody else has just taken this time. These are free now."))
    if isinstance(refusal, HoldExpired):
        return str(_("The time is no longer kept for you. Nothing is lost: these are free now."))
    if isinstance(refusal, TooMuchHeld) or (refusal.field or "").startswith("answers"):
        return plain(refusal, shown)
    if isinstance(refusal, InvalidInput):
        return str(_("This time can no longer be chosen. These are free now."))
    if shown.stage in {Stage.ON_THE_WAY, Stage.ON_SITE}:
        return str(_("Your technician has already set out, so the time can no longer be changed here."))
    if shown.stage in {Stage.TO_ANSWER, Stage.TO_BOOK, Stage.HELD, Stage.BOOKED} and isinstance(refusal, Conflict):
        return str(_("Somebody was booking at the very same moment. Nothing was changed; please try again."))
    return str(_("This can no longer be changed. Below is how things stand now."))


TEMPLATES = {Stage.HELD: "consumer/confirm.html"}
