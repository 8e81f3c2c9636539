"""Who may call a route. Every view carries one of these; `undeclared` finds those that do not."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import Flask, current_app, request

from dispatch import phone_login
from dispatch.account import DeviceToken
from dispatch.system import System

View = Callable[..., Any]
FRAMEWORK = frozenset({"static", "openapi.spec"})


class Access(StrEnum):
    PUBLIC = "public"
    TECHNICIAN = "technician"


def system() -> System:
    """The system this app was made with."""
    found: System = current_app.extensions["system"]
    return found


def public(view: View) -> View:
    """Anybody may call it."""
    return _declared(view, Access.PUBLIC)


def technician(view: View) -> View:
    """A logged-in phone may call it: `view(session, device, …)` runs in the request's one transaction."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        with system().transaction(read_only=request.method == "GET") as session:
            device = phone_login.who(session, _bearer(), system().now())
            return view(session, device, *args, **kwargs)

    return _declared(checked, Access.TECHNICIAN)


def technician_without_transaction(view: View) -> View:
    """As `technician`, for a verb that opens its own short transactions: `view(device, …)`."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        return view(_device(), *args, **kwargs)

    return _declared(checked, Access.TECHNICIAN)


def undeclared(app: Flask) -> list[str]:
    """Endpoints whose view does not say who may call it."""
    return [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in FRAMEWORK and not hasattr(app.view_functions[rule.endpoint], "access")
    ]


def _declared(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def _device() -> DeviceToken:
    with system().transaction(read_only=True) as session:
        return phone_login.who(session, _bearer(), system().now())


def _bearer() -> str:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return ""
    return authorization.token or ""
