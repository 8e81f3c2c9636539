"""The technician's web app: one page, its scripts, and the worker that opens it without signal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, current_app, render_template

from mobile_api import access
from mobile_api.shell import BASE, DIGITS, WORKER, as_file, shell, shortened

bp = APIBlueprint("phone", __name__, enable_openapi=False)
PAGE = "/phone"


@bp.get(PAGE)
@access.public
def page() -> Response:
    """The page; everything in it comes from the API once the technician has logged in."""
    response = Response(_page(), content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get(f"{PAGE}/worker.js")
@access.public
def worker() -> Response:
    """With the digests of all files in front: another file, another worker."""
    first = shell()
    kept = replace(first, files=first.files | as_file(PAGE, _page()))
    files, later = shortened(kept.files), shortened(kept.later)
    told = {"version": kept.version, "page": PAGE, "digits": DIGITS, "base": BASE, "files": files, "later": later}
    script = (Path(current_app.static_folder or "") / "app" / WORKER).read_text()
    response = Response(
        f"const SHELL = {json.dumps(told, separators=(',', ':'))};\n{script}",
        content_type="text/javascript; charset=utf-8",
    )
    response.headers["Service-Worker-Allowed"] = PAGE
    response.headers["Cache-Control"] = "no-cache"
    return response


def _page() -> str:
    return render_template("phone.html", modules=shell().modules)
