"""The session cookie: signed, unreadable to scripts, and bound to this very host wherever there is TLS."""

from __future__ import annotations

from flask import Flask, has_request_context, request
from flask.sessions import SecureCookieSessionInterface


class HostCookie(SecureCookieSessionInterface):
    """`__Host-` needs TLS; on plain HTTP (a laptop, a test) the cookie has its bare name."""

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-shifu" if self.get_cookie_secure(app) else "shifu"

    def get_cookie_secure(self, app: Flask) -> bool:
        return has_request_context() and request.is_secure
