"""The web as one WSGI application: the phones' paths to mobile_api, every other one to webapp, one System."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import mobile_api.app
import webapp.app
from dispatch.logs import speak_json
from dispatch.system import System, build

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

PHONE_PATHS = ("/mobile/", "/phone/")


def mount(system: System) -> WSGIApplication:
    """Both front ends over `system`; each keeps its full paths."""
    console, phones = webapp.app.create_app(system), mobile_api.app.create_app(system)

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "") + "/"
        chosen: Callable[..., Iterable[bytes]] = phones if path.startswith(PHONE_PATHS) else console
        return chosen(environ, start_response)

    return application


def __getattr__(name: str) -> WSGIApplication:
    """`wsgi:application` is made when a server asks for it, not when a test imports `mount`."""
    if name != "application":
        raise AttributeError(name)
    speak_json()
    return mount(build(os.environ))
