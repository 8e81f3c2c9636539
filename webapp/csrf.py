"""A secret of the session that every write must send back, so that no other site acts for somebody."""

from __future__ import annotations

import hmac
import secrets

from flask import current_app, request, session
from flask_babel import gettext as _

from technicians.errors import NotAllowed
from webapp.access import declared

FIELD = "csrf"
HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class StaleForm(NotAllowed):
    """The form did not come from a page of this session."""

    code = "stale-form"


def token() -> str:
    """The session's secret, made at first use."""
    if FIELD not in session:
        session[FIELD] = secrets.token_urlsafe(24)
    secret: str = session[FIELD]
    return secret


def check() -> None:
    """Before each request: refuse a write that does not carry the session's secret."""
    if request.method in SAFE or request.endpoint is None:
        return
    access = declared(current_app.view_functions[request.endpoint])
    if access is not None and not access.by_cookie:
        return
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not hmac.compare_digest(sent.encode(), session.get(FIELD, "").encode()) or not sent:
        raise StaleForm(
            _("This page was open for too long, or it was opened before you logged in."),
            remedy=_("Reload it and try again; nothing was changed."),
        )
