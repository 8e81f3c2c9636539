"""The technician's web app: one page, its scripts, and the worker that opens it without signal."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, current_app, render_template

from mobile_api import access

bp = APIBlueprint("phone", __name__, enable_openapi=False)


@bp.get("/phone")
@access.public
def page() -> str:
    """The page; everything in it comes from the API once the technician has logged in."""
    return render_template("phone.html")


@bp.get("/phone/next")
@access.public
def coming() -> str:
    """The app that takes the page's place, for a look at it meanwhile."""
    return render_template("phone_next.html")


@bp.get("/phone/worker.js")
@access.public
def worker() -> Response:
    """Served from here and not from the static folder, so that it may answer for the page above it."""
    response = current_app.send_static_file("worker.js")
    response.headers["Service-Worker-Allowed"] = "/phone"
    response.headers["Cache-Control"] = "no-cache"
    return response
