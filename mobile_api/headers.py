"""Headers that keep browsers honest: own scripts only, nothing framed, guessed or left in caches."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

READS_BARCODES = "/phone/static/app/visit/decoder.js"
CONTENT_SECURITY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


def secure(response: Response) -> Response:
    """Added to every answer of this app."""
    response.headers["Content-Security-Policy"] = _policy(request.path)
    response.headers["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=()"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.path.startswith("/mobile/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _policy(path: str) -> str:
    """The barcode decoder is WebAssembly in a worker of its own: only there may it be compiled."""
    return (
        CONTENT_SECURITY.replace("'self'", "'self' 'wasm-unsafe-eval'", 1)
        if path == READS_BARCODES
        else CONTENT_SECURITY
    )
