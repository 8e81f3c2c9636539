"""What every page of the console can use: who is here, the rail, numbers and times as people write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from webapp import csrf
from webapp.headers import nonce
from webapp.languages import LANGUAGES
from webapp.rail import rooms
from webapp.words import word

STATIC = Path(__file__).parent / "static"
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}


def context() -> dict[str, Any]:
    """Names that templates may use without being given them."""
    language = language_here()
    theme = request.cookies.get("theme", "auto")
    return {
        "language": language,
        "html_language": HTML_LANGUAGE[language],
        "languages": LANGUAGES,
        "theme": theme if theme in {"light", "dark"} else "auto",
        "nonce": nonce,
        "csrf_token": csrf.token,
        "import_map": import_map,
        "rooms": rooms,
        "person": current_user.person if current_user.is_authenticated else None,
        "word": word,
    }


def import_map() -> dict[str, dict[str, str]]:
    """Each module's plain address to its versioned one, so that modules too may be kept for a year."""
    files = [file.relative_to(STATIC).as_posix() for kind in ("*.js", "*.mjs") for file in STATIC.rglob(kind)]
    return {"imports": {f"/static/{file}": url_for("static", filename=file) for file in sorted(files)}}


def language_here() -> str:
    """`zh` or `en`: the language this request is answered in."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LANGUAGES else "en"


def clock(at: datetime | None, zone: ZoneInfo) -> str:
    """24-hour wall-clock time in a zone; a dash for none."""
    return at.astimezone(zone).strftime("%H:%M") if at else "–"


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """Date and wall-clock time in a zone; a dash for none."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else "–"


def span(seconds: int | None) -> str:
    """A duration as hours and minutes."""
    if seconds is None:
        return "–"
    hours, minutes = divmod(round(seconds / 60), 60)
    short = gettext("%(m)d min", m=minutes)
    return str(gettext("%(h)d h %(m)02d min", h=hours, m=minutes) if hours else short)


def kilometres(metres: int | None) -> str:
    return "–" if metres is None else str(gettext("%(km)s km", km=f"{metres / 1000:,.1f}"))


def local_name(thing: Any) -> str:
    """The name of an area, county, product or skill in the reader's language."""
    zh = getattr(thing, "name_zh", None) or getattr(thing, "name", "")
    en = getattr(thing, "name_en", "")
    return str(en or zh) if language_here() == "en" else str(zh or en)


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": clock,
    "moment": moment,
    "span": span,
    "kilometres": kilometres,
    "local_name": local_name,
}
