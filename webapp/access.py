"""Who may call what. Every view declares it; an application with one that does not never starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from dispatch.account import Role
from technicians.errors import NotAllowed
from webapp.answers import wants_json

View = TypeVar("View", bound=Callable[..., Any])
ATTRIBUTE = "shifu_access"
KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE


@dataclass(frozen=True, slots=True)
class Access:
    """`roles` None means anyone, logged in or not. `body` is the largest request accepted, in bytes.

    `by_cookie` False marks a view that knows its caller by a key in the request; it needs no CSRF token.
    """

    roles: frozenset[Role] | None
    body: int
    by_cookie: bool


class NotSignedIn(NotAllowed):
    """The session has ended, or there never was one."""

    code = "not-signed-in"


def allow(*roles: Role, body: int = 256 * KILOBYTE) -> Callable[[View], View]:
    """Only these roles may call the view. It stands directly above the function, below the route."""
    return _declare(Access(frozenset(roles), body, by_cookie=True))


def allow_anyone(view: View) -> View:
    """Anyone may call the view, without a login."""
    return _declare(Access(None, 256 * KILOBYTE, by_cookie=True))(view)


def allow_bearer(*, body: int = MEGABYTE) -> Callable[[View], View]:
    """The view itself checks the key or token that the request carries; no session, no CSRF token."""
    return _declare(Access(None, body, by_cookie=False))


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, access)
        return view

    return mark


def declared(view: object) -> Access | None:
    access: Access | None = getattr(view, ATTRIBUTE, None)
    return access


def undeclared(app: Flask) -> list[str]:
    """Endpoints that do not say who may call them."""
    return [name for name, view in app.view_functions.items() if declared(view) is None]


def guard() -> ResponseReturnValue | None:
    """Before each request: let it pass, send a person to the login page, or refuse."""
    if request.endpoint is None:
        return None
    access = declared(current_app.view_functions[request.endpoint])
    if access is None:
        raise NotAllowed("{endpoint} does not say who may call it.", endpoint=request.endpoint)
    request.max_content_length = access.body
    if access.roles is None:
        return None
    if not current_user.is_authenticated:
        if wants_json():
            raise NotSignedIn(_("You are not logged in any more."), remedy=_("Log in again."))
        return redirect(url_for("login.page", next=_way_back()))
    if current_user.role not in access.roles:
        raise NotAllowed(_("Your account may not open this."), remedy=_("Ask an operator for the role you need."))
    return None


def _way_back() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None
