"""Photos by short signed links: an address that shows one photo for a while, to whoever has it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, url_for

from dispatch import photo_album, photo_links
from dispatch.photo_links import Look
from webapp.access import KILOBYTE, allow_bearer
from webapp.system import system

bp = APIBlueprint("photos", __name__, url_prefix="/photos", enable_openapi=False)


@bp.get("/<token>.jpg")
@allow_bearer(body=KILOBYTE)
def show(token: str) -> Response:
    """The photo, kept by the browser for as long as its link is good and by nobody in between."""
    now = system().now()
    content = photo_album.content(system(), token, now)
    left = round((photo_links.ends_at(token) - now).total_seconds())
    answer = Response(content, content_type="image/jpeg")
    answer.headers["Cache-Control"] = f"private, max-age={left}, immutable"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Content-Disposition"] = 'inline; filename="photo.jpg"'
    return answer


def link(number: int, look: Look = Look.SMALL) -> str:
    """The address of a photo for the next quarter of an hour at least; the page must have the right to show it."""
    token = photo_links.sign(system().settings.secret_key, number, look, system().now())
    return url_for("photos.show", token=token)
