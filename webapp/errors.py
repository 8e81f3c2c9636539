"""The only place with status codes for what goes wrong: a page, or problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from apiflask import APIFlask, HTTPError
from flask import Response, json, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from pydantic import ValidationError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    SecurityError,
    TooManyRequests,
)

from dispatch.errors import Busy, NotReady, SolverFailed, WrongRows
from dispatch.merchants import WrongKey
from routing.errors import InvalidProblem
from technicians.errors import Conflict, InvalidInput, NotAllowed, NotFound, ShifuError
from webapp import sentences
from webapp.access import NotSignedIn
from webapp.answers import wants_json
from webapp.field_errors import wrong_fields

log = structlog.get_logger()

STATUS: tuple[tuple[type[ShifuError], HTTPStatus], ...] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (WrongKey, HTTPStatus.UNAUTHORIZED),
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (SolverFailed, HTTPStatus.SERVICE_UNAVAILABLE),
    (Busy, HTTPStatus.TOO_MANY_REQUESTS),
    (NotReady, HTTPStatus.SERVICE_UNAVAILABLE),
    (ShifuError, HTTPStatus.BAD_REQUEST),
)

PLAINLY = {
    HTTPStatus.BAD_REQUEST: lazy_gettext("What was sent cannot be understood."),
    HTTPStatus.METHOD_NOT_ALLOWED: lazy_gettext("This address does not take requests of that kind."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: lazy_gettext("What was sent has the wrong content type."),
}


def register(app: APIFlask) -> None:
    """Translate every error of the application in one place."""
    app.register_error_handler(ShifuError, _business)
    app.register_error_handler(InvalidProblem, _unplannable)
    app.error_processor(_api)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _unexpected)


def status_of(error: ShifuError) -> HTTPStatus:
    return next(status for kind, status in STATUS if isinstance(error, kind))


def _business(error: ShifuError) -> Response:
    more = {"problems": list(map(sentences.row, error.problems))} if isinstance(error, WrongRows) else {}
    told = sentences.message(error), sentences.remedy(error)
    return _answer(status_of(error), error.code, *told, error.field, more)


def _unplannable(error: InvalidProblem) -> Response:
    """A planning problem that contradicts itself; the planner's own words are English."""
    message = _("This cannot be planned: %(told)s.", told=error)
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-input", message, None, error.field)


def _api(error: HTTPError) -> Response:
    """A JSON body or a query that does not have the declared form."""
    status = HTTPStatus(error.status_code)
    if status != HTTPStatus.UNPROCESSABLE_ENTITY or not error.detail:
        return _answer(status, "http-error", _plainly(status))
    cause = error.__cause__
    fields = wrong_fields(cause) if isinstance(cause, ValidationError) else _flat(error.detail)
    first = next(iter(fields), None)
    errors = [{"field": field, "message": wrong} for field, wrong in fields.items()]
    message = _("Some fields cannot be used: %(fields)s.", fields=", ".join(fields))
    return _answer(status, "invalid-input", message, None, first, {"errors": errors})


def _flat(detail: Any, path: str = "") -> dict[str, str]:
    """Field path → what is wrong with it."""
    if isinstance(detail, dict):
        deeper = (_flat(value, f"{path}.{key}".strip(".")) for key, value in detail.items())
        return {field: wrong for some in deeper for field, wrong in some.items()}
    if isinstance(detail, list):
        return {path.partition(".")[2] or path: "; ".join(str(item) for item in detail)}
    return {path: str(detail)}


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.response is not None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    status = HTTPStatus(error.code)
    if isinstance(error, SecurityError):
        return Response("This server does not answer to that host name.", status, content_type="text/plain")
    if isinstance(error, RequestEntityTooLarge):
        limit = request.max_content_length or 0
        return _answer(
            status,
            "too-large",
            _("What was sent is larger than %(limit)d kB, the most that is taken here.", limit=limit // 1024),
            _("Send it in smaller parts."),
        )
    if isinstance(error, TooManyRequests):
        return _answer(status, "too-many", _("Too many attempts."), _("Wait a minute, then try again."))
    if status == HTTPStatus.NOT_FOUND:
        return _answer(
            status,
            "not-found",
            _("There is nothing here, or nothing that you may see."),
            _("Go back to where you were."),
        )
    return _answer(status, "http-error", _plainly(status))


def _plainly(status: HTTPStatus) -> str:
    return str(PLAINLY.get(status) or _("This cannot be answered (status %(status)d).", status=status))


def _unexpected(error: InternalServerError) -> Response:
    log.error("web.unexpected", endpoint=request.endpoint, exc_info=error.original_exception)
    return _answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "unexpected",
        _("Something went wrong on our side. It has been recorded."),
        _("Try again; if it happens again, tell the operator the time and what you did."),
    )


def _answer(
    status: HTTPStatus,
    code: str,
    message: str,
    remedy: str | None = None,
    field: str | None = None,
    more: dict[str, Any] | None = None,
) -> Response:
    if not wants_json():
        is_consumers = (request.blueprint or "").startswith("consumer")
        template = "consumer/error.html" if is_consumers else "error.html"
        page = render_template(template, status=status, message=message, remedy=remedy, more=more or {})
        return Response(page, status)
    problem = {
        "type": f"urn:shifu:{code}",
        "title": status.phrase,
        "status": status,
        "code": code,
        "detail": message,
    }
    problem |= {key: value for key, value in (("remedy", remedy), ("field", field)) if value} | (more or {})
    return Response(json.dumps(problem), status, content_type="application/problem+json")
