"""What every answer carries: a content security policy with a nonce, and caching that is never stale."""

from __future__ import annotations

import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, g, request

from webapp.system import system

YEAR = 31_536_000


def nonce() -> str:
    """The nonce that scripts and styles of this page carry."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    made: str = g.nonce
    return made


def secure(response: Response) -> Response:
    """After each request: set the headers a browser needs to protect the reader."""
    tiles = _origin(system().settings.tile_url)
    response.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce()}'",
            "style-src 'self'",
            f"img-src 'self' data: blob: {tiles}".rstrip(),
            "font-src 'self'",
            f"connect-src 'self' {tiles}".rstrip(),
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    if request.endpoint == "static" and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def version_static(endpoint: str, values: dict[str, Any]) -> None:
    """Give each static address the version of its file, so that it may be kept for a year."""
    if endpoint == "static" and "v" not in values and current_app.static_folder:
        values["v"] = _version(Path(current_app.static_folder) / values["filename"], current_app.debug)


@lru_cache(maxsize=256)
def _kept_version(path: Path) -> str:
    return format(path.stat().st_mtime_ns // 1_000_000, "x") if path.exists() else "0"


def _version(path: Path, fresh: bool) -> str:
    return _kept_version.__wrapped__(path) if fresh else _kept_version(path)


def _origin(url: str | None) -> str:
    if not url:
        return ""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
