"""The one way from a request to the System the application was made for."""

from __future__ import annotations

from flask import current_app

from dispatch.system import System


def system() -> System:
    found: System = current_app.extensions["system"]
    return found
