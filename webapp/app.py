"""The console as a WSGI application."""

from __future__ import annotations

from datetime import timedelta

from apiflask import APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix

from dispatch.system import System
from webapp import (
    api,
    api_booking,
    api_solve,
    api_webhooks,
    board,
    board_plans,
    call_list,
    conflicts,
    consumer,
    consumer_booking,
    consumer_issues,
    coverage,
    csrf,
    errors,
    headers,
    health,
    issues,
    languages,
    limits,
    live,
    login,
    numbers,
    openapi,
    orders,
    page,
    photos,
    requests,
    roster,
    slot_policies,
)
from webapp.access import allow_anyone, guard, undeclared
from webapp.bodies import Body
from webapp.sessions import HostCookie

BLUEPRINTS = (
    health.bp,
    login.bp,
    board.bp,
    board_plans.bp,
    live.bp,
    orders.bp,
    photos.bp,
    call_list.bp,
    issues.bp,
    conflicts.bp,
    requests.bp,
    roster.bp,
    coverage.bp,
    numbers.bp,
    slot_policies.bp,
    consumer.bp,
    consumer_booking.bp,
    consumer_issues.bp,
    api.bp,
    api_booking.bp,
    api_webhooks.bp,
    api_solve.bp,
)


def create_app(system: System) -> APIFlask:
    """The console over `system`. Refuses to start when a view does not declare who may call it."""
    app = APIFlask(__name__, title="Shifu Dispatch", version="1", spec_path="/openapi.json", docs_path=None)
    app.request_class = Body
    app.extensions["system"] = system
    _configure(app, system)
    app.before_request(guard)
    app.before_request(csrf.check)
    app.after_request(headers.secure)
    app.url_defaults(headers.version_static)
    app.context_processor(page.context)
    app.jinja_env.filters.update(page.FILTERS)
    app.jinja_env.globals["photo_link"] = photos.link
    errors.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.security_schemes = openapi.SECURITY_SCHEMES
    app.spec_processor(openapi.complete)  # type: ignore[arg-type]
    for name in ("static", "openapi.spec"):
        allow_anyone(app.view_functions[name])
    if silent := undeclared(app):
        raise TypeError(f"these views do not declare who may call them: {', '.join(silent)}")
    return app


def _configure(app: APIFlask, system: System) -> None:
    settings = system.settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        OPENAPI_VERSION="3.1.0",
        JSON_SORT_KEYS=False,
    )
    app.session_interface = HostCookie()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    limits.limiter.init_app(app)
    login.manager.init_app(app)
    languages.babel.init_app(app, default_locale="en", locale_selector=languages.choose)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
