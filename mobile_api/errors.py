"""The only place with status codes: every error becomes problem+json (RFC 9457)."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask, HTTPError
from flask import Response, json
from werkzeug.exceptions import HTTPException

from dispatch.phone_login import LoginLocked, NotLoggedIn, WrongPin
from mobile_api import messages
from technicians.errors import Conflict, InvalidInput, NotAllowed, NotFound, ShifuError

STATUS: dict[type[ShifuError], int] = {
    NotLoggedIn: 401,
    WrongPin: 401,
    LoginLocked: 429,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    InvalidInput: 422,
}


def register(app: APIFlask) -> None:
    """Translate every error of this app."""
    app.register_error_handler(ShifuError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.error_processor(_unusable)


def _refused(error: ShifuError) -> Response:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    more = {"field": error.field} if error.field else {}
    response = _problem(status, error.code, messages.title(error.code), messages.detail(error), **more)
    if isinstance(error, LoginLocked):
        response.headers["Retry-After"] = str(error.minutes * 60)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    response = _problem(status, f"http-{status}", messages.http_title(status), error.description or "")
    for name, value in error.get_headers():
        if name in {"Allow", "Location", "Retry-After"}:
            response.headers[name] = value
    return response


def _unusable(error: HTTPError) -> Response:
    """What APIFlask refuses: a wrong shape, with every wrong field and its reason, or a plain HTTP error."""
    status = error.status_code
    wrong = [
        {"field": field, "message": "; ".join(reasons)}
        for fields in (error.detail or {}).values()
        for field, reasons in fields.items()
    ]
    if not wrong:
        return _problem(status, f"http-{status}", messages.http_title(status), error.message or "")
    said = " ".join(f"{each['field']}: {each['message']}." for each in wrong)
    return _problem(status, "invalid-input", messages.http_title(status), said, errors=wrong)


def _problem(status: int, code: str, title: str, detail: str, **more: Any) -> Response:
    body = {"type": f"urn:shifu:{code}", "title": title, "status": status, "detail": detail}
    return Response(
        json.dumps(body | {"code": code} | more, ensure_ascii=False),
        status=status,
        content_type="application/problem+json",
    )
