"""The technicians' API and web app as a WSGI application."""

from __future__ import annotations

from apiflask import APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix

from dispatch.system import System
from mobile_api import (
    day,
    errors,
    headers,
    login,
    my_work,
    next_visit,
    openapi,
    phone,
    photos,
    positions,
    squeeze,
    sync,
    uploads,
    visits,
)
from mobile_api.access import undeclared
from mobile_api.bodies import Body

BLUEPRINTS = (
    login.bp,
    day.bp,
    visits.bp,
    next_visit.bp,
    my_work.bp,
    photos.bp,
    uploads.bp,
    positions.bp,
    phone.bp,
    sync.bp,
)
JSON_BODY = 64 * 1024


def create_app(system: System) -> APIFlask:
    """`/mobile/…` and `/phone…` over `system`. Refuses to start when a route does not declare its access."""
    app = APIFlask(
        __name__,
        title="Shifu Dispatch, mobile API",
        version="1",
        spec_path="/mobile/openapi.json",
        docs_path=None,
        static_url_path="/phone/static",
    )
    app.request_class = Body
    app.extensions["system"] = system
    _configure(app, system)
    app.security_schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    app.after_request(squeeze.squeeze)
    app.after_request(headers.secure)
    errors.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.spec_processor(openapi.complete)  # type: ignore[arg-type]
    if silent := undeclared(app):
        raise TypeError(f"these routes do not declare who may call them: {', '.join(silent)}")
    return app


def _configure(app: APIFlask, system: System) -> None:
    settings = system.settings
    app.config.update(
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=JSON_BODY,
        OPENAPI_VERSION="3.1.0",
        JSON_SORT_KEYS=False,
    )
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined]
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
