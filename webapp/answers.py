"""What kind of answer the caller can read."""

from __future__ import annotations

from flask import request


def wants_json() -> bool:
    """Scripts and programs get problem+json, people get a page."""
    if request.path.startswith("/api/") or request.is_json:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best is not None and best != "text/html"
