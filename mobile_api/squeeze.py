"""Scripts, styles and pages go out compressed: half a megabyte is long where the signal is weak."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import request
from werkzeug.wrappers import Response

WORTH_IT = 512
TEXTS = ("text/", "application/javascript", "application/json", "application/manifest+json", "image/svg+xml")


def squeeze(response: Response) -> Response:
    """Added to every whole answer under /phone that is text, for browsers that understand it."""
    if not request.path.startswith("/phone") or not (response.mimetype or "").startswith(TEXTS):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or request.accept_encodings["gzip"] <= 0:
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) >= WORTH_IT:
        response.set_data(_squeezed(content))
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=256)
def _squeezed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
